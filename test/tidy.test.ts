import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refusals } from '#src/lib/refusals.ts'
import { provedBy, refusalsPage } from '#src/lib/refusals-page.ts'
import { importsOf, root } from './support/imports.ts'

/** A file has one subject; longer ones have been found to have two. Tests with their tables, and the auditor, may be longer. */
const MOST_LINES = 600
const MOST_LINES_OF_A_TEST = 800
const LONGEST_LINE = 420

const find = (pattern: string): string[] => globSync(pattern, { cwd: root, exclude: (path) => /node_modules|^data$|\.cache|^web\/dist/.test(path) }).map((path) => path.replaceAll('\\', '/')).sort()
const read = (path: string): string => readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n')

const code = find('{src,test,bench,bin,web}/**/*.{ts,tsx,js,mjs}')
const sources = find('src/**/*.ts').filter((path) => !/\.(test|testing)\.ts$/.test(path))
const tests = find('{src,test}/**/*.ts').filter((path) => path.endsWith('.test.ts') || path.startsWith('test/scenarios/'))
const prose = [...find('*.md'), ...find('docs/**/*.md')]

test('no word of unfinished or forgotten work, and no path of somebody\'s machine', () => {
  const banned = [/\bTODO\b/, /\bFIXME\b/, /\bXXX\b/, /\bHACK\b/, /\b(test|describe|it)\.only\b/, /\bdebugger\b/, /@ts-ignore/, /@ts-nocheck/, /(^|[\s'"`(])\/(home|Users)\/[A-Za-z]/]
  const found = [...code, ...prose].filter((path) => path !== 'test/tidy.test.ts').flatMap((path) =>
    read(path).split('\n').flatMap((line, at) => banned.filter((word) => word.test(line)).map((word) => `${path}:${at + 1} ${word}`)))
  expect(found).toEqual([])
})

test(`no file is longer than ${MOST_LINES} lines and no line longer than ${LONGEST_LINE}, but for what is generated or a table`, () => {
  const long = code.filter((path) => path !== 'db/types.ts').flatMap((path) => {
    const lines = read(path).split('\n')
    return lines.length > (path.startsWith('test/') || path.endsWith('.test.ts') ? MOST_LINES_OF_A_TEST : MOST_LINES) ? [`${path} has ${lines.length} lines`] : []
  })
  const wide = sources.filter((path) => !/(contract|refusals)\.ts$/.test(path)).flatMap((path) =>
    read(path).split('\n').flatMap((line, at) => (line.length > LONGEST_LINE ? [`${path}:${at + 1} has ${line.length} characters`] : [])))
  expect([...long, ...wide]).toEqual([])
})

test('every suppression of a check says why, beside it or on the line above', () => {
  const silent = code.filter((path) => path !== 'test/tidy.test.ts').flatMap((path) => {
    const lines = read(path).split('\n')
    return lines.flatMap((line, at) => {
      if (!/(oxlint|eslint)-disable|@ts-expect-error/.test(line)) return []
      const said = / -- \S/.test(line) || /@ts-expect-error\s+\S/.test(line) || /^\s*(\/\/|\*|\/\*)/.test(lines[at - 1] ?? '')
      return said ? [] : [`${path}:${at + 1}`]
    })
  })
  expect(silent).toEqual([])
})

test('every file of src is used: imported by another, or begun by somebody', () => {
  const begun = ['src/app/cli.ts', 'src/db/generate.ts']
  const used = new Set(code.filter((path) => /\.tsx?$/.test(path)).flatMap((path) => importsOf(path).map(({ target }) => target)))
  expect(sources.filter((path) => !used.has(path) && !begun.includes(path))).toEqual([])
})

test('every refusal of the catalogue is refused somewhere, and every one that is refused stands in it', () => {
  const text = sources.filter((path) => !path.startsWith('src/lib/refusals')).map(read).join('\n')
  const unused = Object.keys(refusals).filter((name) => !new RegExp(`'${name}'`).test(text))
  expect(unused).toEqual([])
})

test('every refusal is proved by a test', () => {
  const texts = tests.map((path) => ({ path, text: read(path) }))
  expect(Object.keys(refusals).filter((name) => provedBy(name, texts).length === 0)).toEqual([])
})

test('a sentence and its remedy are sentences, and say where to go on', () => {
  const wrong = Object.entries(refusals).filter(([, { sentence, next }]) => ![sentence, next].every((text) => /^[A-Z{“"].*[.?)]$/.test(text) && text.length < 400))
  expect(wrong.map(([name]) => name)).toEqual([])
})

test('REFUSALS.md is what the catalogue and the tests say: else run npm run gen', () => {
  expect(read('REFUSALS.md')).toBe(refusalsPage(tests.map((path) => ({ path, text: read(path) }))))
})
