import '@xyflow/react/dist/base.css'
import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Loader, Tooltip } from '@mantine/core'
import { IconArrowsMaximize, IconArrowsVertical, IconFold, IconMinus, IconPlus } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { ReactFlow, ReactFlowProvider, useReactFlow, useStore, ViewportPortal, type Edge, type Node } from '@xyflow/react'
import { useCallback, useEffect, useMemo, useRef, useState, type CSSProperties, type FocusEvent, type KeyboardEvent } from 'react'
import type { TraceCertainty } from '#src/lib/trace-rows.ts'
import { usePrinting } from '../parts/printing.ts'
import { ProblemAlert } from '../parts/problem.tsx'
import { useFilters } from '../search.ts'
import { CertaintyLine } from './certainty.tsx'
import { toPath, TraceEdgeView, widthOf, type EdgeData } from './graph-edge.tsx'
import { GraphDetails, type Shown } from './graph-details.tsx'
import { faceId, FarContext, GraphContext, sizeOf, TraceNodeView, type GraphActions, type NodeData } from './graph-node.tsx'
import classes from './graph.module.css'
import { labelOf, useNodeLabel, useNodeName } from './graph-words.ts'
import { closedAtFirst, toGraph, withoutClosed, type Graph, type GraphNode, type Seen } from './graph.ts'
import type { LayoutAsked, LayoutDone } from './layout.ts'
import { nextNode } from './neighbours.ts'
import { useLayout } from './use-layout.ts'
import type { Trace } from './use-trace.ts'
import { useCertaintyName } from './words.ts'

const nodeTypes = { trace: TraceNodeView }
const edgeTypes = { trace: TraceEdgeView }
/** Width of a sheet between its margins, in pixels: of Letter, which is the smaller. */
const SHEET = 960
/** Below this the whole graph is not shown at once: one begins at what was asked for. */
const LEGIBLE = 0.55
const FAR = 0.42
/** As many nodes are seen at first; the branches beyond are closed, and opened one by one or all together. */
const AT_FIRST = 60

/** The trace as a graph: suppliers on the left, customers on the right. Everything in it is in the table too. */
export default function GraphView({ trace }: { readonly trace: Trace }) {
  return <ReactFlowProvider><GraphOf trace={trace} /></ReactFlowProvider>
}

function GraphOf({ trace }: { readonly trace: Trace }) {
  const { t } = useLingui()
  const { search, setSearch } = useFilters()
  const navigate = useNavigate()
  const printing = usePrinting()
  const [shown, setShown] = useState<Shown | null>(null)
  const opener = useRef<Element | null>(null)
  const show = useCallback((what: Shown): void => {
    opener.current = document.activeElement
    setShown(what)
  }, [])
  const hide = (): void => {
    setShown(null)
    // the dialog goes first, which keeps the focus in itself
    requestAnimationFrame(() => (opener.current as HTMLElement | null)?.focus({ preventScroll: true }))
  }
  const closedText = search['closed']
  const graph = useMemo(() => toGraph(trace.nodes, trace.missingOf), [trace.nodes, trace.missingOf])
  const closed = useMemo(() => closedOf(graph, closedText), [graph, closedText])
  const seen = useMemo(() => withoutClosed(graph, closed), [graph, closed])
  const { done, fault } = useLayout(useMemo(() => toAsked(seen), [seen]))
  const anchor = useRef<string | null>(null)

  // nodes are drawn once: what they ask for is looked up when they ask
  const latest = useRef({ trace, closed })
  latest.current = { trace, closed }
  const close = (ids: Iterable<string>): void => setSearch({ closed: [...ids].map(shortOf).join() || NONE })
  const actions = useMemo((): GraphActions => ({
    open: (node) => {
      if (node.kind === 'more') latest.current.trace.loadMore()
      else if (node.to === null) show({ node })
      else void navigate({ to: node.to })
    },
    toggle: ({ id }) => {
      const turned = new Set(latest.current.closed)
      if (!turned.delete(id)) turned.add(id)
      anchor.current = id
      close(turned)
    },
  }), [])

  return (
    <GraphContext value={actions}>
      <div className={classes['bar']}><Legend /><Controls onFold={() => close(seen.branching)} onUnfold={() => close([])} /></div>
      <ProblemAlert problem={fault} />
      <Canvas seen={seen} done={done} anchor={anchor} isPrinting={printing !== null} isLoading={trace.isLoading} onDetails={show} actions={actions} />
      {shown !== null && <GraphDetails shown={shown} graph={graph} onClose={hide} />}
      <p id="trace-graph-keys" className={`dim no-print ${classes['hint']}`}>{t`Tab into it: arrows go along the lines, Enter opens, Space folds a branch, i tells more, + and − zoom, 0 shows all. A click on a line tells its movements.`}</p>
      {trace.missing > 0 && <p className="dim">{t`${trace.missing} lots and units are not loaded yet.`}</p>}
    </GraphContext>
  )
}

