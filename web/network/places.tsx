import { useLingui } from '@lingui/react/macro'
import { Switch } from '@mantine/core'
import { IconBuildingWarehouse } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ItemOf } from '../api.ts'
import { Code } from '../parts/code.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import { DataTable, SearchFilter, type Column } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { placeKindName } from '../words.ts'
import { NetworkTabs } from './network-tabs.tsx'

/** Our places by code; those outside too, where they are asked for. */
export default function Places() {
  const { t } = useLingui()
  const { search: { q, outside }, setSearch } = useFilters()
  return (
    <Page title={t`Places`} under={<NetworkTabs here="places" />}>
      <DataTable label={t`Places`} columns={useColumns()} rowKey={({ placeId }) => placeId} rowTo={({ placeId }) => `/places/${placeId}`} query={pages('/places', { query: { search: q, outside } })}
        filters={<><SearchFilter placeholder={t`Code begins with`} /><Switch label={t`Those outside`} checked={outside === 'true'} onChange={({ currentTarget: { checked } }) => setSearch({ outside: checked ? 'true' : undefined })} /></>}
        empty={<EmptyState icon={<IconBuildingWarehouse size={28} />} title={q === undefined ? t`No places yet` : t`No place begins with ${q}`}>{t`A facility holds places: docks, aisles, tanks, a quarantine. Goods are always in exactly one.`}</EmptyState>} />
    </Page>
  )
}

function useColumns(): readonly Column<ItemOf<'/places'>>[] {
  const { t } = useLingui()
  return [
    { id: 'code', title: t`Place`, phone: 'title', cell: ({ placeId, code }) => <Link to="/places/$placeId" params={{ placeId }}><Code value={code} plain /></Link> },
    { id: 'name', title: t`Name`, width: 'minmax(160px, 1.6fr)', cell: ({ code, name }) => name !== code && name },
    { id: 'kind', title: t`Kind`, phone: 'side', cell: ({ kind, commingled }) => <>{placeKindName(kind)} {commingled && <Tone tone="info">{t`mixes`}</Tone>}</> },
    { id: 'facility', title: t`Facility`, cell: ({ code, facilityCode }) => facilityCode !== code && <Code value={facilityCode} plain /> },
  ]
}
