import { describe, expect, test } from 'vitest'
import type { TracedEdge } from '#src/lib/trace-rows.ts'
import { closedAtFirst, toGraph, withoutClosed, type Graph } from './graph.ts'
import { layOut } from './layout.ts'
import type { TraceNode } from './use-trace.ts'

const node = (lotId: string, more: Partial<TraceNode> = {}): TraceNode => ({
  lotId, unitId: null, productId: 'p', sku: 'P', product: 'Product', uom: 'kg', lot: lotId, serial: null, start: false, followed: true, certainty: 'exact', onHand: [], consignees: [], suppliers: [],
  destroyed: '0', sampled: '0', lost: '0', counted: '0', ends: [], edges: [], edgeCount: 0, ...more,
})
const unit = (serial: string, more: Partial<TraceNode> = {}): TraceNode => node('bikes', { unitId: serial, serial, uom: 'each', ...more })
const what = (name: string): TracedEdge['from'] => (name.startsWith('unit ') ? { lotId: 'bikes', unitId: name.slice(5) } : { lotId: name, unitId: null })
const edge = (from: string, to: string, runId: string, input: string, output: string, more: Partial<TracedEdge> = {}): TracedEdge => ({
  runId, run: 'production', movementId: `m-${runId}`, occurredAt: '2026-11-01T08:00:00.000Z', from: what(from), to: what(to), inputQuantity: input, outputQuantity: output, certainty: 'exact', stated: false, ...more,
})
const at = (place: string, quantity: string) => ({ placeId: place, place, partyId: place, party: place, quantity, returned: '0', movements: [], unitCount: 0, units: [] })
const none = { forward: 0, backward: 0 }
const told = ({ edges }: Pick<Graph, 'edges'>): string[] => edges.map(({ from, to, amounts, certainty }) => `${from} -> ${to}: ${amounts.map(({ quantity, uom }) => `${quantity} ${uom}`).join(', ')} ${certainty}`).sort()
const forward = (nodes: TraceNode[]): Graph => toGraph({ forward: nodes, backward: [] }, none)

