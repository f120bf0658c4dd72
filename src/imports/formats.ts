import { parseQuantity, formatQuantity } from '#src/lib/quantity.ts'
import type { PlainDate } from '#src/lib/time.ts'

/** How dates may be written in a file. Where no day stands (`MM/YYYY`), the last of the month is meant, as on labels. */
export const dateFormats = [
  'YYYY-MM-DD', 'YYYY/MM/DD', 'YYYY.MM.DD', 'YYYYMMDD', 'MM/DD/YYYY', 'DD/MM/YYYY', 'DD.MM.YYYY', 'MM-DD-YYYY', 'DD-MM-YYYY',
  'MM/DD/YY', 'DD/MM/YY', 'DD.MM.YY', 'D MMM YYYY', 'MMM D YYYY', 'D MMM YY', 'YYYY-MM', 'MM/YYYY', 'MM.YYYY', 'MMM YYYY',
] as const
export type DateFormat = (typeof dateFormats)[number]

/** A midnight (or any time) after the day is what spreadsheets add; it is looked past. */
const TIME = String.raw`(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AP]M)?(?:Z|[+-]\d{2}:?\d{2})?)?`
const patterns: { readonly [Format in DateFormat]: RegExp } = {
  'YYYY-MM-DD': date`(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})`,
  'YYYY/MM/DD': date`(?<y>\d{4})/(?<m>\d{1,2})/(?<d>\d{1,2})`,
  'YYYY.MM.DD': date`(?<y>\d{4})\.(?<m>\d{1,2})\.(?<d>\d{1,2})`,
  YYYYMMDD: date`(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})`,
  'MM/DD/YYYY': date`(?<m>\d{1,2})/(?<d>\d{1,2})/(?<y>\d{4})`,
  'DD/MM/YYYY': date`(?<d>\d{1,2})/(?<m>\d{1,2})/(?<y>\d{4})`,
  'DD.MM.YYYY': date`(?<d>\d{1,2})\. ?(?<m>\d{1,2})\. ?(?<y>\d{4})`,
  'MM-DD-YYYY': date`(?<m>\d{1,2})-(?<d>\d{1,2})-(?<y>\d{4})`,
  'DD-MM-YYYY': date`(?<d>\d{1,2})-(?<m>\d{1,2})-(?<y>\d{4})`,
  'MM/DD/YY': date`(?<m>\d{1,2})/(?<d>\d{1,2})/(?<y>\d{2})`,
  'DD/MM/YY': date`(?<d>\d{1,2})/(?<m>\d{1,2})/(?<y>\d{2})`,
  'DD.MM.YY': date`(?<d>\d{1,2})\. ?(?<m>\d{1,2})\. ?(?<y>\d{2})`,
  'D MMM YYYY': date`(?<d>\d{1,2})[-. /]*(?<name>[A-Za-z]{3,9})[-., /]*(?<y>\d{4})`,
  'MMM D YYYY': date`(?<name>[A-Za-z]{3,9})[-. /]*(?<d>\d{1,2})(?:st|nd|rd|th)?[-., /]+(?<y>\d{4})`,
  'D MMM YY': date`(?<d>\d{1,2})[-. /]*(?<name>[A-Za-z]{3,9})[-., /]*(?<y>\d{2})`,
  'YYYY-MM': date`(?<y>\d{4})-(?<m>\d{1,2})`,
  'MM/YYYY': date`(?<m>\d{1,2})/(?<y>\d{4})`,
  'MM.YYYY': date`(?<m>\d{1,2})\.(?<y>\d{4})`,
  'MMM YYYY': date`(?<name>[A-Za-z]{3,9})[-., /]*(?<y>\d{4})`,
}

function date(strings: TemplateStringsArray): RegExp {
  return new RegExp(`^${strings.raw[0]}${TIME}$`, 'i')
}

const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']

/** Cells that stand for "no date". */
const NO_DATE = /^(?:|-+|n\/?a|none|null|0000-00-00|00[/.-]00[/.-]0{2,4})$/i

export function isNoDate(text: string): boolean {
  return NO_DATE.test(text.trim())
}

