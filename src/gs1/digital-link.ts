import { applicationIdentifiers } from './application-identifiers.ts'
import { parseElementString, type Element, type Fault, type Parsed } from './element-string.ts'

/**
 * Reads a GS1 Digital Link URI: a key and its qualifiers in the path, wherever in it they begin, attributes in the query
 * (`https://id.gs1.org/01/09506000134352/10/A12?17=261231`). undefined where it is none: a web address like any other.
 * Never throws: one whose values are wrong gives the fault.
 */
export function parseDigitalLink(uri: string): Parsed | undefined {
  const [, path = '', query = ''] = /^https?:\/\/[^/?#]+(\/[^?#]*)(?:\?([^#]*))?/i.exec(uri) ?? []
  const parts = path.split('/').slice(1)
  // the last place at which identifiers and values alternate to the end, beginning with a key
  for (let at = parts.length - 2; at >= 0; at -= 2) {
    const key = applicationIdentifiers.get(parts[at] ?? '')?.key
    if (!key) continue
    const pairs = Array.from({ length: (parts.length - at) / 2 }, (_, index) => [parts[at + 2 * index] ?? '', parts[at + 2 * index + 1] ?? ''] as const)
    const [, ...qualifiers] = pairs.map(([ai]) => ai)
    if (!key.some((order) => isWithin(qualifiers, order))) return { fault: faultAt(uri, `/${qualifiers[0] ?? ''}/`, 'it does not qualify the key before it, or not in this order') }
    const attributes = query.split(/[&;]/).map((pair) => pair.split('=')).flatMap(([ai = '', value]) => (/^\d{2,4}$/.test(ai) && value !== undefined ? [[ai, value.replaceAll('+', ' ')] as const] : []))
    return check(uri, [...pairs, ...attributes])
  }
  return undefined
}

/** Each is in the order, one after the other. */
function isWithin(given: readonly string[], order: readonly string[]): boolean {
  let next = 0
  return given.every((ai) => (next = order.indexOf(ai, next) + 1) > 0)
}

function check(uri: string, pairs: readonly (readonly [string, string])[]): Parsed {
  const elements: Element[] = []
  for (const [ai, written] of pairs) {
    const value = toWholeGtin(ai, unescape(written))
    const parsed = applicationIdentifiers.has(ai) ? parseElementString(`(${ai})${value.replaceAll('(', '\\(')}`) : { fault: { why: `there is no application identifier ${ai}` } }
    if ('fault' in parsed) return { fault: { ...faultAt(uri, written === '' ? ai : written, parsed.fault.why), ai } }
    elements.push({ ai, value })
  }
  return { elements }
}

/** A GTIN may stand with its 8, 12 or 13 digits. */
function toWholeGtin(ai: string, value: string): string {
  return ai === '01' && /^(\d{8}|\d{12,13})$/.test(value) ? value.padStart(14, '0') : value
}

/** `%41` as A; what is no escape stays. */
function unescape(written: string): string {
  try {
    return decodeURIComponent(written)
  } catch {
    return written
  }
}

function faultAt(uri: string, part: string, why: string): Fault {
  return { why, at: Math.max(0, uri.indexOf(part)), length: part.length, ai: null }
}
