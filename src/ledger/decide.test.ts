import { describe, expect, test } from 'vitest'
import type { AllocationId, LotId, ProductId, UnitId } from '#src/lib/id.ts'
import { LOOSE } from '#src/lib/id.ts'
import { formatQuantity, quantity, units as wholeUnits, type Quantity } from '#src/lib/quantity.ts'
import { isRefusal } from '#src/lib/refusal.ts'
import { completeSecond, decideBalances, decideDates, decideFrozen, decideHolds, decideUnits, decideWhen, fulfil, holdSubjects, lateKeys, netDeltas } from './decide.ts'
import type { BalanceFacts, HoldFacts, UnitFacts } from './facts.ts'
import type { MovementKind } from './movement-kinds.ts'
import type { Line } from './movement.ts'
import { lot, masters, place, product, spot, unit } from './rules.testing.ts'

const dairy = masters(
  [product('MILK', { blocksAfterDate: true }), product('BEER', { dateKind: 'best_by' }), product('BIKE', { tracking: 'serial' }), product('HAM', { secondUom: 'kg' })],
  [lot('M1', 'MILK', { expiresOn: '2026-11-22', familyId: 'DAY' as never }), lot('M2', 'MILK', { expiresOn: '2026-11-23' }), lot('B1', 'BEER', { bestBy: '2020-01-01' })],
  [place('A', 'storage', { path: ['SITE', 'A'] as never }), place('B', 'storage'), place('SHOP', 'ship_to'), place('RUN', 'process'), place('FARM', 'supplier'), place('LAB', 'sampled'), place('COUNT', 'count')],
)

function line(from: string, to: string, amount: string, more: Partial<Line> = {}): Line {
  const inside = (name: string): boolean => dairy.places.get(name as never)?.internal ?? false
  return {
    lineNo: 1, role: null, productId: 'MILK' as ProductId, lotId: 'M2' as LotId, units: null, from: spot(from), to: spot(to), fromInternal: inside(from), toInternal: inside(to),
    consigneePlaceId: null, quantity: quantity(amount), second: null, enteredQuantity: amount, enteredUom: 'kg', cost: null, fromMixture: false, uses: null, ...more,
  }
}
const key = (where: string, lotId = 'M2', productId = 'MILK'): string => `${productId}/${lotId}/${where}/us/${LOOSE}`
const balance = (onHand: string, allocated = '0', second = '0', last: string | null = null): BalanceFacts => ({ onHand: quantity(onHand), allocated: quantity(allocated), second: quantity(second), lastOccurredAt: last })
const codeOf = (value: unknown): string => (isRefusal(value) ? value.refused : value === undefined ? 'ok' : JSON.stringify(value))

describe('when it happened', () => {
  const now = '2026-11-23T12:00:00.000Z'
  test.each([
    ['now', now, null, '"2026-11-23"'],
    ['late in the evening it is tomorrow in Vienna', '2026-11-22T23:30:00.000Z', null, '"2026-11-23"'],
    ['5 minutes ahead is a clock that runs fast', '2026-11-23T12:05:00.000Z', null, '"2026-11-23"'],
    ['more is the future', '2026-11-23T12:05:00.001Z', null, 'occurred_in_future'],
    ['the last closed day is closed', now, '2026-11-23', 'period_closed'],
    ['the day after is open', now, '2026-11-22', '"2026-11-23"'],
  ])('%s', (_, occurredAt, closedThrough, verdict) => {
    expect(codeOf(decideWhen({ ...dairy, closedThrough }, [line('A', 'B', '1')], occurredAt, now))).toBe(verdict)
  })
})

test('what is frozen takes no movement; another lot of the product goes on', () => {
  const frozen = { ...dairy, frozen: [{ productId: 'MILK' as ProductId, lotId: 'M1' as LotId, invariant: 'I1' }] }
  expect(codeOf(decideFrozen(frozen, [line('A', 'B', '1', { lotId: 'M1' as LotId })]))).toBe('stock_frozen')
  expect(codeOf(decideFrozen(frozen, [line('A', 'B', '1')]))).toBe('ok')
})

