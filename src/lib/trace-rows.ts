import { add, formatQuantity, negate, parseQuantity, quantity, ZERO, type Quantity } from './quantity.ts'

/**
 * A trace as people read it, row by row: how each lot or unit came to be in it, where it is, from whom it came and who
 * got it. Pure, since the screen (web/trace) and the paper (src/trace/pdf.ts) show the same.
 */
export type TraceDirection = 'forward' | 'backward'
export type TraceCertainty = 'exact' | 'at_most' | 'possible'

export interface Traced {
  readonly lotId: string
  readonly unitId: string | null
}
export interface TracedMovement {
  readonly movementId: string
  readonly kind: string
  readonly occurredAt: string
  readonly quantity: string
  readonly documents: readonly string[]
}
interface Counterparty {
  readonly placeId: string
  readonly place: string
  readonly partyId: string | null
  readonly party: string | null
  readonly quantity: string
  readonly returned: string
  readonly movements: readonly TracedMovement[]
}
export interface TracedEdge {
  readonly runId: string
  readonly run: string
  readonly movementId: string
  readonly occurredAt: string
  readonly from: Traced
  readonly to: Traced
  readonly inputQuantity: string
  readonly outputQuantity: string
  readonly certainty: TraceCertainty
  readonly stated: boolean
}
/** A node of the API's answer (src/trace/contract.ts), as far as a row speaks of it. */
export interface TracedNode extends Traced {
  readonly productId: string
  readonly sku: string
  readonly product: string
  readonly uom: string
  readonly lot: string | null
  readonly serial: string | null
  readonly start: boolean
  readonly followed: boolean
  readonly certainty: TraceCertainty
  readonly onHand: readonly { readonly placeId: string; readonly place: string; readonly quantity: string }[]
  readonly consignees: readonly Counterparty[]
  readonly suppliers: readonly Counterparty[]
  readonly ends: readonly { readonly end: 'destroyed' | 'sampled' | 'lost' | 'counted'; readonly quantity: string; readonly movements: readonly TracedMovement[] }[]
  readonly edges: readonly TracedEdge[]
  readonly edgeCount: number
}

/**
 * What a row tells of its node:
 *   made_of       a run gave it, of those named        went_into    a run took it up, for those named
 *   received      it came from a supplier              found        counting found it: where it came from is not known
 *   on_hand       it is there now                      shipped      a customer got it
 *   destroyed, sampled, lost, counted_away             where some of it ended
 *   more          it was reached by more ways than are told
 *   alone         nothing of all that
 */
export type TraceRelation = 'made_of' | 'went_into' | 'received' | 'found' | 'on_hand' | 'shipped' | 'destroyed' | 'sampled' | 'lost' | 'counted_away' | 'more' | 'alone'

export interface TraceRow {
  readonly key: string
  readonly direction: TraceDirection
  readonly node: TracedNode
  /** The first row of its node. */
  readonly first: boolean
  readonly relation: TraceRelation
  /** In the base unit of measure of the node's product; of `more` how many ways there are besides. */
  readonly quantity: string
  /** What came back of it, or was sent back; `0` where nothing was. */
  readonly returned: string
  readonly certainty: TraceCertainty
  /** The place, supplier or customer, where the row speaks of one. */
  readonly at: { readonly placeId: string; readonly place: string; readonly partyId: string | null; readonly party: string | null } | null
  /** The run of `made_of` and `went_into`, and what else of the trace was in it, with how much of that. */
  readonly run: { readonly run: string; readonly others: readonly { readonly what: Traced; readonly quantity: string }[] } | null
  /** What it rests on, the earliest first; of a run it is the run. */
  readonly movements: readonly TracedMovement[]
}

/** The name of a node among others of its trace. */
export function tracedKey({ lotId, unitId }: Traced): string {
  return unitId === null ? lotId : `${lotId}/${unitId}`
}

const rank = { exact: 3, at_most: 2, possible: 1 } as const

/** What is known the least. */
export function weaker(a: TraceCertainty, b: TraceCertainty): TraceCertainty {
  return rank[a] < rank[b] ? a : b
}

/** What is known the best. */
export function stronger(a: TraceCertainty, b: TraceCertainty): TraceCertainty {
  return rank[a] < rank[b] ? b : a
}

/** What an edge leads on from: nearer to what was asked for. */
export function nearEnd(direction: TraceDirection, edge: TracedEdge): Traced {
  return direction === 'forward' ? edge.from : edge.to
}

/** How many runs lie between each node and the nearest of those asked for; a node whose way leads over others that are not given is left out. */
export function traceDepths(direction: TraceDirection, nodes: readonly TracedNode[]): ReadonlyMap<string, number> {
  const next = new Map<string, string[]>()
  for (const node of nodes) {
    for (const edge of node.edges) {
      const near = tracedKey(nearEnd(direction, edge))
      next.set(near, [...(next.get(near) ?? []), tracedKey(node)])
    }
  }
  const depths = new Map(nodes.filter(({ start }) => start).map((node) => [tracedKey(node), 0]))
  for (const [key, depth] of depths) for (const further of next.get(key) ?? []) if (!depths.has(further)) depths.set(further, depth + 1)
  return depths
}

