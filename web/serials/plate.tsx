import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { DoMenu } from '../doing/do-menu.tsx'
import { RecordActions, useEdit } from '../parts/actions.tsx'
import { Code } from '../parts/code.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Changes } from '../parts/history.tsx'
import { LotLink, PlaceLink, ProductLink } from '../parts/links.tsx'
import { Page, Section } from '../parts/page.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { get, pages } from '../queries.ts'
import { DataTable } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'

const ArchiveDialog = lazy(async () => ({ default: (await import('../parts/archive-dialog.tsx')).ArchiveDialog }))

/** One plate and what is on it. */
export default function PlatePage() {
  const { t } = useLingui()
  const { plateId } = useParams({ from: '/shell/plates/$plateId' })
  const { edit, close } = useEdit('movements.pack')
  const { data: plate, error } = useQuery(get('/plates/:plateId', { params: { plateId } }))
  if (plate === undefined) return <Page title={t`Plate`}><ProblemAlert problem={error} /></Page>
  return (
    <Page title={t`Plate ${plate.code}`} over={<Link to="/plates">{t`Plates`}</Link>} heading={<><Code value={plate.code} /> {plate.archivedAt !== null && <Tone tone="quiet">{t`archived`}</Tone>}</>} actions={plate.archivedAt === null && <><DoMenu what={['move', 'ship', 'pack', 'unpack', 'hold']} known={{ plate: plateId }} /><RecordActions permission="movements.pack" actions={[{ name: 'archive', label: t`Archive`, icon: 'none' }]} /></>}>
      <Section title={t`What is on it`}>
        <DataTable label={t`On it`} rowKey={(row) => `${row.productId} ${row.lotId} ${row.placeId}`} query={pages('/stock', { query: { by: 'lot,place', plateId } })} empty={<EmptyState title={t`Nothing is on it`} />} rowTo={(row) => (row.lot === null ? `/products/${row.productId}` : `/lots/${row.lotId}`)}
            columns={[
              { id: 'product', title: t`Product`, width: 'minmax(160px, 1.6fr)', phone: 'title', cell: (row) => <ProductLink productId={row.productId} product={row.product} /> },
              { id: 'lot', title: t`Lot`, cell: (row) => <LotLink lotId={row.lotId ?? ''} lot={row.lot ?? null} /> },
              { id: 'place', title: t`Place`, cell: (row) => <PlaceLink placeId={row.placeId ?? ''} place={row.place ?? ''} /> },
              { id: 'onHand', title: t`On hand`, width: '130px', number: true, cell: (row) => <Quantity value={row.onHand} uom={row.uom} /> },
            ]} />
      </Section>
      <Changes subjectId={plateId} />
      {edit === 'archive' && plate.archivedAt === null && <Suspense><ArchiveDialog command="POST /plates/:plateId/archive" params={{ plateId }} name={plate.code} version={plate.version} onClose={close}>{t`Nothing can be packed on it any more, and its code is free for another. It has to be empty. It is not taken back.`}</ArchiveDialog></Suspense>}
    </Page>
  )
}