/** In the address for: nothing is closed. */
const NONE = 'none'

/** A node's name in the address: the end of its id, which is the random part of it. */
function shortOf(id: string): string {
  return id.slice(-12)
}

/** The closed branches: those of the address, or those a large trace begins with. */
function closedOf(graph: Graph, text: string | undefined): ReadonlySet<string> {
  if (text === undefined) return closedAtFirst(graph, AT_FIRST)
  const named = new Set(text.split(','))
  return new Set(graph.nodes.map(({ id }) => id).filter((id) => named.has(shortOf(id))))
}

function toAsked({ nodes, edges }: Seen): LayoutAsked {
  const columns: Readonly<Partial<Record<GraphNode['kind'], 'first' | 'last'>>> = { supplier: 'first', found: 'first', customer: 'last', destroyed: 'last', sampled: 'last', lost: 'last', counted_away: 'last' }
  return {
    nodes: nodes.map((node) => ({ id: node.id, ...sizeOf(node), isStart: node.isStart, column: columns[node.kind] ?? null })),
    edges: edges.map((edge) => ({ id: edge.id, from: edge.from, to: edge.to, labelWidth: widthOf(labelOf(edge)) })),
  }
}

interface CanvasProps {
  readonly seen: Seen
  readonly done: LayoutDone | null
  /** What keeps its place on the screen when the graph is laid out anew. */
  readonly anchor: { current: string | null }
  readonly isPrinting: boolean
  readonly isLoading: boolean
  readonly onDetails: (shown: Shown) => void
  readonly actions: GraphActions
}

function Canvas({ seen, done, anchor, isPrinting, isLoading, onDetails, actions }: CanvasProps) {
  const { t } = useLingui()
  const flow = useReactFlow()
  const frame = useRef<HTMLDivElement>(null)
  const { nodes, edges, laid } = useDrawn(seen, done)
  const start = seen.nodes.find(({ isStart }) => isStart)?.id ?? ''
  const [current, setCurrent] = useState(start)
  const [isWithin, setWithin] = useState(false)
  const isFar = useStore(({ transform }) => transform[2] < FAR)
  const areShapes = isFar && !isPrinting
  useViewport(laid, start, anchor, frame)

  /** Brings a node into sight and gives it the focus. */
  const focus = useCallback((id: string): void => {
    const place = laid?.nodes[id]
    const box = frame.current?.getBoundingClientRect()
    const node = seen.nodes.find((one) => one.id === id)
    if (place === undefined || box === undefined || node === undefined) return
    const { width, height } = sizeOf(node)
    const { x, y, zoom } = flow.getViewport()
    const [left, top] = [place.x * zoom + x, place.y * zoom + y]
    const isInSight = left >= 8 && top >= 8 && left + width * zoom <= box.width - 8 && top + height * zoom <= box.height - 8
    if (!isInSight) void flow.setCenter(place.x + width / 2, place.y + height / 2, { zoom: Math.max(zoom, LEGIBLE) })
    setCurrent(id)
    // what was out of sight is drawn first
    const tryFocus = (left_: number): void => {
      const face = document.getElementById(faceId(id))
      if (face !== null) face.focus({ preventScroll: true })
      else if (left_ > 0) requestAnimationFrame(() => tryFocus(left_ - 1))
    }
    tryFocus(20)
  }, [laid, seen, flow])

  const nodeAt = (element: EventTarget): GraphNode | undefined => seen.nodes.find(({ id }) => faceId(id) === (element as HTMLElement).id)
  const onFocus = (event: FocusEvent): void => {
    setWithin(true)
    if (event.target === event.currentTarget) focus(laid?.nodes[current] === undefined ? start : current)
    else setCurrent((before) => nodeAt(event.target)?.id ?? before)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const node = nodeAt(event.target)
    const does = keyOf(event, {
      go: (way) => {
        const next = node === undefined || laid === null ? undefined : nextNode(node.id, way, seen, laid)
        if (next !== undefined) focus(next)
      },
      zoom: (by) => void flow.zoomTo(flow.getZoom() * by),
      fit: () => void flow.fitView({ maxZoom: 1 }),
      fold: () => {
        if (node !== undefined && seen.branching.has(node.id)) actions.toggle(node)
      },
      tell: () => {
        if (node !== undefined && node.kind !== 'more') onDetails({ node })
      },
    })
    if (!does) return
    event.preventDefault()
    event.stopPropagation()
  }
  useEffect(() => {
    // what was folded away cannot keep the focus: what hides it gets it
    if (isWithin && !seen.nodes.some(({ id }) => id === current)) focus(anchor.current ?? start)
  }, [seen])

  const scale = laid === null ? 1 : Math.min(1, SHEET / laid.width)
  const height = laid === null ? 340 : Math.min(Math.max(300, laid.height + 48), Math.max(420, innerHeight * 0.72))
  return (
    <div ref={frame} className={classes['frame']} role="group" tabIndex={isWithin ? -1 : 0} aria-label={t`Graph of the trace; the table says the same`} aria-describedby="trace-graph-keys"
      onFocus={onFocus} onBlur={({ currentTarget, relatedTarget }) => !currentTarget.contains(relatedTarget) && setWithin(false)} onKeyDown={onKeyDown}
      style={{ height, '--print-scale': scale, '--print-height': `${Math.ceil((laid?.height ?? 0) * scale) + 16}px` } as CSSProperties}>
      <Arrow />
      <FarContext value={areShapes}><ReactFlow className={classes['flow'] ?? ''} nodes={nodes} edges={areShapes ? [] : edges} nodeTypes={nodeTypes} edgeTypes={edgeTypes} onlyRenderVisibleElements={!isPrinting} minZoom={0.05} maxZoom={2}
        nodesDraggable={false} nodesConnectable={false} nodesFocusable={false} edgesFocusable={false} elementsSelectable={false} disableKeyboardA11y zoomOnScroll={false} preventScrolling={false} zoomOnDoubleClick={false}
        proOptions={{ hideAttribution: true }}
        onEdgeClick={(_, { id }) => {
          const edge = seen.edges.find((one) => one.id === id)
          if (edge !== undefined && edge.amounts.length > 0) onDetails({ edge })
        }}>{areShapes && <FarEdges edges={edges} />}</ReactFlow></FarContext>
      {(laid === null || isLoading) && <div className={classes['busy']} role="status"><span><Loader size={18} /> {laid === null ? t`Drawing the graph…` : t`Loading more…`}</span></div>}
    </div>
  )
}