describe('a trace as a graph', () => {
  test('leads from suppliers through lots to customers and ends, both ways around what was asked for', () => {
    const start = node('B', { start: true, suppliers: [at('Hill', '6')], onHand: [{ placeId: 'x', place: 'X', quantity: '1' }], consignees: [at('Shop', '3')], ends: [{ end: 'lost', quantity: '0.5', movements: [] }] })
    const graph = toGraph({ backward: [start, node('M', { suppliers: [at('Farm', '40')], edges: [edge('M', 'B', 'r', '10', '4')], ends: [{ end: 'counted', quantity: '-2', movements: [] }] })], forward: [start] }, none)
    expect(told(graph)).toEqual(['B -> customer Shop: 3 kg exact', 'B -> lost : 0.5 kg exact', 'M -> B: 10 kg exact', 'found  -> M: 2 kg exact', 'supplier Farm -> M: 40 kg exact', 'supplier Hill -> B: 6 kg exact'])
    expect(graph.nodes.find(({ id }) => id === 'B')).toMatchObject({ kind: 'lot', isStart: true, onHand: [{ quantity: '1', uom: 'kg' }], to: '/lots/B' })
  })

  test('draws a run where several outputs shared its inputs and nobody said which, and tells what it took once', () => {
    const shared = { certainty: 'at_most' } as const
    expect(told(forward([node('A', { start: true }), node('C', { ...shared, edges: [edge('A', 'C', 'r', '50', '5', shared)] }), node('W', { ...shared, edges: [edge('A', 'W', 'r', '50', '45', shared)] })]))).toEqual([
      'A -> run r: 50 kg at_most', 'run r -> C: 5 kg at_most', 'run r -> W: 45 kg at_most',
    ])
    // one output, or outputs that say what they used: no run between
    expect(told(forward([node('A', { start: true }), node('C', { edges: [edge('A', 'C', 'r', '2', '1', { stated: true })] }), node('D', { edges: [edge('A', 'D', 'r', '3', '1', { stated: true })] })]))).toEqual(['A -> C: 2 kg exact', 'A -> D: 3 kg exact'])
  })

  test('is never surer of a step than of the way there', () => {
    expect(told(forward([node('A', { start: true }), node('B', { certainty: 'possible', edges: [edge('A', 'B', 'r', '1', '1', { certainty: 'possible' })] }), node('C', { certainty: 'possible', edges: [edge('B', 'C', 's', '1', '1')], consignees: [at('Shop', '1')] })]))).toEqual([
      'A -> B: 1 kg possible', 'B -> C: 1 kg possible', 'C -> customer Shop: 1 kg possible',
    ])
  })

  test('draws units that came the same way as one, and adds up what they got and where they went', () => {
    const units = Array.from({ length: 20 }, (_, index) => unit(`u${index}`, { edges: [edge('A', `unit u${index}`, `r${index}`, '1.5', '1')], consignees: index < 15 ? [at('Shop', '1')] : [], onHand: index < 15 ? [] : [{ placeId: 'x', place: 'X', quantity: '1' }] }))
    const graph = forward([node('A', { start: true }), ...units, unit('odd', { certainty: 'at_most', edges: [edge('A', 'unit odd', 'r', '1', '1', { certainty: 'at_most' })] })])
    expect(told(graph)).toEqual(['A -> bikes/odd: 1 kg at_most', 'A -> bikes/u0: 30 kg exact', 'bikes/u0 -> customer Shop: 15 each exact'])
    expect(graph.nodes.find(({ kind }) => kind === 'units')).toMatchObject({ onHand: [{ quantity: '5', uom: 'each' }], to: null, members: { length: 20 } })
    expect(graph.edges.find(({ to }) => to === 'bikes/u0')?.movements).toHaveLength(20)
    expect(graph.nodes.find(({ id }) => id === 'bikes/odd')).toMatchObject({ kind: 'unit', name: 'odd', to: '/units/odd' })
  })

  test('says what is not loaded, and hangs on it what is reached only by that', () => {
    const graph = toGraph({ forward: [node('A', { start: true }), node('Z', { edges: [edge('unloaded', 'Z', 'r', '1', '1')] })], backward: [] }, { forward: 120, backward: 0 })
    expect(graph.nodes.find(({ kind }) => kind === 'more')).toMatchObject({ count: 120 })
    expect(told(graph)).toEqual(['A -> more forward:  possible', 'more forward -> Z: 1  exact'])
  })

  test('ends in a circle of rework', () => {
    const graph = forward([node('A', { start: true, edges: [edge('B', 'A', 's', '1', '1')] }), node('B', { edges: [edge('A', 'B', 'r', '1', '1')] })])
    expect(told(graph)).toEqual(['A -> B: 1 kg exact', 'B -> A: 1 kg exact'])
    expect(layOut(asked(graph)).width).toBeGreaterThan(0)
  })
})

describe('a branch that is closed', () => {
  const graph = forward([
    node('A', { start: true }), node('B', { edges: [edge('A', 'B', 'r', '1', '1')] }), node('C', { edges: [edge('B', 'C', 's', '1', '1')], consignees: [at('Shop', '1')] }), node('D', { edges: [edge('A', 'D', 't', '1', '1')], consignees: [at('Shop', '1')] }),
  ])
  const ids = (closed: string[]): string[] => withoutClosed(graph, new Set(closed)).nodes.map(({ id }) => id).sort()

  test('hides what only it leads to, and says how many that is', () => {
    expect(ids([])).toEqual(['A', 'B', 'C', 'D', 'customer Shop'])
    expect(ids(['B'])).toEqual(['A', 'B', 'D', 'customer Shop'])
    expect(ids(['B', 'D'])).toEqual(['A', 'B', 'D'])
    expect(withoutClosed(graph, new Set(['B'])).hidden.get('B')).toBe(1)
    expect(withoutClosed(graph, new Set(['B', 'D'])).hidden.get('B')).toBe(2)
    expect([...withoutClosed(graph, new Set()).branching].sort()).toEqual(['B', 'C', 'D'])
  })

  test('never hides what was asked for, and what is unknown closes nothing', () => {
    expect(ids(['A', 'nobody'])).toEqual(['A', 'B', 'C', 'D', 'customer Shop'])
  })
})

