import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconFileSpreadsheet, IconFilterOff, IconListCheck } from '@tabler/icons-react'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import type { ListPage } from '#src/lib/list-pages.ts'
import { EmptyState } from '../parts/empty-state.tsx'
import { DataTable, type DataTableProps } from '../parts/table.tsx'
import { useFilters } from '../search.ts'
import type ExportDialogOf from './export-dialog.tsx'
import { FilterBar } from './filter-bar.tsx'
import { FilterValue } from './filter-value.tsx'
import { isOn, withoutFilters, type Filter } from './filters.ts'
import { SelectionBar, useSelection } from './selection.tsx'
import { ViewsMenu } from './views-menu.tsx'

// lazy forgets that it is generic
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
          <ViewsMenu page={page} />
          <Tooltip label={t`Save all as CSV`}><ActionIcon size={36} aria-label={t`Save all as CSV`} visibleFrom="sm" onClick={() => setExporting(true)}><IconFileSpreadsheet size={18} aria-hidden /></ActionIcon></Tooltip>
          <ActionIcon size={44} variant="default" aria-label={t`Select rows`} aria-pressed={selection.isOn} hiddenFrom="sm" onClick={selection.isOn ? selection.clear : selection.begin}><IconListCheck size={20} aria-hidden /></ActionIcon>
        </>}
        onProblem={({ code }) => search['sort'] !== undefined && (code === 'order_too_wide' || code === 'input_invalid') && <Button variant="default" onClick={() => setSearch({ sort: undefined })}>{t`In the usual order`}</Button>}
        empty={isNarrowed ? <NothingLeft filters={filters} hint={q === undefined ? undefined : searchHint} onWiden={widen} /> : empty} />
      <SelectionBar selection={selection} columns={table.columns} name={page}>{act?.([...selection.selected.values()])}</SelectionBar>
      {isExporting && <Suspense><ExportDialog name={page} columns={table.columns} query={table.query} onClose={() => setExporting(false)} /></Suspense>}
    </>
  )
}

/** What is on, where it leaves nothing, and the way back. */
function NothingLeft({ filters, hint, onWiden }: { readonly filters: readonly Filter[]; readonly hint: string | undefined; readonly onWiden: () => void }) {
  const { t } = useLingui()
  const { search } = useFilters()
  const { q } = search
  return (
    <EmptyState icon={<IconFilterOff size={28} />} title={q === undefined ? t`Nothing is like that` : t`Nothing begins with “${q}”`} action={<Button variant="default" onClick={onWiden}>{t`Show all`}</Button>}>
      {filters.filter((filter) => isOn(filter, search)).map((filter, at) => <span key={filter.name}>{at > 0 && ' · '}{filter.label}{filter.kind !== 'flag' && <>: <b><FilterValue filter={filter} search={search} /></b></>}</span>)}
      {hint !== undefined && <span style={{ display: 'block' }}>{hint}</span>}
    </EmptyState>
  )
}