/** What React Flow draws, made anew only where the graph was laid out anew. */
function useDrawn(seen: Seen, done: LayoutDone | null): { readonly nodes: Node<NodeData>[]; readonly edges: Edge<EdgeData>[]; readonly laid: LayoutDone | null } {
  const nameOf = useNodeName()
  const labelOfNode = useNodeLabel()
  return useMemo(() => {
    // the layout of another graph than this one: it comes in a moment
    if (done === null) return { nodes: [], edges: [], laid: null }
    const middle = done.nodes[seen.nodes.find(({ isStart }) => isStart)?.id ?? '']?.x ?? 0
    const nodes = seen.nodes.filter(({ id }) => done.nodes[id] !== undefined).map((node): Node<NodeData> => {
      const hidden = seen.hidden.get(node.id) ?? 0
      return { id: node.id, type: 'trace', position: done.nodes[node.id] ?? { x: 0, y: 0 }, ...sizeOf(node), data: { node, name: nameOf(node), label: labelOfNode(node, seen, hidden), hidden, isBranching: seen.branching.has(node.id), isBefore: (done.nodes[node.id]?.x ?? 0) < middle } }
    })
    const edges = seen.edges.flatMap((edge): Edge<EdgeData>[] => {
      const way = done.edges[edge.id]
      return way === undefined ? [] : [{ id: edge.id, type: 'trace', source: edge.from, target: edge.to, data: { edge, path: toPath(way.points), label: labelOf(edge), at: way.label } }]
    })
    return { nodes, edges, laid: done }
  }, [seen, done])
}

