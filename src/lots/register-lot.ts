import type { CommandScope } from '#src/audit/command.ts'
import { difference, withoutAbsent } from '#src/audit/difference.ts'
import { checkProperties, loadDefinitions, mergeProperties, requireProperties, type PropertyDefinition, type PropertyValues } from '#src/properties/properties.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { isOneLine } from '#src/lib/fields.ts'
import { fold } from '#src/lib/fold.ts'
import { newId, type FamilyId, type LotId, type OrganizationId, type PartyId, type ProductId } from '#src/lib/id.ts'
import { refuse, type Json } from '#src/lib/refusal.ts'
import type { PlainDate } from '#src/lib/time.ts'

export interface LotDates {
  readonly madeOn?: PlainDate | undefined
  readonly bestBy?: PlainDate | undefined
  readonly sellBy?: PlainDate | undefined
  readonly useBy?: PlainDate | undefined
  readonly expiresOn?: PlainDate | undefined
}
export const dateFields = ['madeOn', 'bestBy', 'sellBy', 'useBy', 'expiresOn'] as const satisfies readonly (keyof LotDates)[]

export interface LotRequest {
  readonly productId: ProductId
  readonly code: string
  /** null: look the code up whoever issued it. */
  readonly issuerId: PartyId | null
  readonly dates?: LotDates | undefined
  readonly properties?: PropertyValues | undefined
  readonly familyCode?: string | undefined
  /** Issuer to create it under where it is not known, or false: it must exist. */
  readonly create: PartyId | false
}

/**
 * Creates or meets lots: the canonical lot of each request (a merge is followed), in their order. Two first receipts of
 * one lot at once give one lot, the same lot twice in one call is one. What a known lot lacks (a date, a property, its
 * family) is filled in. One statement where all are known, three where some are new,
 * a few more where families, properties or gaps to fill come with it: never more for more lots.
 *
 * Call it once per command: its rows are inserted in the order of (product, issuer, code), so that two commands which
 * bring the same lots wait for each other and never deadlock.
 *
 * Refuses `lot_code_invalid`, `lot_unknown`, `lot_ambiguous` (naming the issuers), `lot_date_differs`,
 * `lot_property_differs`, `lot_family_differs`, and what the definitions of lot properties refuse.
 */
export async function meetLots(scope: CommandScope, asked: readonly LotRequest[]): Promise<LotId[]> {
  if (asked.length === 0) return []
  for (const request of asked) checkLotCode(request.code)
  const { requests, definitions } = await checkGiven(scope, asked)
  const families = await meetFamilies(scope, requests.flatMap(({ familyCode }) => familyCode ?? []))
  const known = await findLots(scope.tx, scope.organizationId, requests)
  const met = requests.map((request, at) => theLot(request, known.get(at) ?? []))
  const missing = requests.filter((_, at) => met[at] === undefined)
  if (missing.length > 0) {
    const made = await createLots(scope, missing, families, definitions ?? (await loadDefinitions(scope.tx, scope.organizationId, 'lot')))
    requests.forEach((request, at) => { met[at] ??= made.get(keyOf(request)) })
    const lost = new Set(met.flatMap((lot, at) => (lot === undefined ? [at] : [])))
    // somebody else was first with these since we looked
    const theirs = lost.size === 0 ? undefined : await findLots(scope.tx, scope.organizationId, requests.map((request) => ({ ...request, issuerId: request.create || request.issuerId })), lost)
    requests.forEach((request, at) => { met[at] ??= theLot(request, theirs?.get(at) ?? []) })
  }
  const lots = met.map((lot, at) => lot ?? fail(`the lot ${requests[at]?.code} was created and is not there`))
  await fillIn(scope, requests, lots, families)
  return lots.map((lot) => lot.lotId)
}

/** The requests with their properties in normal form, so that values can be compared; the definitions where they were needed. */
async function checkGiven(scope: CommandScope, requests: readonly LotRequest[]): Promise<{ requests: readonly LotRequest[]; definitions?: readonly PropertyDefinition[] }> {
  if (!requests.some(({ properties }) => properties !== undefined && Object.keys(properties).length > 0)) return { requests }
  const definitions = await loadDefinitions(scope.tx, scope.organizationId, 'lot')
  return { requests: requests.map((request) => ({ ...request, properties: mergeProperties({}, checkProperties(definitions, 'lot', request.properties ?? {})) })), definitions }
}

/** Refuses `lot_code_invalid`: 1 to 90 characters (what a label and AI (10) of any system of codes hold), none of them a control character. */
export function checkLotCode(code: string): void {
  const why = code === '' ? 'it is empty' : [...code].length > 90 ? 'it has more than 90 characters' : isOneLine(code) ? null : 'it has a control character'
  if (why !== null) throw refuse('lot_code_invalid', { lot: code.slice(0, 90), why })
}

