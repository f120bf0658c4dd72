import { useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ImportView } from '#src/imports/contract.ts'
import { Section } from '../parts/page.tsx'
import { DataTable, type Column } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import classes from './imports.module.css'
import { columnsOf } from './row.ts'
import { Stock } from './row-notes.tsx'
import { useSayFault } from './sentences.ts'
import type { Row } from './use-rows.ts'
import type { Field } from './words.ts'

/** Which rows of a result are looked at, in the address: `?rows=bad`. */
export const resultFilters = { done: { status: 'done' }, open: { status: 'open' }, unchanged: { verdict: 'unchanged' }, bad: { verdict: 'bad' } } as const
export type ResultFilter = keyof typeof resultFilters

export function useResultFilter(): { readonly shown: ResultFilter | undefined; readonly show: (filter: ResultFilter | undefined) => void } {
  const { search: { rows }, setSearch } = useFilters()
  return { shown: (Object.keys(resultFilters) as ResultFilter[]).find((one) => one === rows), show: (filter) => setSearch({ rows: filter, problem: undefined, column: undefined }) }
}

/** What became of each row, with ways to what it is now. */
export function ResultRows({ view }: { readonly view: ImportView }) {
  const { t } = useLingui()
  const { shown, show } = useResultFilter()
  return (
    <Section title={t`Rows`} aside={shown !== undefined && <Button size="xs" variant="default" onClick={() => show(undefined)}>{t`All rows`}</Button>}>
      <DataTable label={t`Rows of the file`} columns={useColumns(view)} rowKey={({ rowNo }) => String(rowNo)} empty={<p className="dim">{t`There are no such rows.`}</p>}
        query={pages('/imports/:importId/rows', { params: { importId: view.importId }, query: shown === undefined ? {} : resultFilters[shown] })} />
    </Section>
  )
}

/** The columns that are shown unless others are chosen; there is room for a few. */
const main: readonly Field[] = ['product', 'lot', 'serial', 'place', 'quantity']

function useColumns(view: ImportView): readonly Column<Row>[] {
  const { t } = useLingui()
  const say = useSayFault()
  const { mapping, identitiesOnly } = view.settings
  const shown = new Set(main.map((field) => mapping[field]))
  const [first = '', ...others] = [...new Set([mapping.product ?? view.header[0] ?? '', ...columnsOf(view, true)])]
  const column = (name: string): Column<Row> => ({ id: `c${view.header.indexOf(name)}`, title: name, width: 'minmax(80px, 1fr)', cell: ({ cells }) => (cells[name] ? <span className="code">{cells[name]}</span> : null) })
  return [
    { ...column(first), phone: 'title' },
    { id: 'state', title: t`State`, width: '120px', phone: 'side', cell: (row) => <State row={row} isUndone={view.status === 'undone'} /> },
    ...others.map((name) => ({ ...column(name), ...(shown.has(name) ? {} : { optional: true, phone: 'hide' } as const) })),
    { id: 'stock', title: t`On hand`, width: '130px', number: true, phone: 'hide', ...(identitiesOnly ? { optional: true } : {}), cell: (row) => <Stock row={row} /> },
    { id: 'what', title: t`What it is now`, width: 'minmax(220px, 2fr)', cell: (row) => (row.problems.length > 0 ? <Why text={row.problems.map((problem) => `${problem.column === null ? '' : `${problem.column}: `}${say.fault(problem).why}`).join(' ')} /> : <Became row={row} />) },
    { id: 'line', title: t`Line`, width: '60px', phone: 'hide', number: true, optional: true, cell: ({ line }) => line },
  ]
}

function Why({ text }: { readonly text: string }) {
  return <span className={classes['wrap']}>{text}</span>
}

function State({ row: { status, verdict }, isUndone }: { readonly row: Row; readonly isUndone: boolean }) {
  const { t } = useLingui()
  if (status === 'failed' || verdict === 'bad') return <Tone tone="stop">{t`Bad`}</Tone>
  if (verdict === 'unchanged') return <Tone tone="quiet">{t`Unchanged`}</Tone>
  if (status === 'done') return isUndone ? <Tone tone="quiet">{t`Undone`}</Tone> : <Tone tone="ok">{t`Imported`}</Tone>
  return <Tone tone="warn">{t`Not imported`}</Tone>
}

function Became({ row: { movementId, lotId, unitId, productId, placeId } }: { readonly row: Row }) {
  const { t } = useLingui()
  const links = [
    movementId === null ? null : <Link key="m" to="/movements/$movementId" params={{ movementId }}>{t`Movement`}</Link>,
    unitId === null ? null : <Link key="u" to="/units/$unitId" params={{ unitId }}>{t`Unit`}</Link>,
    lotId === null ? null : <Link key="l" to="/lots/$lotId" params={{ lotId }}>{t`Lot`}</Link>,
    productId === null ? null : <Link key="p" to="/products/$productId" params={{ productId }}>{t`Product`}</Link>,
    placeId === null ? null : <Link key="b" to="/places/$placeId" params={{ placeId }}>{t`Place`}</Link>,
  ].filter((link) => link !== null)
  return <>{links.flatMap((link, at) => (at === 0 ? [link] : [' · ', link]))}</>
}
