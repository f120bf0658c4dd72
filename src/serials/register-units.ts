import type { CommandScope } from '#src/audit/command.ts'
import { checkProperties, loadDefinitions, mergeProperties, requireProperties, type PropertyDefinition, type PropertyValues } from '#src/properties/properties.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { isOneLine } from '#src/lib/fields.ts'
import { fold } from '#src/lib/fold.ts'
import { newId, type LotId, type OrganizationId, type PartyId, type ProductId, type UnitId } from '#src/lib/id.ts'
import { refuse, type Json } from '#src/lib/refusal.ts'

export interface UnitRequest {
  readonly productId: ProductId
  /** null: whichever lot it is of; a new one is then of the product's hidden lot. */
  readonly lotId: LotId | null
  /** null: by product and serial, whoever issued it. */
  readonly issuerId: PartyId | null
  readonly serial: string
  /** Issuer to create it under where it is not known, or false: it must exist. */
  readonly create: PartyId | false
  readonly properties?: PropertyValues | undefined
}

/**
 * Creates or meets units: the unit of each request, in their order; serial or piece as the product says. Two first
 * receipts of one serial at once give one unit. Set-based: a few statements, whatever the number, and one audit row
 * for the set. A unit of the product's hidden lot that never moved joins the lot it is asked for with.
 *
 * Call it once per command, after `meetLots`: rows are inserted in the order of (product, issuer, serial).
 *
 * Refuses `serial_invalid`, `unit_unknown` (up to five serials, and how many), `unit_ambiguous` (naming the issuers),
 * `unit_of_other_lot`, `product_unknown`, and what the definitions of unit properties refuse. Properties of a known
 * unit are left as they are.
 */
export async function meetUnits(scope: CommandScope, requests: readonly UnitRequest[]): Promise<UnitId[]> {
  if (requests.length === 0) return []
  for (const { serial } of requests) checkSerial(serial)
  const { tx, organizationId } = scope
  const known = await findUnits(tx, organizationId, requests)
  const met = requests.map((request, at) => theUnit(request, known.get(at) ?? []))
  const missing = requests.filter((_, at) => met[at] === undefined)
  if (missing.length > 0) {
    refuseUnknown(missing)
    const made = await createUnits(scope, missing)
    requests.forEach((request, at) => {
      const unit = made.get(keyOf(request))
      met[at] ??= unit && theUnit(request, [unit])
    })
    const lost = new Set(met.flatMap((unit, at) => (unit === undefined ? [at] : [])))
    // somebody else was first with these since we looked
    const theirs = lost.size === 0 ? undefined : await findUnits(tx, organizationId, requests.map((request) => ({ ...request, issuerId: request.create || request.issuerId })), lost)
    requests.forEach((request, at) => { met[at] ??= theUnit(request, theirs?.get(at) ?? []) })
  }
  const units = met.map((unit, at) => unit ?? fail(`the unit ${requests[at]?.serial} was created and is not there`))
  await joinLots(scope, requests, units)
  return units.map((unit) => unit.unitId)
}

/** Refuses `serial_invalid`: 1 to 90 characters, none of them a control character. */
export function checkSerial(serial: string): void {
  const why = serial === '' ? 'it is empty' : serial.length > 90 && [...serial].length > 90 ? 'it has more than 90 characters' : isOneLine(serial) ? null : 'it has a control character'
  if (why !== null) throw refuse('serial_invalid', { serial: serial.slice(0, 90), why })
}

interface KnownUnit {
  readonly unitId: UnitId
  readonly issuerId: PartyId
  readonly lotId: LotId
  readonly ofHiddenLot: boolean
  readonly moved: boolean
}

