import pg from 'pg'

type Parse = (text: string) => unknown
type GetParser = (oid: number, format?: 'text' | 'binary') => Parse

const getDefault = pg.types.getTypeParser as unknown as GetParser
const asTexts = getDefault(1009) as (text: string) => (string | null)[]
const asText: Parse = (text) => text
/** `2026-11-23 17:00:00.123+00`, which is what a session in UTC and ISO style writes. */
const UTC = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00(?::?00)?$/

/** RFC 3339 in UTC, with milliseconds or, where the database has them, microseconds. */
export function toInstant(text: string): string {
  const match = UTC.exec(text)
  if (match) return `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(3, '0')}Z`
  throw new Error(`not an instant of a session in UTC: ${text}`)
}

/** What pg makes of values: nothing exact passes through a float or a Date. int8, numeric and date are texts, timestamptz is RFC 3339. */
const parsers = new Map<number, Parse>([
  [20, asText], [1700, asText], [1082, asText], [1184, toInstant],
  [1016, asTexts], [1231, asTexts], [1182, asTexts],
  [1185, (text) => asTexts(text).map((member) => (member === null ? null : toInstant(member)))],
])

/** The `types` of every pool and client but better-auth's, which compares instants as Dates. */
export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => (format === 'binary' ? undefined : parsers.get(oid)) ?? getDefault(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
}

/** Session settings that the texts above rest on, whatever the server's defaults are. */
export const sessionOptions = '-c timezone=UTC -c datestyle=ISO'
