import type { z } from 'zod'
import { checkVersion, type Caller, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand } from '#src/audit/command.ts'
import { difference } from '#src/audit/difference.ts'
import { findSorted, inOrder, type SortedList } from '#src/db/sorted.ts'
import { join, sql, type Statement, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { fold } from '#src/lib/fold.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { decodeCursor, toPage } from '#src/lib/paging.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { refuse } from '#src/lib/refusal.ts'
import { endOfPrefix, textPart, uuidPart } from '#src/lib/staged-page.ts'
import { writtenProperties, type PropertyValues } from '#src/properties/properties.ts'
import type * as contract from './contract.ts'

type Query = z.output<typeof contract.listUnits.query>
type Units = OutputOf<typeof contract.listUnits>
type Unit = OutputOf<typeof contract.getUnit>
export type UnitRow = {
  unit_id: string; serial: string; folded: string; kind: 'serial' | 'piece'; product_id: string; sku: string; product_name: string; lot_id: string; lot_code: string | null; issuer_id: string
  place_id: string | null; place_code: string | null; internal: boolean | null; measure: string; version: number
}

/** What a list shows of a unit `u`. */
export const columns = sql`u.unit_id, u.serial, u.folded, u.kind, u.product_id, p.sku, p.name as product_name, l.lot_id, l.code as lot_code, u.issuer_id, u.place_id, s.code as place_code, s.internal, u.measure, u.version`
export // case and not coalesce, which row-level security takes for leaky: the index of lots would not be used
const joined = sql`join product p on p.organization_id = u.organization_id and p.product_id = u.product_id
    join lot o on o.organization_id = u.organization_id and o.lot_id = u.lot_id
    join lot l on l.organization_id = u.organization_id and l.lot_id = case when o.merged_into is null then o.lot_id else o.merged_into end
    left join place s on s.organization_id = u.organization_id and s.place_id = u.place_id`

/** Units in another order, or in that of the index that serves the question: by serial for a search, by id of a lot, by issuer and serial of a product, else newest first. */
export function listUnits(caller: Caller, query: Query): Promise<Units> {
  const { organizationId } = caller
  const { product, lot, place, state } = query
  const folded = fold(query.search ?? '')
  return caller.read(async (tx) => {
    if (product !== undefined && query.sort === undefined && folded === '' && lot === undefined && place === undefined && state === undefined) return unitsOfProduct(tx, organizationId, product, query)
    const sort = query.sort ?? (folded !== '' ? 'serial' : lot !== undefined ? 'created' : '-created')
    const page = await findSorted(tx, query, sort, sortedUnits(organizationId, query, folded, sort.endsWith('serial')))
    const rows = await tx.rows<UnitRow>(sql`select ${columns} from unit u ${joined} where u.organization_id = ${organizationId} and u.unit_id = any(${page.ids}::uuid[])`)
    return { items: inOrder(page.ids, rows, (row) => row.unit_id).map(toSummary), next: page.next }
  })
}

async function unitsOfProduct(tx: Tx, organizationId: OrganizationId, product: string, { limit, cursor }: Query): Promise<Units> {
  const [issuer, serial] = decodeCursor(cursor, 2) ?? [FIRST, '']
  const rows = await tx.rows<UnitRow>(sql`
    select ${columns} from unit u ${joined}
    where u.organization_id = ${organizationId} and u.product_id = ${product} and (u.issuer_id, u.serial) > (${uuidPart(issuer)}::uuid, ${textPart(serial)} collate "C") order by u.issuer_id, u.serial limit ${limit + 1}`)
  return toPage(rows, limit, (row) => [row.issuer_id, row.serial], toSummary)
}

/** Units have no index by place or state, which would have to be written at every movement: they are asked one by one, a stretch for each page. */
function sortedUnits(organizationId: OrganizationId, { lot, product, place, state }: Query, folded: string, isBySerial: boolean): SortedList {
  const begins = folded === '' ? [] : [sql`r.folded >= ${folded}`, sql`r.folded < ${endOfPrefix(folded)}`]
  const ofProduct = product === undefined ? [] : [sql`r.product_id = ${product}`]
  const ofLot = lot === undefined ? [] : [sql`r.lot_id = ${lot}`]
  const below = sql`select q.place_id from place q where q.organization_id = ${organizationId} and q.path @> array[${place}::uuid]`
  const isHere = sql`(r.measure > 0 and r.place_id in (select s.place_id from place s where s.organization_id = ${organizationId} and s.internal))`
  const inState = state === undefined ? [] : [state === 'expected' ? sql`r.place_id is null` : state === 'here' ? isHere : sql`r.place_id is not null and not ${isHere}`]
  const of = (conditions: readonly Statement[]): Statement => sql`select r.unit_id from unit r where ${join([sql`r.organization_id = ${organizationId}`, ...conditions], ' and ')}`
  return {
    from: sql`unit r`, id: sql`r.unit_id`, keys: isBySerial ? [{ column: sql`r.folded`, type: 'text' }] : [],
    within: [sql`r.organization_id = ${organizationId}`, ...(isBySerial ? [...begins, ...ofProduct] : ofLot)],
    filters: [...(isBySerial ? ofLot : [...begins, ...ofProduct]), ...(place === undefined ? [] : [sql`r.place_id = any(array(${below}))`]), ...inState],
    few: [
      ...(lot !== undefined && isBySerial ? [of(ofLot)] : []),
      ...(folded !== '' && !isBySerial ? [of([...begins, ...ofProduct])] : []),
      ...(product !== undefined && folded === '' ? [of(ofProduct)] : []),
    ],
  }
}

const FIRST = '00000000-0000-0000-0000-000000000000'

export function toSummary(row: UnitRow): Units['items'][number] {
  return {
    unitId: row.unit_id, serial: row.serial, kind: row.kind, product: { productId: row.product_id, sku: row.sku, name: row.product_name }, lot: { lotId: row.lot_id, code: row.lot_code }, issuerId: row.issuer_id,
    place: row.place_id === null ? null : { placeId: row.place_id, code: row.place_code ?? '', internal: row.internal ?? false }, measure: trimQuantity(row.measure), version: row.version,
  }
}

/** One unit and where it is. Refuses `not_found`. */
export function getUnit(caller: Caller, unitId: string): Promise<Unit> {
  return caller.read(async (tx) => {
    const row = await tx.row<UnitRow & {
      owner_id: string | null; plate_id: string | null; second_measure: string | null; allocation_id: string | null; last_occurred_at: string | null; last_movement_id: string | null; properties: Unit['properties']; created_at: string
    }>(sql`
      select ${columns}, u.owner_id, nullif(u.plate_id, ${FIRST}::uuid) as plate_id, u.second_measure, u.allocation_id, u.last_occurred_at, u.last_movement_id, u.properties, u.created_at
      from unit u ${joined} where u.organization_id = ${caller.organizationId} and u.unit_id = ${unitId}`)
    if (!row) throw refuse('not_found', { what: 'unit', which: unitId })
    return {
      ...toSummary(row), ownerId: row.owner_id, plateId: row.plate_id, secondMeasure: row.second_measure === null ? null : trimQuantity(row.second_measure), allocationId: row.allocation_id,
      lastOccurredAt: row.last_occurred_at, lastMovementId: row.last_movement_id, properties: row.properties, createdAt: row.created_at,
    }
  })
}

/** Changes properties; where it is and what it holds only movements change. */
export function changeUnit(caller: CommandCaller, unitId: string, body: z.output<typeof contract.changeUnit.body>) {
  return runCommand(caller.context, { name: 'unit.change', input: { unitId, properties: body.properties }, reason: body.reason }, async (scope) => {
    const { tx, organizationId } = scope
    const row = await tx.row<{ serial: string; properties: PropertyValues; version: number }>(sql`
      select serial, properties, version from unit where organization_id = ${organizationId} and unit_id = ${unitId} for update`)
    if (!row) throw refuse('not_found', { what: 'unit', which: unitId })
    checkVersion(caller, row.version, 'unit', row.serial)
    const after = await writtenProperties(tx, organizationId, 'unit', row.properties, body.properties)
    await tx.run(sql`update unit set properties = ${JSON.stringify(after)}::jsonb, version = version + 1 where organization_id = ${organizationId} and unit_id = ${unitId}`)
    scope.changed({ subject: 'unit', subjectId: unitId, ...difference({ properties: row.properties }, { properties: after }) })
    scope.happened({ type: 'unit.changed.v1', subjectIds: [unitId], data: {} })
    return { unitId, version: row.version + 1 }
  })
}
