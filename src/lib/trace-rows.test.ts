import { describe, expect, test } from 'vitest'
import { totalsByUom, traceDepths, traceRows, type TracedEdge, type TracedNode } from './trace-rows.ts'

const node = (lotId: string, more: Partial<TracedNode> = {}): TracedNode => ({
  lotId, unitId: null, productId: 'p', sku: 'P', product: 'Product', uom: 'kg', lot: lotId, serial: null, start: false, followed: true, certainty: 'exact', onHand: [], consignees: [], suppliers: [], ends: [], edges: [], edgeCount: more.edges?.length ?? 0, ...more,
})
const edge = (from: string, to: string, more: Partial<TracedEdge> = {}): TracedEdge => ({
  runId: `${from}-${to}`, run: 'production', movementId: `m-${from}-${to}`, occurredAt: '2026-11-01T08:00:00.000Z', from: { lotId: from, unitId: null }, to: { lotId: to, unitId: null }, inputQuantity: '10', outputQuantity: '4', certainty: 'exact', stated: false, ...more,
})
const at = (place: string, quantity: string, returned = '0') => ({ placeId: place, place, partyId: place, party: place, quantity, returned, movements: [{ movementId: `m-${place}`, kind: 'ship', occurredAt: '2026-11-02T08:00:00.000Z', quantity, documents: [] }] })
const told = (direction: 'forward' | 'backward', nodes: readonly TracedNode[]): string[] => traceRows(direction, nodes).map((row) => [row.node.lot, row.first ? '' : '..', row.relation, row.quantity, row.certainty, row.run?.others.map(({ what, quantity }) => `${quantity} ${what.lotId}`).join('+') ?? row.at?.place].filter(Boolean).join(' '))

describe('the rows of a trace', () => {
  test('forward: how it was made, where it is, who got it, how it ended; of what was asked for also from whom', () => {
    const start = node('A', { start: true, suppliers: [at('Farm', '40')], onHand: [{ placeId: 'x', place: 'DOCK', quantity: '30' }], consignees: [at('Shop', '5', '1')], ends: [{ end: 'destroyed', quantity: '2', movements: [] }, { end: 'counted', quantity: '-1', movements: [] }] })
    const made = node('B', { suppliers: [at('Nobody asks', '1')], edges: [edge('A', 'B')], ends: [{ end: 'counted', quantity: '3', movements: [] }] })
    expect(told('forward', [made, start])).toEqual(['A received 40 exact Farm', 'A .. found 1 exact', 'A .. on_hand 30 exact DOCK', 'A .. shipped 5 exact Shop', 'A .. destroyed 2 exact', 'B made_of 4 exact 10 A', 'B .. counted_away 3 exact'])
  })

  test('backward: into what it went, from whom it came; who else got some of it is not asked', () => {
    const source = node('M', { suppliers: [at('Farm', '100', '7')], consignees: [at('Shop', '5')], ends: [{ end: 'lost', quantity: '2', movements: [] }], edges: [edge('M', 'B', { inputQuantity: '50', outputQuantity: '5' })] })
    expect(told('backward', [node('B', { start: true }), source])).toEqual(['B alone 0 exact', 'M went_into 50 exact 5 B', 'M .. received 100 exact Farm'])
  })

  test('what a run took up for several outputs counts once, what each output says it used counts each', () => {
    const shared = node('M', { edges: [edge('M', 'B', { runId: 'r', certainty: 'at_most' }), edge('M', 'C', { runId: 'r', certainty: 'at_most' })] })
    expect(told('backward', [node('B', { start: true }), node('C'), shared]).at(1)).toBe('M went_into 10 at_most 4 B+4 C')
    const stated = node('M', { edges: [edge('M', 'B', { runId: 'r', stated: true, inputQuantity: '2' }), edge('M', 'C', { runId: 'r', stated: true, inputQuantity: '3.5' })] })
    expect(told('backward', [node('B', { start: true }), node('C'), stated]).at(1)).toBe('M went_into 5.5 exact 4 B+4 C')
  })

  test('a row is as certain as its weakest step and its way there, runs in the order they happened, more ways counted', () => {
    const far = node('C', { certainty: 'at_most', edgeCount: 5, edges: [edge('B', 'C', { occurredAt: '2026-11-09T08:00:00.000Z' }), edge('A', 'C', { certainty: 'at_most', occurredAt: '2026-11-03T08:00:00.000Z' })] })
    expect(told('forward', [node('A', { start: true }), node('B', { certainty: 'possible', edges: [edge('A', 'B', { certainty: 'possible' })] }), far])).toEqual([
      'A alone 0 exact', 'B made_of 4 possible 10 A', 'C made_of 4 at_most 10 A', 'C .. made_of 4 possible 10 B', 'C .. more 3 at_most',
    ])
  })

  test('the nearest come first, then by product and code; a way that is not loaded has no depth', () => {
    const nodes = [node('D', { edges: [edge('unloaded', 'D')] }), node('C', { edges: [edge('B', 'C')] }), node('B2', { product: 'A product', edges: [edge('A', 'B2')] }), node('B', { edges: [edge('A', 'B')] }), node('A', { start: true })]
    expect(traceRows('forward', nodes).map((row) => row.node.lot)).toEqual(['A', 'B2', 'B', 'C', 'D'])
    expect(Object.fromEntries(traceDepths('forward', nodes))).toEqual({ A: 0, B: 1, B2: 1, C: 2 })
    // rework: in a circle nobody is farther than the shortest way
    expect(Object.fromEntries(traceDepths('forward', [node('A', { start: true, edges: [edge('B', 'A')] }), node('B', { edges: [edge('A', 'B')] })]))).toEqual({ A: 0, B: 1 })
  })
})

test('quantities are added up by their unit of measure, exactly', () => {
  expect(totalsByUom([{ uom: 'kg', quantity: '0.1' }, { uom: 'kg', quantity: '0.2' }, { uom: 'each', quantity: '12' }, { uom: 'm', quantity: '1' }, { uom: 'm', quantity: '-1' }])).toEqual([{ uom: 'each', quantity: '12' }, { uom: 'kg', quantity: '0.3' }])
})