/** The rows of these nodes: those nearest to what was asked for first, then by product, lot and unit. */
export function traceRows(direction: TraceDirection, nodes: readonly TracedNode[]): TraceRow[] {
  const depths = traceDepths(direction, nodes)
  const byKey = new Map(nodes.map((node) => [tracedKey(node), node]))
  const depthOf = (node: TracedNode): number => depths.get(tracedKey(node)) ?? Infinity
  return nodes
    .toSorted((a, b) => depthOf(a) - depthOf(b) || compare(a.product, b.product) || compare(a.lot ?? '', b.lot ?? '') || compare(a.serial ?? '', b.serial ?? ''))
    .flatMap((node) => rowsOfNode(direction, node, byKey))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

type Told = Omit<TraceRow, 'key' | 'direction' | 'node' | 'first'>

function rowsOfNode(direction: TraceDirection, node: TracedNode, byKey: ReadonlyMap<string, TracedNode>): TraceRow[] {
  const { certainty } = node
  const nothing = { returned: '0', certainty, at: null, run: null, movements: [] }
  const isSource = direction === 'backward' || node.start
  const isGoing = direction === 'forward'
  const ends = node.ends.map(({ end, quantity: much, movements }): Told => {
    if (end !== 'counted') return { ...nothing, relation: end, quantity: much, movements }
    return much.startsWith('-') ? { ...nothing, relation: 'found', quantity: formatQuantity(negate(quantity(much))), movements } : { ...nothing, relation: 'counted_away', quantity: much, movements }
  })
  const told: Told[] = [
    ...runsOf(direction, node, byKey),
    ...(node.edgeCount > node.edges.length ? [{ ...nothing, relation: 'more', quantity: String(node.edgeCount - node.edges.length) } as const] : []),
    ...(isSource ? node.suppliers.map((at): Told => ({ ...nothing, relation: 'received', quantity: at.quantity, returned: at.returned, at, movements: at.movements })) : []),
    ...(isSource ? ends.filter(({ relation }) => relation === 'found') : []),
    ...node.onHand.map(({ placeId, place, quantity: much }): Told => ({ ...nothing, relation: 'on_hand', quantity: much, at: { placeId, place, partyId: null, party: null } })),
    ...(isGoing ? node.consignees.map((at): Told => ({ ...nothing, relation: 'shipped', quantity: at.quantity, returned: at.returned, at, movements: at.movements })) : []),
    ...(isGoing ? ends.filter(({ relation }) => relation !== 'found') : []),
  ]
  if (told.length === 0) told.push({ ...nothing, relation: 'alone', quantity: '0' })
  return told.map((row, index) => ({ ...row, key: `${direction} ${tracedKey(node)} ${index}`, direction, node, first: index === 0 }))
}

/** One row for each run that led to the node, the earliest first. */
function runsOf(direction: TraceDirection, node: TracedNode, byKey: ReadonlyMap<string, TracedNode>): Told[] {
  const runs = [...Map.groupBy(node.edges, (edge) => edge.runId).values()]
  return runs.map((edges): Told => {
    const [first] = edges as [TracedEdge]
    // forward each edge tells what the run gave of the node; backward what it took up, for all outputs or for each
    const much = direction === 'forward' ? greatest(edges.map(({ outputQuantity }) => outputQuantity)) : total(edges.filter((edge, index) => edge.stated || index === edges.findIndex(({ stated }) => !stated)).map((edge) => edge.inputQuantity))
    const others = edges.map((edge) => (direction === 'forward' ? { what: edge.from, quantity: edge.inputQuantity } : { what: edge.to, quantity: edge.outputQuantity }))
    const ways = edges.map((edge) => weaker(edge.certainty, byKey.get(tracedKey(nearEnd(direction, edge)))?.certainty ?? 'exact'))
    return {
      relation: direction === 'forward' ? 'made_of' : 'went_into', quantity: much, returned: '0', certainty: ways.reduce(stronger), at: null, run: { run: first.run, others },
      movements: [{ movementId: first.movementId, kind: 'transform', occurredAt: first.occurredAt, quantity: much, documents: [] }],
    }
  }).sort((a, b) => compare(a.movements[0]?.occurredAt ?? '', b.movements[0]?.occurredAt ?? ''))
}

function greatest(quantities: readonly string[]): string {
  return formatQuantity(quantities.map(quantity).reduce((most, one) => (one > most ? one : most), ZERO))
}

function total(quantities: readonly string[]): string {
  return formatQuantity(quantities.reduce((sum, text) => add(sum, quantity(text)), ZERO))
}

/** Quantities in several units of measure, each added up exactly, those without any left out: `[{ uom: 'kg', quantity: '12.5' }]`. */
export function totalsByUom(rows: readonly { readonly uom: string; readonly quantity: string }[]): { uom: string; quantity: string }[] {
  const sums = new Map<string, Quantity>()
  for (const { uom, quantity: text } of rows) sums.set(uom, add(sums.get(uom) ?? ZERO, parseQuantity(text) ?? ZERO))
  return [...sums].filter(([, sum]) => sum !== ZERO).map(([uom, sum]) => ({ uom, quantity: formatQuantity(sum) })).sort((a, b) => compare(a.uom, b.uom))
}