/** Where one looks: at all of it where that is legible, else at what was asked for; and what was folded stays where it is. */
function useViewport(laid: LayoutDone | null, start: string, anchor: { current: string | null }, frame: { readonly current: HTMLElement | null }): void {
  const flow = useReactFlow()
  const before = useRef<LayoutDone | null>(null)
  useEffect(() => {
    if (laid === null) return
    const old = before.current
    before.current = laid
    const kept = anchor.current ?? start
    const [from, to] = [old?.nodes[kept], laid.nodes[kept]]
    if (old !== null && from !== undefined && to !== undefined) {
      const { x, y, zoom } = flow.getViewport()
      void flow.setViewport({ x: x + (from.x - to.x) * zoom, y: y + (from.y - to.y) * zoom, zoom })
      return
    }
    const box = frame.current?.getBoundingClientRect()
    if (box === undefined || to === undefined) return
    const zoom = Math.min(1, (box.width - 32) / laid.width, (box.height - 32) / laid.height)
    if (zoom >= LEGIBLE) void flow.setViewport({ x: (box.width - laid.width * zoom) / 2, y: (box.height - laid.height * zoom) / 2, zoom })
    else {
      // of a way that goes one way only, that side is shown
      const side = to.x < laid.width * 0.3 ? 0.25 : to.x > laid.width * 0.6 ? 0.75 : 0.5
      void flow.setViewport({ x: box.width * side - (to.x + 90) * 0.8, y: box.height / 2 - (to.y + 30) * 0.8, zoom: 0.8 })
    }
  }, [laid])
}

/** Every line there is, drawn as three: from far away none is pressed, and hundreds that listen would cost each frame its time. */
function FarEdges({ edges }: { readonly edges: readonly Edge<EdgeData>[] }) {
  const pathOf = (certainty: TraceCertainty): string => edges.flatMap(({ data }) => (data?.edge.certainty === certainty ? [data.path] : [])).join('')
  return <ViewportPortal><svg className={classes['farEdges']} aria-hidden>{(['exact', 'at_most', 'possible'] as const).map((certainty) => <g key={certainty} className={classes['edge']} data-certainty={certainty}><path d={pathOf(certainty)} className={classes['path']} /></g>)}</svg></ViewportPortal>
}

interface KeyActions {
  go(way: 'left' | 'right' | 'up' | 'down'): void
  zoom(by: number): void
  fit(): void
  fold(): void
  tell(): void
}

/** Arrows along the lines, Space folds, i tells, + and - zoom, 0 shows all of it. True where the key was one of these. */
function keyOf({ key, ctrlKey, metaKey, altKey }: KeyboardEvent, does: KeyActions): boolean {
  if (ctrlKey || metaKey || altKey) return false
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => does.go('left'), ArrowRight: () => does.go('right'), ArrowUp: () => does.go('up'), ArrowDown: () => does.go('down'),
    '+': () => does.zoom(1.25), '=': () => does.zoom(1.25), '-': () => does.zoom(0.8), '0': does.fit, ' ': does.fold, i: does.tell,
  }
  const action = keys[key]
  action?.()
  return action !== undefined
}

/** The head of every line. */
function Arrow() {
  return <svg width="0" height="0" aria-hidden className="visually-hidden"><defs><marker id="trace-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" className={classes['arrow']} /></marker></defs></svg>
}

function Controls({ onFold, onUnfold }: { readonly onFold: () => void; readonly onUnfold: () => void }) {
  const { t } = useLingui()
  const flow = useReactFlow()
  return (
    <div className={`${classes['controls']} no-print`} role="group" aria-label={t`The graph`}>
      <Tooltip label={t`Close every branch`}><ActionIcon size="lg" aria-label={t`Close every branch`} onClick={onFold}><IconFold size={18} aria-hidden /></ActionIcon></Tooltip>
      <Tooltip label={t`Open every branch`}><ActionIcon size="lg" aria-label={t`Open every branch`} onClick={onUnfold}><IconArrowsVertical size={18} aria-hidden /></ActionIcon></Tooltip>
      <ActionIcon size="lg" aria-label={t`Closer`} onClick={() => void flow.zoomIn()}><IconPlus size={18} aria-hidden /></ActionIcon>
      <ActionIcon size="lg" aria-label={t`Farther`} onClick={() => void flow.zoomOut()}><IconMinus size={18} aria-hidden /></ActionIcon>
      <ActionIcon size="lg" aria-label={t`All of it`} onClick={() => void flow.fitView({ maxZoom: 1 })}><IconArrowsMaximize size={18} aria-hidden /></ActionIcon>
    </div>
  )
}

function Legend() {
  const name = useCertaintyName()
  return (
    <div className={classes['legend']}>
      <span><CertaintyLine value="exact" /> {name('exact')}</span>
      <span><CertaintyLine value="at_most" /> ≤ {name('at_most')}</span>
      <span><CertaintyLine value="possible" /> ? {name('possible')}</span>
    </div>
  )
}
