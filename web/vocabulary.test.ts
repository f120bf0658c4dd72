import { describe, expect, test } from 'vitest'
import type { Trade } from '#src/lib/trades.ts'
import type { Language } from './i18n.ts'
import { reword, rewordMessage } from './vocabulary.ts'

describe('our words in those of a trade', () => {
  test.each<[Language, Trade | undefined, string, string]>([
    ['en', 'food', 'No lots yet', 'No batches yet'],
    ['en', 'food', 'Lot', 'Batch'],
    ['en', 'food', 'By lot and serial', 'By batch and serial'],
    ['en', 'food', 'The units of lot {lot} of {product}: lots', 'The units of batch {lot} of {product}: batches'],
    ['en', 'food', 'a pilot plant, an allotment, lot_id', 'a pilot plant, an allotment, lot_id'],
    ['en', 'yarn', 'Lots', 'Dye lots'],
    ['en', 'yarn', 'Hold the dye lot D-77, the lot, a unit', 'Hold the dye lot D-77, the dye lot, a piece'],
    ['en', 'electronics', 'Unit of measure, Unit cost, Units, every unit', 'Unit of measure, Unit cost, Devices, every device'],
    ['en', 'automotive', 'Lots and units', 'Lots and units'],
    ['en', undefined, 'Lots and units', 'Lots and units'],
    ['de', 'yarn', 'Noch keine Chargen; Charge, Chargencode, Chargennummern', 'Noch keine Farbpartien; Farbpartie, Farbpartiecode, Farbpartienummern'],
    ['de', 'food', 'Noch keine Chargen, keine Einheit', 'Noch keine Chargen, keine Einheit'],
  ])('%s, %s: %s', (language, trade, ours, theirs) => expect(reword(language, trade)(ours)).toBe(theirs))

  test('a compiled message keeps what it takes and its plural forms', () => {
    const message = ['Lot ', ['lot'], ' has ', ['count', 'plural', { offset: 1, one: ['#', ' lot'], other: ['#', ' lots'] }]]
    expect(rewordMessage(reword('en', 'food'), message)).toEqual(['Batch ', ['lot'], ' has ', ['count', 'plural', { offset: 1, one: ['#', ' batch'], other: ['#', ' batches'] }]])
  })
})
