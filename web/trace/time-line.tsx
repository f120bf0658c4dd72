import { useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { IconAdjustments, IconBuildingFactory2, IconFlask, IconPackageImport, IconTrash, IconTruck, IconTruckReturn, type Icon } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { tracedKey, type TraceRow } from '#src/lib/trace-rows.ts'
import { EmptyState } from '../parts/empty-state.tsx'
import { distanceInDays, localDay, sayDistance, sayTime } from '../parts/format.ts'
import { Quantity } from '../parts/quantity.tsx'
import { kindName } from '../words.ts'
import { daysOf, eventsOf, type TraceEvent } from './events.ts'
import { PartyLink } from './summary.tsx'
import { TracedLink } from './table.tsx'
import classes from './trace.module.css'
import type { Trace } from './use-trace.ts'
import { nameOfNode } from './words.ts'

/** What one movement did that is named, before the rest is only counted. */
const NAMED = 6

const icons: Readonly<Record<string, Icon>> = { receive: IconPackageImport, ship: IconTruck, return: IconTruckReturn, sample: IconFlask, destroy: IconTrash, adjust: IconAdjustments }

/** What happened to what is traced, day by day, the earliest first; each entry opens its movement. */
export default function TimeLine({ trace }: { readonly trace: Trace }) {
  const { t } = useLingui()
  const days = useMemo(() => daysOf(eventsOf(trace.rows)), [trace.rows])
  const today = localDay()
  return (
    <>
      <p className="dim">{t`What came, what was made of it, what went and what ended; moves between places of ours stand in the history of each lot.`}</p>
      {days.length === 0 && <EmptyState title={t`Nothing happened to it yet`} />}
      <ol className={classes['days']} aria-label={t`Time line`}>
        {days.map(({ day, events }) => (
          <li key={day} className={classes['day']}>
            <div className={classes['dayName']}><time dateTime={day}>{day}</time> <span className="dim">{sayDistance(distanceInDays(today, day))}</span></div>
            <ol className={classes['events']}>{events.map((event) => <Event key={event.movementId} event={event} trace={trace} />)}</ol>
          </li>
        ))}
      </ol>
      {trace.missing > 0 && <More trace={trace} />}
    </>
  )
}

function Event({ event: { movementId, kind, occurredAt, documents, parts }, trace }: { readonly event: TraceEvent; readonly trace: Trace }) {
  const { t } = useLingui()
  const EventIcon = icons[kind] ?? IconBuildingFactory2
  const more = parts.length - NAMED
  return (
    <li className={classes['event']}>
      <span className={classes['dot']} aria-hidden><EventIcon size={15} /></span>
      <div className={classes['eventHead']}>
        <Link to="/movements/$movementId" params={{ movementId }}>{kindName(kind)}</Link>
        <span className="dim"><time dateTime={occurredAt}>{sayTime(occurredAt)}</time>{documents.map((one) => ` · ${one.replace(/^\w+ /, '')}`)}</span>
      </div>
      <ul className={classes['lines']}>
        {parts.slice(0, NAMED).map(({ row, quantity }) => <li key={row.key}><Line row={row} kind={kind} quantity={quantity} trace={trace} /></li>)}
        {more > 0 && <li className="dim">{t`+${more} more`}</li>}
      </ul>
    </li>
  )
}

/** How much of what, and from where or whither: from, then to. */
function Line({ row: { node, relation, run, at }, kind, quantity, trace }: { readonly row: TraceRow; readonly kind: string; readonly quantity: string; readonly trace: Trace }) {
  const { t } = useLingui()
  const own = <span><TracedLink what={node} name={nameOfNode(node)} /> <Quantity value={quantity} uom={node.uom} /></span>
  const others = run?.others.slice(0, NAMED).map(({ what, quantity: much }) => {
    const other = trace.byKey.get(tracedKey(what))
    return other === undefined ? null : <span key={tracedKey(what)}><TracedLink what={what} name={nameOfNode(other)} /> <Quantity value={much} uom={other.uom} /></span>
  })
  if (relation === 'made_of') return <>{others}<span aria-hidden>→</span><span className="visually-hidden">{t`became`}</span>{own}</>
  if (relation === 'went_into') return <>{own}<span aria-hidden>→</span><span className="visually-hidden">{t`became`}</span>{others}</>
  const isBack = kind === 'return' || (relation === 'received' && kind === 'ship')
  return <>{own}{at !== null && <span className="dim">{(relation === 'received') === isBack ? t`to` : t`from`} <PartyLink at={at} /></span>}</>
}

/** The rest of a long trace, when it is asked for. */
function More({ trace }: { readonly trace: Trace }) {
  const { t } = useLingui()
  return (
    <div className={`${classes['more']} no-print`}>
      <Button variant="default" loading={trace.isLoading} onClick={trace.loadMore}>{t`Load more`}</Button>
      <span className="dim">{t`${trace.missing} lots and units are not loaded yet.`}</span>
    </div>
  )
}

