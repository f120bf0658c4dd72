import { describe, expect, test } from 'vitest'
import { readNumbers, stretch } from './numbers.ts'

const serials = (all: readonly { serial: string }[] | null): string[] | null => all && all.map(({ serial }) => serial)

describe('numbers out of a text', () => {
  test.each([
    ['A1', ['A1']], ['A1\nA2\r\nA3\n', ['A1', 'A2', 'A3']], ['A1\tA2;A3', ['A1', 'A2', 'A3']], [' A 1 \n\n\tA2 ', ['A 1', 'A2']], ['007', ['007']], ['A,1', ['A,1']], [' \n ', []],
  ])('%j', (text, found) => {
    expect(serials(readNumbers(text, false))).toEqual(found)
  })

  test.each([
    ['W-1\t5.2', 'W-1', '5.2'], ['W-1;5,2 kg', 'W-1', '5,2'], ['W-1 5.2', 'W-1', '5.2'], ['W-1', 'W-1', ''], ['WHEEL 9', 'WHEEL', '9'],
  ])('of a piece with its measure: %j', (text, serial, quantity) => {
    expect(readNumbers(text, true)).toEqual([{ serial, quantity }])
  })
})

describe('a range', () => {
  test.each([
    ['A001..A003', ['A001', 'A002', 'A003']], ['8..11', ['8', '9', '10', '11']], [' SN-99 .. SN-101 ', ['SN-99', 'SN-100', 'SN-101']], ['A1..A1', ['A1']],
    ['A001..B003', null], ['A3..A1', null], ['A001..A1000', null], ['A1', null], ['A..B', null], ['1..60000', null], ['90000000000000000001..90000000000000000002', ['90000000000000000001', '90000000000000000002']],
  ])('%s', (typed, found) => {
    expect(serials(stretch(typed))).toEqual(found)
  })
})
