import { useLingui } from '@lingui/react/macro'
import { IconPackages } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { ItemOf } from '../api.ts'
import { DoLink } from '../lists/do-link.tsx'
import { List } from '../lists/list.tsx'
import { NewButton, useNew } from '../parts/actions.tsx'
import { Code } from '../parts/code.tsx'
import { RelativeTime } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import { Tone } from '../parts/tone.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { StockTabs } from '../stock/stock-tabs.tsx'

const NewPlate = lazy(() => import('./new-plate.tsx'))

type Plate = ItemOf<'/plates'>

/** Pallets, cases and crates that move as one. */
export default function Plates() {
  const { t } = useLingui()
  const { search: { q, sort, archived } } = useFilters()
  const { isNew, close } = useNew('movements.pack', 'plate')
  return (
    <Page title={t`Plates`} actions={<NewButton permission="movements.pack" name="plate" label={t`New plate`} variant="default" />} under={<StockTabs here="plates" />}>
      {isNew && <Suspense><NewPlate onClose={close} /></Suspense>}
      <List page="plates" label={t`Plates`} rowKey={keyOf} rowName={nameOf} rowTo={({ plateId }) => `/plates/${plateId}`} usualSort="code" searchFor={t`Code or SSCC begins with`} filters={[{ kind: 'flag', name: 'archived', label: t`Archived` }]}
        query={pages('/plates', { query: { search: q, sort, archived } })}
        columns={[
          { id: 'code', title: t`Plate`, phone: 'title', sort: 'code', text: ({ code }) => code, cell: ({ plateId, code, sscc, archivedAt }) => <><Link to="/plates/$plateId" params={{ plateId }}><Code value={code} plain /></Link> {sscc && <Tone tone="quiet">SSCC</Tone>} {archivedAt !== null && <Tone tone="quiet">{t`archived`}</Tone>}</> },
          { id: 'made', title: t`Made`, sort: 'created', text: ({ createdAt }) => createdAt, cell: ({ createdAt }) => <RelativeTime instant={createdAt} /> },
        ]}
        empty={<EmptyState icon={<IconPackages size={28} />} title={t`No plates yet`} action={<DoLink id="pack" />}>{t`A plate is a pallet, case or crate with a number of its own; what is packed on it moves with it.`}</EmptyState>} />
    </Page>
  )
}

function keyOf({ plateId }: Plate): string {
  return plateId
}

function nameOf({ code }: Plate): string {
  return code
}
