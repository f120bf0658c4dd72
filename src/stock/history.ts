import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { findSorted, inOrder, type Orders, type SortedList } from '#src/db/sorted.ts'
import { join, sql, type Statement, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { LOOSE, type OrganizationId } from '#src/lib/id.ts'
import { decodeCursor, toPage } from '#src/lib/paging.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { refuse } from '#src/lib/refusal.ts'
import { uuidPart } from '#src/lib/staged-page.ts'
import type { Instant } from '#src/lib/time.ts'
import type * as contract from './contract.ts'
import { actorColumns, actorJoins, toActor, type ActorRow } from './records.ts'
import { findLot } from './question.ts'

type Query = z.output<typeof contract.listMovements.query>
type MovementList = OutputOf<typeof contract.listMovements>
type Movement = OutputOf<typeof contract.getMovement>
type Line = Movement['lines'][number]

/** Lines shown of each movement of a list. */
const SHOWN_LINES = 20
/** Units that come with one movement. */
const SHOWN_UNITS = 200

interface HeaderRow extends ActorRow {
  movement_id: string; kind: Movement['kind']; occurred_at: Instant; recorded_at: Instant; business_date: string; reason: string | null; note: string | null; run_id: string | null; run_kind: string | null
  reverses: string | null; reversal: Movement['reversal']; reversed_by: string | null; line_count: number; refs: Movement['references']
}

/** What is shown of a movement `m`; the number of its lines is its last line's. */
const headerColumns = sql`m.movement_id, m.kind, m.occurred_at, m.recorded_at, m.business_date, m.reason, m.note, m.run_id, m.run_kind, m.reverses, m.reversal, ${actorColumns},
    (select r.movement_id from movement r where r.organization_id = m.organization_id and r.reverses = m.movement_id) as reversed_by,
    (select max(l.line_no) from movement_line l where l.organization_id = m.organization_id and l.movement_id = m.movement_id) as line_count,
    (select coalesce(jsonb_agg(jsonb_build_object('type', f.type, 'number', f.number, 'issuerId', f.issuer_id) order by f.type, f.number), '[]') from movement_reference f
     where f.organization_id = m.organization_id and f.movement_id = m.movement_id) as refs`

const orders = { occurred: [{ column: sql`r.occurred_at`, type: 'instant' }, { column: sql`r.recorded_at`, type: 'instant' }], recorded: [{ column: sql`r.recorded_at`, type: 'instant' }] } as const satisfies Orders

/**
 * Movements in the order of the ledger (occurred, recorded, id), the latest first, or in another one. A lot is asked for
 * by any id it goes by. Refuses `not_found` (product, lot, unit, place, party, movement), `range_backwards`.
 */
export function listMovements(caller: Caller, query: Query): Promise<MovementList> {
  const { organizationId } = caller
  checkRange(query.occurredFrom, query.occurredTo)
  checkRange(query.recordedFrom, query.recordedTo)
  return caller.read(async (tx) => {
    const lot = await findLot(tx, organizationId, query.lotId)
    await checkKnown(tx, organizationId, query)
    const which = linesOf(organizationId, query, lot)
    const sort = query.sort ?? '-occurred'
    const page = await findSorted(tx, query, sort, sortedMovements(organizationId, query, lot, which, sort.endsWith('occurred')))
    const rows = await tx.rows<HeaderRow>(sql`select ${headerColumns} from movement m ${actorJoins} where m.organization_id = ${organizationId} and m.movement_id = any(${page.ids}::uuid[])`)
    const lines = await loadLines(tx, organizationId, page.ids, which, SHOWN_LINES)
    return { items: inOrder(page.ids, rows, (row) => row.movement_id).map((row) => ({ ...toHeader(row), lines: lines.get(row.movement_id) ?? [] })), next: page.next }
  })
}

type LotAsked = { readonly productId: string; readonly all: readonly string[] } | null

/** What has an index of its own (a unit, a document, a run, a lot, a product) leads where it is in few movements; everything else is looked for along the time. */
function sortedMovements(organizationId: OrganizationId, query: Query, lot: LotAsked, which: readonly Statement[], isByOccurred: boolean): SortedList {
  const { kind, runId, referenceType: type, referenceNumber: number, unitId, productId, actorId } = query
  const between = (column: Statement, from: string | undefined, to: string | undefined): Statement[] => [...(from === undefined ? [] : [sql`${column} >= ${from}`]), ...(to === undefined ? [] : [sql`${column} <= ${to}`])]
  const occurred = between(sql`r.occurred_at`, query.occurredFrom, query.occurredTo)
  const recorded = between(sql`r.recorded_at`, query.recordedFrom, query.recordedTo)
  const reference = join([sql`true`, ...(type === undefined ? [] : [sql`f.type = ${type}`]), ...(number === undefined ? [] : [sql`f.number = ${number}`])], ' and ')
  return {
    from: sql`movement r`, id: sql`r.movement_id`, keys: orders[isByOccurred ? 'occurred' : 'recorded'],
    within: [sql`r.organization_id = ${organizationId}`, ...(isByOccurred ? occurred : recorded)],
    filters: [
      ...(isByOccurred ? recorded : occurred),
      ...(kind === undefined ? [] : [sql`r.kind = ${kind}`]),
      ...(runId === undefined ? [] : [sql`r.run_id = ${runId}`]),
      ...(actorId === undefined ? [] : [sql`r.actor_id = ${actorId}`]),
      ...(type === undefined && number === undefined ? [] : [sql`(select true from movement_reference f where f.organization_id = r.organization_id and f.movement_id = r.movement_id and ${reference} limit 1)`]),
      ...(which.length === 0 ? [] : [sql`(select true from movement_line l where l.organization_id = r.organization_id and l.movement_id = r.movement_id and ${join(which, ' and ')} limit 1)`]),
    ],
    few: [
      ...(unitId === undefined ? [] : [sql`select x.movement_id from line_unit x where x.organization_id = ${organizationId} and x.unit_id = ${unitId}`]),
      ...(runId === undefined ? [] : [sql`select m.movement_id from movement m where m.organization_id = ${organizationId} and m.run_id = ${runId}`]),
      ...(number === undefined ? [] : [sql`select f.movement_id from movement_reference f where f.organization_id = ${organizationId} and ${reference}`]),
      ...(lot === null ? [] : [sql`select l.movement_id from movement_line l where l.organization_id = ${organizationId} and l.product_id = ${lot.productId} and l.lot_id = any(${lot.all}::uuid[])`]),
      ...(productId === undefined || lot !== null ? [] : [sql`select l.movement_id from movement_line l where l.organization_id = ${organizationId} and l.product_id = ${productId}`]),
    ],
  }
}

/** Conditions on a line `l`, all of which one and the same line fulfils. */
function linesOf(organizationId: OrganizationId, { productId, unitId, placeId, partyId }: Query, lot: LotAsked): Statement[] {
  const touching = (places: Statement): Statement => sql`(l.from_place_id in (${places}) or l.to_place_id in (${places}))`
  return [
    ...(productId === undefined ? [] : [sql`l.product_id = ${productId}`]),
    ...(lot === null ? [] : [sql`l.lot_id = any(${lot.all}::uuid[])`]),
    ...(unitId === undefined ? [] : [sql`exists (select from line_unit x where x.organization_id = l.organization_id and x.unit_id = ${unitId} and x.movement_id = l.movement_id and x.line_no = l.line_no)`]),
    ...(placeId === undefined ? [] : [touching(sql`select place_id from place where organization_id = ${organizationId} and path @> array[${placeId}::uuid]`)]),
    ...(partyId === undefined ? [] : [touching(sql`select place_id from place where organization_id = ${organizationId} and party_id = ${partyId}`)]),
  ]
}

function checkRange(from: string | undefined, to: string | undefined): void {
  if (from !== undefined && to !== undefined && Date.parse(from) > Date.parse(to)) throw refuse('range_backwards', { from, to })
}

/** Every named record is there, in one statement. */
async function checkKnown(tx: Tx, organizationId: OrganizationId, query: Query): Promise<void> {
  const { productId = null, unitId = null, placeId = null, partyId = null } = query
  if (productId === null && unitId === null && placeId === null && partyId === null) return
  const missing = await tx.row<{ what: string; which: string }>(sql`
    select a.what, a.which::text from (values ('product', ${productId}::uuid), ('unit', ${unitId}::uuid), ('place', ${placeId}::uuid), ('party', ${partyId}::uuid)) a (what, which)
    where a.which is not null and not case a.what
      when 'product' then exists (select from product where organization_id = ${organizationId} and product_id = a.which)
      when 'unit' then exists (select from unit where organization_id = ${organizationId} and unit_id = a.which)
      when 'place' then exists (select from place where organization_id = ${organizationId} and place_id = a.which)
      else exists (select from party where organization_id = ${organizationId} and party_id = a.which) end
    limit 1`)
  if (missing) throw refuse('not_found', missing)
}

/** One movement with everything that was written with it. Refuses `not_found`. */
export function getMovement(caller: Caller, movementId: string): Promise<Movement> {
  const { organizationId } = caller
  return caller.read(async (tx) => {
    const row = await tx.row<HeaderRow & { device: string | null; device_time: Instant | null; command_id: string; canonical: string; sha256: Buffer }>(sql`
      select ${headerColumns}, m.device, m.device_time, m.command_id, m.canonical, m.sha256 from movement m ${actorJoins}
      where m.organization_id = ${organizationId} and m.movement_id = ${movementId}`)
    if (!row) throw refuse('not_found', { what: 'movement', which: movementId })
    const lines = await loadLines(tx, organizationId, [movementId], [], row.line_count)
    const units = await loadUnits(tx, organizationId, movementId, { limit: SHOWN_UNITS, cursor: undefined })
    const uses = await tx.rows<{ output_line: number; input_movement_id: string; input_line: number; quantity: string }>(sql`
      select output_line, input_movement_id, input_line, quantity from line_use where organization_id = ${organizationId} and movement_id = ${movementId} order by output_line, input_movement_id, input_line`)
    return {
      ...toHeader(row), device: row.device, deviceTime: row.device_time, commandId: row.command_id, canonical: row.canonical, sha256: row.sha256.toString('hex'), lines: lines.get(movementId) ?? [],
      uses: uses.map((use) => ({ outputLine: use.output_line, inputMovementId: use.input_movement_id, inputLine: use.input_line, quantity: trimQuantity(use.quantity) })),
      units: units.items, nextUnits: units.next,
    }
  })
}

/** The units of a movement by line and id. Refuses `not_found`. */
export function listMovementUnits(caller: Caller, movementId: string, query: { readonly limit: number; readonly cursor?: string | undefined }): Promise<OutputOf<typeof contract.listMovementUnits>> {
  return caller.read(async (tx) => {
    const known = await tx.row(sql`select 1 from movement where organization_id = ${caller.organizationId} and movement_id = ${movementId}`)
    if (!known) throw refuse('not_found', { what: 'movement', which: movementId })
    return loadUnits(tx, caller.organizationId, movementId, query)
  })
}

async function loadUnits(tx: Tx, organizationId: OrganizationId, movementId: string, query: { readonly limit: number; readonly cursor?: string | undefined }) {
  const [line, unit] = decodeCursor(query.cursor, 2) ?? [0, LOOSE]
  const rows = await tx.rows<{ line_no: number; unit_id: string; serial: string; quantity: string; second_quantity: string | null }>(sql`
    select x.line_no, x.unit_id, u.serial, x.quantity, x.second_quantity from line_unit x join unit u on u.organization_id = x.organization_id and u.unit_id = x.unit_id
    where x.organization_id = ${organizationId} and x.movement_id = ${movementId} and (x.line_no, x.unit_id) > (${typeof line === 'number' ? Math.trunc(line) : 0}::int, ${uuidPart(unit)}::uuid)
    order by x.line_no, x.unit_id limit ${query.limit + 1}`)
  return toPage(rows, query.limit, (row) => [row.line_no, row.unit_id], (row) => ({
    lineNo: row.line_no, unitId: row.unit_id, serial: row.serial, quantity: trimQuantity(row.quantity), secondQuantity: row.second_quantity === null ? null : trimQuantity(row.second_quantity),
  }))
}

function toHeader(row: HeaderRow): Omit<MovementList['items'][number], 'lines'> {
  return {
    movementId: row.movement_id, kind: row.kind, occurredAt: row.occurred_at, recordedAt: row.recorded_at, businessDate: row.business_date, actor: toActor(row), reason: row.reason, note: row.note,
    runId: row.run_id, run: row.run_kind, reverses: row.reverses, reversal: row.reversal, reversedBy: row.reversed_by, references: row.refs, lineCount: row.line_count,
  }
}

interface LineRow {
  movement_id: string; line_no: number; role: Line['role']; product_id: string; sku: string; product: string; base_uom: string; second_uom: string | null; lot_id: string; lot: string | null; merged_into: string | null
  from_place_id: string; from_place: string; from_kind: string; from_owner_id: string; from_plate_id: string; from_party_id: string | null; from_party: string | null
  to_place_id: string; to_place: string; to_kind: string; to_owner_id: string; to_plate_id: string; to_party_id: string | null; to_party: string | null
  quantity: string; second_quantity: string | null; entered_quantity: string; entered_uom: string; unit_cost: string | null; cost_currency: string | null; cost_rate: string | null; from_mixture: boolean; units: number
}

/** The first `most` lines that match of each movement, with the names of what they speak of. */
async function loadLines(tx: Tx, organizationId: OrganizationId, movementIds: readonly string[], which: readonly Statement[], most: number): Promise<Map<string, Line[]>> {
  if (movementIds.length === 0) return new Map()
  const rows = await tx.rows<LineRow>(sql`
    select l.*, p.sku, p.name as product, p.base_uom, p.second_uom, o.code as lot, o.merged_into,
           a.code as from_place, a.kind as from_kind, a.party_id as from_party_id, ap.name as from_party, z.code as to_place, z.kind as to_kind, z.party_id as to_party_id, zp.name as to_party,
           case when l.has_units then (select count(*)::int from line_unit x where x.organization_id = l.organization_id and x.movement_id = l.movement_id and x.line_no = l.line_no) else 0 end as units
    from unnest(${movementIds}::uuid[]) w (movement_id)
    cross join lateral (
      select * from movement_line l where ${join([sql`l.organization_id = ${organizationId}`, sql`l.movement_id = w.movement_id`, ...which], ' and ')} order by l.line_no limit ${most}
    ) l
    join product p on p.organization_id = ${organizationId} and p.product_id = l.product_id
    join lot o on o.organization_id = ${organizationId} and o.lot_id = l.lot_id
    join place a on a.organization_id = ${organizationId} and a.place_id = l.from_place_id
    join place z on z.organization_id = ${organizationId} and z.place_id = l.to_place_id
    left join party ap on ap.organization_id = ${organizationId} and ap.party_id = a.party_id
    left join party zp on zp.organization_id = ${organizationId} and zp.party_id = z.party_id
    order by l.movement_id, l.line_no`)
  const lines = new Map<string, Line[]>()
  for (const row of rows) {
    const of = lines.get(row.movement_id) ?? []
    of.push(toLine(row))
    lines.set(row.movement_id, of)
  }
  return lines
}

function toLine(row: LineRow): Line {
  const decimal = (text: string | null): string | null => (text === null ? null : trimQuantity(text))
  return {
    lineNo: row.line_no, role: row.role, productId: row.product_id, sku: row.sku, product: row.product, uom: row.base_uom, lotId: row.lot_id, lot: row.lot, mergedInto: row.merged_into,
    from: { placeId: row.from_place_id, place: row.from_place, kind: row.from_kind, ownerId: row.from_owner_id, plateId: row.from_plate_id === LOOSE ? null : row.from_plate_id, partyId: row.from_party_id, party: row.from_party },
    to: { placeId: row.to_place_id, place: row.to_place, kind: row.to_kind, ownerId: row.to_owner_id, plateId: row.to_plate_id === LOOSE ? null : row.to_plate_id, partyId: row.to_party_id, party: row.to_party },
    quantity: trimQuantity(row.quantity), secondQuantity: decimal(row.second_quantity), secondUom: row.second_uom, enteredQuantity: trimQuantity(row.entered_quantity), enteredUom: row.entered_uom,
    unitCost: decimal(row.unit_cost), costCurrency: row.cost_currency, costRate: decimal(row.cost_rate), fromMixture: row.from_mixture, units: row.units,
  }
}
