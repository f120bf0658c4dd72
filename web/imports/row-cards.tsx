import { useLingui } from '@lingui/react/macro'
import { Button, Skeleton } from '@mantine/core'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Tone } from '../parts/tone.tsx'
import classes from './imports.module.css'
import { cellOf } from './row.ts'
import type { RowListProps } from './row-grid.tsx'
import { RowNotes, Stock } from './row-notes.tsx'
import type { Row } from './use-rows.ts'
import { fieldName, verdictName, verdictTone, type Field } from './words.ts'

/** What tells one row from another on a small screen. */
const shown: readonly Field[] = ['lot', 'serial', 'quantity', 'facility', 'place']

/** The rows as cards, for a phone: what they are about, what is wrong, and a button that opens the row. */
export function RowCards({ view, rows: list, mayWrite, onOpen }: RowListProps) {
  const { t } = useLingui()
  const { rows } = list
  const body = useRef<HTMLUListElement>(null)
  const [margin, setMargin] = useState(0)
  useLayoutEffect(() => setMargin(body.current === null ? 0 : body.current.getBoundingClientRect().top + scrollY), [rows.length, list.isPending, view.status])
  const virtualizer = useWindowVirtualizer({ count: rows.length, estimateSize: () => 110, overscan: 6, gap: 8, scrollMargin: margin, getItemKey: (index) => rows[index]?.rowNo ?? index })
  const drawn = virtualizer.getVirtualItems()
  const last = drawn.at(-1)?.index ?? -1
  const sight = drawn.flatMap(({ index }) => rows[index]?.rowNo ?? []).join()
  useEffect(() => list.inSight(sight === '' ? [] : sight.split(',').map(Number)), [sight])
  useEffect(() => {
    if (last >= rows.length - 20) list.more()
  }, [last, rows.length])
  if (list.isPending) return <Skeleton height={110} />
  if (rows.length === 0) return <p className="dim">{t`There are no such rows.`}</p>
  return (
    <>
      <ul ref={body} className={classes['cards']} style={{ height: virtualizer.getTotalSize() }} aria-label={t`Rows of the file`}>
        {drawn.map(({ index, key, start }) => {
          const row = rows[index] as Row
          return (
            <li key={String(key)} ref={virtualizer.measureElement} data-index={index} className={classes['cardRow']} style={{ transform: `translateY(${start - margin}px)` }}>
              <div className={classes['cardTop']}><b className="code">{cellOf(view, row, 'product') || t`no product`}</b>{row.verdict !== null && <Tone tone={verdictTone(row.verdict)}>{verdictName(row.verdict)}</Tone>}</div>
              <div className={classes['cardFacts']}>
                <span className="dim">{t`line ${row.line}`}</span>
                {shown.map((field) => [field, cellOf(view, row, field)] as const).filter(([, text]) => text !== '').map(([field, text]) => <span key={field}><span className="dim">{fieldName(field)}</span> <span className="code">{text}</span></span>)}
                <Stock row={row} />
              </div>
              <RowNotes row={row} list={list} id={`why-${row.rowNo}`} onOpen={undefined} asCell={false} />
              {mayWrite && <Button variant="default" size="xs" className={classes['cardButton'] ?? ''} onClick={() => onOpen(row)} aria-label={t`Correct line ${row.line}`}>{t`Correct`}</Button>}
            </li>
          )
        })}
      </ul>
      <p className={classes['gridFoot']} role="status">{list.hasMore ? t`${rows.length} shown; more as you scroll` : t`${rows.length} in all`}</p>
    </>
  )
}