describe('a hold', () => {
  const hold = (more: Partial<HoldFacts> = {}): HoldFacts => ({ holdId: 'h', subject: 'lot', subjectId: 'M1', reason: 'no certificate', allows: [], placedAt: '2026-11-23T10:00:00.000Z', ...more })
  test.each<[string, MovementKind, string | null, Partial<HoldFacts>, string]>([
    ['stops what happens now, though it was placed since that was asked for', 'ship', null, {}, 'on_hold'],
    ['stops a shipment', 'ship', '2026-11-23T11:00:00.000Z', {}, 'on_hold'],
    ['stops at the moment it is placed', 'ship', '2026-11-23T10:00:00.000Z', {}, 'on_hold'],
    ['lets through what it allows', 'transform', '2026-11-23T11:00:00.000Z', { allows: ['transform'] }, 'accepted'],
    ['stops what it does not allow', 'ship', '2026-11-23T11:00:00.000Z', { allows: ['transform'] }, 'on_hold'],
    ['does not undo what happened before it, but tells', 'ship', '2026-11-23T09:59:59.999Z', {}, 'accepted and told'],
  ])('%s', (_, kind, occurredAt, more, verdict) => {
    const decided = decideHolds(kind, occurredAt, [hold(more)], () => 'M1')
    expect(isRefusal(decided) ? decided.refused : decided.length > 0 ? 'accepted and told' : 'accepted').toBe(verdict)
  })

  test('is looked for on lot, family, unit, plate, and on the place with all above it', () => {
    const subjects = holdSubjects(dairy, [line('A', 'SHOP', '1', { lotId: 'M1' as LotId, from: spot('A', 'us', 'PALLET'), units: [{ unitId: 'U' as UnitId, quantity: wholeUnits(1), second: null }] })])
    expect(subjects).toEqual({ lots: ['M1'], families: ['DAY'], places: ['A', 'SITE'], plates: ['PALLET'], units: ['U'] })
  })
})

test.each([['M1', 'MILK', 'lot_past_date'], ['M2', 'MILK', 'ok'], ['B1', 'BEER', 'ok']])('on the 23rd, lot %s of %s: %s (a best-by date warns, it does not block)', (lotId, productId, verdict) => {
  expect(codeOf(decideDates(dairy, [line('A', 'SHOP', '1', { lotId: lotId as LotId, productId: productId as ProductId })], '2026-11-23'))).toBe(verdict)
})

describe('a balance', () => {
  test.each([
    ['gives what it has', '10', '0', '0', '10', 'ok'],
    ['gives no more', '10', '0', '0', '10.001', 'stock_insufficient'],
    ['keeps what is promised', '10', '4', '0', '6.001', 'stock_allocated'],
    ['gives what is free', '10', '4', '0', '6', 'ok'],
    ['gives what is promised to those it is promised to', '10', '4', '4', '10', 'ok'],
  ])('%s', (_, onHand, allocated, ours, asked, verdict) => {
    const lines = [line('A', 'SHOP', asked)]
    const allocations = [{ allocationId: 'a' as AllocationId, key: key('A'), unitId: null, open: quantity(ours) }]
    const fulfilled = fulfil(lines, quantity(ours) > 0n ? allocations : [])
    expect(codeOf(decideBalances(netDeltas(lines), new Map([[key('A'), balance(onHand, allocated)]]), fulfilled, dairy))).toBe(verdict)
  })

  test('asked twice in one request is capped by the sum', () => {
    const deltas = netDeltas([line('A', 'SHOP', '6'), line('A', 'SHOP', '6')])
    expect(decideBalances(deltas, new Map([[key('A'), balance('10')]]), [], dairy)).toMatchObject({ refused: 'stock_insufficient', data: { asked: '12', available: '10' } })
  })

  test('through which goods only pass in one request needs none', () => {
    const deltas = netDeltas([line('A', 'B', '6'), line('B', 'SHOP', '6')])
    expect(codeOf(decideBalances(deltas, new Map([[key('A'), balance('6')], [key('B'), balance('0')]]), [], dairy))).toBe('ok')
  })
})

test('a shipment takes the oldest promise first and closes what it took whole', () => {
  const promise = (id: string, open: string) => ({ allocationId: id as AllocationId, key: key('A'), unitId: null, open: quantity(open) })
  const fulfilled = fulfil([line('A', 'SHOP', '5')], [promise('first', '3'), promise('second', '4')])
  expect(fulfilled.map((one) => [one.allocationId, formatQuantity(one.quantity), one.closes])).toEqual([['first', '3', true], ['second', '2', false]])
})

