import { applicationIdentifiers, identifierAt, type ApplicationIdentifier, type Component } from './application-identifiers.ts'
import { firstWrong } from './checks.ts'
import { daysOf } from './keys.ts'

/** One field of a label: `{ ai: '10', value: 'A12' }`. */
export interface Element {
  readonly ai: string
  readonly value: string
}

/** Why a text is no element string: what of it is wrong, from `at`, `length` characters of the text as given. */
export interface Fault {
  readonly why: string
  readonly at: number
  readonly length: number
  /** The application identifier it belongs to, where one was read. */
  readonly ai: string | null
}

export type Parsed = { readonly elements: readonly Element[] } | { readonly fault: Fault }

/** A label has at most so many fields; what has more is none. */
const MOST_ELEMENTS = 64

/** The separator as scanners send it. */
export const GS = '\u001d'

/** What scanners put before an element string: GS1-128, DataBar and composites, DataMatrix, QR, DotCode. */
const identifiers = /^\](?:C1|e[0-3]|d2|Q3|J1)/

/** True where the text itself says that it is an element string: by its symbology identifier, a separator, or an identifier in brackets. */
export function saysElementString(text: string): boolean {
  if (identifiers.test(text) || text.includes(GS)) return true
  const ai = /^\((\d{2,4})\)/.exec(text)?.[1]
  return ai !== undefined && applicationIdentifiers.has(ai)
}

/**
 * Reads what a scanner sends (`]C1011234...`, with the separator GS; with or without its symbology identifier) or what is
 * printed below a code (`(01)1234...(10)A12`). Every value is checked by its identifier's format; whether the label is
 * complete is not looked at. Never throws: a text that is none gives its fault.
 */
export function parseElementString(text: string): Parsed {
  return text.startsWith('(') ? parseBracketed(text) : parsePlain(text)
}

function parsePlain(text: string): Parsed {
  let at = identifiers.exec(text)?.[0].length ?? 0
  if (text[at] === GS) at += 1
  const elements: Element[] = []
  if (at === text.length) return { fault: { why: 'it is empty', at, length: 0, ai: null } }
  while (at < text.length) {
    const known = identifierAt(text, at)
    if (!known) return { fault: { why: 'no application identifier begins so', at, length: Math.min(4, text.length - at), ai: null } }
    const start = at + known.ai.length
    const separator = text.indexOf(GS, start)
    const end = separator < 0 ? text.length : separator
    const most = known.fixed ? Math.min(end, start + lengthOf(known)) : end
    const fault = faultIn(known, text.slice(start, most))
    if (fault) return { fault: { ...fault, at: start + fault.at } }
    if (elements.length === MOST_ELEMENTS) return { fault: { why: `no label has more than ${MOST_ELEMENTS} fields`, at, length: text.length - at, ai: null } }
    elements.push({ ai: known.ai, value: text.slice(start, most) })
    at = text[most] === GS ? most + 1 : most
  }
  return { elements }
}

/** `(01)...(10)...`; a bracket within a value is written `\\(`, as GS1's own tools do. */
function parseBracketed(text: string): Parsed {
  const elements: Element[] = []
  let at = 0
  while (at < text.length) {
    const ai = /^\((\d{2,4})\)/.exec(text.slice(at, at + 6))?.[1]
    const known = ai === undefined ? undefined : applicationIdentifiers.get(ai)
    if (!known) return { fault: { why: ai === undefined ? 'an application identifier in brackets is missing' : `there is no application identifier ${ai}`, at, length: ai === undefined ? 1 : ai.length + 2, ai: null } }
    const start = at + known.ai.length + 2
    const end = endOfValue(text, start)
    const value = text.slice(start, end).replaceAll('\\(', '(')
    const fault = value === '' ? { why: 'its value is missing', at: 0, length: 0, ai: known.ai } : faultIn(known, value)
    if (fault) return { fault: { ...fault, at: start + fault.at } }
    if (elements.length === MOST_ELEMENTS) return { fault: { why: `no label has more than ${MOST_ELEMENTS} fields`, at, length: text.length - at, ai: null } }
    elements.push({ ai: known.ai, value })
    at = end
  }
  return { elements }
}