/** A lot as it is known. */
interface KnownLot {
  readonly lotId: LotId
  readonly code: string | null
  readonly issuer: string
  readonly familyId: FamilyId | null
  readonly dates: { readonly [field in keyof LotDates]: PlainDate | null }
  readonly properties: PropertyValues
}

type LotRow = { lot_id: LotId; code: string | null; family_id: FamilyId | null; made_on: string | null; best_by: string | null; sell_by: string | null; use_by: string | null; expires_on: string | null; properties: PropertyValues }

/** The lots each request may mean, by its position; only those positions where `only` is given. */
async function findLots(tx: Tx, organizationId: OrganizationId, requests: readonly LotRequest[], only?: ReadonlySet<number>): Promise<Map<number, KnownLot[]>> {
  const asked = requests.flatMap((request, at) => (only === undefined || only.has(at) ? [{ ...request, at }] : []))
  const rows = await tx.rows<LotRow & { at: number; issuer: string }>(sql`
    select a.at, l.lot_id, l.code, l.family_id, l.made_on, l.best_by, l.sell_by, l.use_by, l.expires_on, l.properties, coalesce(y.code, y.name, c.issuer_id::text) as issuer
    from unnest(${asked.map((a) => a.at)}::int[], ${asked.map((a) => a.productId)}::uuid[], ${asked.map((a) => a.issuerId)}::uuid[], ${asked.map((a) => a.code)}::text[], ${asked.map((a) => fold(a.code))}::text[])
      as a (at, product_id, issuer_id, code, folded)
    -- offset 0: one look-up for each, also where the planner remembers the tables small and would read them whole
    cross join lateral (
      select c.lot_id, c.issuer_id from lot_code c
      where c.organization_id = ${organizationId} and c.folded = a.folded and c.product_id = a.product_id and c.code = a.code and (a.issuer_id is null or c.issuer_id = a.issuer_id) offset 0) c
    cross join lateral (select coalesce(o.merged_into, o.lot_id) as lot_id from lot o where o.organization_id = ${organizationId} and o.lot_id = c.lot_id offset 0) o
    cross join lateral (select * from lot l where l.organization_id = ${organizationId} and l.lot_id = o.lot_id offset 0) l
    left join party y on y.organization_id = ${organizationId} and y.party_id = c.issuer_id`)
  const found = new Map<number, KnownLot[]>()
  for (const row of rows) {
    const list = found.get(row.at) ?? []
    list.push({ ...toKnown(row), issuer: row.issuer })
    found.set(row.at, list)
  }
  return found
}

function toKnown(row: LotRow): KnownLot {
  return {
    lotId: row.lot_id, code: row.code, issuer: '', familyId: row.family_id, properties: row.properties,
    dates: { madeOn: row.made_on, bestBy: row.best_by, sellBy: row.sell_by, useBy: row.use_by, expiresOn: row.expires_on },
  }
}

function theLot(request: LotRequest, found: readonly KnownLot[]): KnownLot | undefined {
  const lots = new Map(found.map((lot) => [lot.lotId, lot]))
  if (lots.size > 1) throw refuse('lot_ambiguous', { lot: request.code, issuers: [...new Set(found.map(({ issuer }) => issuer))].sort() })
  const [lot] = lots.values()
  if (lot === undefined && request.create === false) throw refuse('lot_unknown', { lot: request.code })
  return lot
}

/** What a new lot is one by. */
function keyOf(request: LotRequest): string {
  return `${request.productId}/${request.create}/${request.code}`
}

