import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Alert } from '@mantine/core'
import { DoMenu } from '../doing/do-menu.tsx'
import { useMovementColumns } from '../movements/movement-list.tsx'
import { Code } from '../parts/code.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Changes } from '../parts/history.tsx'
import { PlaceLink } from '../parts/links.tsx'
import { Facts, Page, Section } from '../parts/page.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { usePropertyFacts } from '../parts/property-facts.ts'
import { DataTable } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { get, pages } from '../queries.ts'
import { partyRoleName } from '../words.ts'
import { PartyActions, PartyDialogs } from './party-dialogs.tsx'

const Licences = lazy(() => import('./licences.tsx'))

/** One party: who it is, and what came from it and went to it. */
export default function PartyPage() {
  const { t } = useLingui()
  const { partyId } = useParams({ from: '/shell/parties/$partyId' })
  const columns = useMovementColumns()
  const { data: party, error } = useQuery(get('/parties/:partyId', { params: { partyId } }))
  const properties = usePropertyFacts('party', party?.properties ?? {})
  if (party === undefined) return <Page title={t`Party`}><ProblemAlert problem={error} /></Page>
  const address = ['street', 'postalCode', 'city', 'region', 'country'].map((name) => party.address?.[name]).filter((part) => part !== undefined)
  return (
    <Page title={party.name} over={<Link to="/parties">{t`Parties`}</Link>} heading={<>{party.name} {party.archivedAt !== null && <Tone tone="quiet">{t`archived`}</Tone>}</>} actions={<>{party.archivedAt === null && <DoMenu what={[...(party.roles.includes('supplier') ? ['receive'] : []), ...(party.roles.includes('customer') ? ['ship', 'return'] : [])]} known={{ party: partyId }} />}<PartyActions party={party} /></>}>
      {party.mergedInto !== null && <Alert variant="outline" color="var(--warn)">{t`This party was found to be another one.`} <Link to="/parties/$partyId" params={{ partyId: party.mergedInto }}>{t`Open that one`}</Link></Alert>}
      <Facts facts={[
        [t`Role`, party.roles.map(partyRoleName).join(', ')], party.code === null ? null : [t`Code`, <Code key="c" value={party.code} />], party.gln === null ? null : ['GLN', <Code key="g" value={party.gln} />],
        party.email === null ? null : [t`E-mail`, <a key="e" href={`mailto:${party.email}`}>{party.email}</a>], party.phone === null ? null : [t`Phone`, party.phone], address.length === 0 ? null : [t`Address`, address.join(', ')],
        party.shipToPlaces.length < 2 ? null : [t`Ship-to places`, party.shipToPlaces.map(({ placeId, code }) => <span key={placeId}><PlaceLink placeId={placeId} place={code} /> </span>)],
        ...properties,
      ]} />
      <Suspense><Licences party={party} /></Suspense>
      <Section title={t`What came and went`}>
        <DataTable label={t`Movements`} columns={columns} rowKey={({ movementId }) => movementId} rowTo={({ movementId }) => `/movements/${movementId}`} query={pages('/movements', { query: { partyId } })} empty={<EmptyState title={t`Nothing came or went yet`} />} />
      </Section>
      <Changes subjectId={partyId} />
      <PartyDialogs party={party} />
    </Page>
  )
}
