import type { Graph } from './graph.ts'
import type { LayoutDone } from './layout.ts'

/**
 * Where an arrow key leads from a node: right and left along the lines, to the neighbour that is nearest in height; up
 * and down within its column. Undefined where there is nothing.
 */
export function nextNode(id: string, way: 'left' | 'right' | 'up' | 'down', { nodes, edges }: Pick<Graph, 'nodes' | 'edges'>, laid: Pick<LayoutDone, 'nodes'>): string | undefined {
  const here = laid.nodes[id]
  if (here === undefined) return undefined
  const place = (one: string): { readonly x: number; readonly y: number } => laid.nodes[one] ?? here
  if (way === 'left' || way === 'right') {
    const linked = way === 'right' ? edges.filter(({ from }) => from === id).map(({ to }) => to) : edges.filter(({ to }) => to === id).map(({ from }) => from)
    return linked.toSorted((a, b) => Math.abs(place(a).y - here.y) - Math.abs(place(b).y - here.y))[0]
  }
  const isBeyond = (one: string): boolean => (way === 'down' ? place(one).y > here.y : place(one).y < here.y)
  // nodes of one column differ in width, so their left edges may differ a little
  const column = nodes.map((node) => node.id).filter((one) => one !== id && Math.abs(place(one).x - here.x) < 60 && isBeyond(one))
  return column.toSorted((a, b) => Math.abs(place(a).y - here.y) - Math.abs(place(b).y - here.y))[0]
}
