import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Loader, Menu, Skeleton, TextInput, Tooltip } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconColumns3, IconSearch, IconSortAscending, IconSortDescending } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useWindowVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react'
import type { Problem } from '../api.ts'
import type { ListQuery } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useKeys } from '../shell/keys.ts'
import classes from './parts.module.css'
import { usePrinting } from './printing.ts'
import { ProblemAlert } from './problem.tsx'

export interface Column<Row> {
  /** Its name in the address (`?cols=code,product`). */
  readonly id: string
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  /** Width as of a CSS grid track; `minmax(0, 1fr)` unless given. */
  readonly width?: string
  /** Right aligned. */
  readonly number?: boolean
  /** Not shown until it is chosen. */
  readonly optional?: boolean
  /** On a phone: the first line, its right side, the second line (the default), or not at all. */
  readonly phone?: 'title' | 'side' | 'hide'
  /** The name the list sorts by it under, `?sort=name` or `?sort=-name`; it is not sorted by where this is not given. */
  readonly sort?: string
  /** What it says as plain text, for a file; the column is left out of it where this is not given. */
  readonly text?: (row: Row) => string | null | undefined
}

/** Rows that are marked for something to be done with all of them; see lists/selection.tsx. */
export interface Selection<Row> {
  readonly selected: ReadonlyMap<string, Row>
  /** What a row is called: `Select CR-1108`. */
  readonly rowName: (row: Row) => string
  /** On a phone the boxes are there only while somebody selects. */
  readonly isOn: boolean
  readonly set: (rows: readonly Row[], isSelected: boolean) => void
}

export interface DataTableProps<Row> {
  readonly query: ListQuery<Row>
  readonly columns: readonly Column<Row>[]
  readonly rowKey: (row: Row) => string
  /** Where a row leads; the first column shows its link. */
  readonly rowTo?: (row: Row) => string
  /** Says what the table holds, for those who do not see it: "Lots". */
  readonly label: string
  /** Shown instead of an empty table. */
  readonly empty: ReactNode
  /** Told apart in the address where a page has several tables: its columns then stand under `?<name>.cols=`. */
  readonly name?: string
  /** Filters, at the left above the table. */
  readonly filters?: ReactNode
  /** Beside the choice of columns, at the right. */
  readonly tools?: ReactNode
  /** The list can be put in order: by this where the address names no order, null where by nothing that a column shows. */
  readonly usualSort?: string | null
  readonly selection?: Selection<Row>
  /** Where the list cannot be shown: beside trying again. */
  readonly onProblem?: (problem: Problem) => ReactNode
}

/** How high the rows of the last lists were, so that going back leads to the same row: on a phone they differ. */
const measured = new Map<string, VirtualItem[]>()
function keepMeasured(key: string, items: VirtualItem[]): void {
  measured.delete(key)
  measured.set(key, items)
  for (const oldest of [...measured.keys()].slice(0, -8)) measured.delete(oldest)
}

/**
 * A list of any length: pages by cursor as one scrolls, only the rows in sight drawn; columns, sort and filters in the
 * address; j and k or arrows go down and up, Enter opens, x selects. While another question is answered, the answer to the
 * one before stays. On paper stands all that is loaded.
 */
