import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { applicationIdentifiers } from './application-identifiers.ts'
import { firstWrong } from './checks.ts'
import { parseDigitalLink, toDigitalLink } from './digital-link.ts'
import { GS, parseElementString, toElementString, type Element, type Parsed } from './element-string.ts'
import { toGtin14 } from './keys.ts'
import { wrongTogether } from './label-rules.ts'
import { readScanData } from './scan-data.ts'

/** GS1's own vectors: every one, by its verdict, its elements and the span it marks. */
const fixtures = process.env['LOTWISE_FIXTURES']
const folder = fixtures === undefined ? null : join(fixtures, 'gs1-syntax')
const isThere = folder !== null && existsSync(folder)
if (!isThere) console.log('skipped: the vectors of GS1, LOTWISE_FIXTURES is not set')

interface Vector {
  readonly kind: string
  readonly in: string
  readonly ok?: boolean
  readonly out?: string | null
  readonly symbology?: string
  readonly check?: 'repeats' | 'mutex' | 'requisites' | 'digsig_serial'
  readonly stem?: string | null
  readonly linter?: string
  readonly err?: string
  readonly highlight?: string
}
const read = (file: string): Vector[] => (isThere ? readFileSync(join(folder, file), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Vector) : [])
const vectors = Map.groupBy(read('engine-vectors.jsonl'), ({ kind }) => kind)
const of = (kind: string): readonly Vector[] => vectors.get(kind) ?? []

/** The vectors write FNC1 as `^`, also before the first element. */
const toText = (elements: readonly Element[]): string => `^${toElementString(elements).replaceAll(GS, '^')}`
const textOf = (parsed: Parsed | undefined): string | null => (parsed === undefined || 'fault' in parsed ? null : toText(parsed.elements))
const afterFnc1 = (text: string): Parsed | undefined => (text.startsWith('^') ? parseElementString(text.slice(1).replaceAll('^', GS)) : undefined)
/** The engine's settings are not in the vectors: where the same input stands with both verdicts, either is right. */
const isOpen = (all: readonly Vector[], { in: text, stem }: Vector): boolean => new Set(all.filter((one) => one.in === text && one.stem === stem).map(({ ok }) => ok)).size > 1

/** Every vector that came out otherwise, so that all are seen at once. */
function differing(all: readonly Vector[], tell: (vector: Vector) => unknown, wanted: (vector: Vector) => unknown): string[] {
  return all.filter((vector) => !isOpen(all, vector)).map((vector) => [vector, JSON.stringify(tell(vector)), JSON.stringify(wanted(vector))] as const).filter(([, is, should]) => is !== should)
    .map(([vector, is, should]) => `${vector.linter ?? ''} ${vector.in}: ${is} instead of ${should}`)
}

describe.skipIf(!isThere)('the vectors of GS1', () => {
  test('element strings with FNC1', () => {
    expect(of('process_fnc1_data').length).toBeGreaterThan(80)
    expect(differing(of('process_fnc1_data'), ({ in: text }) => textOf(afterFnc1(text)) !== null, ({ ok }) => ok)).toEqual([])
  })

  test('element strings in brackets', () => {
    expect(differing(of('parse_bracketed_ai'), ({ in: text }) => (text.startsWith('(') ? textOf(parseElementString(text)) : null), ({ out }) => out)).toEqual([])
    expect(of('bracketed_ai_linter').length).toBeGreaterThan(90)
    expect(differing(of('bracketed_ai_linter'), ({ in: text }) => textOf(parseElementString(text)) !== null, ({ ok }) => ok)).toEqual([])
  })

  test('what scanners send', () => {
    expect(of('process_scan_data').length).toBeGreaterThan(50)
    expect(differing(of('process_scan_data'), ({ in: text }) => {
      const { form, text: sent, elements, fault } = readScanData(text)
      // the engine wants to be told the symbology, and reads every address as a Digital Link
      if (fault || !/^\](?:C1|e0|d[12]|Q[13]|J[01]|E[04])/.test(text) || (form === 'plain' && /^https?:/.test(sent))) return null
      return form === 'element_string' ? toText(elements) : sent
    }, ({ ok, out }) => {
      const [linear = '', composite] = (out ?? '').split('|')
      return !ok ? null : composite === undefined ? linear.replace(/^\\(\\*\^)/, '$1') : `^01${toGtin14(linear)}${composite.slice(1)}`
    })).toEqual([])
  })

  test('the span that is marked', () => {
    expect(differing(of('error_markup'), ({ in: text }) => {
      const parsed = parseElementString(text)
      return 'fault' in parsed ? text.slice(parsed.fault.at, parsed.fault.at + parsed.fault.length) : null
    }, ({ out }) => /\|(.*)\|/.exec(out ?? '')?.[1])).toEqual([])
  })

  test('Digital Links, read', () => {
    expect(of('parse_digital_link').length).toBeGreaterThan(110)
    expect(differing(of('parse_digital_link'), ({ in: text }) => textOf(parseDigitalLink(text)), ({ out }) => out)).toEqual([])
  })

  test('Digital Links, written', () => {
    expect(differing(of('generate_digital_link'), ({ in: text, stem }) => {
      const elements = elementsOf(text)
      const made = toDigitalLink(elements, stem ?? undefined)
      return 'uri' in made ? made.uri : null
    }, ({ out }) => out)).toEqual([])
  })

  test('what may and must stand together on a label', () => {
    const is: Record<string, string> = { repeats: 'repeats', mutex: 'excludes', requisites: 'needs', digsig_serial: 'serial' }
    expect(differing(of('validate_ai_set'), ({ in: text, check }) => wrongTogether(elementsOf(text)).every(({ rule }) => rule !== is[check ?? '']), ({ ok }) => ok)).toEqual([])
  })

  test('every check of a value, and what it marks', () => {
    const all = read('linter-vectors.jsonl').filter(({ linter = '', err = '', in: text }) =>
      // the first six are names without a check; a prefix that GS1 has not given away is known to nobody without their data
      !['hhmm', 'iso3166list', 'key', 'keyoff1', 'mmoptss', 'yymmddhh'].includes(linter) && err !== 'GCP_DATASOURCE_OFFLINE' && !(err === 'INVALID_GCP_PREFIX' && (linter.startsWith('coupon') || text === '1234567')))
    expect(all.length).toBeGreaterThan(5_600)
    expect(differing(all, ({ linter = '', in: text }) => {
      const wrong = firstWrong([linter], text)
      return wrong ? `${text.slice(0, wrong.at)}*${text.slice(wrong.at, wrong.at + wrong.length)}*${text.slice(wrong.at + wrong.length)}` : true
    }, ({ ok, highlight }) => ok || highlight)).toEqual([])
  })

  test('the table of application identifiers is that of the dictionary', () => {
    const lines = readFileSync(join(folder ?? '', 'gs1-syntax-dictionary-2026-01-27.txt'), 'utf8').split('\n').filter((line) => /^\d/.test(line))
    const ranges = lines.map((line) => (line.split(/\s/)[0] ?? '').split('-').map(Number))
    expect(applicationIdentifiers.size).toBe(ranges.reduce((sum, [first = 0, last = first]) => sum + last - first + 1, 0))
  })
})

/** `(01)...(10)...` taken apart without looking at the values: the vectors have made up identifiers too. */
function elementsOf(text: string): Element[] {
  return [...text.matchAll(/\((\d{2,4})\)((?:[^(\\]|\\\(|\\(?!\())*)/g)].map(([, ai = '', value = '']) => ({ ai, value: value.replaceAll('\\(', '(') }))
}