/** Lots and their codes, sorted, giving the lots made by their keys; who was first with a code makes its lot, everybody else finds it afterwards. */
async function createLots(scope: CommandScope, missing: readonly LotRequest[], families: ReadonlyMap<string, FamilyId>, definitions: readonly PropertyDefinition[]): Promise<ReadonlyMap<string, KnownLot>> {
  const { tx, organizationId, recordedAt } = scope
  const wanted = new Map<string, Wanted>()
  for (const request of missing) {
    const issuerId = request.create || fail('only what may be created is missing')
    const key = keyOf(request)
    const one = wanted.get(key) ?? { lotId: newId<'lot'>(), productId: request.productId, issuerId, code: request.code, familyCode: undefined, dates: {}, properties: {} }
    wanted.set(key, agreed(one, request))
  }
  const all = [...wanted.values()]
  for (const lot of all) requireProperties(definitions, 'lot', lot.properties)
  const date = (field: keyof LotDates) => all.map((lot) => lot.dates[field] ?? null)
  const made = await tx.rows<{ lot_id: LotId }>(sql`
    with asked as (
      select * from unnest(${all.map((lot) => lot.lotId)}::uuid[], ${all.map((lot) => lot.productId)}::uuid[], ${all.map((lot) => lot.issuerId)}::uuid[], ${all.map((lot) => lot.code)}::text[],
                           ${all.map((lot) => fold(lot.code))}::text[], ${all.map((lot) => (lot.familyCode === undefined ? null : families.get(lot.familyCode)))}::uuid[],
                           ${date('madeOn')}::date[], ${date('bestBy')}::date[], ${date('sellBy')}::date[], ${date('useBy')}::date[], ${date('expiresOn')}::date[],
                           ${all.map((lot) => JSON.stringify(lot.properties))}::jsonb[])
        as a (lot_id, product_id, issuer_id, code, folded, family_id, made_on, best_by, sell_by, use_by, expires_on, properties)
    ), first as (
      insert into lot_code (organization_id, product_id, issuer_id, code, folded, lot_id, created_at)
      select ${organizationId}, a.product_id, a.issuer_id, a.code, a.folded, a.lot_id, ${recordedAt} from asked a
      order by a.product_id, a.issuer_id, a.code collate "C"
      on conflict do nothing returning lot_id
    )
    insert into lot (organization_id, lot_id, product_id, issuer_id, code, family_id, made_on, best_by, sell_by, use_by, expires_on, properties, created_at)
    select ${organizationId}, a.lot_id, a.product_id, a.issuer_id, a.code, a.family_id, a.made_on, a.best_by, a.sell_by, a.use_by, a.expires_on, a.properties, ${recordedAt}
    from asked a join first using (lot_id) order by a.lot_id
    returning lot_id`)
  const ids = new Set(made.map((row) => row.lot_id))
  const known = new Map<string, KnownLot>()
  for (const [key, { lotId, productId, issuerId, code, familyCode, dates, properties }] of wanted) {
    if (!ids.has(lotId)) continue
    known.set(key, {
      lotId, code, issuer: issuerId, familyId: familyCode === undefined ? null : (families.get(familyCode) ?? null), properties,
      dates: { madeOn: dates.madeOn ?? null, bestBy: dates.bestBy ?? null, sellBy: dates.sellBy ?? null, useBy: dates.useBy ?? null, expiresOn: dates.expiresOn ?? null },
    })
    scope.changed({ subject: 'lot', subjectId: lotId, before: null, after: withoutAbsent({ productId, issuerId, code, family: familyCode, ...dates, properties }) })
  }
  if (ids.size > 0) scope.happened({ type: 'lot.created.v1', subjectIds: [...ids], data: {} })
  return known
}

interface Wanted {
  readonly lotId: LotId
  readonly productId: ProductId
  readonly issuerId: PartyId
  readonly code: string
  readonly familyCode: string | undefined
  readonly dates: LotDates
  readonly properties: PropertyValues
}

/** The same lot asked for twice: the second may add, not contradict. */
function agreed(one: Wanted, { code, dates = {}, properties = {}, familyCode }: LotRequest): Wanted {
  for (const field of dateFields) compareDate(code, field, one.dates[field], dates[field])
  for (const [key, given] of Object.entries(properties)) compareProperty(code, key, one.properties[key], given)
  if (one.familyCode !== undefined && familyCode !== undefined && one.familyCode !== familyCode) throw refuse('lot_family_differs', { lot: code, ours: one.familyCode, given: familyCode })
  return { ...one, familyCode: one.familyCode ?? familyCode, dates: { ...one.dates, ...present(dates) }, properties: { ...one.properties, ...properties } }
}

function compareDate(lot: string, field: keyof LotDates, ours: PlainDate | null | undefined, given: PlainDate | undefined): void {
  if (given !== undefined && ours !== null && ours !== undefined && ours !== given) throw refuse('lot_date_differs', { lot, field, ours, given })
}

function compareProperty(lot: string, property: string, ours: Json | undefined, given: Json): void {
  if (ours !== undefined && ours !== given) throw refuse('lot_property_differs', { lot, property, ours, given })
}

