import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { Pill } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ItemOf } from '../api.ts'
import { ButtonLink } from '../parts/button-link.tsx'
import { RelativeTime } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { sayQuantity } from '../parts/format.ts'
import { Page } from '../parts/page.tsx'
import { Permitted } from '../parts/permitted.tsx'
import { DataTable, type Column } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useMay } from '../session/me.ts'
import { StockTabs } from '../stock/stock-tabs.tsx'
import { Exports } from './exports.tsx'
import { usePhone } from './use-phone.ts'
import { joined, statusName, statusTone } from './words.ts'

type Import = ItemOf<'/imports'>

/** The files that came, the youngest first, and what became of each; and what goes out as files. */
export default function Imports() {
  const { t } = useLingui()
  return <Permitted permission="imports.read" title={t`Imports`}><List /></Permitted>
}

function List() {
  const { t } = useLingui()
  const may = useMay()
  const { search: { source }, setSearch } = useFilters()
  const add = may('imports.write') ? <ButtonLink to="/imports/new" leftSection={<IconFileImport size={16} aria-hidden />}>{t`Import a file`}</ButtonLink> : null
  return (
    <Page title={t`Imports`} actions={<><Exports />{add}</>} under={<StockTabs here="imports" />}>
      <DataTable label={t`Imports`} columns={useColumns()} rowKey={({ importId }) => importId} rowTo={({ importId }) => `/imports/${importId}`} query={pages('/imports', { query: { source } })}
        {...(source === undefined ? {} : { filters: <Pill size="lg" withRemoveButton onRemove={() => setSearch({ source: undefined })} removeButtonProps={{ 'aria-label': t`Not only ${source}`, tabIndex: 0, 'aria-hidden': false }}>{source}</Pill> })}
        empty={source === undefined ? (
          <EmptyState icon={<IconFileImport size={28} />} title={t`No file was imported yet`} {...(may('imports.write') ? { action: <ButtonLink to="/imports/new" size="md">{t`Import a file`}</ButtonLink> } : {})}>{t`Opening stock, products, lots and serials come in from a file of another system or a spreadsheet. You see what will happen before it does, and can take all of it back.`}</EmptyState>
        ) : (
          <EmptyState icon={<IconFileImport size={28} />} title={t`No file came from ${source} yet`} />
        )} />
    </Page>
  )
}

function useColumns(): readonly Column<Import>[] {
  const { t } = useLingui()
  const isPhone = usePhone()
  const number = (count: number) => (count === 0 ? null : sayQuantity(String(count)))
  return [
    { id: 'file', title: t`File`, width: 'minmax(140px, 1.6fr)', phone: 'title', cell: ({ importId, fileName, source }) => <Link to="/imports/$importId" params={{ importId }}>{fileName ?? source}</Link> },
    { id: 'state', title: t`State`, width: '128px', phone: 'side', cell: ({ status }) => <Tone tone={statusTone(status)}>{statusName(status)}</Tone> },
    { id: 'source', title: t`Source`, width: 'minmax(80px, 0.8fr)', cell: ({ source }) => <Link to="/imports" search={{ source }}>{source}</Link> },
    { id: 'when', title: t`When`, width: 'minmax(112px, 0.7fr)', cell: ({ createdAt }) => <RelativeTime instant={createdAt} /> },
    { id: 'who', title: t`Who`, width: 'minmax(80px, 0.7fr)', cell: ({ actor }) => actor.name ?? actor.kind },
    ...(isPhone ? [{ id: 'sum', title: t`Rows`, cell: ({ rows, counts }: Import) => joined([t`${plural(rows, { one: '# row', other: '# rows' })}`, ...(counts.bad > 0 ? [t`${counts.bad} bad`] : []), ...(counts.done > 0 ? [t`${counts.done} imported`] : [])]) }] : []),
    { id: 'rows', title: t`Rows`, width: '64px', number: true, phone: 'hide', cell: ({ rows }) => sayQuantity(String(rows)) },
    { id: 'new', title: t`New`, width: '70px', number: true, phone: 'hide', optional: true, cell: ({ counts }) => number(counts.new) },
    { id: 'changed', title: t`Changed`, width: '80px', number: true, phone: 'hide', optional: true, cell: ({ counts }) => number(counts.changed) },
    { id: 'bad', title: t`Bad`, width: '56px', number: true, phone: 'hide', cell: ({ counts }) => number(counts.bad) },
    { id: 'done', title: t`Imported`, width: '76px', number: true, phone: 'hide', cell: ({ counts }) => number(counts.done) },
  ]
}
