import { parseDigitalLink } from './digital-link.ts'
import { parseElementString, saysElementString, type Element, type Fault } from './element-string.ts'
import { toGtin14 } from './keys.ts'

/** What a scanner sent, before anything of it is looked up. */
export interface ScanData {
  /** As it was sent, without the symbology identifier. */
  readonly text: string
  readonly form: 'plain' | 'element_string' | 'digital_link'
  /** Empty where it is a plain code. */
  readonly elements: readonly Element[]
  /** It says of itself that it is GS1, and is not. */
  readonly fault: Fault | null
  /** It says of itself that it is GS1: by the symbology, a separator, brackets, or its address. Otherwise it may as well be a code. */
  readonly marked: boolean
}

/** EAN-13, UPC-A and UPC-E come with 13 digits, EAN-8 with 8; a composite part may follow, with an identifier of its own. */
const retail = /^\](?:E0(?<thirteen>[^|]*)|E4(?<eight>[^|]*))(?:\|(?<composite>.*))?$/s

/**
 * Tells a GS1 element string, a Digital Link and a plain code apart, by the symbology identifier that most scanners can be
 * set to send (ISO/IEC 15424) and without one as well as can be. Never throws.
 */
export function readScanData(scanned: string): ScanData {
  const { thirteen, eight, composite } = retail.exec(scanned)?.groups ?? {}
  if (thirteen !== undefined || eight !== undefined) return readRetail(scanned.slice(3), thirteen ?? eight ?? '', thirteen === undefined ? 8 : 13, composite)
  const text = scanned.replace(/^\][A-Za-z][0-9A-Za-z]/, '')
  const plain: ScanData = { text, form: 'plain', elements: [], fault: null, marked: false }
  const link = parseDigitalLink(text)
  if (link) return 'fault' in link ? { ...plain, fault: link.fault, marked: true } : { ...plain, form: 'digital_link', elements: link.elements, marked: true }
  const marked = saysElementString(scanned)
  // without a mark only what begins with a key can be told from a code
  if (!marked && !/^0[012]\d{14}/.test(text)) return plain
  const parsed = parseElementString(text)
  if ('fault' in parsed) return { ...plain, fault: marked ? parsed.fault : null, marked }
  return { ...plain, form: 'element_string', elements: parsed.elements, marked }
}

function readRetail(text: string, digits: string, length: number, composite: string | undefined): ScanData {
  const gtin = digits.length === length ? toGtin14(digits) : undefined
  if (gtin === undefined) return { text, form: 'plain', elements: [], fault: { why: `it is no GTIN of ${length} digits, or its check digit is wrong`, at: 0, length: digits.length, ai: null }, marked: true }
  if (composite === undefined) return { text, form: 'plain', elements: [], fault: null, marked: false }
  const parsed = parseElementString(composite.replace(/^\]e[0-3]/, ''))
  if ('fault' in parsed) return { text, form: 'plain', elements: [], fault: { ...parsed.fault, at: parsed.fault.at + text.length - composite.length }, marked: true }
  return { text, form: 'element_string', elements: [{ ai: '01', value: gtin }, ...parsed.elements], fault: null, marked: true }
}
