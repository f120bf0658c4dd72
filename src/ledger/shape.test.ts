import { describe, expect, test } from 'vitest'
import type { LotId, ProductId, UnitId } from '#src/lib/id.ts'
import { formatQuantity, quantity } from '#src/lib/quantity.ts'
import { isRefusal } from '#src/lib/refusal.ts'
import { draft, lot, masters, place, product, spot, unit } from './rules.testing.ts'
import type { Draft, DraftLine } from './movement.ts'
import { shape } from './shape.ts'

const dairy = masters(
  [product('MILK'), product('SALT', { tracking: 'none' }), product('BIKE', { tracking: 'serial', scale: 0, baseUom: 'each' }), product('PUMP', { tracking: 'lot_and_serial', scale: 0 }),
    product('ROLL', { tracking: 'lot', measured: true, baseUom: 'm', secondUom: 'kg' }), product('OLD', { archived: true })],
  [lot('M1', 'MILK'), lot('M2', 'MILK'), lot('GONE', 'MILK', { mergedInto: 'M2' as LotId }), lot('S1', 'SALT'), lot('P1', 'PUMP'), lot('MILK-no-lot', 'MILK', { code: null }), lot('R1', 'ROLL')],
  [place('A', 'storage'), place('B', 'storage'), place('SHUT', 'storage', { archived: true }), place('TANK', 'tank'), place('FARM', 'supplier'), place('SHOP', 'ship_to'), place('COUNT', 'count'), place('RUN', 'process'), place('LAB', 'sampled')],
)
const units = new Map([
  unit('B-1', 'BIKE', 'A'), unit('B-2', 'BIKE', 'A'), unit('P-1', 'PUMP', 'A', { lotId: 'P1' as LotId }), unit('P-9', 'PUMP', null),
  unit('R-1', 'ROLL', 'A', { lotId: 'R1' as LotId, kind: 'piece', measure: quantity('40') }), unit('R-2', 'ROLL', null, { lotId: 'R1' as LotId, kind: 'piece', measure: quantity('0') }),
].map((one) => [one.unitId, one]))
const mixtures = [
  { productId: 'MILK' as ProductId, lotId: 'M1' as LotId, spot: spot('TANK'), onHand: quantity('30'), second: quantity('0'), unitIds: [] },
  { productId: 'MILK' as ProductId, lotId: 'M2' as LotId, spot: spot('TANK'), onHand: quantity('60'), second: quantity('0'), unitIds: [] },
]

/** The verdict as text: a refusal's code, or each line as `lot from>to quantity`. */
function verdict(asked: Draft): string {
  const shaped = shape(asked, { masters: dairy, units, mixtures })
  if (isRefusal(shaped)) return shaped.refused
  return shaped.map((line) => `${line.lotId} ${line.from.placeId}>${line.to.placeId} ${formatQuantity(line.quantity)}${line.fromMixture ? '~' : ''}${line.uses ? ` of ${line.uses.map((use) => `${use.inputLine}:${formatQuantity(use.quantity)}`).join('+')}` : ''}`).join(', ')
}
const M1 = { lotId: 'M1' as LotId }
const at = (from: string, to: string) => ({ from: spot(from), to: spot(to) })
const named = (...ids: string[]) => ({ units: ids.map((id) => ({ unitId: id as UnitId, quantity: null, second: null })), quantity: null })
const cut = (id: string, amount: string) => ({ units: [{ unitId: id as UnitId, quantity: amount, second: null }], quantity: null })
const of = (id: string) => ({ productId: id as ProductId })

