import { existsSync, globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { importsOf, root, type Import } from './support/imports.ts'

/**
 * The folders of src, lowest first: a file imports from its own folder and from lower rows only, types included. It is
 * the table of ARCHITECTURE.md, with rows split where one folder of a row rests on another (audit writes through db).
 */
const rows: readonly (readonly string[])[] = [
  ['lib', 'gs1'],
  ['db'],
  ['audit'],
  ['properties'],
  ['catalog', 'network', 'exceptions', 'files', 'views'],
  ['lots', 'serials', 'holds'],
  ['ledger'],
  ['stock', 'scan', 'labels', 'quality', 'events'],
  ['verify'],
  ['allocation'],
  ['receiving', 'warehouse', 'production'],
  ['shipping'],
  ['returns', 'trace', 'supply'],
  ['recall', 'planning', 'channels', 'routing', 'seal'],
  ['imports'],
  ['app'],
]
const rankOf = new Map(rows.flatMap((row, rank) => row.map((folder) => [folder, rank] as const)))

const files = globSync('src/**/*.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/')).sort()
const sources = files.filter((file) => !file.endsWith('.test.ts'))

const imports: readonly Import[] = sources.flatMap(importsOf)

test('a file imports from its own folder and from lower ones only, types included', () => {
  const wrong = imports.filter(({ file, target }) => target?.startsWith('src/') && !mayImport(folderOf(file), folderOf(target)))
  expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([])
})

test('every folder of src has its row, so that a new one is decided about', () => {
  const folders = [...new Set(files.map(folderOf))]
  expect(folders.filter((folder) => !rankOf.has(folder))).toEqual([])
})

test('no file imports itself by way of others', () => {
  expect(findCycles(imports)).toEqual([])
})

test('what is imported from src exists, by #src/ from other folders and ./ from the same, and nothing is imported from the tests', () => {
  const wrong = imports.filter(({ file, specifier, target }) => {
    if (target === undefined) return false
    if (!existsSync(join(root, target)) || target.startsWith('test/')) return true
    const sameTop = folderOf(file) === folderOf(target)
    return target.startsWith('src/') && (sameTop ? specifier.startsWith('#src/') && dirname(file) === dirname(target) : !specifier.startsWith('#src/'))
  })
  expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([])
})

test('the web app sees contracts, lib and gs1 only', () => {
  const web = globSync('web/**/*.{ts,tsx}', { cwd: root }).map((file) => file.replaceAll('\\', '/'))
  const wrong = web.flatMap(importsOf).filter(({ target }) => target?.startsWith('src/') && !/^src\/(lib|gs1)\/|^src\/(?:[^/]+\/)+(?:\w+-)?contract\.ts$/.test(target))
  expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([])
})

test('lib and gs1 run in a browser too: they use no part of Node but its hashes', () => {
  const wrong = imports.filter(({ file, specifier }) => /^src\/(lib|gs1)\//.test(file) && specifier.startsWith('node:') && specifier !== 'node:crypto')
  expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([])
})

test('the check sees an upward, a sideways and a cyclic import where there is one', () => {
  expect(mayImport('ledger', 'lots')).toBe(true)
  expect(mayImport('lots', 'ledger')).toBe(false)
  expect(mayImport('lots', 'serials')).toBe(false)
  const edge = (file: string, target: string): Import => ({ file, specifier: target, target })
  expect(findCycles([edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('c', 'd')])).toEqual(['a -> b -> c -> a'])
  expect(importsOf('test/architecture.test.ts').some(({ specifier }) => specifier === 'vitest')).toBe(true)
  expect(imports.length).toBeGreaterThan(100)
})

function mayImport(from: string, to: string): boolean {
  return from === to || (rankOf.get(from) ?? -1) > (rankOf.get(to) ?? Infinity)
}

function folderOf(file: string): string {
  return file.split('/')[1] ?? ''
}

/** One cycle for each way back that a walk in depth finds, as `a -> b -> a`. */
function findCycles(edges: readonly Import[]): string[] {
  const targets = new Map<string, string[]>()
  for (const { file, target } of edges) if (target !== undefined) targets.set(file, [...(targets.get(file) ?? []), target])
  const cycles: string[] = []
  const done = new Set<string>()
  const walk = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file)
    if (at >= 0) cycles.push([...way.slice(at), file].join(' -> '))
    if (at >= 0 || done.has(file)) return
    for (const target of targets.get(file) ?? []) walk(target, [...way, file])
    done.add(file)
  }
  for (const file of [...targets.keys()].sort()) walk(file, [])
  return cycles
}
