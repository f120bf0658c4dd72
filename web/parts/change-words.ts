import { msg } from '@lingui/core/macro'
import type { ItemOf } from '../api.ts'
import { namer } from '../words.ts'

export type Change = ItemOf<'/audit'>
type Fields = Readonly<Record<string, unknown>>

/** What kind of record an audit row is about. */
export const subjectKindName = namer({
  organization: msg`Organisation`, person: msg`Person`, role: msg`Role`, api_key: msg`API key`, property: msg`Property`, uom: msg`Unit of measure`, product: msg`Product`, product_uom: msg`Product`, party: msg`Party`, party_licence: msg`Party`,
  place: msg`Place`, lot: msg`Lot`, lot_family: msg`Lot family`, unit: msg`Unit`, units: msg`Units`, plate: msg`Plate`, movement: msg`Movement`, allocation: msg`Promise of stock`, hold: msg`Hold`, exception: msg`Exception`, freeze: msg`Freeze`,
  verification: msg`Verification`, projections: msg`Rebuild of what is derived`, import: msg`Import`, view: msg`View`,
})

/** What a field of a record is called on the screens. */
export const fieldName = namer({
  name: msg`Name`, email: msg`E-mail`, code: msg`Code`, sku: msg`SKU`, gtin: msg`GTIN`, gln: msg`GLN`, phone: msg`Phone`, address: msg`Address`, role: msg`Role`, roles: msg`Role`, permissions: msg`May`, currency: msg`Currency`, timeZone: msg`Time zone`,
  trades: msg`What is handled`, closedThrough: msg`Books closed through`, endedAt: msg`Left`, revokedAt: msg`Revoked`, expiresAt: msg`Opens until`, archivedAt: msg`Archived`, mergedInto: msg`Merged into`, baseUom: msg`Unit of measure`, scale: msg`Decimals`,
  secondUom: msg`Also kept in`, tracking: msg`Tracked`, measured: msg`Pieces of different size`, dateKind: msg`Date on the label`, blocksAfterDate: msg`Blocks after its date`, makerId: msg`Maker`, issuerId: msg`Issued by`, familyId: msg`Family`, family: msg`Family`,
  productId: msg`Product`, parentId: msg`Stands in`, facilityId: msg`Facility`, partyId: msg`Party`, commingled: msg`Mixes`, kind: msg`Kind`, madeOn: msg`Made`, bestBy: msg`Best by`, sellBy: msg`Sell by`, useBy: msg`Use by`, expiresOn: msg`Expires`,
  valueType: msg`Holds`, choices: msg`Choices`, required: msg`Has to be filled in`, subject: msg`Of`, key: msg`Name for programs`, uom: msg`Short`, number: msg`Number`, type: msg`Kind`, assignedTo: msg`Given to`, resolvedAt: msg`Resolved`, resolution: msg`What was found`,
  releasedAt: msg`Released`, resumedAt: msg`Resumed`, reason: msg`Reason`, allows: msg`Still allowed`, until: msg`Until`, status: msg`State`, shared: msg`Shared`, rows: msg`Rows`, file: msg`File`, source: msg`Source`, occurredAt: msg`When it happened`, lines: msg`Lines`,
  findings: msg`Findings`, ok: msg`Whole`, demo: msg`Demo company`, sscc: msg`SSCC`,
})

/** One field of a change. `key`: of a custom property its own name. */
export interface FieldChange {
  readonly field: string
  readonly key: string | null
  readonly before: unknown
  readonly after: unknown
  /** What it was and is is not kept, since it can be erased: that it changed is all there is. */
  readonly isErasable: boolean
}

/** What differs between before and after, properties one by one; ids that nobody reads are left out. */
export function fieldChanges({ before, after }: Pick<Change, 'before' | 'after'>): readonly FieldChange[] {
  const [old, now] = [asFields(before), asFields(after)]
  const changed = Array.isArray(now['changed']) ? now['changed'].map((field) => ({ field: String(field), key: null, before: null, after: null, isErasable: true })) : []
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((field) => !hidden.has(field) && JSON.stringify(old[field] ?? null) !== JSON.stringify(now[field] ?? null))
  return [...fields.flatMap((field): FieldChange[] => {
    if (field !== 'properties') return [{ field, key: null, before: old[field] ?? null, after: now[field] ?? null, isErasable: false }]
    const [was, is] = [asFields(old[field]), asFields(now[field])]
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => JSON.stringify(was[key]) !== JSON.stringify(is[key])).map((key) => ({ field, key, before: was[key] ?? null, after: is[key] ?? null, isErasable: false }))
  }), ...changed]
}
const hidden: ReadonlySet<string> = new Set(['changed', 'organizationId', 'createdAt', 'licenceId', 'aliasId', 'noLotId', 'sha256'])

/** A change that made the record: there was nothing before. A code or a licence that was added changed the record it is of. */
export function isMaking({ subject, before, after }: Pick<Change, 'subject' | 'before' | 'after'>): boolean {
  return before === null && subject !== 'product_uom' && subject !== 'party_licence' && !('alias' in asFields(after))
}

/** A row that says nothing a person can read: its command wrote another one that does. */
export function isEmpty(change: Pick<Change, 'before' | 'after'>): boolean {
  return change.before !== null && change.after !== null && fieldChanges(change).length === 0
}

export function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}
