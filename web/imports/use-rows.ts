import { useInfiniteQuery, type InfiniteData } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { uuidv7 } from 'uuidv7'
import type { ImportView } from '#src/imports/contract.ts'
import { Problem, read, send, type ItemOf } from '../api.ts'
import { pages, queryClient, type PageOf } from '../queries.ts'
import { isBusy, takeIn } from './use-import.ts'
import type { Verdict } from './words.ts'

export type Row = ItemOf<'/imports/:importId/rows'>

/** Which rows are looked at: of one verdict, or with one problem in one column. */
export interface RowFilter {
  readonly verdict?: Verdict | undefined
  readonly problem?: string | undefined
  readonly column?: string | undefined
}

/** What somebody wrote into a cell that was not taken: somebody else was faster, or the server said no. */
export interface Unsaved {
  readonly column: string
  readonly text: string
  readonly problem: Problem
}

export interface Rows {
  readonly rows: readonly Row[]
  readonly isPending: boolean
  readonly isFetching: boolean
  readonly hasMore: boolean
  readonly problem: Problem | null
  readonly more: () => void
  /** Asks for the list anew: rows that no longer belong to it are gone then. */
  readonly again: () => void
  /** Says which rows are in sight; those that were read before the last change of the import are read again. */
  readonly inSight: (rowNos: readonly number[]) => void
  /** Writes a cell; the row shows it at once and its verdict when it is known. */
  readonly write: (row: Row, column: string, text: string) => void
  /** Rows that were written and whose verdict is not known yet. */
  readonly saving: ReadonlySet<number>
  readonly unsaved: ReadonlyMap<number, Unsaved>
  readonly forget: (rowNo: number) => void
}

type Data = InfiniteData<PageOf<Row>, string | undefined>
/** Rows that are read again at once, at most. */
const MOST_AGAIN = 200

/**
 * The rows of an import, page after page, as they are corrected: a row stays where it is when its verdict changes, and
 * only what is in sight is read again, however long the file is.
 */
export function useRows(view: ImportView, filter: RowFilter): Rows {
  const { importId, version } = view
  // other settings or a run make other verdicts: then it is another list, once they are known
  const basis = `${JSON.stringify(view.settings)} ${view.finishedAt ?? ''}`
  const [listed, setListed] = useState(basis)
  useEffect(() => {
    if (!isBusy(view.status)) setListed(basis)
  }, [basis, view.status])

  const input = { params: { importId }, query: { limit: 200, verdict: filter.verdict, problem: filter.problem, column: filter.column } }
  const query = pages('/imports/:importId/rows', input)
  const key = useMemo(() => [...query.queryKey, listed], [JSON.stringify(input), listed])
  const list = useInfiniteQuery({ ...query, queryKey: key, staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false })
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data])

  // at which version of the import each row was read
  const readAt = useRef(new Map<number, number>())
  const known = useRef<readonly Row[]>([])
  if (known.current !== rows) {
    for (const { rowNo } of rows) if (!readAt.current.has(rowNo)) readAt.current.set(rowNo, version)
    known.current = rows
  }
  useEffect(() => readAt.current.clear(), [key])

  const [sight, setSight] = useState<readonly number[]>([])
  const inSight = useCallback((rowNos: readonly number[]) => setSight((before) => (before.join() === rowNos.join() ? before : rowNos)), [])
  const put = useCallback((fresh: readonly Row[]) => {
    const byNumber = new Map(fresh.map((row) => [row.rowNo, row]))
    queryClient.setQueryData<Data>(key, (data) => data && { ...data, pages: data.pages.map((page) => (page.items.some(({ rowNo }) => byNumber.has(rowNo)) ? { ...page, items: page.items.map((row) => byNumber.get(row.rowNo) ?? row) } : page)) })
  }, [key])

  const [saving, setSaving] = useState<ReadonlySet<number>>(new Set())
  // written, and not looked at since
  const [waiting, setWaiting] = useState<ReadonlySet<number>>(new Set())
  const [unsaved, setUnsaved] = useState<ReadonlyMap<number, Unsaved>>(new Map())
  const refresh = useCallback(async (rowNos: readonly number[]) => {
    const { items } = await read('/imports/:importId/rows', { params: { importId }, query: { numbers: rowNos.slice(0, MOST_AGAIN).join(), limit: MOST_AGAIN } })
    put(items)
    setWaiting((before) => (rowNos.some((rowNo) => before.has(rowNo)) ? new Set([...before].filter((rowNo) => !rowNos.includes(rowNo))) : before))
  }, [importId, put])
  useEffect(() => {
    if (isBusy(view.status) || saving.size > 0) return
    const old = sight.filter((rowNo) => (readAt.current.get(rowNo) ?? version) < version)
    if (old.length === 0) return
    for (const rowNo of old) readAt.current.set(rowNo, version)
    // what did not come is asked for again with the next change
    refresh(old).catch(() => old.forEach((rowNo) => readAt.current.set(rowNo, -1)))
  }, [sight, version, view.status, saving.size, refresh])

  // one after the other: the second correction of a row rests on the first
  const queue = useRef<Promise<void>>(Promise.resolve())
  const forget = (rowNo: number): void => setUnsaved((before) => new Map([...before].filter(([one]) => one !== rowNo)))
  const write = (row: Row, column: string, text: string): void => {
    const was = row.cells[column] ?? ''
    forget(row.rowNo)
    if (was === text) return
    put([{ ...row, cells: { ...row.cells, [column]: text } }])
    setSaving((before) => new Set([...before, row.rowNo]))
    const sendIt = async (): Promise<void> => {
      try {
        setWaiting((before) => new Set([...before, row.rowNo]))
        takeIn(await send('PATCH /imports/:importId/rows', { params: { importId }, body: { rowNo: row.rowNo, cells: { [column]: text }, was: { [column]: was } } }, uuidv7()))
        void queryClient.invalidateQueries({ queryKey: ['/imports/:importId/reasons'] })
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem
        if (problem.code === 'import_not_ready') void queryClient.invalidateQueries({ queryKey: ['/imports/:importId'] })
        await refresh([row.rowNo]).catch(() => {
          put([row])
          setWaiting((before) => new Set([...before].filter((rowNo) => rowNo !== row.rowNo)))
        })
        // beside what the row holds now
        setUnsaved((before) => new Map([...before, [row.rowNo, { column, text, problem }]]))
      } finally {
        setSaving((before) => new Set([...before].filter((rowNo) => rowNo !== row.rowNo)))
      }
    }
    queue.current = queue.current.then(sendIt, sendIt)
  }
  return {
    rows, isPending: list.isPending, isFetching: list.isFetching, hasMore: list.hasNextPage, problem: list.isError ? list.error : null, unsaved, saving: new Set([...saving, ...waiting]), inSight, write, forget,
    more: () => void (list.hasNextPage && !list.isFetchingNextPage && list.fetchNextPage()),
    again: () => {
      readAt.current.clear()
      void queryClient.resetQueries({ queryKey: key })
    },
  }
}