describe('a line', () => {
  test.each<[string, Draft['kind'], Partial<DraftLine>, string]>([
    ['moves', 'move', { ...M1 }, 'M1 A>B 1'],
    ['of a merged lot is one of the lot that stayed', 'move', { lotId: 'GONE' as LotId }, 'M2 A>B 1'],
    ['in cases is counted in base units', 'move', { ...M1, quantity: '2', uom: 'case' }, 'M1 A>B 24'],
    ['by a case code is multiplied out', 'move', { ...M1, quantity: '2', packQuantity: quantity('6') }, 'M1 A>B 12'],
    ['in thirds is refused where it is not exact', 'move', { ...M1, quantity: '1', uom: 'third' }, 'quantity_not_exact'],
    ['in three thirds is exact', 'move', { ...M1, quantity: '3', uom: 'third' }, 'M1 A>B 1'],
    ['finer than the product is refused', 'move', { ...M1, quantity: '0.0005' }, 'quantity_not_exact'],
    ['of nothing is refused', 'move', { ...M1, quantity: '0' }, 'quantity_not_positive'],
    ['of more than the book can hold is refused', 'move', { ...M1, quantity: '900000000000000000', uom: 'case' }, 'quantity_too_large'],
    ['in an unknown measure is refused', 'move', { ...M1, uom: 'barrel' }, 'uom_not_of_product'],
    ['with nothing to move is refused', 'move', { ...M1, quantity: null }, 'quantity_missing'],
    ['of a product nobody knows is refused', 'move', of('BEER'), 'product_unknown'],
    ['that stays where it is is refused', 'move', { ...M1, ...at('A', 'A') }, 'nothing_moves'],
    ['that changes the owner in place is no move but is something', 'change_owner', { ...M1, from: spot('A'), to: spot('A', 'neighbour') }, 'M1 A>A 1'],
    ['of an owner nobody knows is refused', 'change_owner', { ...M1, from: spot('A'), to: spot('A', 'nobody') }, 'party_unknown'],
    ['from a supplier is no move', 'move', { ...M1, ...at('FARM', 'A') }, 'movement_sides_wrong'],
    ['from a supplier is a receipt', 'receive', { ...M1, ...at('FARM', 'A') }, 'M1 FARM>A 1'],
    ['to a supplier is a shipment back', 'ship', { ...M1, ...at('A', 'FARM') }, 'M1 A>FARM 1'],
    ['adjusts up', 'adjust', { ...M1, ...at('COUNT', 'A') }, 'M1 COUNT>A 1'],
    ['adjusts down', 'adjust', { ...M1, ...at('A', 'COUNT') }, 'M1 A>COUNT 1'],
    ['into an archived place is refused', 'move', { ...M1, ...at('A', 'SHUT') }, 'place_archived'],
    ['out of an archived place is not', 'move', { ...M1, ...at('SHUT', 'A') }, 'M1 SHUT>A 1'],
    ['receives no archived product', 'receive', { ...of('OLD'), ...M1, ...at('FARM', 'A') }, 'product_archived'],
  ])('%s', (_, kind, line, expected) => {
    expect(verdict(draft(kind, [line]))).toBe(expected)
  })
})

describe('the tracking policy', () => {
  test.each<[string, Draft['kind'], Partial<DraftLine>, string]>([
    ['asks for the lot', 'receive', at('FARM', 'A'), 'lot_missing'],
    ['asks for the lot on the way out too', 'ship', at('A', 'SHOP'), 'lot_missing'],
    ['lets what had no lot leave as it came', 'ship', { lotId: 'MILK-no-lot' as LotId, ...at('A', 'SHOP') }, 'MILK-no-lot A>SHOP 1'],
    ['lets nothing new in without', 'receive', { lotId: 'MILK-no-lot' as LotId, ...at('FARM', 'A') }, 'lot_missing'],
    ['gives the hidden lot where none is tracked', 'receive', { ...of('SALT'), ...at('FARM', 'A') }, 'SALT-no-lot FARM>A 1'],
    ['takes no lot where none is tracked', 'receive', { ...of('SALT'), lotId: 'S1' as LotId, ...at('FARM', 'A') }, 'lot_not_tracked'],
    ['lets a lot leave that came before', 'ship', { ...of('SALT'), lotId: 'S1' as LotId, ...at('A', 'SHOP') }, 'S1 A>SHOP 1'],
    ['asks for serials', 'receive', { ...of('BIKE'), ...at('FARM', 'A') }, 'units_missing'],
    ['asks for the lot of a unit', 'receive', { ...of('PUMP'), ...named('P-9'), ...at('FARM', 'A') }, 'lot_missing'],
    ['finds the lot of a unit that is here', 'ship', { ...of('PUMP'), ...named('P-1'), ...at('A', 'SHOP') }, 'P1 A>SHOP 1'],
    ['refuses the lot of another product', 'move', { lotId: 'P1' as LotId }, 'lot_of_other_product'],
    ['refuses a unit of another lot', 'ship', { ...of('PUMP'), ...named('P-9'), lotId: 'P1' as LotId, ...at('A', 'SHOP') }, 'unit_of_other_lot'],
    ['refuses a unit of another product', 'ship', { ...of('PUMP'), ...named('B-1'), ...at('A', 'SHOP') }, 'unit_of_other_product'],
    ['refuses a unit named twice', 'ship', { ...of('BIKE'), ...named('B-1', 'B-1'), ...at('A', 'SHOP') }, 'unit_twice'],
    ['counts the units', 'ship', { ...of('BIKE'), ...named('B-1', 'B-2'), ...at('A', 'SHOP') }, 'BIKE-no-lot A>SHOP 2'],
    ['refuses another count', 'ship', { ...of('BIKE'), ...named('B-1', 'B-2'), quantity: '3', ...at('A', 'SHOP') }, 'quantity_differs_from_units'],
    ['knows that a serial is one', 'ship', { ...of('BIKE'), ...cut('B-1', '2'), ...at('A', 'SHOP') }, 'serial_is_one'],
    ['keeps no second quantity that was not asked for', 'move', { ...M1, second: '4' }, 'second_quantity_not_kept'],
  ])('%s', (_, kind, line, expected) => {
    expect(verdict(draft(kind, [line]))).toBe(expected)
  })
})

