import { expect, test } from 'vitest'
import { canonicalJson, sha256 } from './canonical.ts'

test.each([
  [{ b: 1, a: [true, null, 'ü'] }, '{"a":[true,null,"ü"],"b":1}'],
  [{ z: { y: 1, x: undefined } }, '{"z":{"y":1}}'],
  [[undefined], '[null]'],
  ['a"\n', '"a\\"\\n"'],
])('%j has one text', (value, text) => {
  expect(canonicalJson(value)).toBe(text)
})

test('members given in another order have the same hash', () => {
  expect(sha256(canonicalJson({ a: 1, b: 2 })).equals(sha256(canonicalJson({ b: 2, a: 1 })))).toBe(true)
})

test('a bigint is a fault: quantities are formatted first', () => {
  expect(() => canonicalJson({ quantity: 1n })).toThrow('bigint')
})
