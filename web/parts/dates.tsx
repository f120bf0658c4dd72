import { Tooltip } from '@mantine/core'
import { distanceInDays, localDay, sayAgo, sayDistance, sayInstant, sayShortly } from './format.ts'
import classes from './parts.module.css'

/** "2026-12-20, in 12 days": a day as ISO writes it and how far off it is. With `alarm`, past is told in red and the next 14 days in amber. */
export function DateWithDistance({ date, alarm = false }: { readonly date: string; readonly alarm?: boolean }) {
  const days = distanceInDays(localDay(), date)
  const tone = !alarm ? undefined : days < 0 ? 'stop' : days <= 14 ? 'warn' : undefined
  return <time dateTime={date} className={classes['date']}>{date}<span className={classes['distance']} data-tone={tone}>{sayDistance(days)}</span></time>
}

/** "3 minutes ago", with the whole instant on demand, and on paper, where now is soon another time. */
export function RelativeTime({ instant }: { readonly instant: string }) {
  return <Tooltip label={sayInstant(instant)}><time dateTime={instant} title="" className={classes['ago']} data-paper={sayShortly(instant)}><span>{sayAgo(instant)}</span></time></Tooltip>
}

/** "Mon 23 Nov 2026, 14:05". */
export function Instant({ instant }: { readonly instant: string }) {
  return <time dateTime={instant}>{sayInstant(instant)}</time>
}

export interface LotDates {
  readonly bestBy: string | null
  readonly sellBy: string | null
  readonly useBy: string | null
  readonly expiresOn: string | null
}

/** Of the dates of a lot the one that matters first. */
export function dueOf({ bestBy, sellBy, useBy, expiresOn }: LotDates): string | null {
  return useBy ?? expiresOn ?? bestBy ?? sellBy
}
