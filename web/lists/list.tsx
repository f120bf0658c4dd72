import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconBookmark, IconChevronDown, IconFileSpreadsheet, IconListCheck } from '@tabler/icons-react'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import type { ListPage } from '#src/lib/list-pages.ts'
import { DataTable, type DataTableProps } from '../parts/table.tsx'
import { useFilters } from '../search.ts'
import type ExportDialogOf from './export-dialog.tsx'
import { FilterBar } from './filter-bar.tsx'
import { isOn, withoutFilters, type Filter } from './filters.ts'
import classes from './lists.module.css'
import type SelectionBarOf from './selection-bar.tsx'
import { useSelection } from './selection.ts'

const NothingLeft = lazy(() => import('./nothing-left.tsx'))
const ViewsMenu = lazy(() => import('./views-menu.tsx'))
// lazy forgets that they are generic
const SelectionBar = lazy(() => import('./selection-bar.tsx')) as unknown as typeof SelectionBarOf
const ExportDialog = lazy(() => import('./export-dialog.tsx')) as unknown as typeof ExportDialogOf

export interface ListProps<Row> extends Pick<DataTableProps<Row>, 'query' | 'columns' | 'rowKey' | 'rowTo' | 'label' | 'empty'> {
  readonly page: ListPage
  readonly filters: readonly Filter[]
  /** What its search looks for: the placeholder of the field. Without it there is none. */
  readonly searchFor?: string
  /** Said where a search finds nothing: how it looks. */
  readonly searchHint?: string
  /** The order it has where the address names none. */
  readonly usualSort: string
  /** What a row goes by: a code, a serial, a name. */
  readonly rowName: (row: Row) => string
  /** What its rows are, where that changes: lots, places. */
  readonly kind?: string
  /** Before the filters. */
  readonly before?: ReactNode
  /** What can be done with the rows that are selected, besides copying and saving them. */
  readonly act?: (rows: readonly Row[]) => ReactNode
}

/** One of the main lists: search, filters, order, columns and views in the address; rows can be selected. */
export function List<Row>({ page, filters, searchFor, searchHint, usualSort, rowName, kind, before, act, empty, ...table }: ListProps<Row>) {
  const { t } = useLingui()
  const { search, setSearch } = useFilters()
  const selection = useSelection(table.rowKey, rowName)
  const [isExporting, setExporting] = useState(false)
  const { q } = search
  const isNarrowed = q !== undefined || filters.some((filter) => isOn(filter, search))
  const widen = (): void => setSearch({ ...withoutFilters(filters), q: undefined })
  return (
    <>
      <DataTable key={kind} {...table} selection={selection} usualSort={q !== undefined && searchFor !== undefined ? null : usualSort}
        filters={<>{before}<FilterBar filters={filters} searchFor={searchFor} sorts={table.columns} /></>}
        tools={<>
          <Suspense fallback={<Button variant="default" className={classes['view'] ?? ''} leftSection={<IconBookmark size={16} aria-hidden />} rightSection={<IconChevronDown size={14} aria-hidden />}>{t`Views`}</Button>}><ViewsMenu page={page} /></Suspense>
          <Tooltip label={t`Save all as CSV`}><ActionIcon size={36} aria-label={t`Save all as CSV`} visibleFrom="sm" onClick={() => setExporting(true)}><IconFileSpreadsheet size={18} aria-hidden /></ActionIcon></Tooltip>
          <ActionIcon size={44} variant="default" aria-label={t`Select rows`} aria-pressed={selection.isOn} hiddenFrom="sm" onClick={selection.isOn ? selection.clear : selection.begin}><IconListCheck size={20} aria-hidden /></ActionIcon>
        </>}
        onProblem={({ code }) => search['sort'] !== undefined && (code === 'order_too_wide' || code === 'input_invalid') && <Button variant="default" onClick={() => setSearch({ sort: undefined })}>{t`In the usual order`}</Button>}
        empty={isNarrowed ? <Suspense><NothingLeft filters={filters} hint={q === undefined ? undefined : searchHint} onWiden={widen} /></Suspense> : empty} />
      {selection.isOn && <Suspense><SelectionBar selection={selection} columns={table.columns} name={page}>{act?.([...selection.selected.values()])}</SelectionBar></Suspense>}
      {isExporting && <Suspense><ExportDialog name={page} columns={table.columns} query={table.query} onClose={() => setExporting(false)} /></Suspense>}
    </>
  )
}