describe('a piece', () => {
  test.each<[string, Draft['kind'], Partial<DraftLine>, string]>([
    ['moves whole', 'move', { ...of('ROLL'), ...named('R-1') }, 'R1 A>B 40'],
    ['is cut before a part of it moves', 'ship', { ...of('ROLL'), ...cut('R-1', '10'), ...at('A', 'SHOP') }, 'piece_must_be_cut'],
    ['may be sampled in part', 'sample', { ...of('ROLL'), ...cut('R-1', '0.5'), ...at('A', 'LAB') }, 'R1 A>LAB 0.5'],
    ['is not longer than it is', 'sample', { ...of('ROLL'), ...cut('R-1', '41'), ...at('A', 'LAB') }, 'piece_too_short'],
    ['comes with its measure', 'receive', { ...of('ROLL'), ...cut('R-2', '25'), ...at('FARM', 'A') }, 'R1 FARM>A 25'],
    ['without a measure is refused', 'receive', { ...of('ROLL'), ...named('R-2'), ...at('FARM', 'A') }, 'quantity_missing'],
    ['is named', 'receive', { ...of('ROLL'), lotId: 'R1' as LotId, ...at('FARM', 'A') }, 'units_missing'],
  ])('%s', (_, kind, line, expected) => {
    expect(verdict(draft(kind, [line]))).toBe(expected)
  })
})

describe('a run', () => {
  const input = (amount: string, more: Partial<DraftLine> = {}): Partial<DraftLine> => ({ role: 'input', ...M1, quantity: amount, ...at('A', 'RUN'), ...more })
  const output = (amount: string, more: Partial<DraftLine> = {}): Partial<DraftLine> => ({ role: 'output', lotId: 'M2' as LotId, quantity: amount, ...at('RUN', 'A'), ...more })
  test.each<[string, readonly Partial<DraftLine>[], Partial<Draft>, string]>([
    ['takes up and gives', [input('10'), output('4')], {}, 'M1 A>RUN 10, M2 RUN>A 4'],
    ['without inputs is refused', [output('4')], {}, 'run_without_inputs'],
    ['may go on without new inputs', [output('4')], { runId: 'run' as never }, 'M2 RUN>A 4'],
    ['draws a tank by share', [input('10', { lotId: null, from: spot('TANK') }), output('4')], {}, 'M1 TANK>RUN 3.333~, M2 TANK>RUN 6.667~, M2 RUN>A 4'],
    ['draws no more than the tank holds', [input('91', { lotId: null, from: spot('TANK') }), output('4')], {}, 'stock_insufficient'],
    ['takes no single lot out of a tank', [input('10', { from: spot('TANK') }), output('4')], {}, 'mixture_has_no_lots'],
    ['splits', [input('10'), output('4'), output('6', { lotId: 'M1' as LotId })], { runKind: 'split' }, 'M1 A>RUN 10, M2 RUN>A 4 of 1:4, M1 RUN>A 6 of 1:6'],
    ['splits without loss', [input('10'), output('4')], { runKind: 'split' }, 'run_not_conserved'],
    ['merges two into one', [input('10'), input('5', { lotId: 'M2' as LotId }), output('15')], { runKind: 'merge' }, 'M1 A>RUN 10, M2 A>RUN 5, M2 RUN>A 15'],
    ['merges into one only', [input('10'), output('5'), output('5', { lotId: 'M1' as LotId })], { runKind: 'merge' }, 'run_shape_wrong'],
    ['knows what was named', [input('10'), output('4', { uses: [{ input: 0, quantity: '7' }] })], {}, 'M1 A>RUN 10, M2 RUN>A 4 of 1:7'],
    ['refuses more use than input', [input('10'), output('4', { uses: [{ input: 0, quantity: '7' }] }), output('4', { uses: [{ input: 0, quantity: '7' }] })], {}, 'use_exceeds_input'],
    ['refuses the use of what is no input', [input('10'), output('4', { uses: [{ input: 1, quantity: null }] })], {}, 'use_unknown'],
  ])('%s', (_, lines, more, expected) => {
    expect(verdict(draft('transform', lines, more))).toBe(expected)
  })
})
