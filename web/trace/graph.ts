import { nearEnd, traceDepths, tracedKey, weaker, stronger, totalsByUom, type TraceCertainty, type TraceDirection, type TracedMovement } from '#src/lib/trace-rows.ts'
import type { TraceNode } from './use-trace.ts'

type Amounts = readonly { readonly uom: string; readonly quantity: string }[]

/** Something in the graph: a lot, a unit or alike units, a run, somebody outside, an end, or what is not loaded yet. */
export interface GraphNode {
  readonly id: string
  readonly kind: 'lot' | 'unit' | 'units' | 'run' | 'supplier' | 'customer' | 'destroyed' | 'sampled' | 'lost' | 'counted_away' | 'found' | 'more'
  /** A code, a serial, a party's name; of a run its kind; empty where the kind says it. */
  readonly name: string
  /** What the lot or unit is of. */
  readonly product: string
  /** The lots and units it stands for. */
  readonly members: readonly TraceNode[]
  readonly onHand: Amounts
  readonly certainty: TraceCertainty
  readonly isStart: boolean
  /** Where it is seen; null where it stands for several. */
  readonly to: string | null
  /** Of `more`: how many are not loaded. */
  readonly count: number
}

/** How much went from one to the other, in the direction goods flow. */
export interface GraphEdge {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly amounts: Amounts
  readonly certainty: TraceCertainty
  readonly movements: readonly Pick<TracedMovement, 'movementId' | 'kind' | 'occurredAt'>[]
}

export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

interface Built {
  readonly nodes: Map<string, GraphNode>
  readonly edges: Map<string, GraphEdge>
  /** What is told already: what was asked for stands in both directions, and so does what went in a circle. */
  readonly told: Set<string>
}

/**
 * The trace as a graph. Units of one product that came the same way are one node; a run that several things shared
 * without saying which stands between them, else its inputs lead to its output directly. `missing` is what is not loaded.
 */
export function toGraph(nodes: Readonly<Record<TraceDirection, readonly TraceNode[]>>, missing: Readonly<Record<TraceDirection, number>>): Graph {
  const built: Built = { nodes: new Map(), edges: new Map(), told: new Set() }
  for (const direction of ['backward', 'forward'] as const) addDirection(built, direction, nodes[direction], missing[direction])
  return { nodes: [...built.nodes.values()], edges: [...built.edges.values()] }
}

function addDirection(built: Built, direction: TraceDirection, nodes: readonly TraceNode[], missing: number): void {
  const groups = groupUnits(direction, nodes)
  const moreId = `more ${direction}`
  const byKey = new Map(nodes.map((node) => [tracedKey(node), node]))
  for (const [id, members] of Map.groupBy(nodes, (node) => groups.get(tracedKey(node)) ?? '')) addMembers(built, id, members)
  const links = nodes.flatMap((node) => node.edges.map((edge): Link => {
    const near = tracedKey(nearEnd(direction, edge))
    const nearNode = byKey.get(near)
    const [nearId, farId] = [groups.get(near) ?? moreId, groups.get(tracedKey(node)) ?? '']
    const [from, to] = direction === 'forward' ? [nearId, farId] : [farId, nearId]
    return {
      runId: edge.runId, run: edge.run, movement: { movementId: edge.movementId, kind: edge.run, occurredAt: edge.occurredAt }, from, to, fromKey: tracedKey(edge.from), toKey: tracedKey(edge.to), stated: edge.stated,
      input: { quantity: edge.inputQuantity, uom: (direction === 'forward' ? nearNode : node)?.uom ?? '' }, output: { quantity: edge.outputQuantity, uom: (direction === 'forward' ? node : nearNode)?.uom ?? '' },
      certainty: weaker(edge.certainty, nearNode?.certainty ?? 'exact'),
    }
  }))
  for (const ofRun of Map.groupBy(links.filter(({ runId, fromKey, toKey }) => isNew(built, `${runId} ${fromKey} ${toKey}`)), ({ runId }) => runId).values()) addRun(built, ofRun)
  for (const node of nodes) addOutside(built, direction, node, groups.get(tracedKey(node)) ?? '')
  if (missing > 0) addMore(built, direction, moreId, missing, nodes.find(({ start }) => start))
}

function isNew({ told }: Built, name: string): boolean {
  const isTold = told.has(name)
  told.add(name)
  return !isTold
}

