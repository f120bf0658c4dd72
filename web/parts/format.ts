import { i18n } from '@lingui/core'

/** How dates and numbers are written: as this device's region does it, where it speaks the language spoken here; else as Europe does. */
function region(): string {
  const own = navigator.languages.find((tag) => tag.slice(0, 2) === i18n.locale)
  return own === undefined || own === 'en' ? (i18n.locale === 'en' ? 'en-GB' : i18n.locale) : own
}

/** Days from one calendar day to another: `distanceInDays('2026-11-23', '2026-11-25')` is 2. */
export function distanceInDays(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
}

/** The calendar day of an instant here, `2026-11-23`. */
export function localDay(instant: Date = new Date()): string {
  return [String(instant.getFullYear()).padStart(4, '0'), instant.getMonth() + 1, instant.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}

/** "in 12 days", "yesterday", "3 months ago", in the language spoken. */
export function sayDistance(days: number): string {
  const format = new Intl.RelativeTimeFormat(i18n.locale, { numeric: 'auto' })
  if (Math.abs(days) < 60) return format.format(days, 'day')
  return Math.abs(days) < 730 ? format.format(Math.round(days / 30.44), 'month') : format.format(Math.round(days / 365.25), 'year')
}

/** "3 minutes ago", for what has just happened; a date from two days on. */
export function sayAgo(instant: string, now: number = Date.now()): string {
  const seconds = Math.round((Date.parse(instant) - now) / 1000)
  const format = new Intl.RelativeTimeFormat(i18n.locale, { numeric: 'auto' })
  if (Math.abs(seconds) < 45) return format.format(0, 'second')
  if (Math.abs(seconds) < 3_600) return format.format(Math.round(seconds / 60), 'minute')
  if (Math.abs(seconds) < 86_400) return format.format(Math.round(seconds / 3_600), 'hour')
  return Math.abs(seconds) < 2 * 86_400 ? format.format(Math.round(seconds / 86_400), 'day') : sayShortly(instant, now)
}

/** "Mon 23 Nov 2026, 14:05", in the time of this device. */
export function sayInstant(instant: string): string {
  return new Intl.DateTimeFormat(region(), { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(instant))
}

/** "14:05", in the time of this device. */
export function sayTime(instant: string): string {
  return new Intl.DateTimeFormat(region(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(instant))
}

/** "23 Nov, 14:05", for lists; with its year where that is not this one. */
export function sayShortly(instant: string, now: number = Date.now()): string {
  const at = new Date(instant)
  const isThisYear = at.getFullYear() === new Date(now).getFullYear()
  return new Intl.DateTimeFormat(region(), { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(isThisYear ? {} : { year: 'numeric' }) }).format(at)
}

/** "Mon 23 Nov", a calendar day. */
export function sayDay(day: string): string {
  return new Intl.DateTimeFormat(region(), { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
}

/** A decimal string with its thousands apart, exact to its last digit: no number is made of it. */
export function sayQuantity(decimal: string): string {
  return new Intl.NumberFormat(region(), { maximumFractionDigits: 9 }).format(decimal as Intl.StringNumericLiteral)
}

export function sayPercent(share: number): string {
  return new Intl.NumberFormat(region(), { style: 'percent', maximumFractionDigits: share > 0 && share < 0.01 ? 2 : share < 0.1 ? 1 : 0 }).format(share)
}

/** What stands before the decimals of a number, as people here write it. */
export function decimalMark(): '.' | ',' {
  return new Intl.NumberFormat(region()).format(1.5).includes(',') ? ',' : '.'
}
