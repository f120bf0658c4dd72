import { describe, expect, test } from 'vitest'
import { formatQuantity } from '#src/lib/quantity.ts'
import { readDecimal, toBase, uomOfPack, uomsOf } from './uoms.ts'

describe('what is typed as a quantity', () => {
  // typed, where the mark is a point, where it is a comma
  test.each([
    ['12', '12', '12'], ['12.5', '12.5', '12.5'], ['12,5', '12.5', '12.5'], [' 0,125 ', '0.125', '0.125'], ['.5', '0.5', '0.5'], ['007', '7', '7'], ['1 200', '1200', '1200'], ['0.30', '0.3', '0.3'],
    ['1,200', 'unclear', '1.2'], ['1.200', '1.2', 'unclear'], ['1.200.000', 'unclear', 'unclear'], ['1,200.50', 'unclear', 'unclear'], ['0.125', '0.125', '0.125'],
    ['', null, null], ['-3', null, null], ['1e3', null, null], ['twelve', null, null], ['1.2.3', null, null], ['0.0000000001', null, null],
  ] as const)('%j is %j, or %j', (typed, point, comma) => {
    expect([readDecimal(typed, '.'), readDecimal(typed, ',')]).toEqual([point, comma])
  })
})

describe('units of measure of a product', () => {
  const product = { baseUom: 'each', uoms: [{ uom: 'case', numerator: '12', denominator: '1' }, { uom: 'third', numerator: '1', denominator: '3' }], aliases: [{ packQuantity: '12', uom: null }, { packQuantity: '480', uom: null }, { packQuantity: '1', uom: null }, { packQuantity: '480', uom: null }] }
  const uoms = uomsOf(product)

  test('are its own, its conversions, and packages that are none of these, each once', () => {
    expect(uoms.map(({ id }) => id)).toEqual(['', 'case', 'third', 'pack:480'])
  })

  test.each([['40', 'case', '480'], ['3', '', '3'], ['1,5', 'pack:480', '720'], ['3', 'third', '1'], ['1', 'third', undefined], ['x', 'case', undefined]] as const)('%s of %j is %s', (typed, id, base) => {
    const uom = uoms.find((one) => one.id === id)
    const converted = uom && toBase(typed, uom, ',')
    expect(converted === undefined ? undefined : formatQuantity(converted)).toBe(base)
  })

  test.each([['12', 'case'], ['480', 'pack:480'], ['1', ''], ['7', undefined]] as const)('a package of %s is %j', (pack, id) => {
    expect(uomOfPack(uoms, pack)?.id).toBe(id)
  })
})
