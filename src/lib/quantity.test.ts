import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { convert, fitsScale, formatQuantity, parseQuantity, quantity, shareOut, type Quantity, units } from './quantity.ts'

const decimals = fc.tuple(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }), fc.integer({ min: 0, max: 999_999_999 })).map(([whole, billionths]) => (whole * 1_000_000_000n + (whole < 0n ? -1n : 1n) * BigInt(billionths)) as Quantity)
Decimal.set({ precision: 60, toExpNeg: -60, toExpPos: 60 })

describe('a quantity', () => {
  test.each([
    ['12', '12'], ['0.5', '0.5'], ['-0.000000001', '-0.000000001'], ['007', '7'], ['1.500', '1.5'], ['-0', '0'], ['999999999999999999.999999999', '999999999999999999.999999999'],
  ])('reads %s as %s', (text, shown) => {
    expect(formatQuantity(parseQuantity(text) as Quantity)).toBe(shown)
  })

  test.each(['', '1e3', '1,5', '.5', '5.', '1.0000000001', '1000000000000000000', ' 1', '+1', '0x1', '１'])('does not read %j', (text) => {
    expect(parseQuantity(text)).toBeUndefined()
  })

  test('is written as decimal.js writes the same number', () => {
    fc.assert(fc.property(decimals, (value) => {
      const text = formatQuantity(value)
      expect(new Decimal(text).times('1e9').toFixed(0)).toBe(value.toString())
      expect(quantity(text)).toBe(value)
    }))
  })

  test('converts exactly where decimal.js finds no remainder, and not at all where it does', () => {
    const positive = fc.bigInt({ min: 1n, max: 10n ** 13n }).map((value) => value as Quantity)
    fc.assert(fc.property(positive, positive, positive, (value, numerator, denominator) => {
      const exact = new Decimal(value.toString()).times(numerator.toString()).div(denominator.toString())
      const converted = convert(value, numerator, denominator)
      if (converted === undefined) expect((value * numerator) % denominator).not.toBe(0n)
      else expect(exact.toFixed(0)).toBe(converted.toString())
    }))
  })

  test.each([['1', 0, true], ['0.5', 0, false], ['0.125', 3, true], ['0.1255', 3, false]] as const)('%s fits %i decimals: %s', (text, scale, fits) => {
    expect(fitsScale(quantity(text), scale)).toBe(fits)
  })
})

describe('sharing out', () => {
  test('of 10 kg over 30 and 60 kg rounds down and gives the rest to the largest', () => {
    expect(shareOut(units(10), [units(30), units(60)], 3).map(formatQuantity)).toEqual(['3.333', '6.667'])
  })

  test('loses nothing, takes no more than there is, and leaves a little of every lot until all is drawn', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 8 })
    fc.assert(fc.property(weights, fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 3 }), (given, percent, scale) => {
      const all = given.map((weight) => (BigInt(weight) * 10n ** BigInt(9 - scale)) as Quantity)
      const whole = all.reduce<bigint>((sum, weight) => sum + weight, 0n)
      const step = 10n ** BigInt(9 - scale)
      const total = (((whole * BigInt(percent)) / 100n / step) * step) as Quantity
      const shares = shareOut(total, all, scale)
      expect(shares.reduce<bigint>((sum, share) => sum + share, 0n)).toBe(total)
      shares.forEach((share, at) => {
        expect(share >= 0n && share <= (all[at] ?? 0n)).toBe(true)
        expect(fitsScale(share, scale)).toBe(true)
      })
    }))
  })
})
