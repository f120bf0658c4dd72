import { useLingui } from '@lingui/react/macro'
import { IconAdjustments, IconBarcode, IconBuildingFactory2, IconDots, IconFlask, IconMinus, IconPlus, IconSearch, IconStack2, IconTrash, IconTruck, IconTruckDelivery, IconUnlink, type Icon } from '@tabler/icons-react'
import { Handle, Position, type NodeProps, type Node } from '@xyflow/react'
import { createContext, memo, useContext, type MouseEvent } from 'react'
import { sayTotals } from './words.ts'
import classes from './graph.module.css'
import type { NodeLabel } from './graph-words.ts'
import type { GraphNode } from './graph.ts'

export interface NodeData extends Record<string, unknown> {
  readonly node: GraphNode
  readonly name: string
  readonly label: NodeLabel
  readonly hidden: number
  readonly isBranching: boolean
  /** It lies on the left of what was asked for, and so does what lies beyond it. */
  readonly isBefore: boolean
}

/** What a node asks of its graph; the same as long as the graph is there, so that nodes are drawn once. */
export interface GraphActions {
  open(node: GraphNode): void
  toggle(node: GraphNode): void
}
export const GraphContext = createContext<GraphActions | null>(null)

/** True while the graph is so far away that letters would say nothing: then shapes alone are drawn, which is what keeps it smooth. */
export const FarContext = createContext(false)

const icons: Readonly<Record<GraphNode['kind'], Icon>> = {
  lot: IconStack2, unit: IconBarcode, units: IconBarcode, run: IconBuildingFactory2, supplier: IconTruckDelivery, customer: IconTruck, destroyed: IconTrash, sampled: IconFlask, lost: IconUnlink, counted_away: IconAdjustments, found: IconSearch, more: IconDots,
}

/** How large each kind is drawn, in pixels: known before it is, so that nothing has to be measured. */
export const sizes: Readonly<Record<'large' | 'small', { readonly width: number; readonly height: number }>> = { large: { width: 186, height: 62 }, small: { width: 158, height: 40 } }

export function sizeOf({ kind }: GraphNode): { readonly width: number; readonly height: number } {
  return kind === 'lot' || kind === 'unit' || kind === 'units' ? sizes.large : sizes.small
}

/** The id of what has the focus where a node has it. */
export const faceId = (id: string): string => `trace-node ${id}`

export const TraceNodeView = memo(function TraceNodeView({ id, data: { node, name, label, hidden, isBranching, isBefore } }: NodeProps<Node<NodeData>>) {
  const { t } = useLingui()
  const actions = useContext(GraphContext)
  const isFar = useContext(FarContext)
  const NodeIcon = icons[node.kind]
  const here = sayTotals(node.onHand)
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    actions?.open(node)
  }
  const stock = sizeOf(node) === sizes.large ? (here === '' ? t`none here` : t`${here} here`) : ''
  const face = isFar ? null : (
    <>
      <NodeIcon size={16} stroke={1.7} aria-hidden />
      {label.before !== '' && <span className="visually-hidden">{label.before} </span>}
      <span className={classes['words']}>
        <span className={node.kind === 'lot' || node.kind === 'unit' ? `code ${classes['name']}` : classes['name']}>{name}</span>{' '}
        {node.product !== '' && <span className={classes['product']}>{node.product}</span>}{' '}
        {stock !== '' && <span className={classes['here']}>{stock}</span>}
      </span>
      <span className="visually-hidden">, {label.after}</span>
    </>
  )
  const shared = { id: faceId(id), className: classes['face'], tabIndex: -1, 'aria-label': isFar ? [label.before, name, node.product, stock, label.after].filter((part) => part !== '').join(', ') : undefined, onClick: open }
  return (
    <div className={classes['node']} data-kind={node.kind} data-far={isFar || undefined} data-start={node.isStart || undefined} data-certainty={node.certainty}>
      <Handle type="target" position={Position.Left} isConnectable={false} className={classes['handle'] ?? ''} />
      {node.to === null ? <button type="button" {...shared}>{face}</button> : <a href={node.to} {...shared}>{face}</a>}
      {isBranching && !isFar && (
        <button type="button" tabIndex={-1} className={`${classes['toggle']} nopan`} data-side={isBefore ? 'left' : 'right'} aria-expanded={hidden === 0} aria-label={hidden === 0 ? t`Close the branch of ${name}` : t`Open the branch of ${name}: ${hidden} hidden`} onClick={() => actions?.toggle(node)}>
          {hidden === 0 ? <IconMinus size={12} aria-hidden /> : <><IconPlus size={12} aria-hidden />{hidden}</>}
        </button>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} className={classes['handle'] ?? ''} />
    </div>
  )
})