/** The day a text means in a format; undefined where it is not written so, or there is no such day. */
export function parseDate(text: string, format: DateFormat): PlainDate | undefined {
  const found = patterns[format].exec(text.trim())?.groups
  if (!found) return undefined
  const month = found['name'] === undefined ? Number(found['m']) : monthOf(found['name'])
  const year = fullYear(found['y'] ?? '')
  if (month < 1 || month > 12 || year < 1900) return undefined
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const day = found['d'] === undefined ? last : Number(found['d'])
  if (day < 1 || day > last) return undefined
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

function monthOf(name: string): number {
  const lower = name.toLowerCase()
  return months.findIndex((month) => month.startsWith(lower) || (lower.startsWith(month.slice(0, 3)) && month.slice(0, 4) === lower.slice(0, 4))) + 1
}

/** Two digits: the year that is nearest, as GS1 has it (General Specifications 7.12). */
function fullYear(digits: string): number {
  if (digits.length === 4) return Number(digits)
  const now = new Date().getUTCFullYear()
  const near = Math.floor(now / 100) * 100 + Number(digits)
  return near - now > 50 ? near - 100 : now - near > 50 ? near + 100 : near
}

/** What the values of a column say about how they are written: one way, several that would mean different days, or none. */
export type Guess<Format> = { readonly sure: Format } | { readonly either: readonly Format[] } | { readonly sure: null }

/** The format that reads most of the values. Two that read as many but differently are a question, never a guess. */
export function guessDateFormat(values: readonly string[]): Guess<DateFormat> {
  const distinct = [...new Set(values.filter((value) => !isNoDate(value)))]
  return guess(dateFormats, distinct, parseDate)
}

export type DecimalMark = 'point' | 'comma'

/**
 * A plain decimal from a number as people write it: `1,234.5` with a point, `1.234,5` with a comma; blanks and apostrophes
 * between thousands. Undefined where it is not one (`1E3`, `12 kg`), or needs more than 9 decimals.
 */
export function parseNumber(text: string, mark: DecimalMark): string | undefined {
  let plain = text.trim().replace(/^\+/, '')
  const accounted = /^\((.+)\)$/.exec(plain) ?? /^(.+)-$/.exec(plain)
  if (accounted) plain = `-${accounted[1]}`
  const [point, comma] = mark === 'point' ? ['.', ','] : [',', '.']
  const match = /^(-?)([\d\s\u00a0\u202f'’.,]*\d)?(?:[.,](\d*))?$/u.exec(plain)
  if (!match) return undefined
  const at = plain.lastIndexOf(point)
  const whole = (at < 0 ? plain : plain.slice(0, at)).replace(/^-/, '')
  const fraction = at < 0 ? '' : plain.slice(at + 1)
  if (!/^\d*$/.test(fraction) || (whole === '' && fraction === '')) return undefined
  const digits = ungroup(whole, comma)
  if (digits === undefined) return undefined
  const shortened = fraction.replace(/0+$/, '')
  const parsed = parseQuantity(`${match[1]}${digits.replace(/^0+(?=\d)/, '') || '0'}${shortened === '' ? '' : `.${shortened}`}`)
  return parsed === undefined ? undefined : formatQuantity(parsed)
}

/** Digits without the marks between thousands, which must stand where thousands end. */
function ungroup(whole: string, mark: string): string | undefined {
  if (/^\d*$/.test(whole)) return whole
  for (const separator of [mark, ' ', '\u00a0', '\u202f', "'", '’']) {
    const parts = whole.split(separator)
    if (parts.length > 1 && /^\d{1,3}$/.test(parts[0] ?? '') && parts.slice(1).every((part) => /^\d{3}$/.test(part))) return parts.join('')
  }
  return undefined
}

/** Which mark separates the decimals, by all numbers of the file. `1,234` alone can be either and is a question. */
export function guessDecimalMark(values: readonly string[]): Guess<DecimalMark> {
  return guess(['point', 'comma'], [...new Set(values.filter((value) => value.trim() !== ''))], parseNumber)
}

function guess<Format extends string>(formats: readonly Format[], values: readonly string[], parse: (value: string, format: Format) => string | undefined): Guess<Format> {
  const tried = formats.map((format) => {
    const read = values.map((value) => parse(value, format))
    return { format, read: JSON.stringify(read), count: read.filter((one) => one !== undefined).length }
  })
  const most = Math.max(0, ...tried.map(({ count }) => count))
  if (most === 0) return { sure: null }
  const best = tried.filter(({ count }) => count === most)
  const different = best.filter((one, at) => best.findIndex(({ read }) => read === one.read) === at)
  const [first] = different
  return different.length === 1 && first ? { sure: first.format } : { either: different.map(({ format }) => format) }
}
