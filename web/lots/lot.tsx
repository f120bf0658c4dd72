import { useLingui } from '@lingui/react/macro'
import { Alert, Tabs } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ReadOutput } from '../api.ts'
import { DoMenu } from '../doing/do-menu.tsx'
import { useMovementColumns } from '../movements/movement-list.tsx'
import { AsOf, useAsOf } from '../parts/as-of.tsx'
import { Code } from '../parts/code.tsx'
import { DateWithDistance, RelativeTime } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Changes } from '../parts/history.tsx'
import { ProductLink } from '../parts/links.tsx'
import { Facts, Page, Section } from '../parts/page.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { usePropertyFacts } from '../parts/property-facts.ts'
import { DataTable } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { get, pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useUnitColumns } from '../serials/unit-columns.tsx'
import { TraceButton } from '../trace/trace-button.tsx'
import { holdSubjectName } from '../words.ts'
import { LotActions, LotDialogs } from './lot-dialogs.tsx'
import classes from './lot.module.css'
import { WhereBar } from './where-bar.tsx'

type Lot = ReadOutput<'/lots/:lotId'>

/** Everything about one lot; first of all where all of it is. */
export default function LotPage() {
  const { t } = useLingui()
  const { lotId } = useParams({ from: '/shell/lots/$lotId' })
  const { data: lot, error } = useQuery(get('/lots/:lotId', { params: { lotId } }))
  if (lot === undefined) return <Page title={t`Lot`}><ProblemAlert problem={error} /></Page>
  const title = lot.code === null ? t`${lot.product.name}, no lot` : t`Lot ${lot.code}`
  return (
    <Page title={title} over={<><Link to="/lots">{t`Lots`}</Link> · <ProductLink productId={lot.product.productId} product={lot.product.name} /></>} heading={lot.code === null ? title : <Code value={lot.code} />} actions={<><LotDo lot={lot} /><LotActions lot={lot} />{lot.code !== null && <TraceButton what={{ lot: lotId }} />}<AsOf /></>}>
      {lot.mergedInto !== null && <Alert variant="outline" color="var(--warn)">{t`This lot was found to be another one.`} <Link to="/lots/$lotId" params={{ lotId: lot.mergedInto }}>{t`Open that one`}</Link></Alert>}
      <Holds lot={lot} />
      <LotFacts lot={lot} />
      <Section title={t`Where all of it is`}><Where lotId={lotId} /></Section>
      <LotTabs lotId={lotId} />
      <Changes subjectId={lotId} />
      <LotDialogs lot={lot} />
    </Page>
  )
}

/** What is done with goods of it; of a lot that was merged the other one is used. */
function LotDo({ lot: { lotId, product, mergedInto } }: { readonly lot: Lot }) {
  return mergedInto === null && <DoMenu what={['move', 'ship', 'hold', 'run', 'adjust', 'return', 'sample', 'destroy', 'change-owner']} known={{ lot: lotId, product: product.productId }} />
}

function Where({ lotId }: { readonly lotId: string }) {
  const { t } = useLingui()
  const asOf = useAsOf()
  const { data, error } = useQuery({ ...get('/lots/:lotId/whereabouts', { params: { lotId }, query: { ...asOf } }), placeholderData: (before) => before })
  if (data === undefined) return <ProblemAlert problem={error} />
  return (
    <>
      {error !== null && <ProblemAlert problem={error} />}
      {data.provisional && asOf.at !== undefined && <Tone tone="warn">{t`Something is being posted now; asked again, this may differ`}</Tone>}
      <WhereBar whereabouts={data} />
    </>
  )
}

