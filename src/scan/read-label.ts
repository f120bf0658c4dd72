import { applicationIdentifiers } from '#src/gs1/application-identifiers.ts'
import { parseDigitalLink } from '#src/gs1/digital-link.ts'
import { parseElementString, saysElementString, toDay, type Element, type Fault } from '#src/gs1/element-string.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import type { PlainDate } from '#src/lib/time.ts'
import type * as contract from './contract.ts'

type Answer = OutputOf<typeof contract.resolveScan>
export type LabelRead = NonNullable<Answer['read']>

/** A scan before anything is looked up. */
export interface Reading {
  readonly text: string
  readonly form: Answer['form']
  /** Empty where it is a plain code. */
  readonly elements: readonly Element[]
  /** It says of itself that it is GS1, and is not; it may yet be a code of ours. */
  readonly fault: Fault | null
  /** It says of itself that it is GS1; otherwise it only looks so. */
  readonly marked: boolean
}

/** Tells what a scanner sent: an element string, a Digital Link, or a plain code. */
export function readScan(scanned: string): Reading {
  // blanks, but not the separator, which JavaScript takes for white space
  const whole = scanned.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
  const text = whole.replace(/^\][A-Za-z][0-9A-Za-z]/, '')
  const plain: Reading = { text, form: 'plain', elements: [], fault: null, marked: false }
  const link = parseDigitalLink(text)
  if (link) return 'fault' in link ? { ...plain, fault: link.fault, marked: true } : { ...plain, form: 'digital_link', elements: link.elements, marked: true }
  const marked = saysElementString(whole)
  // without a mark only what begins with a key can be told from a code
  if (!marked && !/^0[012]\d{14}/.test(text)) return plain
  const parsed = parseElementString(text)
  if ('fault' in parsed) return { ...plain, fault: marked ? parsed.fault : null, marked }
  return { ...plain, form: 'element_string', elements: parsed.elements, marked }
}

/** What the elements of a label say; `dateKind` is the product's, where it is known. */
export function toLabelRead(elements: readonly Element[], dateKind: string | null, today: PlainDate): LabelRead {
  const valueOf = (...ais: string[]): string | null => ais.map((ai) => elements.find((one) => one.ai === ai)?.value).find((value) => value !== undefined) ?? null
  const dayOf = (...ais: string[]): PlainDate | null => {
    const value = valueOf(...ais)
    return value === null ? null : toDay(value, today)
  }
  const end = dayOf('17', '7003')
  return {
    gtin: valueOf('01', '02'), sscc: valueOf('00'), lot: valueOf('10'), serial: valueOf('21'),
    bestBy: dayOf('15'), useBy: dateKind === 'use_by' ? end : null, expiry: dateKind === 'use_by' ? null : end, sellBy: dayOf('16'), madeOn: dayOf('11'), packedOn: dayOf('13'),
    count: valueOf('37', '30')?.replace(/^0+(?=\d)/, '') ?? null,
    measures: elements.flatMap(toMeasure),
    elements: elements.map(({ ai, value }) => ({ ai, name: applicationIdentifiers.get(ai)?.title ?? '', value })),
  }
}

/** 310n to 369n: the last digit of the identifier is the number of decimals. */
function toMeasure({ ai, value }: Element): LabelRead['measures'] {
  const [, name = '', uom = ''] = /^(.+) \((.+?)\)(?:, log)?$/.exec(applicationIdentifiers.get(ai)?.title ?? '') ?? []
  if (!/^3[1-6]\d\d$/.test(ai) || uom === '') return []
  const decimals = Number(ai[3])
  const whole = value.slice(0, 6 - decimals).replace(/^0+(?=\d)/, '')
  return [{ ai, name, value: decimals === 0 ? whole : `${whole === '' ? '0' : whole}.${value.slice(6 - decimals)}`, uom }]
}