export function DataTable<Row>({ query, columns, rowKey, rowTo, label, empty, filters, tools, name, usualSort, selection, onProblem }: DataTableProps<Row>) {
  const cols = name === undefined ? 'cols' : `${name}.cols`
  const { t } = useLingui()
  const { search, setSearch } = useFilters()
  const navigate = useNavigate()
  const list = useInfiniteQuery({ ...query, refetchOnWindowFocus: false, placeholderData: (before) => before })
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const shown = columns.filter(isShown(search[cols], columns))
  const listKey = JSON.stringify(query.queryKey)
  const body = useRef<HTMLDivElement>(null)
  const [margin, setMargin] = useState(0)
  useLayoutEffect(() => setMargin(body.current === null ? 0 : body.current.getBoundingClientRect().top + scrollY), [rows.length, list.isPending])
  const virtualizer = useWindowVirtualizer({ count: rows.length, estimateSize: () => 39, overscan: 12, scrollMargin: margin, getItemKey: (index) => rowKey(rows[index] as Row), initialMeasurementsCache: measured.get(listKey) ?? [] })
  useEffect(() => () => keepMeasured(listKey, virtualizer.measurementsCache), [listKey, virtualizer])
  const printing = usePrinting()
  const drawn = printing === null ? virtualizer.getVirtualItems() : rows.map((row, index) => ({ index, key: rowKey(row), start: margin, end: margin }))
  const last = printing === null ? (drawn.at(-1)?.index ?? -1) : -1
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, isPlaceholderData, fetchNextPage } = list
  useEffect(() => {
    if (last >= rows.length - 30 && hasNextPage && !isFetchingNextPage && !isFetchNextPageError && !isPlaceholderData) void fetchNextPage()
  }, [last, rows.length, hasNextPage, isFetchingNextPage, isFetchNextPageError, isPlaceholderData, fetchNextPage])

  const focused = (): number | null => {
    const row = document.activeElement?.closest<HTMLElement>('[data-index]')
    return row == null || body.current?.contains(row) !== true ? null : Number(row.dataset['index'])
  }
  const focusRow = (step: number): void => {
    const links = body.current
    if (links === null || rows.length === 0) return
    // nobody is in the list: it begins with the first row in sight
    const sight = drawn.find(({ end }) => end > scrollY + 90)?.index ?? 0
    const next = Math.min(rows.length - 1, Math.max(0, (focused() ?? (step > 0 ? sight - 1 : sight + 1)) + step))
    virtualizer.scrollToIndex(next, { align: 'auto' })
    requestAnimationFrame(() => links.querySelector<HTMLElement>(`[data-index="${next}"] a`)?.focus({ preventScroll: true }))
  }
  const lastSelected = useRef<number | null>(null)
  /** One row, or with shift all from the last one that was selected. */
  const select = (index: number, isRange: boolean): void => {
    const row = rows[index]
    if (selection === undefined || row === undefined) return
    const from = isRange && lastSelected.current !== null ? lastSelected.current : index
    lastSelected.current = index
    selection.set(rows.slice(Math.min(from, index), Math.max(from, index) + 1), !selection.selected.has(rowKey(row)))
  }
  useKeys({
    j: () => focusRow(1), k: () => focusRow(-1),
    ...(selection === undefined ? {} : { x: () => {
      const at = focused()
      if (at === null) focusRow(1)
      else select(at, false)
    } }),
  })
  const onArrow = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    focusRow(step)
  }

  const open = (event: MouseEvent, row: Row): void => {
    if (rowTo === undefined || isControl(event.target) || String(getSelection()) !== '') return
    if (event.ctrlKey || event.metaKey) window.open(rowTo(row))
    else void navigate({ to: rowTo(row) })
  }
  /** On a phone a tap anywhere in a row selects it, as long as somebody selects; a link in it leads nowhere then. */
  const selectByTap = (event: MouseEvent, index: number): void => {
    if (selection?.isOn !== true || (event.target as HTMLElement).matches('input') || !matchMedia('(max-width: 47.99em)').matches) return
    event.preventDefault()
    event.stopPropagation()
    select(index, false)
  }
  const tracks = [...(selection === undefined ? [] : ['18px']), ...shown.map(({ width }) => width ?? 'minmax(0, 1fr)')].join(' ')
  const all = selection === undefined ? 'none' : rows.every((row) => selection.selected.has(rowKey(row))) ? 'all' : rows.some((row) => selection.selected.has(rowKey(row))) ? 'some' : 'none'

  return (
    <div>
      {filters !== undefined && (
        <div className={`${classes['bar']} no-print`}>
          {filters}
          <span className={classes['spring']} />
          {tools}
          <ColumnChooser columns={columns} cols={cols} />
        </div>
      )}
      {list.isError && (rows.length === 0 || !isFetchNextPageError) && <div className={classes['problem']}><ProblemAlert problem={list.error} onRetry={() => void list.refetch()} />{onProblem?.(list.error)}</div>}
      {list.isSuccess && rows.length === 0 && !hasNextPage && empty}
      {list.isSuccess && rows.length === 0 && hasNextPage && <div className={classes['looking']} role="status"><Loader size={14} />{t`Nothing so far; the list is long and is still looked through.`}</div>}
      {(list.isPending || rows.length > 0) && (
        <div className={classes['frame']}>
          {filters === undefined && <div className={`${classes['corner']} no-print`}><ColumnChooser columns={columns} cols={cols} /></div>}
          <div className={classes['table']} role="table" aria-label={label} aria-rowcount={hasNextPage ? -1 : rows.length + 1} aria-busy={list.isFetching} data-stale={isPlaceholderData || undefined} data-selecting={selection?.isOn || undefined}>
            <div role="rowgroup">
              <div className={classes['head']} role="row" aria-rowindex={1} style={{ gridTemplateColumns: tracks }}>
                {selection !== undefined && (
                  <div role="columnheader" className={classes['check']}>
                    <input type="checkbox" aria-label={t`Select all that are shown`} checked={all === 'all' && rows.length > 0} ref={(box) => void (box !== null && (box.indeterminate = all === 'some'))} onChange={() => selection.set(rows, all !== 'all')} />
                  </div>
                )}
                {shown.map((column) => <HeadCell key={column.id} column={column} sort={usualSort === undefined ? null : (search['sort'] ?? usualSort ?? undefined)} usual={usualSort ?? undefined} onSort={(sort) => setSearch({ sort })} />)}
              </div>
            </div>
            {list.isPending && <div className={classes['static']}>{Array.from({ length: 8 }, (_, index) => <div key={index} className={classes['row']}><Skeleton height={12} width={`${38 + ((index * 17) % 45)}%`} /></div>)}</div>}
            <div role="rowgroup" ref={body} className={classes['body']} style={{ height: virtualizer.getTotalSize() }} onKeyDown={onArrow}>
              {drawn.map(({ index, key, start }) => {
                const row = rows[index] as Row
                return (
                  <div key={String(key)} ref={printing === null ? virtualizer.measureElement : undefined} data-index={index} data-opens={rowTo === undefined ? undefined : true} role="row" aria-rowindex={index + 2} className={classes['row']} data-selected={selection?.selected.has(rowKey(row)) || undefined}
                    style={{ transform: `translateY(${start - margin}px)`, gridTemplateColumns: tracks }} onClickCapture={(event) => selectByTap(event, index)} onClick={(event) => (selection?.isOn === true && !isControl(event.target) ? select(index, event.shiftKey) : open(event, row))}>
                    {selection !== undefined && (
                      <div role="cell" className={classes['check']}>
                        <input type="checkbox" aria-label={t`Select ${selection.rowName(row)}`} checked={selection.selected.has(rowKey(row))} onClick={({ shiftKey }) => select(index, shiftKey)} onChange={() => {}} />
                      </div>
                    )}
                    {shown.map((column) => (
                      <div key={column.id} role="cell" className={classes['cell']} data-number={column.number} data-title={column.phone === 'title' || undefined} data-side={column.phone === 'side' || undefined} data-hide={column.phone === 'hide' || undefined}>{column.cell(row)}</div>
                    ))}
                  </div>
                )
              })}
            </div>
          </div>
          {(rows.length > 20 || (rows.length > 0 && hasNextPage)) && (
            <div className={classes['foot']} role="status">
              {isFetchNextPageError ? <ProblemAlert problem={list.error} onRetry={() => void fetchNextPage()} /> : isFetchingNextPage ? <Loader size={14} /> : hasNextPage ? t`${rows.length} shown; more as you scroll` : t`${rows.length} in all`}
            </div>
          )}
        </div>
      )}
    </div>
  )
}

