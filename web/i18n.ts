import { i18n, type Messages } from '@lingui/core'
import type { RefusalText } from '#src/lib/refusals.ts'
import type { Trade } from '#src/lib/trades.ts'
import { reword, rewordMessage } from './vocabulary.ts'

/** The languages there are, each by its own name. */
export const languages = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof languages

type Said = Pick<RefusalText, 'sentence' | 'next'>

const catalogues: Record<Language, () => Promise<{ messages: Messages }>> = {
  en: () => import('./locales/en.po'),
  de: () => import('./locales/de.po'),
}
const refusalTexts: Record<Language, () => Promise<{ refusals: Readonly<{ [code: string]: Said }> }>> = {
  en: () => import('#src/lib/refusals.ts'),
  de: () => import('./locales/refusals.de.ts'),
}

const KEY = 'lotwise.language'
let refusals: Readonly<Record<string, Said>> = {}
/** The main trade of the organisation one is in: its words are said instead of ours. */
let trade: Trade | undefined

export function language(): Language {
  return i18n.locale === 'de' ? 'de' : 'en'
}

/** The language chosen on this device, else the first of the browser's that we have. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages].map((tag) => tag?.slice(0, 2))
  return (wanted.find((tag) => tag !== undefined && tag in languages) as Language | undefined) ?? 'en'
}

/** Speaks this language from now on, and after the next start. */
export async function speak(chosen: Language): Promise<void> {
  await activate(chosen)
  document.documentElement.lang = chosen
  localStorage.setItem(KEY, chosen)
  // what a refusal says is needed at the first one only, so nobody waits for it
  void refusalTexts[chosen]().then((module) => (refusals = module.refusals))
}

/** Says lot and unit as this trade does, from now on. */
export async function speakAs(main: Trade | undefined): Promise<void> {
  if (main === trade) return
  trade = main
  await activate(language())
}

async function activate(chosen: Language): Promise<void> {
  const { messages } = await catalogues[chosen]()
  const say = reword(chosen, trade)
  i18n.setMessagesCompiler((text) => compile(say(text)))
  i18n.loadAndActivate({ locale: chosen, messages: Object.fromEntries(Object.entries(messages).map(([id, message]) => [id, rewordMessage(say, message)])) as Messages })
}

/** English stands in the code alone, but for plural forms (vite.config.ts): a sentence with its values as `{name}`. */
function compile(text: string): (string | [name: string])[] {
  return text.split(/\{(\w+)\}/).map((part, at): string | [name: string] => (at % 2 === 1 ? [part] : part)).filter((part) => part !== '')
}

/** A sentence of ours that does not come from the catalogue, in the words of the trade. */
export function inOurWords(text: string): string {
  return reword(language(), trade)(text)
}

/** What a refusal says in the language spoken; undefined where there is no such code. */
export function refusalText(code: string): Said | undefined {
  const said = refusals[code]
  return said && { sentence: inOurWords(said.sentence), next: inOurWords(said.next) }
}
