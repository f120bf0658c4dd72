import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { traceDepths, tracedKey, traceRows, type TraceDirection, type TraceRow } from '#src/lib/trace-rows.ts'
import { read, type Problem, type ReadOutput } from '../api.ts'
import type { ListQuery, PageOf } from '../queries.ts'
import { useFilters } from '../search.ts'

export type Answer = ReadOutput<'/trace/forward'>
export type TraceNode = Answer['nodes'][number]
export const ways = ['backward', 'both', 'forward'] as const
export type Way = (typeof ways)[number]
export const views = ['table', 'graph', 'time'] as const
export type View = (typeof views)[number]

/** What is traced, as the address says it: one lot or one unit, and which way. */
export interface Question {
  readonly lot: string | undefined
  readonly unit: string | undefined
  readonly way: Way
}

/** Lots and units of a page in each direction: as many as a graph shows smoothly. */
const PAGE = 300

interface TracePage extends PageOf<TraceRow> {
  readonly answers: readonly Answer[]
}
interface TraceList extends ListQuery<TraceRow> {
  readonly queryFn: (context: { readonly pageParam: string | undefined }) => Promise<TracePage>
}

export function useQuestion(): { readonly question: Question; readonly view: View } {
  const { search } = useFilters()
  return {
    question: { lot: search['lot'], unit: search['lot'] === undefined ? search['unit'] : undefined, way: ways.find((one) => one === search['way']) ?? 'both' },
    view: views.find((one) => one === search['view']) ?? 'table',
  }
}

export function directionsOf(way: Way): readonly TraceDirection[] {
  return way === 'both' ? ['backward', 'forward'] : [way]
}

/**
 * A trace as a list of rows, page after page; both ways go on together. What was asked for comes first, then what lies
 * before it, then what came of it.
 */
export function traceQuery({ lot, unit, way }: Question): TraceList {
  return {
    queryKey: ['/trace', { lot, unit, way }, 'pages'],
    queryFn: async ({ pageParam }) => {
      const cursors = pageParam === undefined ? null : (JSON.parse(pageParam) as Partial<Record<TraceDirection, string>>)
      const asked = directionsOf(way).filter((direction) => cursors === null || cursors[direction] !== undefined)
      const answers = await Promise.all(asked.map((direction) => read(`/trace/${direction}`, { query: { lotId: lot, unitId: unit, limit: PAGE, cursor: cursors?.[direction] } })))
      const next = Object.fromEntries(answers.flatMap((answer) => (answer.next === null ? [] : [[answer.direction, answer.next]])))
      return { items: rowsOfPage(answers, way), next: Object.keys(next).length === 0 ? null : JSON.stringify(next), answers }
    },
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  }
}

function rowsOfPage(answers: readonly Answer[], way: Way): TraceRow[] {
  const rows = answers.flatMap((answer) => traceRows(answer.direction, answer.nodes))
  if (way !== 'both') return rows
  // both answers tell what was asked for; the one forward tells more of it
  return [...rows.filter(({ node, direction }) => node.start && direction === 'forward'), ...rows.filter(({ node }) => !node.start)]
}

/** A trace as far as it is loaded. */
export interface Trace {
  readonly question: Question
  /** The first answer of each direction: its totals are those of all of it. */
  readonly answers: Readonly<Partial<Record<TraceDirection, Answer>>>
  readonly rows: readonly TraceRow[]
  readonly nodes: Readonly<Record<TraceDirection, readonly TraceNode[]>>
  readonly start: TraceNode
  /** By tracedKey. */
  readonly byKey: ReadonlyMap<string, TraceNode>
  /** How many runs lie between a node and what was asked for, backward below zero; undefined where that is not loaded. */
  depthOf(row: Pick<TraceRow, 'direction' | 'node'>): number | undefined
  /** Lots and units that are not loaded yet, in all and in each direction. */
  readonly missing: number
  readonly missingOf: Readonly<Record<TraceDirection, number>>
  readonly isLoading: boolean
  loadMore(): void
}

/** The trace of a question, shared by all views of it. */
export function useTrace(question: Question): { readonly trace: Trace | null; readonly error: Problem | null; readonly retry: () => void } {
  // another way of the same: what is known of it stays until the answer is there
  const list = useInfiniteQuery({ ...traceQuery(question), refetchOnWindowFocus: false, placeholderData: (before, query) => (isSame(query?.queryKey[1], question) ? before : undefined) })
  const { data, isFetchingNextPage, fetchNextPage } = list
  const trace = useMemo(() => (data === undefined ? null : toTrace(question, data.pages)), [data, question.lot, question.unit, question.way])
  return {
    trace: trace === null ? null : { ...trace, isLoading: isFetchingNextPage, loadMore: () => void fetchNextPage() },
    error: list.error, retry: () => void list.refetch(),
  }
}

function isSame(asked: unknown, { lot, unit }: Question): boolean {
  const before = asked as Partial<Question> | undefined
  return before !== undefined && before.lot === lot && before.unit === unit
}

function toTrace(question: Question, pages: readonly TracePage[]): Omit<Trace, 'isLoading' | 'loadMore'> | null {
  const answers = pages.flatMap((page) => page.answers)
  const of = (direction: TraceDirection): readonly Answer[] => answers.filter((answer) => answer.direction === direction)
  const nodes = { forward: of('forward').flatMap((answer) => answer.nodes), backward: of('backward').flatMap((answer) => answer.nodes) }
  const all = [...nodes.backward, ...nodes.forward]
  const start = all.find((node) => node.start)
  if (start === undefined) return null
  const depths = { forward: traceDepths('forward', nodes.forward), backward: traceDepths('backward', nodes.backward) }
  const directions = directionsOf(question.way)
  const missingOf = (direction: TraceDirection): number => (of(direction)[0]?.totals.nodes ?? 0) - nodes[direction].length
  const first = Object.fromEntries(directions.flatMap((direction) => of(direction).slice(0, 1).map((answer) => [direction, answer]))) as Trace['answers']
  return {
    question, answers: first, rows: pages.flatMap((page) => page.items), nodes, start, byKey: new Map(all.map((node) => [tracedKey(node), node])),
    depthOf: ({ direction, node }) => {
      const depth = depths[direction].get(tracedKey(node))
      return depth === undefined ? undefined : direction === 'forward' ? depth : 0 - depth
    },
    missing: missingOf('forward') + missingOf('backward'), missingOf: { forward: missingOf('forward'), backward: missingOf('backward') },
  }
}
