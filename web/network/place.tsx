import { useLingui } from '@lingui/react/macro'
import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { ReadOutput } from '../api.ts'
import { DoMenu } from '../doing/do-menu.tsx'
import { useMovementColumns } from '../movements/movement-list.tsx'
import { NewButton, useNew } from '../parts/actions.tsx'
import { AsOf, useAsOf } from '../parts/as-of.tsx'
import { Code } from '../parts/code.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Changes } from '../parts/history.tsx'
import { LotLink, PlaceLink, ProductLink } from '../parts/links.tsx'
import { Facts, Page, Section } from '../parts/page.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { usePropertyFacts } from '../parts/property-facts.ts'
import { Quantity } from '../parts/quantity.tsx'
import { DataTable } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { get, pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { placeKindName } from '../words.ts'
import { PlaceActions, PlaceDialogs } from './place-dialogs.tsx'

const NewPlace = lazy(() => import('./new-place.tsx'))

type Place = ReadOutput<'/places/:placeId'>

/** One place: what is in it, now or at any instant. */
export default function PlacePage() {
  const { t } = useLingui()
  const { placeId } = useParams({ from: '/shell/places/$placeId' })
  const { isNew, close } = useNew('network.write', 'place')
  const { data: place, error } = useQuery(get('/places/:placeId', { params: { placeId } }))
  const properties = usePropertyFacts('place', place?.properties ?? {})
  const party = useQuery({ ...get('/parties/:partyId', { params: { partyId: place?.partyId ?? '' } }), enabled: typeof place?.partyId === 'string' }).data
  if (place === undefined) return <Page title={t`Place`}><ProblemAlert problem={error} /></Page>
  const above = place.path.filter((one) => one.placeId !== placeId)
  return (
    <Page title={place.name} over={<><Link to="/places">{t`Places`}</Link>{above.map((one) => <span key={one.placeId}> · <PlaceLink placeId={one.placeId} place={one.code} /></span>)}</>} heading={<><Code value={place.code} /> {place.archivedAt !== null && <Tone tone="quiet">{t`archived`}</Tone>}</>} actions={<>{place.internal && place.archivedAt === null && <DoMenu what={['receive', 'move', 'adjust', 'hold']} known={{ place: placeId }} />}<PlaceActions place={place} /><AsOf /></>}>
      <Facts facts={[
        place.name === place.code ? null : [t`Name`, place.name], [t`Kind`, placeKindName(place.kind)], place.commingled ? [t`Mixes`, t`what is put in; a draw takes a share of every lot`] : null,
        place.partyId === null ? null : [t`Of`, <Link key="p" to="/parties/$partyId" params={{ partyId: place.partyId }}>{party?.name ?? '…'}</Link>], [t`Time zone`, place.timeZone], place.gln === null ? null : ['GLN', <Code key="g" value={place.gln} />],
        ...properties,
      ]} />
      {place.internal ? <PlaceTabs place={place} /> : <Section title={t`What happened here`}><Happened placeId={placeId} /></Section>}
      <Changes subjectId={placeId} />
      <PlaceDialogs place={place} />
      {isNew && <Suspense><NewPlace parentId={placeId} onClose={close} /></Suspense>}
    </Page>
  )
}

function PlaceTabs({ place: { placeId, archivedAt } }: { readonly place: Place }) {
  const { t } = useLingui()
  const { search: { tab = 'stock' }, setSearch } = useFilters()
  return (
    <Tabs value={tab} onChange={(value) => setSearch({ tab: value === 'stock' ? undefined : (value ?? undefined), cols: undefined })} keepMounted={false}>
      <Tabs.List mb="md"><Tabs.Tab value="stock">{t`What is in it`}</Tabs.Tab><Tabs.Tab value="places">{t`Places inside`}</Tabs.Tab><Tabs.Tab value="history">{t`History`}</Tabs.Tab></Tabs.List>
      <Tabs.Panel value="stock"><OnHand placeId={placeId} /></Tabs.Panel>
      <Tabs.Panel value="places"><Inside placeId={placeId} mayGrow={archivedAt === null} /></Tabs.Panel>
      <Tabs.Panel value="history"><Happened placeId={placeId} /></Tabs.Panel>
    </Tabs>
  )
}

function OnHand({ placeId }: { readonly placeId: string }) {
  const { t } = useLingui()
  const asOf = useAsOf()
  return (
    <DataTable label={t`On hand`} rowKey={(row) => `${row.productId} ${row.lotId} ${row.placeId}`} query={pages('/stock', { query: { by: 'lot,place', placeId, ...asOf } })} empty={<EmptyState title={asOf.at === undefined ? t`It is empty` : t`It was empty then`} />}
      rowTo={(row) => (row.lot === null ? `/products/${row.productId}` : `/lots/${row.lotId}`)}
      columns={[
        { id: 'product', title: t`Product`, width: 'minmax(160px, 1.6fr)', phone: 'title', cell: (row) => <ProductLink productId={row.productId} product={row.product} /> },
        { id: 'lot', title: t`Lot`, cell: (row) => <LotLink lotId={row.lotId ?? ''} lot={row.lot ?? null} /> },
        { id: 'place', title: t`Place`, cell: (row) => <PlaceLink placeId={row.placeId ?? ''} place={row.place ?? ''} /> },
        { id: 'onHand', title: t`On hand`, width: '130px', number: true, cell: (row) => <Quantity value={row.onHand} uom={row.uom} /> },
      ]} />
  )
}

/** The places that stand in it. */
function Inside({ placeId, mayGrow }: { readonly placeId: string; readonly mayGrow: boolean }) {
  const { t } = useLingui()
  const button = mayGrow && <NewButton permission="network.write" name="place" label={t`New place here`} variant="default" />
  return (
    <DataTable label={t`Places inside`} filters={button} rowKey={(place) => place.placeId} rowTo={(place) => `/places/${place.placeId}`} query={pages('/places', { query: { parent: placeId } })} empty={<EmptyState title={t`No places inside`}>{t`An aisle, a shelf, a bin: goods can then be found to the place.`}</EmptyState>}
      columns={[
        { id: 'code', title: t`Place`, phone: 'title', cell: (place) => <PlaceLink placeId={place.placeId} place={place.code} /> }, { id: 'name', title: t`Name`, width: 'minmax(160px, 1.6fr)', cell: ({ code, name }) => name !== code && name },
        { id: 'kind', title: t`Kind`, phone: 'side', cell: ({ kind }) => placeKindName(kind) },
      ]} />
  )
}

function Happened({ placeId }: { readonly placeId: string }) {
  const { t } = useLingui()
  const { at, known } = useAsOf()
  return <DataTable name="history" label={t`Movements`} columns={useMovementColumns()} rowKey={({ movementId }) => movementId} rowTo={({ movementId }) => `/movements/${movementId}`} query={pages('/movements', { query: { placeId, occurredTo: at, recordedTo: known } })} empty={<EmptyState title={t`Nothing happened here yet`} />} />
}
