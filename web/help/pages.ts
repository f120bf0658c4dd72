import { Problem } from '../api.ts'
import type { HelpPage } from './render.ts'

/** What there is to read, without the reading. */
export interface About {
  /** As in its address: `lots` is at /help/lots, `api/lots` at /help/api/lots. */
  readonly name: string
  readonly title: string
  readonly lead: string
  readonly links: readonly string[]
}
export type Shown = Pick<HelpPage, 'title' | 'headings' | 'parts'>
export type Searched = Pick<HelpPage, 'title' | 'headings' | 'text'> & { readonly name: string }

const files = import.meta.glob<Shown>(['../../docs/README.md', '../../docs/guide/*.md', '../../docs/api/*.md', '../../GLOSSARY.md', '../../REFUSALS.md'], { import: 'default' })
const aboutFiles = import.meta.glob<About>(['../../docs/README.md', '../../docs/guide/*.md', '../../docs/api/*.md', '../../GLOSSARY.md', '../../REFUSALS.md'], { import: 'default', query: '?about', eager: true })
/** Every page of the help. */
export const abouts: readonly About[] = Object.values(aboutFiles)
const byName = new Map(Object.entries(aboutFiles).map(([file, about]) => [about.name, { about, file }]))

/** Every page of the help by its name; the first page, which leads to all others, is ''. */
export function aboutPage(name: string): About | null {
  return byName.get(name)?.about ?? null
}

/** The page to be shown. Throws `Problem` where it cannot be fetched. */
export async function loadPage(name: string): Promise<Shown> {
  const load = files[byName.get(name)?.file ?? '']
  if (load === undefined) throw new Error(`no page of the help is called ${name}`)
  return load().catch(unreachable)
}

/** What there is to search through. Throws `Problem` where it cannot be fetched. */
export async function loadTexts(): Promise<readonly Searched[]> {
  return (await import('./texts.ts').catch(unreachable)).texts
}

/** Pages that go with this one: those it leads to, then those that lead to it. */
export function relatedTo(name: string): readonly About[] {
  const from = abouts.filter(({ links }) => links.includes(name)).map((about) => about.name)
  const names = new Set([...(byName.get(name)?.about.links ?? []), ...from])
  return [...names].filter((one) => one !== name && one !== '').flatMap((one) => byName.get(one)?.about ?? [])
}

function unreachable(): never {
  throw new Problem({ title: 'Lotwise does not answer.', status: 0, code: 'unreachable', params: {}, next: 'Check the connection and try again.', requestId: null })
}
