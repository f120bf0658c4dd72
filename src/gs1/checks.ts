import { hasCheckDigit } from './keys.ts'

/** What is wrong with a part of a value, and where in it: from `at`, `length` characters. */
export interface Wrong {
  readonly why: string
  readonly at: number
  readonly length: number
}

/** Checks of a part of a value, by the name they have in the table of application identifiers. */
const checks: Readonly<Record<string, (value: string) => Wrong | undefined>> = {
  csum: (value) => (hasCheckDigit(value) ? undefined : { why: 'its check digit is wrong', at: value.length - 1, length: 1 }),
  yymmdd: (value) => wrongDay(value, false),
  yymmd0: (value) => wrongDay(value, true),
}

/** The first of these checks that the value fails. */
export function firstWrong(names: readonly string[], value: string): Wrong | undefined {
  for (const name of names) {
    const wrong = checks[name]?.(value)
    if (wrong) return wrong
  }
  return undefined
}

/** Of a date YYMMDD; day 00 stands for the end of the month where that is allowed. */
function wrongDay(value: string, mayEnd: boolean): Wrong | undefined {
  const [year, month, day] = [Number(value.slice(0, 2)), Number(value.slice(2, 4)), Number(value.slice(4, 6))]
  if (month < 1 || month > 12) return { why: 'there is no such month', at: 2, length: 2 }
  // 2000 and 1900 differ in their 29 February; the nearer one is what can be meant
  if ((day === 0 && !mayEnd) || day > daysOf(2000 + year, month)) return { why: 'there is no such day', at: 4, length: 2 }
  return undefined
}

/** Days of a month of the Gregorian calendar. */
export function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}
