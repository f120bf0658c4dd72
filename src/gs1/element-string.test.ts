import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applicationIdentifiers, identifierAt, type ApplicationIdentifier, type Component } from './application-identifiers.ts'
import { firstWrong } from './checks.ts'
import { parseDigitalLink, toDigitalLink } from './digital-link.ts'
import { GS, otherReadings, parseElementString, toDay, toElementString, type Element } from './element-string.ts'
import { checkDigit } from './keys.ts'
import { wrongTogether } from './label-rules.ts'
import { readScanData } from './scan-data.ts'

const GTIN = '09501101530003'

/** `01=... 10=...`, or what is wrong with which characters. */
function told(text: string): string {
  const parsed = parseElementString(text)
  return 'fault' in parsed ? `${parsed.fault.why}: ${text.slice(parsed.fault.at, parsed.fault.at + parsed.fault.length)}` : parsed.elements.map(({ ai, value }) => `${ai}=${value}`).join(' ')
}

test.each([
  // with a separator after what has no fixed length, and only there
  [`01${GTIN}10A12${GS}17261231`, `01=${GTIN} 10=A12 17=261231`],
  [`01${GTIN}1726123110A12`, `01=${GTIN} 17=261231 10=A12`],
  [`]C101${GTIN}10A12`, `01=${GTIN} 10=A12`],
  [`]d2${GS}01${GTIN}10A12${GS}`, `01=${GTIN} 10=A12`],
  [`01${GTIN}${GS}10A12`, `01=${GTIN} 10=A12`],
  [`10A1217261231`, '10=A1217261231'],
  ['3103001500392019950', '3103=001500 3920=19950'],
  ['42304027656', 'it is too short: 56'],
  ['423040276', '423=040276'],
  // as printed
  [`(01)${GTIN}(10)A12(17)261231`, `01=${GTIN} 10=A12 17=261231`],
  ['(10)A\\(1)', '10=A(1)'],
  // and what is none
  ['', 'it is empty: '],
  [']C1', 'it is empty: '],
  ['05123', 'no application identifier begins so: 0512'],
  [`01${GTIN.slice(0, 13)}4`, 'its check digit is wrong: 4'],
  ['010950110153000X', 'a digit was expected: X'],
  ['0109501101', 'it is too short: 09501101'],
  ['11261301', 'there is no such month: 13'],
  ['11260230', 'there is no such day: 30'],
  ['11260200', '11=260200'],
  ['10Ä', 'this character is not allowed: Ä'],
  ['10' + 'A'.repeat(21), 'it is too long: A'],
  ['(01)', 'its value is missing: '],
  ['(05)1', 'there is no application identifier 05: (05)'],
  ['(1)A', 'an application identifier in brackets is missing: ('],
  ['(10)A(', 'an application identifier in brackets is missing: ('],
  ['8008261231245959', 'there is no such hour: 24'],
  ['70032612312359', '7003=2612312359'],
  ['8007DE91100000000123456780', 'its check digits are wrong: 91'],
  ['422999', 'there is no such country: 999'],
])('%j is read as %s', (text, expected) => {
  expect(told(text)).toBe(expected)
})

test.each([
  // GS1 General Specifications 7.12: 49 years back to 50 ahead
  ['261231', '2026-11-23', '2026-12-31'], ['760101', '2026-11-23', '2076-01-01'], ['770101', '2026-11-23', '1977-01-01'], ['990101', '2026-11-23', '1999-01-01'], ['000101', '2026-11-23', '2000-01-01'],
  ['490101', '2099-01-01', '2149-01-01'], ['500101', '2099-01-01', '2050-01-01'], ['990101', '2000-01-01', '1999-01-01'],
  ['270200', '2026-11-23', '2027-02-28'], ['280200', '2026-11-23', '2028-02-29'], ['271200', '2026-11-23', '2027-12-31'],
])('the day %s on %s is %s', (value, today, day) => {
  expect(toDay(value, today)).toBe(day)
})

test.each([
  ['10A1217261231', ['A12']], ['10L21X', []], [`01${GTIN}10L-5`, []], [`01${GTIN}10A12${GS}17261231`, []], ['(10)A1217261231', []], ['1726123110L1', []], ['10L11126010121S', ['L1']], ['', []],
])('%j without separators may be lot %j', (text, lots) => {
  expect(otherReadings(text).map((elements) => elements.find(({ ai }) => ai === '10')?.value)).toEqual(lots)
})

describe('the table', () => {
  test('has no identifier that begins with another, so that reading is never ambiguous', () => {
    const all = [...applicationIdentifiers.keys()]
    expect(all.length).toBeGreaterThan(500)
    expect(all.filter((ai) => identifierAt(`${ai}000`, 0)?.ai !== ai)).toEqual([])
  })

  test('names only checks there are, and fixed lengths where no separator follows', () => {
    for (const { ai, components, fixed, title } of applicationIdentifiers.values()) {
      for (const { checks } of components) expect(() => firstWrong(checks, ''), ai).not.toThrow()
      if (fixed) expect(components.every(({ min, max, optional }) => min === max && !optional), ai).toBe(true)
      expect(ai === '8110' || ai === '8112' || title !== '', ai).toBe(true)
    }
  })
})