function endOfValue(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) if (text[at] === '(' && text[at - 1] !== '\\') return at
  return text.length
}

/** The check of the characters of each type. */
const characters: Readonly<Record<Component['type'], string>> = { N: 'csetnumeric', X: 'cset82', Y: 'cset39', Z: 'cset64' }

/** What of the value does not fit its identifier, part after part; undefined where all of it does. */
function faultIn(known: ApplicationIdentifier, value: string): Fault | undefined {
  const fault = (why: string, at: number, length: number): Fault => ({ why, at, length, ai: known.ai })
  let at = 0
  for (const { type, min, max, optional, checks } of known.components) {
    if (optional && at === value.length) break
    const part = value.slice(at, at + max)
    const strange = firstWrong([characters[type]], part)
    if (strange) return fault(strange.why, at + strange.at, strange.length)
    if (part.length < min) return fault('it is too short', at, part.length)
    const wrong = firstWrong(checks, part)
    if (wrong) return fault(wrong.why, at + wrong.at, wrong.length)
    at += part.length
  }
  return at < value.length ? fault('it is too long', at, value.length - at) : undefined
}

function lengthOf(known: ApplicationIdentifier): number {
  return known.components.reduce((sum, { max }) => sum + max, 0)
}

/**
 * How else a text may be read whose scanner left out the separators: its last value, of no fixed length, may end earlier
 * wherever what follows is elements too, one of a fixed length among them: a few letters alone prove nothing.
 * `10A1217261231` may be lot A12 and a date.
 */
export function otherReadings(text: string): (readonly Element[])[] {
  const parsed = parseElementString(text)
  if ('fault' in parsed || text.startsWith('(') || text.includes(GS)) return []
  const last = parsed.elements.at(-1)
  if (last === undefined || applicationIdentifiers.get(last.ai)?.fixed === true) return []
  const before = parsed.elements.slice(0, -1)
  return Array.from({ length: last.value.length - 1 }, (_, index) => last.value.length - 1 - index).flatMap((cut) => {
    const value = last.value.slice(0, cut)
    const rest = parseElementString(last.value.slice(cut))
    const isFine = !('fault' in rest) && rest.elements.some(({ ai }) => applicationIdentifiers.get(ai)?.fixed === true) && !('fault' in parseElementString(`${last.ai}${value}`)) && !rest.elements.some(({ ai }) => parsed.elements.some((one) => one.ai === ai))
    return isFine ? [[...before, { ai: last.ai, value }, ...rest.elements]] : []
  })
}

/** The elements as a scanner sends them, with a separator after each whose length is not known beforehand, but for the last. */
export function toElementString(elements: readonly Element[]): string {
  return elements.map(({ ai, value }, index) => `${ai}${value}${applicationIdentifiers.get(ai)?.fixed === true || index === elements.length - 1 ? '' : GS}`).join('')
}

/**
 * YYMMDD as a day, day 00 as the last of its month. The century is the one that brings the year nearest to `today`: from
 * 49 years back to 50 ahead (GS1 General Specifications 7.12).
 */
export function toDay(value: string, today: string): string {
  const now = Number(today.slice(0, 4))
  const years = Number(value.slice(0, 2)) - (now % 100)
  const year = now - (now % 100) + Number(value.slice(0, 2)) + (years >= 51 ? -100 : years <= -50 ? 100 : 0)
  const month = Number(value.slice(2, 4))
  const day = value.slice(4, 6) === '00' ? String(daysOf(year, month)) : value.slice(4, 6)
  return `${String(year).padStart(4, '0')}-${value.slice(2, 4)}-${day}`
}
