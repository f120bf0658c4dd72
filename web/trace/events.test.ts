import { expect, test } from 'vitest'
import type { TraceRow } from '#src/lib/trace-rows.ts'
import { daysOf, eventsOf } from './events.ts'
import { nextNode } from './neighbours.ts'

const row = (key: string, movements: readonly [id: string, at: string, quantity: string, kind?: string][], run: string | null = null): TraceRow => ({
  key, direction: 'forward', node: { lotId: key, unitId: null, productId: 'p', sku: 'P', product: 'Product', uom: 'kg', lot: key, serial: null, start: false, followed: true, certainty: 'exact', onHand: [], consignees: [], suppliers: [], ends: [], edges: [], edgeCount: 0 },
  first: true, relation: 'shipped', quantity: '1', returned: '0', certainty: 'exact', at: null, run: run === null ? null : { run, others: [] },
  movements: movements.map(([movementId, occurredAt, quantity, kind = 'ship']) => ({ movementId, occurredAt, quantity, kind, documents: [`order ${movementId}`] })),
})

test('the events of a trace are its movements, each once with all it moved, in the order they happened', () => {
  const events = eventsOf([
    row('B', [['m3', '2026-11-05T09:00:00.000Z', '3'], ['m2', '2026-11-04T09:00:00.000Z', '2', 'return']]), row('A', [['m3', '2026-11-05T09:00:00.000Z', '5']]), row('C', [['m1', '2026-11-04T08:00:00.000Z', '7']], 'production'),
    row('on hand', []),
  ])
  expect(events.map(({ movementId, kind, documents, parts }) => [movementId, kind, documents, parts.map((part) => `${part.quantity} ${part.row.key}`)])).toEqual([
    ['m1', 'production', ['order m1'], ['7 C']], ['m2', 'return', ['order m2'], ['2 B']], ['m3', 'ship', ['order m3'], ['3 B', '5 A']],
  ])
  expect(daysOf(events).map(({ events: ofDay }) => ofDay.length)).toEqual([2, 1])
})

test('arrows go along the lines to the nearest in height, and up and down within a column', () => {
  const nodes = ['S', 'A', 'B', 'C', 'far'].map((id) => ({ id }) as never)
  const edges = [['S', 'A'], ['S', 'B'], ['S', 'C']].map(([from, to]) => ({ from, to }) as never)
  const laid = { nodes: { S: { x: 0, y: 100 }, A: { x: 200, y: 0 }, B: { x: 214, y: 90 }, C: { x: 200, y: 200 }, far: { x: 400, y: 100 } } }
  const go = (id: string, way: 'left' | 'right' | 'up' | 'down'): string | undefined => nextNode(id, way, { nodes, edges }, laid)
  expect([go('S', 'right'), go('A', 'left'), go('B', 'up'), go('B', 'down'), go('A', 'up'), go('far', 'left'), go('nobody', 'up')]).toEqual(['B', 'S', 'A', 'C', undefined, undefined, undefined])
})