/** The units each request may mean, by its position; only those positions where `only` is given. */
async function findUnits(tx: Tx, organizationId: OrganizationId, requests: readonly UnitRequest[], only?: ReadonlySet<number>): Promise<Map<number, KnownUnit[]>> {
  const asked = requests.flatMap((request, at) => (only === undefined || only.has(at) ? [{ ...request, at }] : []))
  const rows = await tx.rows<{ at: number; unit_id: UnitId; issuer_id: PartyId; lot_id: LotId; hidden: boolean; moved: boolean }>(sql`
    select a.at, u.unit_id, u.issuer_id, coalesce(l.merged_into, u.lot_id) as lot_id, l.code is null as hidden, u.last_movement_id is not null as moved
    from unnest(${asked.map((a) => a.at)}::int[], ${asked.map((a) => a.productId)}::uuid[], ${asked.map((a) => a.issuerId)}::uuid[], ${asked.map((a) => a.serial)}::text[], ${asked.map((a) => fold(a.serial))}::text[])
      as a (at, product_id, issuer_id, serial, folded)
    join unit u on u.organization_id = ${organizationId} and u.folded = a.folded and u.product_id = a.product_id and u.serial = a.serial and (a.issuer_id is null or u.issuer_id = a.issuer_id)
    join lot l on l.organization_id = ${organizationId} and l.lot_id = u.lot_id`)
  const found = new Map<number, KnownUnit[]>()
  for (const row of rows) {
    const unit = { unitId: row.unit_id, issuerId: row.issuer_id, lotId: row.lot_id, ofHiddenLot: row.hidden, moved: row.moved }
    const list = found.get(row.at)
    if (list) list.push(unit)
    else found.set(row.at, [unit])
  }
  return found
}

function theUnit(request: UnitRequest, found: readonly KnownUnit[]): KnownUnit | undefined {
  const [unit] = found
  if (unit === undefined) return undefined
  if (found.length > 1) throw refuse('unit_ambiguous', { serial: request.serial, issuers: found.map(({ issuerId }) => issuerId).sort() })
  if (request.lotId !== null && unit.lotId !== request.lotId && !unit.ofHiddenLot) throw refuse('unit_of_other_lot', { serial: request.serial, lot: unit.lotId, given: request.lotId })
  return unit
}

function refuseUnknown(missing: readonly UnitRequest[]): void {
  const unknown = missing.filter(({ create }) => create === false).map(({ serial }) => serial)
  if (unknown.length > 0) throw refuse('unit_unknown', { serials: unknown.slice(0, 5), count: unknown.length })
}

/** What a new unit is one by. */
function keyOf(request: UnitRequest): string {
  return `${request.productId}/${request.create}/${request.serial}`
}