test.each([
  ['(01)1(01)1', ''], ['(01)1(01)2', 'repeats 01'], ['(01)1(02)1(37)1(00)1', 'excludes 01 by 37, excludes 02 by 01'], ['(10)A', 'needs 01 or 02 or 03 or 8006 or 8026 with 10'], ['(01)1(10)A', ''], ['(02)1(10)A', 'needs 37 with 02'],
  ['(8030)A(253)1234567890128', 'serial of 253 with 8030'], ['(8030)A(253)12345678901281', ''],
])('%s together: %j', (text, expected) => {
  const elements = [...text.matchAll(/\((\d+)\)(\w+)/g)].map(([, ai = '', value = '']) => ({ ai, value }))
  const say = { repeats: 'repeats $ai', excludes: 'excludes $ai by $others', needs: 'needs $others with $ai', serial: 'serial of $others with $ai' }
  expect(wrongTogether(elements).map(({ rule, ai, others }) => say[rule].replace('$ai', ai).replace('$others', others.join(' or '))).join(', ')).toBe(expected)
})

// what is written is read as it was
const characters: Record<Component['type'], string> = {
  N: '0123456789', X: `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`, Y: '#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', Z: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
}
const valueOf = ({ components }: ApplicationIdentifier): fc.Arbitrary<string> => fc.tuple(...components.map(({ type, min, max, checks }) =>
  fc.string({ unit: fc.constantFrom(...characters[type]), minLength: min, maxLength: max }).map((part) => (checks.includes('csum') ? part.slice(0, -1) + checkDigit(part.slice(0, -1)) : part)))).map((parts) => parts.join(''))
/** Of any identifier, right or wrong in what its checks ask. */
const element: fc.Arbitrary<Element> = fc.constantFrom(...applicationIdentifiers.values()).chain((known) => valueOf(known).map((value) => ({ ai: known.ai, value })))
const simple = [...applicationIdentifiers.values()].filter(({ components }) => components.every(({ checks }) => checks.every((name) => name === 'csum' || name.startsWith('gcp'))))
const elementOfSimple: fc.Arbitrary<Element> = fc.constantFrom(...simple).chain((known) => valueOf(known).map((value) => ({ ai: known.ai, value })))

test('what is written as an element string is read as it was', () => {
  fc.assert(fc.property(fc.array(elementOfSimple, { minLength: 1, maxLength: 8 }), (elements) => {
    const fine = elements.filter(({ ai, value }) => !('fault' in parseElementString(`${ai}${value}`)))
    fc.pre(fine.length > 0)
    expect(parseElementString(toElementString(fine))).toEqual({ elements: fine })
    expect(parseElementString(fine.map(({ ai, value }) => `(${ai})${value.replaceAll('(', '\\(')}`).join(''))).toEqual({ elements: fine })
  }), { numRuns: 300 })
})

test('what is written as a Digital Link is read as it was', () => {
  const text = (most: number) => fc.string({ unit: fc.constantFrom(...characters.X), minLength: 1, maxLength: most })
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...characters.N), minLength: 13, maxLength: 13 }), fc.option(text(20)), fc.option(text(20)), fc.option(text(30)), (body, lot, serial, own) => {
    const elements = [{ ai: '01', value: body + checkDigit(body) }, ...(lot === null ? [] : [{ ai: '10', value: lot }]), ...(serial === null ? [] : [{ ai: '21', value: serial }]), ...(own === null ? [] : [{ ai: '99', value: own }])]
    const made = toDigitalLink(elements)
    // a value of dots is no part of a path to some readers, and none of it is lost here
    expect('uri' in made && parseDigitalLink(made.uri)).toEqual({ elements })
  }), { numRuns: 300 })
})

test('whatever is scanned, nothing throws, and a fault lies within the text', () => {
  const scanned = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...`0123456789()]\\CdQe${GS}/:https?&=%A`) }), element.map(({ ai, value }) => `${ai}${value}`), fc.webUrl({ withQueryParameters: true }), fc.tuple(fc.constantFrom(']C1', ']d2', ']Q3', ']e0', ']E0', ']E4', ''), fc.string()).map((parts) => parts.join('')))
  fc.assert(fc.property(scanned, (text) => {
    const { fault, text: sent } = readScanData(text)
    if (fault) expect(fault.at + fault.length).toBeLessThanOrEqual(sent.length)
    const parsed = parseElementString(text)
    if ('fault' in parsed) expect(parsed.fault.at + parsed.fault.length).toBeLessThanOrEqual(text.length)
    else expect(parsed.elements.length).toBeGreaterThan(0)
    const link = parseDigitalLink(text)
    if (link && 'fault' in link) expect(link.fault.at + link.fault.length).toBeLessThanOrEqual(text.length)
  }), { numRuns: 2000 })
})
