import { applicationIdentifiers } from '#src/gs1/application-identifiers.ts'
import { otherReadings, toDay, type Element } from '#src/gs1/element-string.ts'
import { readScanData, type ScanData } from '#src/gs1/scan-data.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import type { PlainDate } from '#src/lib/time.ts'
import type * as contract from './contract.ts'

type Answer = OutputOf<typeof contract.resolveScan>
export type LabelRead = NonNullable<Answer['read']>

/** Reads a scan; blanks around it do not matter, but for the separator, which JavaScript takes for one. */
export function readScan(scanned: string): ScanData {
  return readScanData(scanned.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, ''))
}

/** What the elements of a label say; `dateKind` is the product's, where it is known. */
export function toLabelRead({ text, elements }: ScanData, dateKind: string | null, today: PlainDate): LabelRead {
  const valueOf = (...ais: string[]): string | null => ais.map((ai) => elements.find((one) => one.ai === ai)?.value).find((value) => value !== undefined) ?? null
  const dayOf = (...ais: string[]): PlainDate | null => {
    const value = valueOf(...ais)
    return value === null ? null : toDay(value, today)
  }
  const end = dayOf('17', '7003')
  return {
    gtin: valueOf('01', '02'), sscc: valueOf('00'), lot: valueOf('10'), serial: valueOf('21'), otherLots: otherLots(text, valueOf('10')),
    bestBy: dayOf('15'), useBy: dateKind === 'use_by' ? end : null, expiry: dateKind === 'use_by' ? null : end, sellBy: dayOf('16'), madeOn: dayOf('11'), packedOn: dayOf('13'),
    count: valueOf('37', '30')?.replace(/^0+(?=\d)/, '') ?? null,
    measures: elements.flatMap(toMeasure),
    elements: elements.map(({ ai, value }) => ({ ai, name: applicationIdentifiers.get(ai)?.title ?? '', value })),
  }
}

/** Lots that a label may name whose scanner left out the separators. */
export function otherLots(text: string, lot: string | null): string[] {
  if (lot === null) return []
  return [...new Set(otherReadings(text).map((elements) => elements.find(({ ai }) => ai === '10')?.value ?? lot))].filter((one) => one !== lot)
}

/** 310n to 369n: the last digit of the identifier is the number of decimals. */
function toMeasure({ ai, value }: Element): LabelRead['measures'] {
  const [, name = '', uom = ''] = /^(.+) \((.+?)\)(?:, log)?$/.exec(applicationIdentifiers.get(ai)?.title ?? '') ?? []
  if (!/^3[1-6]\d\d$/.test(ai) || uom === '') return []
  const decimals = Number(ai[3])
  const whole = value.slice(0, 6 - decimals).replace(/^0+(?=\d)/, '')
  return [{ ai, name, value: decimals === 0 ? whole : `${whole === '' ? '0' : whole}.${value.slice(6 - decimals)}`, uom }]
}