describe('a unit', () => {
  const one = (from: string, to: string, more: Partial<Line> = {}): Line => line(from, to, '1', { productId: 'BIKE' as ProductId, lotId: 'BIKE-no-lot' as LotId, units: [{ unitId: 'U' as UnitId, quantity: wholeUnits(1), second: null }], ...more })
  const piece = (from: string, to: string, amount: string): Line => one(from, to, { units: [{ unitId: 'U' as UnitId, quantity: quantity(amount), second: null }], quantity: quantity(amount) })
  const at = (where: string | null, more: Partial<UnitFacts> = {}): UnitFacts => unit('U', 'BIKE', where, { placeKind: where === null ? null : (dairy.places.get(where as never)?.kind ?? null), ...more })
  test.each<[string, MovementKind | 'reverse', UnitFacts, readonly Line[], string]>([
    ['leaves from where it is', 'ship', at('A'), [one('A', 'SHOP')], 'SHOP'],
    ['does not leave from where it is not', 'ship', at('B'), [one('A', 'SHOP')], 'unit_elsewhere'],
    ['comes in for the first time', 'receive', at(null), [one('FARM', 'A')], 'A'],
    ['does not come in twice', 'receive', at('B'), [one('FARM', 'A')], 'unit_already_in_stock'],
    ['is not received from a supplier while a customer has it', 'receive', at('SHOP'), [one('FARM', 'A')], 'unit_with_customer'],
    ['comes back from the customer', 'return', at('SHOP'), [one('SHOP', 'A')], 'A'],
    ['is not found again after it was sampled', 'adjust', at('LAB', { measure: quantity('0') }), [one('COUNT', 'A')], 'unit_elsewhere'],
    ['that was lost in a count is found in one', 'adjust', at('COUNT'), [one('COUNT', 'A')], 'A'],
    ['promised to another stays', 'ship', at('A', { allocationId: 'x' as AllocationId }), [one('A', 'SHOP')], 'unit_allocated'],
    ['promised to this demand goes', 'ship', at('A', { allocationId: 'mine' as AllocationId }), [one('A', 'SHOP')], 'SHOP'],
    ['goes into a run and comes out of it', 'transform', at('A'), [one('A', 'RUN', { role: 'input' }), one('RUN', 'B', { role: 'output' })], 'B'],
    ['leaves once', 'ship', at('A'), [one('A', 'SHOP'), one('A', 'SHOP')], 'unit_twice'],
    ['of which a part is used stays with the rest', 'transform', at('A', { kind: 'piece', measure: quantity('40') }), [piece('A', 'RUN', '3')], 'A 37'],
    ['gets back what a run that never happened took', 'reverse', at('A', { kind: 'piece', measure: quantity('37') }), [piece('RUN', 'A', '3')], 'A 40'],
    ['used up measures nothing', 'transform', at('A', { kind: 'piece', measure: quantity('40') }), [piece('A', 'RUN', '40')], 'RUN 0'],
  ])('%s', (_, kind, facts, lines, verdict) => {
    const decided = decideUnits(kind, lines, dairy, new Map([[facts.unitId, facts]]), new Set(['mine' as AllocationId]))
    if (isRefusal(decided)) return expect(decided.refused).toBe(verdict)
    const [after] = decided
    expect(verdict.includes(' ') ? `${after?.spot.placeId} ${formatQuantity(after?.measure as Quantity)}` : after?.spot.placeId).toBe(verdict)
  })
})

describe('catch weight', () => {
  const ham = (amount: string, second: string | null): Line => line('A', 'SHOP', amount, { productId: 'HAM' as ProductId, second: second === null ? null : quantity(second) })
  test.each([
    ['all of it takes all the weight', '8', null, '41.3'],
    ['less than all is weighed', '3', null, 'second_quantity_missing'],
    ['what was weighed is taken', '3', '15.2', '15.2'],
  ])('%s', (_, amount, second, verdict) => {
    const completed = completeSecond([ham(amount, second)], new Map([[key('A', 'M2', 'HAM'), balance('8', '0', '41.3')]]), dairy)
    expect(isRefusal(completed) ? completed.refused : formatQuantity(completed[0]?.second as Quantity)).toBe(verdict)
  })
})

test('only what takes, from a key whose history is not older, needs the late check', () => {
  const lines = [line('A', 'B', '1')]
  const at = '2026-11-20T00:00:00.000Z'
  const younger = new Map([[key('A'), balance('5', '0', '0', '2026-11-21T00:00:00.000Z')], [key('B'), balance('5', '0', '0', '2026-11-21T00:00:00.000Z')]])
  expect(lateKeys(netDeltas(lines), younger, at).map((late) => late.name)).toEqual([key('A')])
  const older = new Map([[key('A'), balance('5', '0', '0', '2026-11-19T23:59:59.999Z')]])
  expect(lateKeys(netDeltas(lines), new Map([[key('A'), balance('5', '0', '0', at)]]), at)).toHaveLength(1)
  expect(lateKeys(netDeltas(lines), older, at)).toEqual([])
})