/** What stops its use now: holds on the lot itself or on its family. */
function Holds({ lot: { lotId, family } }: { readonly lot: Lot }) {
  const { t } = useLingui()
  const own = useQuery(get('/holds', { query: { active: 'true', subjectId: lotId } }))
  const ofFamily = useQuery({ ...get('/holds', { query: { active: 'true', subjectId: family?.familyId } }), enabled: family !== null })
  const holds = [...(own.data?.items ?? []), ...(family === null ? [] : (ofFamily.data?.items ?? []))]
  if (holds.length === 0) return null
  return (
    <div className={classes['holds']}>
      {holds.map((hold) => (
        <div key={hold.holdId} className={classes['hold']} role="note">
          <IconHandStop size={18} color="var(--stop)" aria-hidden />
          <Tone tone="stop">{t`On hold`}</Tone>
          <span>{hold.reason}</span>
          <Link to="/holds/$holdId" params={{ holdId: hold.holdId }}>{t`Look at it, release it`}</Link>
          <span className="dim">{hold.subject !== 'lot' && `${holdSubjectName(hold.subject)} ${hold.which ?? ''} · `}<RelativeTime instant={hold.placedAt} /></span>
        </div>
      ))}
    </div>
  )
}

function LotFacts({ lot }: { readonly lot: Lot }) {
  const { t } = useLingui()
  const date = (name: string, day: string | null, alarm = false): readonly [string, ReactNode] | null => (day === null ? null : [name, <DateWithDistance key={name} date={day} alarm={alarm} />])
  const properties = usePropertyFacts('lot', lot.properties)
  const others = lot.codes.filter(({ code, kind }) => code !== lot.code || kind === 'old')
  return (
    <Facts facts={[
      date(t`Made`, lot.madeOn), date(t`Best by`, lot.bestBy, true), date(t`Sell by`, lot.sellBy, true), date(t`Use by`, lot.useBy, true), date(t`Expires`, lot.expiresOn, true),
      lot.issuer === null ? null : [t`Issued by`, <Link key="i" to="/parties/$partyId" params={{ partyId: lot.issuer.partyId }}>{lot.issuer.name}</Link>],
      lot.family === null ? null : [t`Family`, <Link key="f" to="/lots" search={{ family: lot.family.familyId }}><Code value={lot.family.code} plain /></Link>],
      [t`SKU`, <Code key="s" value={lot.product.sku} />],
      others.length === 0 ? null : [t`Other codes`, <span key="o" className={classes['codes']}>{others.map(({ code, issuer }) => <span key={`${code} ${issuer.partyId}`}><Code value={code} /> <span className="dim">{issuer.name}</span></span>)}</span>],
      ...properties,
      lot.archivedAt === null ? null : [t`Archived`, <RelativeTime key="a" instant={lot.archivedAt} />],
    ]} />
  )
}

function LotTabs({ lotId }: { readonly lotId: string }) {
  const { t } = useLingui()
  const { search: { tab = 'history' }, setSearch } = useFilters()
  const { at, known } = useAsOf()
  const movements = useMovementColumns()
  const units = useUnitColumns()
  return (
    <Tabs value={tab} onChange={(value) => setSearch({ tab: value === 'history' ? undefined : (value ?? undefined), cols: undefined })} keepMounted={false}>
      <Tabs.List mb="md"><Tabs.Tab value="history">{t`History`}</Tabs.Tab><Tabs.Tab value="units">{t`Units`}</Tabs.Tab></Tabs.List>
      <Tabs.Panel value="history">
        <DataTable label={t`History`} columns={movements} rowKey={({ movementId }) => movementId} rowTo={({ movementId }) => `/movements/${movementId}`} query={pages('/movements', { query: { lotId, occurredTo: at, recordedTo: known } })} empty={<EmptyState title={t`Nothing happened to it yet`} />} />
      </Tabs.Panel>
      <Tabs.Panel value="units">
        <DataTable label={t`Units`} columns={units} rowKey={({ unitId }) => unitId} rowTo={({ unitId }) => `/units/${unitId}`} query={pages('/units', { query: { lot: lotId } })} empty={<EmptyState title={t`It has no units`}>{t`Only products tracked by serial have them.`}</EmptyState>} />
      </Tabs.Panel>
    </Tabs>
  )
}
