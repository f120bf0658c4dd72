import { useLingui } from '@lingui/react/macro'
import { Anchor } from '@mantine/core'
import { IconAlertTriangle, IconCalendarDue, IconCircleCheck, IconHandStop, type Icon } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { KindOf, WhatMoved } from '../movements/movement-list.tsx'
import { Code } from '../parts/code.tsx'
import { DateWithDistance, RelativeTime } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { localDay } from '../parts/format.ts'
import { Page, Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { ProblemAlert } from '../parts/problem.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { get } from '../queries.ts'
import { useMay, useMe } from '../session/me.ts'
import { dateKindName, exceptionName, holdSubjectName } from '../words.ts'
import classes from './home.module.css'

/** How many days ahead a date is near. */
const SOON = 14

/** The start: what needs me, and what happened. */
export default function Home() {
  const { t } = useLingui()
  const { actor } = useMe()
  const [name] = actor.name.split(' ')
  return (
    <Page title={t`Home`} heading={t`Good to see you, ${name ?? actor.name}`}>
      <div className={classes['columns']}>
        <Section title={t`What needs you`}><NeedsMe /></Section>
        <Section title={t`What happened`} aside={<Anchor component={Link} to="/movements" size="sm">{t`Everything`}</Anchor>}><Happened /></Section>
      </div>
    </Page>
  )
}

function NeedsMe() {
  const { t } = useLingui()
  const may = useMay()
  const exceptions = useQuery({ ...get('/exceptions', { query: { open: 'true', limit: 6 } }), enabled: may('exceptions.read') })
  const holds = useQuery({ ...get('/holds', { query: { active: 'true', limit: 6 } }), enabled: may('stock.read') })
  const due = useQuery({ ...get('/stock/due', { query: { through: localDay(new Date(Date.now() + SOON * 86_400_000)), limit: 8 } }), enabled: may('stock.read') })
  const all = [exceptions, holds, due]
  const isQuiet = all.every(({ data }) => data !== undefined && data.items.length === 0)
  return (
    <div className={`${parts['card']} ${classes['list']}`}>
      <ProblemAlert problem={exceptions.error ?? holds.error ?? due.error} />
      {exceptions.data?.items.map((exception) => (
        <Item key={exception.exceptionId} icon={IconAlertTriangle} tone="warn" to={exception.movementId === null ? subjectPath(exception.subject, exception.subjectId) : `/movements/${exception.movementId}`} when={exception.raisedAt}
          title={<>{exceptionName(exception.kind)}{exception.which !== null && <> · <Code value={exception.which} plain /></>}</>} detail={typeof exception.data['reason'] === 'string' ? exception.data['reason'] : ''} />
      ))}
      {holds.data?.items.map((hold) => (
        <Item key={hold.holdId} icon={IconHandStop} tone="stop" to={subjectPath(hold.subject, hold.subjectId)} when={hold.placedAt} title={<>{t`On hold`} · {holdSubjectName(hold.subject)} {hold.which !== null && <Code value={hold.which} plain />}</>} detail={hold.reason} />
      ))}
      {due.data?.items.map((lot) => (
        <Item key={lot.lotId} icon={IconCalendarDue} tone={lot.day < localDay() ? 'stop' : 'warn'} to={`/lots/${lot.lotId}`} title={<>{lot.product} · <Code value={lot.lot} plain /></>} detail={<>{dateKindName(lot.dateKind)} <DateWithDistance date={lot.day} alarm /></>} aside={<Quantity value={lot.onHand} uom={lot.uom} />} />
      ))}
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

function subjectPath(subject: string, id: string): string {
  const folder = { lot: 'lots', unit: 'units', plate: 'plates', place: 'places', product: 'products' }[subject]
  return folder === undefined ? `/lots?family=${id}` : `/${folder}/${id}`
}

function Happened() {
  const { t } = useLingui()
  const may = useMay()
  const { data, error } = useQuery({ ...get('/movements', { query: { limit: 14 } }), enabled: may('movements.read'), refetchInterval: 30_000 })
  return (
    <div className={`${parts['card']} ${classes['list']}`}>
      <ProblemAlert problem={error} />
      {data?.items.map((movement) => (
        <div key={movement.movementId} className={classes['row']}>
          <span className={classes['what']}>
            <span><Link to="/movements/$movementId" params={{ movementId: movement.movementId }} className={classes['kind']}><KindOf movement={movement} /></Link></span>
            <span className={classes['goods']}><WhatMoved movement={movement} /></span>
          </span>
          <span className={classes['aside']}>{movement.lines[0] && <Quantity value={movement.lines[0].quantity} uom={movement.lines[0].uom} />}<span className="dim"><RelativeTime instant={movement.occurredAt} /></span></span>
        </div>
      ))}
      {data?.items.length === 0 && <EmptyState title={t`Nothing happened yet`} action={<Anchor component={Link} to="/products">{t`Make the first product`}</Anchor>}>{t`Receive something, and it stands here.`}</EmptyState>}
    </div>
  )
}
