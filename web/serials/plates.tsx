import { useLingui } from '@lingui/react/macro'
import { IconPackages } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Code } from '../parts/code.tsx'
import { RelativeTime } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import { DataTable, SearchFilter } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { StockTabs } from '../stock/stock-tabs.tsx'

/** Pallets, cases and crates that move as one. */
export default function Plates() {
  const { t } = useLingui()
  const { search: { q } } = useFilters()
  return (
    <Page title={t`Plates`} under={<StockTabs here="plates" />}>
      <DataTable label={t`Plates`} rowKey={({ plateId }) => plateId} rowTo={({ plateId }) => `/plates/${plateId}`} query={pages('/plates', { query: { search: q } })} filters={<SearchFilter placeholder={t`Code or SSCC begins with`} />}
        columns={[
          { id: 'code', title: t`Plate`, phone: 'title', cell: ({ plateId, code, sscc }) => <><Link to="/plates/$plateId" params={{ plateId }}><Code value={code} plain /></Link> {sscc && <Tone tone="quiet">SSCC</Tone>}</> },
          { id: 'made', title: t`Made`, cell: ({ createdAt }) => <RelativeTime instant={createdAt} /> },
        ]}
        empty={<EmptyState icon={<IconPackages size={28} />} title={q === undefined ? t`No plates yet` : t`No plate begins with ${q}`}>{t`A plate is a pallet, case or crate with a number of its own; what is packed on it moves with it.`}</EmptyState>} />
    </Page>
  )
}
