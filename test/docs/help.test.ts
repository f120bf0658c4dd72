import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { contracts } from '#src/app/endpoints.ts'
import type { Endpoint } from '#src/lib/contract.ts'
import { helpOf } from '../../web/help/page-of.ts'
import { pageName, readHelpPage } from '../../web/help/pages-plugin.ts'
import { slug } from '../../web/help/render.ts'
import { readPage } from './page.ts'

const root = join(import.meta.dirname, '..', '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const files = ['docs/README.md', ...globSync(['docs/guide/*.md', 'docs/api/*.md'], { cwd: root }).map((file) => file.replaceAll('\\', '/')).sort(), 'GLOSSARY.md', 'REFUSALS.md']
const names = new Set(files.map(pageName))
const endpoints = Object.values(contracts).flatMap((slice) => Object.values(slice) as unknown[]).filter((one): one is Endpoint => typeof one === 'object' && one !== null && 'operationId' in one)

/** Links and pictures of a page as they stand in it, but for those in examples. */
const linksOf = (file: string): string[] => [...read(file).replaceAll(/```[^]*?```|`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)

test('every page of the app has its help, and no help is of a page that is gone', () => {
  const routes = [...read('web/router.tsx').matchAll(/(?:page|bare)\('([^']+)'/g)].map(([, path = '']) => path)
  expect(routes.length).toBeGreaterThan(15)
  expect(routes.filter((path) => !path.startsWith('/help') && !(path in helpOf))).toEqual([])
  expect(Object.keys(helpOf).filter((path) => !routes.includes(path))).toEqual([])
  expect(Object.entries(helpOf).filter(([, name]) => !names.has(name))).toEqual([])
})

test('every page of the help says what it is about, and is led to from the first one', () => {
  const first = new Set(readHelpPage('docs/README.md').page.links)
  expect(files.filter((file) => file !== 'docs/README.md' && !first.has(pageName(file) ?? ''))).toEqual([])
  expect(files.filter((file) => {
    const { title, lead } = readHelpPage(file).page
    return title === '' || lead === ''
  })).toEqual([])
})

test('every link of a page leads somewhere, to a part that is there', () => {
  const wrong = [...files, 'README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md'].flatMap((file) => linksOf(file).filter((link) => !isThere(file, link)).map((link) => `${file}: ${link}`))
  expect(wrong).toEqual([])
})

test('pages show every picture there is, none that is not, and all of them are 3 MB at most', () => {
  const shown = new Set([...files, 'README.md'].flatMap((file) => linksOf(file).filter((link) => link.endsWith('.png')).map((link) => relative(root, join(root, dirname(file), link)).replaceAll('\\', '/'))))
  const made = existsSync(join(root, 'docs', 'pictures')) ? readdirSync(join(root, 'docs', 'pictures')).map((name) => `docs/pictures/${name}`) : []
  expect([...shown].filter((picture) => !made.includes(picture))).toEqual([])
  expect(made.filter((picture) => !shown.has(picture))).toEqual([])
  expect(made.reduce((sum, picture) => sum + statSync(join(root, picture)).size, 0)).toBeLessThan(3_000_000)
})

test('no page of the help is heavier than 60 kB', () => {
  // what a page weighs beside the app, as it is fetched before it is compressed
  expect(files.map((file) => ({ file, bytes: JSON.stringify(readHelpPage(file).page.parts).length })).filter(({ bytes }) => bytes > 60_000)).toEqual([])
})

test('every tag of the API has its examples, and each names an operation there is', () => {
  const calls = files.filter((file) => file.startsWith('docs/api/')).flatMap((file) => readPage(read(file)).flatMap(({ line, commands }) => callsOf(commands).map((call) => ({ ...call, at: `${file}:${line}` }))))
  const matched = calls.map((call) => ({ ...call, endpoint: endpointOf(call) }))
  expect(matched.filter(({ endpoint }) => endpoint === undefined).map(({ at, method, path }) => `${at} ${method} ${path}`)).toEqual([])
  const shown = new Set(matched.map(({ endpoint }) => endpoint?.tag))
  expect([...new Set(endpoints.map(({ tag }) => tag))].filter((tag) => !shown.has(tag))).toEqual([])
})

test('curl and TypeScript side by side ask the same', () => {
  const differing = files.filter((file) => file.startsWith('docs/api/')).flatMap((file) => {
    const steps = readPage(read(file))
    return steps.flatMap((step, at) => {
      const next = steps[at + 1]
      if (step.language !== 'sh' || next?.language !== 'ts') return []
      const ask = (commands: string): string[] => [...new Set(callsOf(commands).map((call) => `${call.method} ${endpointOf(call)?.operationId}`))]
      return ask(step.commands).join() === ask(next.commands).join() ? [] : [`${file}:${step.line} ${ask(step.commands).join()} | ${ask(next.commands).join()}`]
    })
  })
  expect(differing).toEqual([])
})

interface Call {
  readonly method: string
  readonly path: string
}

/** What a block asks of the API: its curl commands, or its fetches. */
function callsOf(commands: string): Call[] {
  const curls = commands.split('curl -s ').slice(1).flatMap((command) => {
    const path = /"\$LOTWISE_URL\/api\/v1([^"]*)"/.exec(command)?.[1]
    if (path === undefined) return []
    const method = /^-X (\w+)/.exec(command)?.[1] ?? (/ (?:-d|--data-binary) /.test(command.split('|')[0] ?? '') ? 'POST' : 'GET')
    return [{ method, path }]
  })
  const fetches = commands.split('await fetch(').slice(1).flatMap((command) => {
    const path = /^`\$\{process\.env\.LOTWISE_URL\}\/api\/v1([^]*?)`[,)]/.exec(command)?.[1]
    return path === undefined ? [] : [{ method: /^ {2}method: '(\w+)'/m.exec(command.split('}).then(')[0] ?? '')?.[1] ?? 'GET', path }]
  })
  return [...curls, ...fetches]
}

/** The operation a call names: what stands in its path for an id may be a variable. */
function endpointOf({ method, path }: Call): Endpoint | undefined {
  const asked = (path.replaceAll(/\$\{[^}]*\}|\$\w+/g, '$').split('?')[0] ?? '').split('/')
  const fits = (pattern: string): boolean => {
    const parts = pattern.split('/')
    return parts.length === asked.length && parts.every((part, at) => part === asked[at] || (part.startsWith(':') && asked[at] !== ''))
  }
  const found = endpoints.filter((endpoint) => endpoint.method === method && fits(endpoint.path))
  return found.find(({ path: pattern }) => !pattern.includes(':')) ?? found[0]
}

function isThere(file: string, link: string): boolean {
  if (/^(?:https?:|\/api\/)/.test(link)) return true
  const [path = '', part] = link.split('#')
  const target = path === '' ? file : join(dirname(file), path)
  if (!existsSync(join(root, target))) return false
  return part === undefined || [...read(target).matchAll(/^#+ (.+)$/gm)].some(([, heading = '']) => slug(heading.replaceAll('`', '')) === part)
}
