import { localDay } from '../parts/format.ts'
import type { Search } from '../search.ts'

/** What a record can be chosen from. */
export type RecordKind = 'product' | 'lot' | 'unit' | 'place' | 'facility' | 'party' | 'family' | 'person'

interface Named {
  /** Its name in the address: `?product=`. */
  readonly name: string
  readonly label: string
}
export interface RecordFilter extends Named {
  readonly kind: 'record'
  readonly of: RecordKind
  /** It comes from links only: there is no field to choose such a record in. */
  readonly fixed?: true
}
export interface ChoiceFilter extends Named {
  readonly kind: 'choice'
  readonly choices: readonly (readonly [value: string, label: string])[]
}
/** On or not: `?held=true`. */
export interface FlagFilter extends Named {
  readonly kind: 'flag'
}
/** Days from and to, each a date, or so many days from today: `?dueFrom=0d&dueTo=14d`, which means the same in a view kept for later. */
export interface DaysFilter extends Named {
  readonly kind: 'days'
  readonly from: string
  readonly to: string
  readonly presets: readonly (readonly [label: string, from: string | undefined, to: string | undefined])[]
}
export interface TextFilter extends Named {
  readonly kind: 'text'
}

/** One thing a list is narrowed by; what it is set to stands in the address. */
export type Filter = RecordFilter | ChoiceFilter | FlagFilter | DaysFilter | TextFilter

/** What stands in the address for a filter. */
export function namesOf(filter: Filter): readonly string[] {
  return filter.kind === 'days' ? [filter.from, filter.to] : [filter.name]
}

export function isOn(filter: Filter, search: Search): boolean {
  return namesOf(filter).some((name) => search[name] !== undefined)
}

/** What takes filters away: `setSearch(withoutFilters(filters))`. */
export function withoutFilters(filters: readonly Filter[]): Search {
  return Object.fromEntries(filters.flatMap(namesOf).map((name) => [name, undefined]))
}

const FROM_TODAY = /^[+-]?\d{1,4}d$/

/** The day that a text of an address means: `14d` is in 14 days, here. What is no day stays as it is, for the server to name. */
export function dayOf(text: string | undefined): string | undefined {
  if (text === undefined || !FROM_TODAY.test(text)) return text
  const now = new Date()
  return localDay(new Date(now.getFullYear(), now.getMonth(), now.getDate() + Number.parseInt(text, 10)))
}

/** The beginning of a day here, or with `after` of one so many days later. */
export function instantOf(text: string | undefined, after = 0): string | undefined {
  const day = dayOf(text)
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? '') ?? []
  return year === undefined ? day : new Date(Number(year), Number(month) - 1, Number(date) + after).toISOString()
}
