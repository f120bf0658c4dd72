import { useLingui } from '@lingui/react/macro'
import { Button, Timeline } from '@mantine/core'
import { IconArrowsExchange, IconBuildingFactory2, IconHandStop, IconPackageImport, IconTestPipe, IconTrash, IconTruck, IconTruckReturn } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReadOutput } from '../api.ts'
import { DoMenu } from '../doing/do-menu.tsx'
import { KindOf } from '../movements/movement-list.tsx'
import { Code } from '../parts/code.tsx'
import { Instant, RelativeTime } from '../parts/dates.tsx'
import { Changes } from '../parts/history.tsx'
import { LotLink, ProductLink, Spot } from '../parts/links.tsx'
import { Facts, Page, Section } from '../parts/page.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { usePropertyFacts } from '../parts/property-facts.ts'
import { Tone } from '../parts/tone.tsx'
import { get, pages } from '../queries.ts'
import { TraceButton } from '../trace/trace-button.tsx'
import { UnitActions } from './unit-actions.tsx'
import classes from './unit.module.css'
import { UnitPlace } from './unit-columns.tsx'

/** One unit: where it is, and its life as a time line. */
export default function UnitPage() {
  const { t } = useLingui()
  const { unitId } = useParams({ from: '/shell/units/$unitId' })
  const { data: unit, error } = useQuery(get('/units/:unitId', { params: { unitId } }))
  const properties = usePropertyFacts('unit', unit?.properties ?? {})
  if (unit === undefined) return <Page title={t`Unit`}><ProblemAlert problem={error} /></Page>
  return (
    <Page title={t`Unit ${unit.serial}`} over={<><Link to="/units">{t`Units`}</Link> · <ProductLink productId={unit.product.productId} product={unit.product.name} /></>} heading={<Code value={unit.serial} />} actions={<><UnitDo unit={unit} /><UnitActions unit={unit} /><TraceButton what={{ unit: unitId }} /></>}>
      <HeldBy unitId={unitId} />
      <Facts facts={[
        [t`Where`, <UnitPlace key="w" unit={unit} />],
        unit.lastOccurredAt === null ? null : [t`Since`, <RelativeTime key="s" instant={unit.lastOccurredAt} />],
        unit.lot.code === null ? null : [t`Lot`, <LotLink key="l" lotId={unit.lot.lotId} lot={unit.lot.code} />],
        unit.kind === 'piece' ? [t`Measure`, unit.measure] : null,
        unit.plateId === null || /^[0-]+$/.test(unit.plateId) ? null : [t`Plate`, <Link key="p" to="/plates/$plateId" params={{ plateId: unit.plateId }}>{t`On a plate`}</Link>],
        unit.allocationId === null ? null : [t`Promised`, t`yes`],
        [t`SKU`, <Code key="k" value={unit.product.sku} />],
        ...properties,
      ]} />
      <Section title={t`Its life`}><Life unitId={unitId} /></Section>
      <Changes subjectId={unitId} />
    </Page>
  )
}

/** What is done with it depends on where it is: what is gone can only come back. */
function UnitDo({ unit: { unitId, serial, product, place } }: { readonly unit: ReadOutput<'/units/:unitId'> }) {
  const isHere = place?.internal === true
  return <DoMenu what={isHere ? ['move', 'ship', 'hold', 'run', 'adjust', 'sample', 'destroy', 'change-owner'] : ['return', 'receive', 'hold']} known={{ product: product.productId, serial, unit: unitId }} />
}

function HeldBy({ unitId }: { readonly unitId: string }) {
  const { t } = useLingui()
  const { data } = useQuery(get('/holds', { query: { active: 'true', subjectId: unitId } }))
  return data?.items.map((hold) => <p key={hold.holdId} className={classes['hold']}><IconHandStop size={18} color="var(--stop)" aria-hidden /><Tone tone="stop">{t`On hold`}</Tone> {hold.reason}</p>)
}

const icons: Readonly<Record<string, typeof IconTruck>> = { receive: IconPackageImport, ship: IconTruck, return: IconTruckReturn, transform: IconBuildingFactory2, sample: IconTestPipe, destroy: IconTrash }

/** The latest on top. */
function Life({ unitId }: { readonly unitId: string }) {
  const { t } = useLingui()
  const list = useInfiniteQuery(pages('/movements', { query: { unitId, limit: 50 } }))
  const movements = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <>
      <ProblemAlert problem={list.error} />
      {list.isSuccess && movements.length === 0 && <p className="dim">{t`Nothing happened to it yet.`}</p>}
      <Timeline bulletSize={26} lineWidth={2} active={0} color="petrol">
        {movements.map((movement) => {
          const BulletIcon = icons[movement.kind] ?? IconArrowsExchange
          const [line] = movement.lines
          return (
            <Timeline.Item key={movement.movementId} bullet={<BulletIcon size={15} aria-hidden />} title={<Link to="/movements/$movementId" params={{ movementId: movement.movementId }} className={classes['title']}><KindOf movement={movement} /></Link>}>
              {line && <div><Spot spot={line.from} /> → <Spot spot={line.to} /></div>}
              <div className="dim"><Instant instant={movement.occurredAt} /> · {movement.actor.name ?? movement.actor.kind}{movement.reason !== null && ` · ${movement.reason}`}{movement.references.map(({ number }) => ` · ${number}`)}</div>
            </Timeline.Item>
          )
        })}
      </Timeline>
      {list.hasNextPage && <div><Button size="xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t`Earlier`}</Button></div>}
    </>
  )
}
