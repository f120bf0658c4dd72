import { Temporal } from 'temporal-polyfill'

/** An instant as RFC 3339 text in UTC with milliseconds. */
export type Instant = string
/** A calendar day, `2026-11-23`. */
export type PlainDate = string

/** Tells the time; injected, so that tests and the simulation decide what now is. */
export type Clock = () => Instant

export const systemClock: Clock = () => new Date().toISOString()

/** The day an instant falls on where the facility is: `businessDate('2026-11-23T23:30:00Z', 'Asia/Tokyo')` is `2026-11-24`. */
export function businessDate(instant: Instant, timeZone: string): PlainDate {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString()
}

/** True for an IANA time zone this runtime knows. */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return true
  } catch {
    return false
  }
}

/** Milliseconds from `a` to `b`. */
export function millisecondsBetween(a: Instant, b: Instant): number {
  return Date.parse(b) - Date.parse(a)
}