function isControl(target: EventTarget): boolean {
  return (target as HTMLElement).closest('a, button, input, label') !== null
}

interface HeadCellProps<Row> {
  readonly column: Column<Row>
  /** What the list is in the order of; null where it cannot be put in order. */
  readonly sort: string | undefined | null
  readonly usual: string | undefined
  readonly onSort: (sort: string | undefined) => void
}

/** A press puts the list in order by the column, another one the other way round, a third as it usually is. */
function HeadCell<Row>({ column: { title, number, sort: name }, sort, usual, onSort }: HeadCellProps<Row>) {
  if (name === undefined || sort === null) return <div role="columnheader" className={classes['cell']} data-number={number}>{title}</div>
  const direction = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : 'none'
  const [first, second] = usual === `-${name}` ? [`-${name}`, name] : [name, `-${name}`]
  const next = sort === first ? second : sort === second && usual !== first ? undefined : first
  return (
    <div role="columnheader" aria-sort={direction} className={classes['cell']} data-number={number}>
      <button type="button" onClick={() => onSort(next === usual ? undefined : next)}>
        {title}{direction === 'ascending' && <IconSortAscending size={14} aria-hidden />}{direction === 'descending' && <IconSortDescending size={14} aria-hidden />}
      </button>
    </div>
  )
}