/** The graph's node of each lot and unit: units of one product and lot, as certain, from the same ones before them, are one. */
function groupUnits(direction: TraceDirection, nodes: readonly TraceNode[]): ReadonlyMap<string, string> {
  const depths = traceDepths(direction, nodes)
  const groups = new Map<string, string>()
  const alike = new Map<string, string>()
  const depthOf = (node: TraceNode): number => depths.get(tracedKey(node)) ?? Infinity
  for (const node of nodes.toSorted((a, b) => depthOf(a) - depthOf(b))) {
    const key = tracedKey(node)
    if (node.unitId === null || node.start) {
      groups.set(key, key)
      continue
    }
    const before = [...new Set(node.edges.map((edge) => groups.get(tracedKey(nearEnd(direction, edge))) ?? ''))].sort()
    const likeness = [node.productId, node.lotId, node.certainty, ...before].join(' ')
    if (!alike.has(likeness)) alike.set(likeness, key)
    groups.set(key, alike.get(likeness) ?? key)
  }
  return groups
}

function addMembers(built: Built, id: string, members: readonly TraceNode[]): void {
  const [first] = members
  if (first === undefined || built.nodes.has(id)) return
  const kind = members.length > 1 ? 'units' : first.unitId === null ? 'lot' : 'unit'
  built.nodes.set(id, {
    id, kind, name: kind === 'units' ? '' : (first.serial ?? first.lot ?? ''), product: first.product, members, onHand: totalsByUom(members.flatMap((member) => member.onHand.map(({ quantity }) => ({ uom: member.uom, quantity })))),
    certainty: first.certainty, isStart: first.start, to: kind === 'units' ? null : first.unitId === null ? `/lots/${first.lotId}` : `/units/${first.unitId}`, count: 0,
  })
}

/** One thing of a run that went into another. */
interface Link {
  readonly runId: string
  readonly run: string
  readonly movement: GraphEdge['movements'][number]
  readonly from: string
  readonly to: string
  readonly fromKey: string
  readonly toKey: string
  readonly stated: boolean
  readonly input: { readonly quantity: string; readonly uom: string }
  readonly output: { readonly quantity: string; readonly uom: string }
  readonly certainty: TraceCertainty
}

function addRun(built: Built, links: readonly Link[]): void {
  const shared = links.filter(({ stated }) => !stated)
  // each output that says what it used tells how much of it; what the others shared is told once
  for (const link of links) if (link.stated) addEdge(built, link.from, link.to, [link.input], link.certainty, [link.movement])
  const [first] = shared
  if (first === undefined) return
  const once = (key: (link: Link) => string): readonly Link[] => [...new Map(shared.map((link) => [key(link), link])).values()]
  const inputs = once(({ fromKey }) => fromKey)
  if (new Set(shared.map(({ to }) => to)).size < 2) {
    for (const { from, to, input, certainty, movement } of inputs) addEdge(built, from, to, [input], certainty, [movement])
    return
  }
  const id = `run ${first.runId}`
  built.nodes.set(id, { id, kind: 'run', name: first.run, product: '', members: [], onHand: [], certainty: shared.map(({ certainty }) => certainty).reduce(stronger), isStart: false, to: `/movements/${first.movement.movementId}`, count: 0 })
  for (const { from, input, certainty, movement } of inputs) addEdge(built, from, id, [input], certainty, [movement])
  for (const { to, output, certainty, movement } of once(({ toKey }) => toKey)) addEdge(built, id, to, [output], certainty, [movement])
}

/** Suppliers before it, customers and ends after it. */
function addOutside(built: Built, direction: TraceDirection, node: TraceNode, id: string): void {
  const { uom, certainty } = node
  const outside = (kind: GraphNode['kind'], key: string, name: string, to: string | null): string => {
    const outsideId = `${kind} ${key}`
    const known = built.nodes.get(outsideId)
    built.nodes.set(outsideId, { id: outsideId, kind, name, product: '', members: [], onHand: [], certainty: known === undefined ? certainty : stronger(known.certainty, certainty), isStart: false, to, count: 0 })
    return outsideId
  }
  const partyPath = ({ partyId, placeId }: { readonly partyId: string | null; readonly placeId: string }): string => (partyId === null ? `/places/${placeId}` : `/parties/${partyId}`)
  const nameOf = ({ party, place }: { readonly party: string | null; readonly place: string }): string => (party === null || party === place ? place : party)
  if ((direction === 'backward' || node.start) && isNew(built, `sources ${id} ${tracedKey(node)}`)) {
    for (const at of node.suppliers) addEdge(built, outside('supplier', at.placeId, nameOf(at), partyPath(at)), id, [{ uom, quantity: at.quantity }], certainty, at.movements)
    for (const { end, quantity, movements } of node.ends) if (end === 'counted' && quantity.startsWith('-')) addEdge(built, outside('found', '', '', null), id, [{ uom, quantity: quantity.slice(1) }], certainty, movements)
  }
  if (direction === 'backward') return
  for (const at of node.consignees) addEdge(built, id, outside('customer', at.placeId, nameOf(at), partyPath(at)), [{ uom, quantity: at.quantity }], certainty, at.movements)
  for (const { end, quantity, movements } of node.ends) {
    if (quantity.startsWith('-')) continue
    addEdge(built, id, outside(end === 'counted' ? 'counted_away' : end, '', '', null), [{ uom, quantity }], certainty, movements)
  }
}

