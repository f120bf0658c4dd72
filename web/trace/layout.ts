import { graphlib, layout } from '@dagrejs/dagre'

/** What is to be laid out: plain data, since it travels to a worker and back. */
export interface LayoutAsked {
  readonly nodes: readonly { readonly id: string; readonly width: number; readonly height: number; readonly isStart: boolean; readonly column: 'first' | 'last' | null }[]
  readonly edges: readonly { readonly id: string; readonly from: string; readonly to: string; readonly labelWidth: number }[]
}
export interface LayoutDone {
  /** Left upper corners. */
  readonly nodes: Readonly<Record<string, { readonly x: number; readonly y: number }>>
  /** The points an edge goes through, and the middle of its label. */
  readonly edges: Readonly<Record<string, { readonly points: readonly { readonly x: number; readonly y: number }[]; readonly label: { readonly x: number; readonly y: number } | null }>>
  readonly width: number
  readonly height: number
}

const LABEL_HEIGHT = 18

/**
 * Places a trace in columns from left to right as goods flow: what was asked for, on its left what went into it step by
 * step, on its right what was made of it; suppliers in the first column, customers and ends in the last.
 */
export function layOut({ nodes, edges }: LayoutAsked): LayoutDone {
  const graph = new graphlib.Graph({ multigraph: false })
  // a column of our own making: dagre's types do not know that the ranker may be a function
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 34, edgesep: 12, marginx: 8, marginy: 8, ranker: ((ranked: graphlib.Graph) => setColumns(ranked, nodes)) as unknown as string })
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height })
  for (const { from, to, labelWidth } of edges) graph.setEdge(from, to, labelWidth === 0 ? {} : { width: labelWidth, height: LABEL_HEIGHT, labelpos: 'c' })
  layout(graph)
  const place = (id: string): { x: number; y: number } => {
    const { x, y, width, height } = graph.node(id) as { x: number; y: number; width: number; height: number }
    return { x: x - width / 2, y: y - height / 2 }
  }
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  const ways = edges.map(({ id, from, to }) => {
    const { points, x, y } = graph.edge(from, to) as { points: Point[]; x?: number; y?: number }
    return { id, from, to, inner: points.slice(1, -1), label: x === undefined || y === undefined ? null : { x, y } }
  })
  const ports = toPorts(ways, new Map(nodes.map((node) => [node.id, { ...place(node.id), width: node.width, height: node.height }])))
  return {
    nodes: Object.fromEntries(nodes.map(({ id }) => [id, place(id)])),
    edges: Object.fromEntries(ways.map(({ id, inner, label }) => [id, { points: [...(ports.starts.get(id) ?? []), ...inner, ...(ports.ends.get(id) ?? [])], label }])),
    width, height,
  }
}

interface Point { readonly x: number; readonly y: number }
interface Way { readonly id: string; readonly from: string; readonly to: string; readonly inner: readonly Point[] }

/** Where lines leave a node on its right and arrive on its left: one under the other, in the order of where they come from. */
function toPorts(ways: readonly Way[], boxes: ReadonlyMap<string, Point & { readonly width: number; readonly height: number }>): { readonly starts: ReadonlyMap<string, Point[]>; readonly ends: ReadonlyMap<string, Point[]> } {
  const middle = (id: string): number => (boxes.get(id)?.y ?? 0) + (boxes.get(id)?.height ?? 0) / 2
  const side = (of: (way: Way) => string, height: (way: Way) => number, isRight: boolean): ReadonlyMap<string, Point[]> => new Map([...Map.groupBy(ways, of)].flatMap(([id, ofNode]) => {
    const box = boxes.get(id)
    if (box === undefined) return []
    const gap = Math.min(9, (box.height - 14) / ofNode.length)
    return ofNode.toSorted((a, b) => height(a) - height(b)).map((way, index): [string, Point[]] => [way.id, [{ x: isRight ? box.x + box.width : box.x, y: middle(id) + (index - (ofNode.length - 1) / 2) * gap }]])
  }))
  return {
    starts: side(({ from }) => from, ({ inner, to }) => inner[0]?.y ?? middle(to), true),
    ends: side(({ to }) => to, ({ inner, from }) => inner.at(-1)?.y ?? middle(from), false),
  }
}

interface Rank { rank?: number }

/** The column of each node: the most runs between it and what was asked for. Where goods went in a circle, the usual way of dagre's longest path. */
function setColumns(graph: graphlib.Graph, nodes: LayoutAsked['nodes']): void {
  const order = graphlib.alg.topsort(graph)
  const starts = new Set(nodes.filter(({ isStart }) => isStart).map(({ id }) => id))
  const lengthOf = (edge: graphlib.Edge): number => (graph.edge(edge) as { minlen: number }).minlen
  const after = farthest(order, starts, (id) => (graph.inEdges(id) ?? []).map((edge) => [edge.v, lengthOf(edge)]))
  const before = farthest(order.toReversed(), starts, (id) => (graph.outEdges(id) ?? []).map((edge) => [edge.w, lengthOf(edge)]))
  const ranks = new Map(order.map((id) => [id, after.get(id) ?? 0 - (before.get(id) ?? 0)]))
  const fixed = nodes.filter(({ column }) => column !== null)
  const inner = nodes.filter(({ column }) => column === null).map(({ id }) => ranks.get(id) ?? 0)
  const [least, most] = [Math.min(0, ...inner), Math.max(0, ...inner)]
  const isOurs = new Set(nodes.map(({ id }) => id))
  const step = Math.max(1, ...graph.edges().filter(({ v, w }) => isOurs.has(v) && isOurs.has(w)).map(lengthOf))
  for (const { id, column } of fixed) ranks.set(id, column === 'first' ? least - step : most + step)
  // the root that dagre adds above all
  const longest = Math.max(step, ...graph.edges().map(lengthOf))
  for (const id of order) if (!isOurs.has(id)) ranks.set(id, least - step - longest)
  const isValid = graph.edges().every((edge) => (ranks.get(edge.w) ?? 0) - (ranks.get(edge.v) ?? 0) >= lengthOf(edge))
  const used = isValid ? ranks : farthest(order, new Set(order.filter((id) => (graph.inEdges(id) ?? []).length === 0)), (id) => (graph.inEdges(id) ?? []).map((edge) => [edge.v, lengthOf(edge)]))
  for (const id of order) (graph.node(id) as Rank).rank = used.get(id) ?? 0
}

/** The length of the longest way from the starts to each node they lead to; `order` has everything a node rests on before it. */
function farthest(order: readonly string[], starts: ReadonlySet<string>, lastOf: (id: string) => readonly (readonly [string, number])[]): Map<string, number> {
  const found = new Map([...starts].map((id) => [id, 0]))
  for (const id of order) {
    const ways = lastOf(id).flatMap(([last, length]) => (found.has(last) ? [(found.get(last) ?? 0) + length] : []))
    if (ways.length > 0 && !starts.has(id)) found.set(id, Math.max(...ways))
  }
  return found
}
