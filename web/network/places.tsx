import { useLingui } from '@lingui/react/macro'
import { IconBuildingWarehouse } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { ItemOf } from '../api.ts'
import type { Filter } from '../lists/filters.ts'
import { List } from '../lists/list.tsx'
import { NewButton, useNew } from '../parts/actions.tsx'
import { Code } from '../parts/code.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { placeKindName } from '../words.ts'
import { NetworkTabs } from './network-tabs.tsx'

const NewPlace = lazy(() => import('./new-place.tsx'))

type Place = ItemOf<'/places'>

/** Our places by code; those outside, where they are asked for. */
export default function Places() {
  const { t } = useLingui()
  const { search: { q, sort, kind, facility, outside, archived } } = useFilters()
  const { isNew, close } = useNew('network.write', 'place')
  const button = <NewButton permission="network.write" name="place" label={t`New place`} />
  const filters: readonly Filter[] = [
    { kind: 'choice', name: 'kind', label: t`Kind`, choices: madeKinds.map((one) => [one, placeKindName(one)]) }, { kind: 'record', name: 'facility', label: t`Facility`, of: 'facility' }, { kind: 'flag', name: 'outside', label: t`Outside` },
    { kind: 'flag', name: 'archived', label: t`Archived` },
  ]
  return (
    <Page title={t`Places`} actions={button} under={<NetworkTabs here="places" />}>
      {isNew && <Suspense><NewPlace onClose={close} /></Suspense>}
      <List page="places" label={t`Places`} columns={useColumns()} rowKey={keyOf} rowName={nameOf} rowTo={({ placeId }) => `/places/${placeId}`} filters={filters} usualSort="code" searchFor={t`Code or name begins with`}
        query={pages('/places', { query: { search: q, sort, kind, facility, outside, archived } })}
        empty={<EmptyState icon={<IconBuildingWarehouse size={28} />} title={t`No places yet`} action={button}>{t`A facility holds places: docks, aisles, tanks, a quarantine. Goods are always in exactly one.`}</EmptyState>} />
    </Page>
  )
}

const madeKinds = ['facility', 'zone', 'storage', 'staging', 'tank', 'quarantine', 'production', 'repair', 'in_transit', 'ship_to'] as const

function keyOf({ placeId }: Place): string {
  return placeId
}

function nameOf({ code }: Place): string {
  return code
}

function useColumns(): readonly Column<Place>[] {
  const { t } = useLingui()
  return [
    { id: 'code', title: t`Place`, phone: 'title', sort: 'code', text: ({ code }) => code, cell: ({ placeId, code }) => <Link to="/places/$placeId" params={{ placeId }}><Code value={code} plain /></Link> },
    { id: 'name', title: t`Name`, width: 'minmax(160px, 1.6fr)', sort: 'name', text: ({ name }) => name, cell: ({ code, name }) => name !== code && name },
    { id: 'kind', title: t`Kind`, phone: 'side', text: ({ kind }) => placeKindName(kind), cell: ({ kind, commingled }) => <>{placeKindName(kind)} {commingled && <Tone tone="info">{t`mixes`}</Tone>}</> },
    { id: 'facility', title: t`Facility`, text: ({ facilityCode }) => facilityCode, cell: ({ code, facilityCode }) => facilityCode !== code && <Code value={facilityCode} plain /> },
  ]
}