/** Sorted inserts, giving the units made by their keys; who was first with a serial makes its unit, everybody else finds it afterwards. */
async function createUnits(scope: CommandScope, missing: readonly UnitRequest[]): Promise<ReadonlyMap<string, KnownUnit>> {
  const { tx, organizationId, recordedAt } = scope
  const definitions = await loadDefinitions(tx, organizationId, 'unit')
  const wanted = new Map<string, UnitRequest & { readonly unitId: UnitId; readonly values: PropertyValues }>()
  for (const request of missing) {
    const key = keyOf(request)
    if (!wanted.has(key)) wanted.set(key, { ...request, unitId: newId<'unit'>(), values: checkNew(definitions, request.properties) })
  }
  const all = [...wanted.values()]
  const products = await tx.row<{ known: string }>(sql`
    select count(*) as known from product where organization_id = ${organizationId} and product_id = any(${[...new Set(all.map((unit) => unit.productId))]}::uuid[])`)
  if (Number(products?.known) < new Set(all.map((unit) => unit.productId)).size) throw refuse('product_unknown', { product: all[0]?.productId ?? '' })
  // a lot that is being merged is waited for: its unit is of the lot that stays
  const rows = await tx.rows<{ unit_id: UnitId; lot_id: LotId }>(sql`
    with lots as (select lot_id, merged_into from lot where organization_id = ${organizationId} and lot_id = any(${all.map((a) => a.lotId)}::uuid[]) order by lot_id for key share)
    insert into unit (organization_id, unit_id, product_id, lot_id, issuer_id, serial, folded, kind, properties, created_at)
    select ${organizationId}, a.unit_id, a.product_id, coalesce(k.merged_into, a.lot_id, p.no_lot_id), a.issuer_id, a.serial, a.folded, case when p.measured then 'piece' else 'serial' end, a.properties, ${recordedAt}
    from unnest(${all.map((a) => a.unitId)}::uuid[], ${all.map((a) => a.productId)}::uuid[], ${all.map((a) => a.lotId)}::uuid[], ${all.map((a) => a.create)}::uuid[],
                ${all.map((a) => a.serial)}::text[], ${all.map((a) => fold(a.serial))}::text[], ${all.map((a) => JSON.stringify(a.values))}::jsonb[])
      as a (unit_id, product_id, lot_id, issuer_id, serial, folded, properties)
    join product p on p.organization_id = ${organizationId} and p.product_id = a.product_id
    left join lots k on k.lot_id = a.lot_id
    order by a.product_id, a.issuer_id, a.serial collate "C"
    on conflict do nothing returning unit_id, lot_id`)
  const lots = new Map(rows.map((row) => [row.unit_id, row.lot_id]))
  if (lots.size === 0) return new Map()
  scope.changed({ subject: 'units', subjectId: scope.commandId, before: null, after: tellCreated(all.filter(({ unitId }) => lots.has(unitId))) })
  scope.happened({ type: 'units.created.v1', subjectIds: [...new Set(all.flatMap(({ lotId, productId }) => lotId ?? productId))], data: { count: lots.size } })
  const made = new Map<string, KnownUnit>()
  for (const [key, { unitId, create, lotId }] of wanted) {
    const madeLot = lots.get(unitId)
    if (madeLot !== undefined) made.set(key, { unitId, issuerId: create || fail('a unit without an issuer was made'), lotId: madeLot, ofHiddenLot: lotId === null, moved: false })
  }
  return made
}

function checkNew(definitions: readonly PropertyDefinition[], given: PropertyValues | undefined): PropertyValues {
  if (definitions.length === 0 && given === undefined) return {}
  const values = mergeProperties({}, checkProperties(definitions, 'unit', given ?? {}))
  requireProperties(definitions, 'unit', values)
  return values
}

/** The whole set as the audit tells it: serials by product, lot and issuer. */
function tellCreated(units: readonly UnitRequest[]): Json {
  const sets = Map.groupBy(units, (unit) => `${unit.productId}/${unit.lotId}/${unit.create}`)
  return [...sets.values()].map((set) => {
    const [first] = set
    return { productId: first?.productId ?? null, lotId: first?.lotId ?? null, issuerId: first?.create || null, serials: set.map(({ serial }) => serial) }
  })
}

/** Units of the hidden lot that never moved take the lot they are asked for with; one that moved keeps it, since its history is there. */
async function joinLots(scope: CommandScope, requests: readonly UnitRequest[], units: readonly KnownUnit[]): Promise<void> {
  const joining = new Map<UnitId, LotId>()
  for (const [at, unit] of units.entries()) {
    const lotId = requests[at]?.lotId
    if (lotId && lotId !== unit.lotId && unit.ofHiddenLot && !unit.moved) joining.set(unit.unitId, lotId)
  }
  if (joining.size === 0) return
  const ids = [...joining.keys()].sort()
  const { tx, organizationId } = scope
  const joined = await tx.run(sql`
    with locked as (select unit_id from unit where organization_id = ${organizationId} and unit_id = any(${ids}::uuid[]) and last_movement_id is null order by unit_id for update)
    update unit u set lot_id = a.lot_id, version = u.version + 1
    from unnest(${ids}::uuid[], ${ids.map((id) => joining.get(id))}::uuid[]) as a (unit_id, lot_id), locked k
    where u.organization_id = ${organizationId} and u.unit_id = a.unit_id and k.unit_id = u.unit_id and u.last_movement_id is null`)
  if (joined > 0) scope.changed({ subject: 'units', subjectId: scope.commandId, before: { lot: 'none' }, after: { units: ids.map((unitId) => ({ unitId, lotId: joining.get(unitId) ?? null })) } })
}

function fail(message: string): never {
  throw new Error(message)
}
