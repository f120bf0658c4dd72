import type { MessageDescriptor } from '@lingui/core'
import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { ImportView } from '#src/imports/contract.ts'
import type { ToneName } from '../parts/tone.tsx'

export type Settings = ImportView['settings']
export type Field = keyof Settings['mapping']
export type DateFormat = NonNullable<Settings['dateFormat']>
export type Status = ImportView['status']
export type Verdict = 'new' | 'changed' | 'unchanged' | 'bad'

/** What a column can mean, in the groups a person looks for it in. */
export const fieldGroups: readonly { readonly label: MessageDescriptor; readonly fields: readonly Field[] }[] = [
  { label: msg`Product`, fields: ['product', 'name', 'gtin', 'tracking', 'uom', 'scale', 'measured'] },
  { label: msg`Lot and serial`, fields: ['lot', 'serial', 'issuer', 'family'] },
  { label: msg`Dates`, fields: ['bestBy', 'useBy', 'expiresOn', 'sellBy', 'madeOn', 'dateKind'] },
  { label: msg`How much`, fields: ['quantity', 'secondQuantity', 'secondUom', 'unitCost', 'costCurrency'] },
  { label: msg`Where and whose`, fields: ['facility', 'place', 'plate', 'owner'] },
]

const fieldNames: { readonly [field in Field]: MessageDescriptor } = {
  product: msg`Product code`, name: msg`Product name`, gtin: msg`GTIN`, tracking: msg`Tracking`, uom: msg`Unit of measure`, scale: msg`Decimals of the quantity`, measured: msg`Pieces are measured`,
  lot: msg`Lot`, serial: msg`Serial`, issuer: msg`Issuer of the lot`, family: msg`Family of lots`,
  bestBy: msg`Best by`, useBy: msg`Use by`, expiresOn: msg`Expires on`, sellBy: msg`Sell by`, madeOn: msg`Made on`, dateKind: msg`Kind of date`,
  quantity: msg`Quantity`, secondQuantity: msg`Second quantity`, secondUom: msg`Second unit of measure`, unitCost: msg`Unit cost`, costCurrency: msg`Currency`,
  facility: msg`Facility`, place: msg`Place`, plate: msg`Plate`, owner: msg`Owner`,
}

export function fieldName(field: Field): string {
  return i18n._(fieldNames[field])
}

const statuses: { readonly [status in Status]: readonly [MessageDescriptor, ToneName] } = {
  asking: [msg`Needs answers`, 'warn'], checking: [msg`Looking through`, 'info'], ready: [msg`Ready to import`, 'info'], running: [msg`Importing`, 'info'], done: [msg`Imported`, 'ok'],
  failed: [msg`Stopped`, 'stop'], cancelled: [msg`Cancelled`, 'quiet'], undoing: [msg`Being undone`, 'info'], undone: [msg`Undone`, 'quiet'],
}

export function statusName(status: Status): string {
  return i18n._(statuses[status][0])
}

export function statusTone(status: Status): ToneName {
  return statuses[status][1]
}

const verdicts: { readonly [verdict in Verdict]: readonly [MessageDescriptor, ToneName] } = {
  new: [msg`New`, 'ok'], changed: [msg`Changed`, 'info'], unchanged: [msg`Unchanged`, 'quiet'], bad: [msg`Bad`, 'stop'],
}

export function verdictName(verdict: Verdict): string {
  return i18n._(verdicts[verdict][0])
}

export function verdictTone(verdict: Verdict): ToneName {
  return verdicts[verdict][1]
}

/** The last day of 2027, which tells day from month, as each format writes it. */
export const dateExamples: { readonly [format in DateFormat]: string } = {
  'YYYY-MM-DD': '2027-12-31', 'YYYY/MM/DD': '2027/12/31', 'YYYY.MM.DD': '2027.12.31', YYYYMMDD: '20271231', 'MM/DD/YYYY': '12/31/2027', 'DD/MM/YYYY': '31/12/2027', 'DD.MM.YYYY': '31.12.2027', 'MM-DD-YYYY': '12-31-2027', 'DD-MM-YYYY': '31-12-2027',
  'MM/DD/YY': '12/31/27', 'DD/MM/YY': '31/12/27', 'DD.MM.YY': '31.12.27', 'D MMM YYYY': '31 Dec 2027', 'MMM D YYYY': 'Dec 31 2027', 'D MMM YY': '31 Dec 27', 'YYYY-MM': '2027-12', 'MM/YYYY': '12/2027', 'MM.YYYY': '12.2027', 'MMM YYYY': 'Dec 2027',
}

const delimiters: readonly (readonly [string, MessageDescriptor])[] = [[',', msg`comma`], [';', msg`semicolon`], ['\t', msg`tab`], ['|', msg`vertical bar`]]

/** The delimiters that files have, each with its name. */
export function delimiterNames(): readonly (readonly [delimiter: string, name: string])[] {
  return delimiters.map(([delimiter, name]) => [delimiter, i18n._(name)])
}

export function delimiterName(delimiter: string): string {
  return delimiterNames().find(([one]) => one === delimiter)?.[1] ?? delimiter
}

/** Why something that an import made stays in use after its undo, by what the API says. */
const keptReasons: Readonly<Record<string, MessageDescriptor>> = {
  'it has other movements': msg`it has other movements`, 'it has a hold': msg`it has a hold`, 'it was promised': msg`it was promised`, 'another lot was merged into it': msg`another lot was merged into it`,
  'it has other lots': msg`it has other lots`, 'there are places in it': msg`there are places in it`, 'there are goods on it': msg`there are goods on it`, 'lots are issued by it': msg`lots are issued by it`,
  'it owns goods': msg`it owns goods`, 'it has movements': msg`it has movements`,
}

export function keptReason(why: string): string {
  const known = keptReasons[why]
  return known === undefined ? why : i18n._(known)
}

/** Things joined as the language does it: "12 products, 3 places and 1 lot". */
export function joined(things: readonly string[]): string {
  return new Intl.ListFormat(i18n.locale === 'en' ? 'en-GB' : i18n.locale, { type: 'conjunction' }).format(things)
}

/** A day as people write it here, "31 Dec 2027". */
export function sayPlainDate(day: string): string {
  return new Intl.DateTimeFormat(i18n.locale === 'en' ? 'en-GB' : i18n.locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
}