test('of a large trace the branches farther away are closed at first, so that it can be read', () => {
  const branch = (name: string, from: string, count: number): TraceNode[] => [node(name, { edges: [edge(from, name, name, '1', '1')] }), ...Array.from({ length: count }, (_, index) => node(`${name}-${index}`, { edges: [edge(name, `${name}-${index}`, `${name}-${index}`, '1', '1')] }))]
  const graph = forward([node('A', { start: true }), ...branch('B', 'A', 3), ...branch('C', 'A', 30), ...branch('D', 'A', 4)])
  expect([...closedAtFirst(graph, 12)]).toEqual(['C'])
  expect(withoutClosed(graph, closedAtFirst(graph, 12)).nodes).toHaveLength(11)
  expect(closedAtFirst(graph, 100).size).toBe(0)
  // what was asked for is always open
  expect(withoutClosed(graph, closedAtFirst(graph, 1)).nodes.map(({ id }) => id)).toEqual(['A', 'B', 'C', 'D'])
})

describe('the layout', () => {
  test('goes in columns from suppliers to customers, by steps from what was asked for, and no two nodes touch', () => {
    const start = node('S', { start: true, consignees: [at('Shop', '1')] })
    const graph = toGraph({
      backward: [start, node('M', { suppliers: [at('Farm', '1')], edges: [edge('M', 'S', 'r', '1', '1')] }), node('MM', { edges: [edge('MM', 'M', 'q', '1', '1')] }), node('N', { suppliers: [at('Hill', '1')], edges: [edge('N', 'S', 'r', '1', '1')] })],
      forward: [start, node('B', { edges: [edge('S', 'B', 's', '1', '1')] }), node('C', { edges: [edge('B', 'C', 't', '1', '1')], consignees: [at('Market', '1')] })],
    }, none)
    const done = layOut(asked(graph))
    const x = (id: string): number => Math.round(done.nodes[id]?.x ?? NaN)
    expect(x('supplier Farm')).toBe(x('supplier Hill'))
    expect(x('customer Shop')).toBe(x('customer Market'))
    expect([x('supplier Farm'), x('MM'), x('M'), x('S'), x('B'), x('C'), x('customer Shop')]).toEqual([x('supplier Farm'), x('MM'), x('M'), x('S'), x('B'), x('C'), x('customer Shop')].toSorted((a, b) => a - b))
    expect(x('M')).toBe(x('N'))
    expect(touching(done)).toEqual([])
    // every line has its label between its ends, leaves on the right and arrives on the left
    for (const { points, label } of Object.values(done.edges)) {
      const [first, last] = [points[0]?.x ?? NaN, points.at(-1)?.x ?? NaN]
      expect(label?.x).toBeGreaterThan(first)
      expect(label?.x).toBeLessThan(last)
    }
    expect(done.edges['S > B']?.points[0]).toEqual({ x: (done.nodes['S']?.x ?? 0) + WIDTH, y: expect.any(Number) })
  })

  test('places 300 lots and as many ways without a word of complaint', () => {
    const lots = Array.from({ length: 299 }, (_, index) => node(`L${index}`, { edges: [edge(index < 20 ? 'A' : `L${(index * 7) % 20}`, `L${index}`, `r${index}`, '1', '1')], consignees: [at(`Shop ${index % 12}`, '1')] }))
    const done = layOut(asked(forward([node('A', { start: true }), ...lots])))
    expect(Object.keys(done.nodes)).toHaveLength(312)
    expect(touching(done)).toEqual([])
  })
})

const [WIDTH, HEIGHT] = [180, 50]
function asked(graph: Graph): Parameters<typeof layOut>[0] {
  const column = (kind: string): 'first' | 'last' | null => (kind === 'supplier' ? 'first' : kind === 'customer' ? 'last' : null)
  return { nodes: graph.nodes.map(({ id, kind, isStart }) => ({ id, isStart, width: WIDTH, height: HEIGHT, column: column(kind) })), edges: graph.edges.map(({ id, from, to }) => ({ id, from, to, labelWidth: 60 })) }
}

function touching({ nodes }: ReturnType<typeof layOut>): string[] {
  const all = Object.entries(nodes)
  return all.flatMap(([a, one], index) => all.slice(index + 1).filter(([, other]) => Math.abs(one.x - other.x) < WIDTH && Math.abs(one.y - other.y) < HEIGHT).map(([b]) => `${a} ${b}`))
}
