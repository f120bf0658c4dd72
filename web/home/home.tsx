import { Plural, useLingui } from '@lingui/react/macro'
import { Anchor, Group, Kbd, Skeleton } from '@mantine/core'
import { IconAlertTriangle, IconBuildingWarehouse, IconCalendarDue, IconCircleCheck, IconFileImport, IconHandStop, IconScan, IconSnowflake, type Icon } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ReadOutput } from '../api.ts'
import { KindOf, WhatMoved } from '../movements/movement-list.tsx'
import { ButtonLink } from '../parts/button-link.tsx'
import { Code } from '../parts/code.tsx'
import { DateWithDistance, RelativeTime } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page, Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { ProblemAlert } from '../parts/problem.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { get } from '../queries.ts'
import { useMay, useMe } from '../session/me.ts'
import { dateKindName, exceptionName, holdSubjectName } from '../words.ts'
import { Days } from './days.tsx'
import classes from './home.module.css'

type HomeData = ReadOutput<'/home'>

/** The start: what needs me, and what happened. */
export default function Home() {
  const { t } = useLingui()
  const { actor } = useMe()
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const { data, error, refetch } = useQuery({ ...get('/home', { query: { timeZone } }), refetchInterval: 30_000 })
  const [name] = actor.name.split(' ')
  return (
    <Page title={t`Home`} heading={t`Good to see you, ${name ?? actor.name}`} under={<ScanHint />}>
      {data === undefined ? <ProblemAlert problem={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && error === null && <Skeleton height={260} radius="md" />}
      {data !== undefined && (isNew(data) ? <Beginning /> : (
        <div className={classes['columns']}>
          <Section title={t`What needs you`} aside={<WorkLinks />}><NeedsMe home={data} /></Section>
          <div className={classes['column']}>
            {data.days.length > 0 && <Section title={t`The last ${data.days.length} days`}><Days days={data.days} /></Section>}
            <Section title={t`What happened`} aside={<Anchor component={Link} to="/movements" size="sm">{t`Everything`}</Anchor>}><Happened home={data} /></Section>
          </div>
        </div>
      ))}
    </Page>
  )
}

function isNew({ movements, frozen, exceptions, imports, due, holds }: HomeData): boolean {
  return [movements, frozen, exceptions, imports, due, holds].every(({ items }) => items.length === 0)
}

function ScanHint() {
  const { t } = useLingui()
  return <p className={classes['hint']}><IconScan size={18} aria-hidden /><span>{t`Scan any label, here or on any page, and what it is opens.`} <span className={classes['keys']}>{t`Or type it after`} <Kbd size="xs">/</Kbd></span></span></p>
}

function Beginning() {
  const { t } = useLingui()
  const may = useMay()
  return (
    <div className={parts['card']}>
      <EmptyState icon={<IconBuildingWarehouse size={28} />} title={t`Nothing happened yet`} action={may('organization.manage') ? <ButtonLink to="/begin" size="md">{t`Begin`}</ButtonLink> : may('catalog.write') ? <ButtonLink to="/products" search={{ new: 'product' }} size="md">{t`Make the first product`}</ButtonLink> : undefined}>
        {may('catalog.write') ? t`Make a product and receive some of it, import what you have, or look around in a demo company.` : t`What is received, made and shipped will stand here, and what needs you.`}
      </EmptyState>
    </div>
  )
}

function NeedsMe({ home: { frozen, exceptions, imports, due, holds } }: { readonly home: HomeData }) {
  const { t } = useLingui()
  const { actor } = useMe()
  const isQuiet = [frozen, exceptions, imports, due, holds].every(({ items }) => items.length === 0)
  return (
    <div className={`${parts['card']} ${classes['list']}`}>
      {frozen.items.map((freeze) => (
        <Item key={freeze.freezeId} icon={IconSnowflake} tone="stop" to={freeze.lotId === null ? `/products/${freeze.productId}` : `/lots/${freeze.lotId}`} when={freeze.frozenAt}
          title={<>{t`Frozen`} · <Code value={freeze.lot ?? freeze.product} plain /></>} detail={t`A law of the ledger is broken here; nothing of it moves until somebody has looked.`} />
      ))}
      {exceptions.items.map((exception) => (
        <Item key={exception.exceptionId} icon={IconAlertTriangle} tone="warn" to={`/exceptions/${exception.exceptionId}`} when={exception.raisedAt}
          title={<>{exceptionName(exception.kind)}{exception.which !== null && <> · <Code value={exception.which} plain /></>}</>} detail={exception.assignedTo === actor.id ? t`Given to you` : typeof exception.data['reason'] === 'string' ? exception.data['reason'] : ''} />
      ))}
      {exceptions.more && <More to="/exceptions">{t`All open exceptions`}</More>}
      {imports.items.map((one) => (
        <Item key={one.importId} icon={IconFileImport} tone="warn" to={`/imports/${one.importId}`} when={one.createdAt} title={<>{t`Import`} · {one.fileName ?? one.source}</>} detail={one.status === 'asking' ? t`Waits for answers` : t`Looked through, not imported yet`} aside={t`${one.rows} rows`} />
      ))}
      {imports.more && <More to="/imports">{t`All imports`}</More>}
      {due.items.map(({ productId, product, past, lots, lotId, lot, dateKind, day, onHand, uom }) => (
        <Item key={`${productId} ${String(past)}`} icon={IconCalendarDue} tone={past ? 'stop' : 'warn'} to={lotId === null ? `/products/${productId}` : `/lots/${lotId}`} title={<>{product} · {lot === null ? <Plural value={lots} one="# lot" other="# lots" /> : <Code value={lot} plain />}</>}
          detail={lots === 1 ? <>{dateKindName(dateKind)} <DateWithDistance date={day} alarm /></> : past ? <>{t`past their date, the first on`} <DateWithDistance date={day} alarm /></> : <>{t`near their date, the first on`} <DateWithDistance date={day} alarm /></>} aside={<Quantity value={onHand} uom={uom} />} />
      ))}
      {due.more && <More to="/stock">{t`More of the stock is near its date`}</More>}
      {holds.items.map((hold) => (
        <Item key={hold.holdId} icon={IconHandStop} tone="stop" to={`/holds/${hold.holdId}`} when={hold.placedAt} title={<>{t`On hold`} · {holdSubjectName(hold.subject)} {hold.which !== null && <Code value={hold.which} plain />}</>} detail={hold.reason} />
      ))}
      {holds.more && <More to="/holds">{t`All holds`}</More>}
      {isQuiet && <EmptyState icon={<IconCircleCheck size={26} />} title={t`Nothing waits for you`}>{t`Holds, exceptions and dates that come near appear here.`}</EmptyState>}
    </div>
  )
}

function Item({ icon: ItemIcon, tone, to, title, detail, when, aside }: { readonly icon: Icon; readonly tone: 'warn' | 'stop'; readonly to: string; readonly title: ReactNode; readonly detail: ReactNode; readonly when?: string; readonly aside?: ReactNode }) {
  return (
    <Link to={to} className={classes['item']}>
      <ItemIcon size={18} aria-hidden className={classes['icon'] ?? ''} data-tone={tone} />
      <span className={classes['what']}><span>{title}</span><span className="dim">{detail}</span></span>
      <span className={classes['aside']}>{aside}{when !== undefined && <span className="dim"><RelativeTime instant={when} /></span>}</span>
    </Link>
  )
}

function More({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  return <Link to={to} className={classes['more']}>{children}</Link>
}

/** To all that waits, and what waited before. */
function WorkLinks() {
  const { t } = useLingui()
  const may = useMay()
  return <Group gap="sm">{may('exceptions.read') && <Anchor component={Link} to="/exceptions" size="sm">{t`Exceptions`}</Anchor>}{may('stock.read') && <Anchor component={Link} to="/holds" size="sm">{t`Holds`}</Anchor>}</Group>
}

function Happened({ home: { movements } }: { readonly home: HomeData }) {
  const { t } = useLingui()
  return (
    <div className={`${parts['card']} ${classes['list']}`}>
      {movements.items.map((movement) => (
        <div key={movement.movementId} className={classes['row']}>
          <span className={classes['what']}>
            <span><Link to="/movements/$movementId" params={{ movementId: movement.movementId }} className={classes['kind']}><KindOf movement={movement} /></Link></span>
            <span className={classes['goods']}><WhatMoved movement={movement} /></span>
          </span>
          <span className={classes['aside']}>{movement.lines[0] && <Quantity value={movement.lines[0].quantity} uom={movement.lines[0].uom} />}<span className="dim"><RelativeTime instant={movement.occurredAt} /></span></span>
        </div>
      ))}
      {movements.items.length === 0 && <EmptyState title={t`Nothing happened yet`}>{t`Receive something, and it stands here.`}</EmptyState>}
    </div>
  )
}