/** Dates, properties and the family that requests bring and their lots lack. */
async function fillIn(scope: CommandScope, requests: readonly LotRequest[], lots: readonly KnownLot[], families: ReadonlyMap<string, FamilyId>): Promise<void> {
  const brings = requests.flatMap((request, at) => {
    const lot = lots[at]
    return lot && addition(lot, request, families) ? [{ request, lotId: lot.lotId }] : []
  })
  if (brings.length === 0) return
  const { tx, organizationId } = scope
  // looked at again under lock: somebody else may be filling in another date at this moment
  const rows = await tx.rows<LotRow>(sql`
    select lot_id, code, family_id, made_on, best_by, sell_by, use_by, expires_on, properties from lot
    where organization_id = ${organizationId} and lot_id = any(${[...new Set(brings.map(({ lotId }) => lotId))]}::uuid[]) order by lot_id for update`)
  const before = new Map(rows.map((row) => [row.lot_id, toKnown(row)]))
  const after = new Map(before)
  for (const { request, lotId } of brings) {
    const lot = after.get(lotId) ?? fail('a known lot is gone')
    after.set(lotId, addition(lot, request, families) ?? lot)
  }
  const changed = [...after.values()].filter((lot) => lot !== before.get(lot.lotId))
  const date = (field: keyof LotDates) => changed.map((lot) => lot.dates[field] ?? null)
  await tx.run(sql`
    update lot l set made_on = a.made_on, best_by = a.best_by, sell_by = a.sell_by, use_by = a.use_by, expires_on = a.expires_on,
                     family_id = a.family_id, properties = a.properties, version = l.version + 1
    from unnest(${changed.map((lot) => lot.lotId)}::uuid[], ${date('madeOn')}::date[], ${date('bestBy')}::date[], ${date('sellBy')}::date[], ${date('useBy')}::date[], ${date('expiresOn')}::date[],
                ${changed.map((lot) => lot.familyId)}::uuid[], ${changed.map((lot) => JSON.stringify(lot.properties))}::jsonb[])
      as a (lot_id, made_on, best_by, sell_by, use_by, expires_on, family_id, properties)
    where l.organization_id = ${organizationId} and l.lot_id = a.lot_id`)
  for (const lot of changed) {
    const was = before.get(lot.lotId) ?? fail('a known lot is gone')
    scope.changed({ subject: 'lot', subjectId: lot.lotId, ...difference({ ...was.dates, familyId: was.familyId, properties: was.properties }, { ...lot.dates, familyId: lot.familyId, properties: lot.properties }) })
  }
  scope.happened({ type: 'lot.changed.v1', subjectIds: changed.map((lot) => lot.lotId), data: {} })
}

/** The lot with what the request adds to it, or undefined where that is nothing. Refuses where they contradict each other. */
function addition(lot: KnownLot, request: LotRequest, families: ReadonlyMap<string, FamilyId>): KnownLot | undefined {
  const { code, dates = {}, properties = {}, familyCode } = request
  for (const field of dateFields) compareDate(code, field, lot.dates[field], dates[field])
  for (const [key, given] of Object.entries(properties)) compareProperty(code, key, lot.properties[key], given)
  const familyId = familyCode === undefined ? null : (families.get(familyCode) ?? fail('a family was not met'))
  if (familyId !== null && lot.familyId !== null && familyId !== lot.familyId) throw refuse('lot_family_differs', { lot: code, ours: lot.familyId, given: familyCode ?? '' })
  const newDates = dateFields.filter((field) => dates[field] !== undefined && lot.dates[field] === null)
  const newProperties = Object.entries(properties).filter(([key]) => lot.properties[key] === undefined)
  if (newDates.length === 0 && newProperties.length === 0 && (familyId === null || lot.familyId !== null)) return undefined
  return { ...lot, familyId: lot.familyId ?? familyId, dates: { ...lot.dates, ...Object.fromEntries(newDates.map((field) => [field, dates[field]])) }, properties: { ...lot.properties, ...Object.fromEntries(newProperties) } }
}

/** Families by code, made where they are not known, sorted like lots are. */
export async function meetFamilies(scope: CommandScope, codes: readonly string[]): Promise<ReadonlyMap<string, FamilyId>> {
  if (codes.length === 0) return new Map()
  const all = [...new Set(codes)].sort()
  for (const code of all) checkLotCode(code)
  const { tx, organizationId, recordedAt } = scope
  const read = () => tx.rows<{ code: string; family_id: FamilyId }>(sql`select code, family_id from lot_family where organization_id = ${organizationId} and code = any(${all}::text[])`)
  const known = await read()
  if (known.length === all.length) return new Map(known.map((row) => [row.code, row.family_id]))
  const missing = all.filter((code) => !known.some((row) => row.code === code))
  const made = await tx.rows<{ code: string; family_id: FamilyId }>(sql`
    insert into lot_family (organization_id, family_id, code, folded, created_at)
    select ${organizationId}, a.family_id, a.code, a.folded, ${recordedAt}
    from unnest(${missing.map(() => newId<'family'>())}::uuid[], ${missing}::text[], ${missing.map(fold)}::text[]) as a (family_id, code, folded) order by a.code collate "C"
    on conflict do nothing returning code, family_id`)
  for (const { code, family_id } of made) scope.changed({ subject: 'lot_family', subjectId: family_id, before: null, after: { code } })
  return new Map((await read()).map((row) => [row.code, row.family_id]))
}

function present(dates: LotDates): LotDates {
  return Object.fromEntries(Object.entries(dates).filter(([, date]) => date !== undefined))
}

function fail(message: string): never {
  throw new Error(message)
}
