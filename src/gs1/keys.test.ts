import { expect, test } from 'vitest'
import { checkDigit, isGln, isSscc, toGtin14 } from './keys.ts'

test.each([
  // GS1 General Specifications 7.9.1 works through the first two
  ['629104150021', '3'],
  ['37610425002123456', '9'],
  ['0', '0'],
  ['950110153000', '3'],
])('the check digit of %s is %s', (body, digit) => {
  expect(checkDigit(body)).toBe(digit)
})

test.each([
  ['9501101530003', '09501101530003'],
  ['09501101530003', '09501101530003'],
  ['036000291452', '00036000291452'],
  ['96385074', '00000096385074'],
  ['9501101530004', undefined],
  ['950110153000', undefined],
  ['95011015300 3', undefined],
  ['', undefined],
  ['123456789', undefined],
])('the GTIN %j is compared as %j', (text, gtin) => {
  expect(toGtin14(text)).toBe(gtin)
})

test('an SSCC has 18 digits, a GLN 13, and both the right check digit', () => {
  expect(isSscc('376104250021234569')).toBe(true)
  expect(isSscc('376104250021234568')).toBe(false)
  expect(isSscc('6291041500213')).toBe(false)
  expect(isGln('6291041500213')).toBe(true)
  expect(isGln('6291041500214')).toBe(false)
})
