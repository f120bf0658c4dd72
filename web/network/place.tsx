import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useMovementColumns } from '../movements/movement-list.tsx'
import { AsOf, useAsOf } from '../parts/as-of.tsx'
import { Code } from '../parts/code.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Changes } from '../parts/history.tsx'
import { LotLink, PlaceLink, ProductLink } from '../parts/links.tsx'
import { Facts, Page, Section } from '../parts/page.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { DataTable } from '../parts/table.tsx'
import { get, pages } from '../queries.ts'
import { placeKindName } from '../words.ts'

/** One place: what is in it, now or at any instant. */
export default function PlacePage() {
  const { t } = useLingui()
  const { placeId } = useParams({ from: '/shell/places/$placeId' })
  const asOf = useAsOf()
  const movements = useMovementColumns()
  const { data: place, error } = useQuery(get('/places/:placeId', { params: { placeId } }))
  if (place === undefined) return <Page title={t`Place`}><ProblemAlert problem={error} /></Page>
  const above = place.path.filter((one) => one.placeId !== placeId)
  return (
    <Page title={place.name} over={<><Link to="/places">{t`Places`}</Link>{above.map((one) => <span key={one.placeId}> · <PlaceLink placeId={one.placeId} place={one.code} /></span>)}</>} heading={<Code value={place.code} />} actions={<AsOf />}>
      <Facts facts={[
        place.name === place.code ? null : [t`Name`, place.name], [t`Kind`, placeKindName(place.kind)], place.commingled ? [t`Mixes`, t`what is put in; a draw takes a share of every lot`] : null,
        place.partyId === null ? null : [t`Of`, <Link key="p" to="/parties/$partyId" params={{ partyId: place.partyId }}>{t`its party`}</Link>], [t`Time zone`, place.timeZone], place.gln === null ? null : ['GLN', <Code key="g" value={place.gln} />],
      ]} />
      {place.internal && (
        <Section title={t`What is in it`}>
          <DataTable label={t`On hand`} rowKey={(row) => `${row.productId} ${row.lotId} ${row.placeId}`} query={pages('/stock', { query: { by: 'lot,place', placeId, ...asOf } })} empty={<EmptyState title={asOf.at === undefined ? t`It is empty` : t`It was empty then`} />}
            rowTo={(row) => (row.lot === null ? `/products/${row.productId}` : `/lots/${row.lotId}`)}
            columns={[
              { id: 'product', title: t`Product`, width: 'minmax(160px, 1.6fr)', phone: 'title', cell: (row) => <ProductLink productId={row.productId} product={row.product} /> },
              { id: 'lot', title: t`Lot`, cell: (row) => <LotLink lotId={row.lotId ?? ''} lot={row.lot ?? null} /> },
              { id: 'place', title: t`Place`, cell: (row) => <PlaceLink placeId={row.placeId ?? ''} place={row.place ?? ''} /> },
              { id: 'onHand', title: t`On hand`, width: '130px', number: true, cell: (row) => <Quantity value={row.onHand} uom={row.uom} /> },
            ]} />
        </Section>
      )}
      <Section title={t`What happened here`}>
        <DataTable name="history" label={t`Movements`} columns={movements} rowKey={({ movementId }) => movementId} rowTo={({ movementId }) => `/movements/${movementId}`} query={pages('/movements', { query: { placeId, occurredTo: asOf.at, recordedTo: asOf.known } })} empty={<EmptyState title={t`Nothing happened here yet`} />} />
      </Section>
      <Changes subjectId={placeId} />
    </Page>
  )
}
