import { describe, expect, test } from 'vitest'
import { bearDates, beginningsOf, tradePresets, trades, type Trade } from './trades.ts'

/** trade: what a new product begins with, the units of measure and the properties it brings */
const table = `
  food         lot     best_by  -       kg    case   product.traceability_list product.allergens lot.origin lot.organic_certificate
  yarn         lot     none     -       kg    ball   product.colour product.composition lot.shade
  fireworks    lot     none     -       each  case   product.un_number product.hazard_division product.net_explosive_g lot.shift lot.ex_number
  medical      lot     expiry   blocks  each  box    product.device_class lot.sterilised_on
  chemicals    lot     expiry   blocks  kg    drum   product.un_number product.cas_number lot.certificate_of_analysis
  automotive   serial  none     -       each  -      product.revision lot.heat_number
  electronics  serial  none     -       each  -      product.warranty_months unit.firmware
  children     lot     none     -       each  -      product.age_from_months lot.made_at lot.product_certificate
  other        lot     none     -       each  -      `

describe('an answer', () => {
  const rows = table.trim().split('\n').map((line) => line.trim().split(/\s+/))
  test('every one has its row', () => expect(rows.map(([trade]) => trade)).toEqual([...trades]))
  test.each(rows)('%s sets what its row says', (trade, tracking, dateKind, blocks, baseUom, uoms, ...properties) => {
    const preset = tradePresets[trade as Trade]
    expect(preset.product).toEqual({ tracking, dateKind, blocksAfterDate: blocks === 'blocks', baseUom })
    expect(preset.uoms.map(({ uom }) => uom).join() || '-').toBe(uoms)
    expect(preset.properties.map(({ subject, key }) => `${subject}.${key}`)).toEqual(properties)
  })
  test('several bring together what each brings, once', () => {
    const { uoms, properties } = beginningsOf(['fireworks', 'chemicals', 'food'])
    expect(uoms.map(({ uom }) => uom)).toEqual(['case', 'drum'])
    expect(properties.filter(({ key }) => key === 'un_number')).toHaveLength(1)
    expect(properties).toHaveLength(11)
  })
  test.each<[Trade[], boolean]>([[[], true], [['food'], true], [['yarn'], false], [['yarn', 'chemicals'], true], [['electronics', 'other'], false]])('%j: dates are shown: %s', (answered, shown) => expect(bearDates(answered)).toBe(shown))
})
