import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { totalsByUom } from '#src/lib/trace-rows.ts'
import { kindName } from '../words.ts'
import type { Graph, GraphEdge, GraphNode } from './graph.ts'
import { sayTotals, useCertaintyName } from './words.ts'

/** What a node of the graph is called on its face. */
export function useNodeName(): (node: GraphNode) => string {
  const { t } = useLingui()
  const ends = { destroyed: t`Destroyed`, sampled: t`Sampled`, lost: t`Lost`, counted_away: t`Counted away`, found: t`Found by counting` } as const
  return (node) => {
    switch (node.kind) {
      case 'units': return t`${plural(node.members.length, { one: '# unit', other: '# units' })}`
      case 'run': return kindName(node.name)
      case 'more': return t`${node.count} more`
      case 'lot': return node.name === '' ? t`no lot` : node.name
      case 'unit': case 'supplier': case 'customer': return node.name
      default: return ends[node.kind]
    }
  }
}

/** How much a node is about: what is on hand of a lot, what came from or went to somebody. */
export function amountsOf({ id, kind, onHand }: GraphNode, { edges }: Pick<Graph, 'edges'>): GraphNode['onHand'] {
  if (kind === 'lot' || kind === 'unit' || kind === 'units') return onHand
  return totalsByUom(edges.filter(({ from, to }) => (kind === 'supplier' || kind === 'found' ? from : to) === id).flatMap(({ amounts }) => amounts))
}

/** What a node says to those who do not see it, around what is to be seen on its face: what it is; how much, how sure, what it hides. */
export interface NodeLabel {
  readonly before: string
  readonly after: string
}

export function useNodeLabel(): (node: GraphNode, graph: Pick<Graph, 'edges'>, hidden: number) => NodeLabel {
  const { t } = useLingui()
  const certaintyName = useCertaintyName()
  const kinds = { lot: t`Lot`, unit: t`Unit`, run: t`Run`, supplier: t`Supplier`, customer: t`Customer` } as const
  return (node, graph, hidden) => {
    if (node.kind === 'more') return { before: '', after: t`lots and units are not loaded. Load them` }
    const isOurs = node.kind === 'lot' || node.kind === 'unit' || node.kind === 'units'
    return {
      before: node.kind in kinds ? kinds[node.kind as keyof typeof kinds] : '',
      after: [isOurs ? '' : sayTotals(amountsOf(node, graph)), node.isStart ? t`asked for` : certaintyName(node.certainty), hidden > 0 ? t`branch closed, ${hidden} hidden` : ''].filter((part) => part !== '').join(', '),
    }
  }
}

/** What stands on a line: how much, `≤` where it is at most that, `?` where it is possible. */
export function labelOf({ amounts, certainty }: GraphEdge): string {
  const text = sayTotals(amounts)
  return text === '' ? '' : { exact: text, at_most: `≤ ${text}`, possible: `? ${text}` }[certainty]
}