/** What is not loaded hangs where it belongs as far as is known, else on what was asked for. */
function addMore(built: Built, direction: TraceDirection, id: string, count: number, start: TraceNode | undefined): void {
  built.nodes.set(id, { id, kind: 'more', name: '', product: '', members: [], onHand: [], certainty: 'possible', isStart: false, to: null, count })
  if (start === undefined) return
  if (direction === 'forward') addEdge(built, tracedKey(start), id, [], 'possible', [])
  else addEdge(built, id, tracedKey(start), [], 'possible', [])
}

/** Between two nodes there is one edge: what goes the same way again is added to it. */
function addEdge(built: Built, from: string, to: string, amounts: Amounts, certainty: TraceCertainty, movements: GraphEdge['movements']): void {
  if (from === to) return
  const id = `${from} > ${to}`
  const known = built.edges.get(id)
  const all = [...(known?.movements ?? []), ...movements]
  built.edges.set(id, {
    id, from, to, amounts: totalsByUom([...(known?.amounts ?? []), ...amounts]), certainty: known === undefined ? certainty : stronger(known.certainty, certainty),
    movements: [...new Map(all.map((movement) => [movement.movementId, movement])).values()],
  })
}

/** What is seen of a graph whose nodes in `closed` hide everything that lies beyond them, and how many each of those hides. */
export interface Seen extends Graph {
  readonly hidden: ReadonlyMap<string, number>
  /** Nodes with something beyond them, away from what was asked for. */
  readonly branching: ReadonlySet<string>
}

export function withoutClosed(graph: Graph, closed: ReadonlySet<string>): Seen {
  const beyond = beyondOf(graph)
  const starts = graph.nodes.filter(({ isStart }) => isStart).map(({ id }) => id)
  const seen = reach(starts, (id) => (closed.has(id) && !starts.includes(id) ? [] : (beyond.get(id) ?? [])))
  const hidden = new Map<string, number>()
  for (const id of closed) if (seen.has(id) && !starts.includes(id)) hidden.set(id, [...reach([id], (one) => beyond.get(one) ?? [])].filter((one) => !seen.has(one)).length)
  return {
    nodes: graph.nodes.filter(({ id }) => seen.has(id)), edges: graph.edges.filter(({ from, to }) => seen.has(from) && seen.has(to)),
    hidden, branching: new Set([...beyond].filter(([id, further]) => further.length > 0 && !starts.includes(id)).map(([id]) => id)),
  }
}

/** The branches to begin with closed, so that at most so many nodes are seen at once: those nearest to what was asked for stay open. */
export function closedAtFirst(graph: Graph, most: number): ReadonlySet<string> {
  const beyond = beyondOf(graph)
  const closed = new Set<string>()
  const seen = new Set(graph.nodes.filter(({ isStart }) => isStart).map(({ id }) => id))
  for (const id of seen) {
    const further = (beyond.get(id) ?? []).filter((one) => !seen.has(one))
    if (further.length > 0 && seen.size + further.length > most && !graph.nodes.some((node) => node.id === id && node.isStart)) closed.add(id)
    else for (const one of further) seen.add(one)
  }
  return closed
}

/** What lies next to each node, away from what was asked for: after it what goods flow on to, before it what they came from. */
function beyondOf({ nodes, edges }: Graph): ReadonlyMap<string, readonly string[]> {
  const [after, before] = [Map.groupBy(edges, ({ from }) => from), Map.groupBy(edges, ({ to }) => to)]
  const starts = nodes.filter(({ isStart }) => isStart).map(({ id }) => id)
  const next = (id: string): readonly string[] => (after.get(id) ?? []).map(({ to }) => to)
  const last = (id: string): readonly string[] => (before.get(id) ?? []).map(({ from }) => from)
  const isAfter = reach(starts, next)
  return new Map(nodes.map(({ id }) => [id, starts.includes(id) ? [...next(id), ...last(id)] : isAfter.has(id) ? next(id) : last(id)]))
}

function reach(starts: readonly string[], next: (id: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set(starts)
  for (const id of found) for (const one of next(id)) found.add(one)
  return found
}
