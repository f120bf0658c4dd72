import { applicationIdentifiers } from './application-identifiers.ts'
import { parseElementString, type Element, type Fault, type Parsed } from './element-string.ts'

/** What keys and qualifiers were called in the path by the first edition of the standard. */
const oldNames: Readonly<Record<string, string>> = {
  sscc: '00', gtin: '01', lot: '10', ser: '21', cpv: '22', gdti: '253', glnx: '254', gcn: '255', ginc: '401', gsin: '402', gln: '414', grai: '8003', giai: '8004', itip: '8006', cpid: '8010', cpsn: '8011', gmn: '8013',
  gsrnp: '8017', gsrn: '8018', srin: '8019', refno: '8020',
}

/**
 * Reads a GS1 Digital Link URI: a key and its qualifiers at the end of the path, attributes in the query
 * (`https://id.gs1.org/01/09506000134352/10/A12?17=261231`). undefined where it is none: a web address like any other.
 * Never throws: one whose values are wrong gives the fault.
 */
export function parseDigitalLink(uri: string): Parsed | undefined {
  const [, path = '', query = ''] = /^(?:https?|HTTPS?):\/\/[A-Za-z0-9.:[\]-]+(\/[^?#]*)(?:\?([^#]*))?(?:#.*)?$/.exec(uri) ?? []
  const parts = path.split('/').slice(1)
  // the last place at which identifiers and values alternate to the end, beginning with a key
  for (let at = parts.length - 2; at >= 0; at -= 2) {
    const key = applicationIdentifiers.get(identifierOf(parts[at]))?.key
    if (!key) continue
    const strange = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/.exec(uri)
    if (strange) return { fault: { why: 'no web address has this character', at: strange.index, length: 1, ai: null } }
    const pairs = Array.from({ length: (parts.length - at) / 2 }, (_, index) => [identifierOf(parts[at + 2 * index]), unescape(parts[at + 2 * index + 1] ?? '')] as const)
    const qualifiers = pairs.slice(1).map(([ai]) => ai)
    if (!key.some((order) => isWithin(qualifiers, order))) return faultAt(uri, parts[at + 2], null, 'it does not qualify the key before it, or not in this order')
    return check(uri, key, pairs, attributesOf(query))
  }
  return undefined
}

function identifierOf(part = ''): string {
  return oldNames[part] ?? part
}

/** Names of digits and their values; whatever else a query holds is somebody else's. */
function attributesOf(query: string): (readonly [string, string])[] {
  return query.split(/[&;]/).flatMap((pair) => {
    const [, ai, value = ''] = /^(\d+)=(.*)$/s.exec(pair) ?? []
    return ai === undefined ? [] : [[ai, unescape(value.replaceAll('+', ' '))] as const]
  })
}

/** Each is in the order, one after the other. */
function isWithin(given: readonly string[], order: readonly string[]): boolean {
  let next = 0
  return given.every((ai) => (next = order.indexOf(ai, next) + 1) > 0)
}

function check(uri: string, key: readonly (readonly string[])[], pairs: readonly (readonly [string, string])[], attributes: readonly (readonly [string, string])[]): Parsed {
  const inPath = pairs.map(([ai]) => ai)
  const elements: Element[] = []
  for (const [ai, written] of [...pairs, ...attributes]) {
    const known = applicationIdentifiers.get(ai)
    if (!known) return faultAt(uri, `${ai}=`, null, `there is no application identifier ${ai}`)
    if (elements.some((one) => one.ai === ai)) return faultAt(uri, `${ai}=`, ai, 'it stands there twice')
    if (elements.length >= pairs.length) {
      if (!known.attribute) return faultAt(uri, `${ai}=`, ai, 'it may not stand in the query')
      if (key.some((order) => order.includes(ai) && inPath.slice(1).every((one) => order.includes(one)))) return faultAt(uri, `${ai}=`, ai, 'it belongs into the path, behind its key')
    }
    const value = ai === '01' && /^(\d{8}|\d{12,13})$/.test(written) ? written.padStart(14, '0') : written
    const parsed = parseElementString(`(${ai})${value.replaceAll('(', '\\(')}`)
    if ('fault' in parsed) return faultAt(uri, written, ai, parsed.fault.why)
    elements.push({ ai, value })
  }
  return { elements }
}

/** `%41` as A, byte by byte; what is no escape stays. */
function unescape(written: string): string {
  return written.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)))
}

function faultAt(uri: string, part: string | undefined, ai: string | null, why: string): { readonly fault: Fault } {
  const at = part === undefined || part === '' ? -1 : uri.lastIndexOf(part)
  return { fault: at < 0 ? { why, at: 0, length: uri.length, ai } : { why, at, length: part?.length ?? 0, ai } }
}

/**
 * The elements as a Digital Link: the first key among them, its qualifiers in their order, the rest as attributes. Gives a
 * fault where there is no key, or something that may not stand in the query.
 */
export function toDigitalLink(elements: readonly Element[], stem = 'https://id.gs1.org'): { readonly uri: string } | { readonly fault: string } {
  const once = elements.filter(({ ai, value }, index) => elements.findIndex((one) => one.ai === ai && one.value === value) === index)
  const key = once.find(({ ai }) => applicationIdentifiers.get(ai)?.key)
  if (!key) return { fault: 'no key of a Digital Link is among them' }
  const orders = applicationIdentifiers.get(key.ai)?.key ?? []
  const order = orders.find((one) => once.some(({ ai }) => one.includes(ai))) ?? []
  const qualifiers = order.flatMap((ai) => once.filter((one) => one.ai === ai).slice(0, 1))
  const rest = once.filter((one) => one !== key && !qualifiers.includes(one))
  // as GS1's own engine writes them: those of a length known beforehand come first
  const attributes = rest.toSorted((a, b) => Number(applicationIdentifiers.get(b.ai)?.fixed === true) - Number(applicationIdentifiers.get(a.ai)?.fixed === true))
  const misplaced = rest.find(({ ai }) => applicationIdentifiers.get(ai)?.attribute !== true)
  if (misplaced) return { fault: `(${misplaced.ai}) may not stand in the query of a Digital Link` }
  const path = [key, ...qualifiers].map(({ ai, value }) => `/${ai}/${escape(value)}`).join('')
  return { uri: `${stem.replace(/\/$/, '')}${path}${rest.length === 0 ? '' : `?${attributes.map(({ ai, value }) => `${ai}=${escape(value)}`).join('&')}`}` }
}

/** All but letters, digits and - . _ ~ as %XX. */
function escape(value: string): string {
  return encodeURIComponent(value).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
