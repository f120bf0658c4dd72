import { z } from 'zod'
import { parseQuantity } from './quantity.ts'
import { isTimeZone } from './time.ts'

/** True where a text can be stored and shown as one line: no control characters (NUL, tab, line ends) and no half characters. */
export function isOneLine(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text)
}

/** One line of text for people: a name, a title. White space around it is cut off. */
export function line(most: number) {
  return z.string().trim().min(1).max(most).refine(isOneLine, 'has a control character')
}

/** A code, kept byte for byte: `007`, `1E10` and ` A` are what they are. 1 to 90 characters, none of them a control character. */
export const code = z.string().min(1).max(90).refine(isOneLine, 'has a control character')

/** A decimal string above zero. */
export const positiveDecimal = z
  .string()
  .max(29)
  .refine((text) => (parseQuantity(text) ?? 0n) > 0n, 'must be a decimal above zero, such as "12" or "0.5"')

/** `2026-11-23`, a day there is. */
export const plainDate = z.iso.date()

/** An IANA time zone. */
export const timeZone = z.string().max(64).refine(isTimeZone, 'is not an IANA time zone, such as "Europe/Vienna"')

/** Values of custom properties by key, as they come in; checked by their definitions. null takes a value away. */
export const propertyValues = z.record(z.string().max(40), z.union([z.string().max(2000), z.number(), z.boolean(), z.null()]))

/** A yes or no in a query: yes only where it says `true`. */
export const flag = z.enum(['true', 'false']).default('false').transform((text) => text === 'true')

/** Why a change is made, in the person's words. */
export const reason = z.string().trim().min(1).max(200).refine(isOneLine, 'has a control character')

/** What a list is searched for: codes or names that begin with it. */
export const search = z.string().max(90).refine(isOneLine, 'has a control character').optional()
