import type { Edge, EdgeProps } from '@xyflow/react'
import { memo } from 'react'
import classes from './graph.module.css'
import type { GraphEdge } from './graph.ts'
import type { LayoutDone } from './layout.ts'

export interface EdgeData extends Record<string, unknown> {
  readonly edge: GraphEdge
  readonly path: string
  readonly label: string
  readonly at: { readonly x: number; readonly y: number } | null
}

/** A line with its quantity; solid, dashed or dotted as it is known. */
export const TraceEdgeView = memo(function TraceEdgeView({ id, data }: EdgeProps<Edge<EdgeData>>) {
  if (data === undefined) return null
  const { path, label, at, edge } = data
  return (
    <g className={classes['edge']} data-certainty={edge.certainty} data-unknown={edge.amounts.length === 0 || undefined} data-edge={id}>
      <path d={path} className={classes['path']} markerEnd="url(#trace-arrow)" />
      {at !== null && label !== '' && (
        <>
          <rect x={at.x - widthOf(label) / 2} y={at.y - 9} width={widthOf(label)} height={18} rx={4} className={classes['plate']} />
          <text x={at.x} y={at.y} dy="0.34em" textAnchor="middle" className={classes['label']}>{label}</text>
        </>
      )}
    </g>
  )
})

/** Room for a label: wide enough for its letters at 12 pixels. */
export function widthOf(label: string): number {
  return label === '' ? 0 : Math.round(label.length * 6.7 + 12)
}

/** A smooth line through the points of the layout, flat where it leaves and where it arrives. */
export function toPath(points: LayoutDone['edges'][string]['points']): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let [x, y] = [first.x, first.y]
  let path = `M${round(x)} ${round(y)}`
  for (const point of rest) {
    const middle = (x + point.x) / 2
    path += `C${round(middle)} ${round(y)} ${round(middle)} ${round(point.y)} ${round(point.x)} ${round(point.y)}`
    ;[x, y] = [point.x, point.y]
  }
  return path
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