/** Which columns stand in the table: those of `?cols=`, else all that are not optional. */
function isShown<Row>(chosen: string | undefined, columns: readonly Column<Row>[]): (column: Column<Row>) => boolean {
  if (chosen === undefined) return ({ optional }) => optional !== true
  const ids = new Set(chosen.split(','))
  return ({ id }) => ids.has(id) || id === columns[0]?.id
}

function ColumnChooser<Row>({ columns, cols }: { readonly columns: readonly Column<Row>[]; readonly cols: string }) {
  const { t } = useLingui()
  const { search, setSearch } = useFilters()
  const shown = columns.filter(isShown(search[cols], columns)).map(({ id }) => id)
  const toggle = (id: string): void => {
    const ids = columns.map((column) => column.id).filter((one) => (one === id ? !shown.includes(id) : shown.includes(one)))
    const usual = columns.filter(({ optional }) => optional !== true).map((column) => column.id)
    setSearch({ [cols]: ids.join() === usual.join() ? undefined : ids.join() })
  }
  return (
    <Menu closeOnItemClick={false} position="bottom-end">
      <Menu.Target><Tooltip label={t`Columns`}><ActionIcon size="lg" aria-label={t`Columns`} visibleFrom="sm"><IconColumns3 size={18} aria-hidden /></ActionIcon></Tooltip></Menu.Target>
      <Menu.Dropdown>
        {columns.slice(1).map(({ id, title }) => <Menu.CheckboxItem key={id} checked={shown.includes(id)} onChange={() => toggle(id)}>{title}</Menu.CheckboxItem>)}
      </Menu.Dropdown>
    </Menu>
  )
}

/** The text a list is searched for, in the address as `?q=`; `/` jumps into it. */
export function SearchFilter({ placeholder }: { readonly placeholder: string }) {
  const { search, setSearch } = useFilters()
  const [text, setText] = useState(search['q'] ?? '')
  const apply = useDebouncedCallback((q: string) => setSearch({ q }), 200)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (document.activeElement !== field.current) setText(search['q'] ?? '')
  }, [search['q']])
  useKeys({ '/': () => field.current?.focus() })
  return (
    <TextInput ref={field} type="search" className={classes['search'] ?? ''} value={text} placeholder={placeholder} aria-label={placeholder} leftSection={<IconSearch size={16} aria-hidden />}
      onChange={({ currentTarget: { value } }) => {
        setText(value)
        apply(value.trim())
      }} />
  )
}
