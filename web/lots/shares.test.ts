import { expect, test } from 'vitest'
import { sharesOf, sumOf } from './shares.ts'

test('the shares of a lot add up to 100 %, whatever rounding leaves', () => {
  expect(sharesOf(['1', '1', '1'])).toEqual([0.3334, 0.3333, 0.3333])
  expect(sharesOf(['65.25', '30', '240', '55', '0.5', '8', '1.25']).map((share) => Math.round(share * 10_000)).reduce((sum, share) => sum + share, 0)).toBe(10_000)
  expect(sharesOf(['0.000000001', '999999999999999999'])).toEqual([0, 1])
  expect(sharesOf([])).toEqual([])
})

test('quantities are added exactly', () => {
  expect(sumOf([{ quantity: '0.1' }, { quantity: '0.2' }, { quantity: '99999999999999999.7' }])).toBe('100000000000000000')
})
