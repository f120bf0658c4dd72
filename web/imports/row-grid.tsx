import { useLingui } from '@lingui/react/macro'
import { Button, Loader, Skeleton } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { ImportView } from '#src/imports/contract.ts'
import { Tone } from '../parts/tone.tsx'
import { useKeys } from '../shell/keys.ts'
import classes from './imports.module.css'
import { columnsOf, isBroken } from './row.ts'
import { RowNotes, Stock } from './row-notes.tsx'
import type { Row, Rows } from './use-rows.ts'
import { fieldName, verdictName, verdictTone, type Field } from './words.ts'

export interface RowListProps {
  readonly view: ImportView
  readonly rows: Rows
  readonly mayWrite: boolean
  /** A row is to be looked at as a whole. */
  readonly onOpen: (row: Row) => void
}

interface Cell {
  readonly rowNo: number
  readonly column: string
}
interface Draft extends Cell {
  readonly text: string
}
/** How far Page Up and Page Down go. */
const PAGE = 10

/**
 * The rows as a grid one writes into: arrows go from cell to cell, Enter or F2 writes, Tab saves and goes on, Escape
 * leaves the cell as it was. Only the rows in sight are drawn; what is wrong with a row stands below it.
 */
export function RowGrid({ view, rows: list, mayWrite, onOpen }: RowListProps) {
  const { t } = useLingui()
  const [isAll, setAll] = useState(false)
  const columns = columnsOf(view, isAll)
  const { rows } = list
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => 38, overscan: 8, getItemKey: (index) => rows[index]?.rowNo ?? index })
  const drawn = virtualizer.getVirtualItems()
  const last = drawn.at(-1)?.index ?? -1
  const sight = drawn.flatMap(({ index }) => rows[index]?.rowNo ?? []).join()
  useEffect(() => list.inSight(sight === '' ? [] : sight.split(',').map(Number)), [sight])
  useEffect(() => {
    if (last >= rows.length - 30) list.more()
  }, [last, rows.length])

  const [active, setActive] = useState<Cell | null>(null)
  const [draft, setDraft] = useState<Draft | null>(null)
  const live = useRef<Draft | null>(null)
  const write = (next: Draft | null): void => {
    live.current = next
    setDraft(next)
  }
  const at = useFocusWanted(scroller)
  const indexOf = useMemo(() => new Map(rows.map(({ rowNo }, index) => [rowNo, index])), [rows])
  // one cell takes the focus: where one was, else the first that is wrong among those in sight
  const shownActive = active !== null && drawn.some(({ index }) => rows[index]?.rowNo === active.rowNo) && columns.includes(active.column) ? active : firstCell(drawn.flatMap(({ index }) => rows[index] ?? []), columns)

  const go = (cell: Cell | null): void => {
    if (cell === null) return
    setActive(cell)
    virtualizer.scrollToIndex(indexOf.get(cell.rowNo) ?? 0, { align: 'auto' })
    at.want(cell)
  }
  const step = (from: Cell, down: number, right: number): Cell | null => {
    const index = indexOf.get(from.rowNo)
    const row = index === undefined ? undefined : rows[Math.min(rows.length - 1, Math.max(0, index + down))]
    const column = columns[Math.min(columns.length - 1, Math.max(0, columns.indexOf(from.column) + right))]
    return row === undefined || column === undefined ? null : { rowNo: row.rowNo, column }
  }
  /** The next cell to write into, over the end of the row too. */
  const following = (from: Cell, back: boolean): Cell | null => {
    const column = columns.indexOf(from.column) + (back ? -1 : 1)
    if (column >= 0 && column < columns.length) return step(from, 0, back ? -1 : 1)
    const index = (indexOf.get(from.rowNo) ?? 0) + (back ? -1 : 1)
    const row = rows[index]
    const wanted = back ? columns.at(-1) : columns[0]
    return row === undefined || wanted === undefined ? null : { rowNo: row.rowNo, column: wanted }
  }
  const rowOf = (cell: Cell): Row | undefined => rows[indexOf.get(cell.rowNo) ?? -1]
  const edit = (cell: Cell | null): void => {
    const row = cell === null ? undefined : rowOf(cell)
    if (cell === null || row === undefined || !mayWrite) return
    setActive(cell)
    if (isBroken(row)) return onOpen(row)
    virtualizer.scrollToIndex(indexOf.get(cell.rowNo) ?? 0, { align: 'auto' })
    write({ ...cell, text: row.cells[cell.column] ?? '' })
  }
  /** Once for each draft: a field that is taken off the page may say so after the next one is there. */
  const save = ({ rowNo, column }: Cell): void => {
    const now = live.current
    if (now?.rowNo !== rowNo || now.column !== column) return
    const row = rowOf(now)
    write(null)
    if (row !== undefined) list.write(row, column, now.text)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (shownActive === null || event.target instanceof HTMLInputElement || (event.target as HTMLElement).closest('button, a') !== null) return
    const whole = event.ctrlKey || event.metaKey
    const moves: Readonly<Record<string, () => Cell | null>> = {
      ArrowDown: () => step(shownActive, 1, 0), ArrowUp: () => step(shownActive, -1, 0), ArrowRight: () => step(shownActive, 0, 1), ArrowLeft: () => step(shownActive, 0, -1), PageDown: () => step(shownActive, PAGE, 0), PageUp: () => step(shownActive, -PAGE, 0),
      Home: () => step(shownActive, whole ? -rows.length : 0, -columns.length), End: () => step(shownActive, whole ? rows.length : 0, columns.length),
    }
    const move = moves[event.key]
    if (move !== undefined) go(move())
    else if (event.key === 'Enter' || event.key === 'F2') edit(shownActive)
    else return
    event.preventDefault()
  }
  const onDraftKey = (event: KeyboardEvent): void => {
    if (draft === null) return
    if (event.key === 'Enter') {
      save(draft)
      go(draft)
    } else if (event.key === 'Escape') {
      write(null)
      go(draft)
    } else if (event.key === 'Tab') {
      const next = following(draft, event.shiftKey)
      save(draft)
      if (next === null) go(draft)
      else edit(next)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  useKeys({ j: () => go(shownActive && step(shownActive, at.isIn() ? 1 : 0, 0)), k: () => go(shownActive && step(shownActive, -1, 0)) })

  const showsStock = !view.settings.identitiesOnly
  const tracks = `${showsStock ? '136px 112px' : '136px'} ${columns.map((column) => `${widthOf(view, column)}px`).join(' ')} minmax(0, 1fr)`
  const unused = view.header.length - columnsOf(view, false).length
  if (list.isPending) return <div className={classes['gridFrame']}>{Array.from({ length: 6 }, (_, index) => <Skeleton key={index} height={14} m={12} width={`${50 + ((index * 23) % 40)}%`} />)}</div>
  if (rows.length === 0) return <p className="dim">{t`There are no such rows.`}</p>
  return (
    <div>
      <div ref={scroller} className={classes['gridFrame']} role="grid" aria-label={t`Rows of the file`} aria-rowcount={list.hasMore ? -1 : rows.length + 1} aria-colcount={columns.length + (showsStock ? 2 : 1)} aria-readonly={!mayWrite} aria-busy={list.isFetching} onKeyDown={onKeyDown}>
        <div className={classes['gridHead']} role="row" aria-rowindex={1} style={{ gridTemplateColumns: tracks }}>
          <div role="columnheader" className={classes['gridLine']}>{t`Line`}</div>
          {showsStock && <div role="columnheader" data-number>{t`On hand`}</div>}
          {columns.map((column) => <div key={column} role="columnheader"><span>{column}</span><span className="dim">{meaningOf(view, column) || t`not used`}</span></div>)}
        </div>
        <div role="presentation" className={classes['gridBody']} style={{ height: virtualizer.getTotalSize() }}>
          {drawn.map(({ index, key, start }) => {
            const row = rows[index] as Row
            const wrong = new Set(row.problems.map(({ column }) => column))
            return (
              <div key={String(key)} ref={virtualizer.measureElement} data-index={index} role="row" aria-rowindex={index + 2} className={classes['gridRow']} data-verdict={row.verdict} style={{ transform: `translateY(${start}px)`, gridTemplateColumns: tracks }}>
                <div role="rowheader" className={classes['gridLine']}>
                  <span className="dim">{row.line}</span>
                  {list.saving.has(row.rowNo) || row.verdict === null ? <Loader size={14} role="img" aria-label={t`is being looked at`} /> : <Tone tone={verdictTone(row.verdict)}>{verdictName(row.verdict)}</Tone>}
                  {row.edited && <IconPencil size={13} role="img" aria-label={t`corrected`} />}
                </div>
                {showsStock && <div role="gridcell" data-number><Stock row={row} /></div>}
                {columns.map((column) => {
                  const isDraft = draft?.rowNo === row.rowNo && draft.column === column
                  const isActive = shownActive?.rowNo === row.rowNo && shownActive.column === column
                  const text = row.cells[column] ?? ''
                  return (
                    <div key={column} role="gridcell" data-cell={`${row.rowNo} ${column}`} tabIndex={isActive && !isDraft ? 0 : -1} className={classes['gridCell']} data-wrong={wrong.has(column) || undefined} data-editable={mayWrite || undefined} aria-invalid={wrong.has(column) || undefined}
                      aria-describedby={wrong.has(column) ? `why ${row.rowNo}`.replace(' ', '-') : undefined} onClick={() => !isDraft && edit({ rowNo: row.rowNo, column })} onFocus={() => setActive({ rowNo: row.rowNo, column })}>
                      {isDraft ? (
                        <input className="code" autoFocus spellCheck={false} aria-label={t`${column}, line ${row.line}`} value={draft.text} onChange={({ currentTarget }) => write({ ...draft, text: currentTarget.value })} onKeyDown={onDraftKey} onBlur={() => save(draft)} onFocus={({ currentTarget }) => currentTarget.select()} />
                      ) : <span className="code">{text}</span>}
                    </div>
                  )
                })}
                <RowNotes row={row} list={list} id={`why-${row.rowNo}`} onOpen={mayWrite ? onOpen : undefined} />
              </div>
            )
          })}
        </div>
      </div>
      <div className={classes['gridFoot']} role="status">
        {list.hasMore ? t`${rows.length} shown; more as you scroll` : t`${rows.length} in all`}
        {unused > 0 && <Button size="compact-xs" variant="subtle" onClick={() => setAll(!isAll)}>{isAll ? t`Hide the columns that are not used` : t`Show the columns that are not used`}</Button>}
      </div>
    </div>
  )
}

/** The first cell that is wrong among these rows, else the first there is. */
function firstCell(rows: readonly Row[], columns: readonly string[]): Cell | null {
  for (const row of rows) {
    const column = columns.find((one) => row.problems.some((problem) => problem.column === one))
    if (column !== undefined) return { rowNo: row.rowNo, column }
  }
  const [row, column] = [rows[0], columns[0]]
  return row === undefined || column === undefined ? null : { rowNo: row.rowNo, column }
}

function meaningOf({ settings: { mapping } }: ImportView, column: string): string {
  return (Object.keys(mapping) as Field[]).filter((field) => mapping[field] === column).map(fieldName).join(', ')
}

/** In pixels, by what the first rows hold. */
function widthOf({ header, samples }: ImportView, column: string): number {
  const at = header.indexOf(column)
  const longest = Math.max(column.length, ...samples.map((cells) => [...(cells[at] ?? '')].length))
  return Math.min(280, Math.max(96, 30 + longest * 8))
}

/** Puts the focus on a cell that may be drawn only in some frames' time. */
function useFocusWanted(scroller: { readonly current: HTMLElement | null }): { readonly want: (cell: Cell) => void; readonly isIn: () => boolean } {
  const wanted = useRef<Cell | null>(null)
  const want = (cell: Cell): void => {
    wanted.current = cell
    const look = (frames: number): void => {
      if (wanted.current !== cell) return
      const found = [...(scroller.current?.querySelectorAll<HTMLElement>('[data-cell]') ?? [])].find(({ dataset }) => dataset['cell'] === `${cell.rowNo} ${cell.column}`)
      if (found) found.focus()
      if (!found && frames > 0) requestAnimationFrame(() => look(frames - 1))
    }
    requestAnimationFrame(() => look(20))
  }
  return { want, isIn: () => scroller.current?.contains(document.activeElement) === true }
}
