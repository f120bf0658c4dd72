import type { z } from 'zod'
import { checkVersion, type Caller, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand } from '#src/audit/command.ts'
import { findSorted, inOrder, type Orders } from '#src/db/sorted.ts'
import { join, sql } from '#src/db/sql.ts'
import { uniquely } from '#src/db/unique.ts'
import { isSscc } from '#src/gs1/keys.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { fold } from '#src/lib/fold.ts'
import { newId } from '#src/lib/id.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { refuse } from '#src/lib/refusal.ts'
import { endOfPrefix } from '#src/lib/staged-page.ts'
import type * as contract from './contract.ts'

type Plates = OutputOf<typeof contract.listPlates>
type Plate = OutputOf<typeof contract.getPlate>
type PlateRow = { plate_id: string; code: string; folded: string; sscc: boolean; created_at: string; archived_at: string | null; version: number }

const orders = { code: [{ column: sql`r.folded`, type: 'text' }], created: [] } as const satisfies Orders

/** Plates in use (or archived ones), in the order of their codes or another one. */
export function listPlates(caller: Caller, { search, sort = 'code', archived, limit, cursor }: z.output<typeof contract.listPlates.query>): Promise<Plates> {
  const { organizationId } = caller
  const folded = fold(search ?? '')
  const begins = folded === '' ? [] : [sql`r.folded >= ${folded}`, sql`r.folded < ${endOfPrefix(folded)}`]
  const isByCode = sort.endsWith('code')
  return caller.read(async (tx) => {
    const page = await findSorted(tx, { limit, cursor }, sort, {
      from: sql`plate r`, id: sql`r.plate_id`, keys: orders[isByCode ? 'code' : 'created'], within: [sql`r.organization_id = ${organizationId}`, ...(isByCode ? begins : [])],
      filters: [sql`(r.archived_at is not null) = ${archived}`, ...(isByCode ? [] : begins)],
      few: isByCode || begins.length === 0 ? [] : [sql`select r.plate_id from plate r where ${join([sql`r.organization_id = ${organizationId}`, ...begins], ' and ')}`],
    })
    const rows = await tx.rows<PlateRow>(sql`select * from plate where organization_id = ${organizationId} and plate_id = any(${page.ids}::uuid[])`)
    return { items: inOrder(page.ids, rows, (row) => row.plate_id).map(toSummary), next: page.next }
  })
}

function toSummary(row: PlateRow): Plates['items'][number] {
  return { plateId: row.plate_id, code: row.code, sscc: row.sscc, createdAt: row.created_at, archivedAt: row.archived_at, version: row.version }
}

/** One plate and what is on it, from the balances. Refuses `not_found`. */
export function getPlate(caller: Caller, plateId: string): Promise<Plate> {
  const { organizationId } = caller
  return caller.read(async (tx) => {
    const row = await tx.row<PlateRow>(sql`select * from plate where organization_id = ${organizationId} and plate_id = ${plateId}`)
    if (!row) throw refuse('not_found', { what: 'plate', which: plateId })
    const contents = await tx.rows<{ product_id: string; sku: string; name: string; lot_id: string; lot_code: string | null; place_id: string; place_code: string; owner_id: string; on_hand: string; allocated: string; second_on_hand: string }>(sql`
      select b.product_id, p.sku, p.name, b.lot_id, l.code as lot_code, b.place_id, s.code as place_code, b.owner_id, b.on_hand, b.allocated, b.second_on_hand
      from balance b
      join product p on p.organization_id = b.organization_id and p.product_id = b.product_id
      join lot l on l.organization_id = b.organization_id and l.lot_id = b.lot_id
      join place s on s.organization_id = b.organization_id and s.place_id = b.place_id
      where b.organization_id = ${organizationId} and b.plate_id = ${plateId} and b.plate_id <> '00000000-0000-0000-0000-000000000000' and b.on_hand > 0
      order by p.sku, l.code, b.lot_id, b.owner_id`)
    return {
      ...toSummary(row),
      contents: contents.map((content) => ({
        product: { productId: content.product_id, sku: content.sku, name: content.name }, lot: { lotId: content.lot_id, code: content.lot_code }, place: { placeId: content.place_id, code: content.place_code },
        ownerId: content.owner_id, onHand: trimQuantity(content.on_hand), allocated: trimQuantity(content.allocated), secondOnHand: trimQuantity(content.second_on_hand),
      })),
    }
  })
}

/** A new plate, by its SSCC (18 digits, the last a check digit) or by a code of our own. */
export function createPlate(caller: CommandCaller, body: z.output<typeof contract.createPlate.body>) {
  return runCommand(caller.context, { name: 'plate.create', input: body }, async ({ tx, organizationId, recordedAt, changed, happened }) => {
    const sscc = 'sscc' in body
    const code = sscc ? body.sscc : body.code
    if (sscc && !isSscc(code)) throw refuse('sscc_check_digit', { sscc: code })
    const plateId = body.plateId ?? newId<'plate'>()
    await uniquely(() => tx.run(sql`
      insert into plate (organization_id, plate_id, code, folded, sscc, created_at) values (${organizationId}, ${plateId}, ${code}, ${fold(code)}, ${sscc}, ${recordedAt})`), {
      plate_code: () => refuse('code_taken', { code, by: 'another plate' }),
      plate_pkey: () => refuse('code_taken', { code: plateId, by: 'another plate' }),
    })
    changed({ subject: 'plate', subjectId: plateId, before: null, after: { code, sscc } })
    happened({ type: 'plate.created.v1', subjectIds: [plateId], data: {} })
    return { plateId, version: 1 }
  })
}

/** Takes an empty plate out of use. Refuses `plate_not_empty`. */
export function archivePlate(caller: CommandCaller, plateId: string, reason: string | undefined) {
  return runCommand(caller.context, { name: 'plate.archive', input: { plateId }, reason }, async ({ tx, organizationId, recordedAt, changed, happened }) => {
    const row = await tx.row<PlateRow>(sql`select * from plate where organization_id = ${organizationId} and plate_id = ${plateId} for update`)
    if (!row) throw refuse('not_found', { what: 'plate', which: plateId })
    checkVersion(caller, row.version, 'plate', row.code)
    if (row.archived_at !== null) return { plateId, version: row.version }
    const used = await tx.row(sql`
      select from balance where organization_id = ${organizationId} and plate_id = ${plateId} and plate_id <> '00000000-0000-0000-0000-000000000000' and on_hand > 0 limit 1`)
    if (used) throw refuse('plate_not_empty', { plate: row.code })
    await tx.run(sql`update plate set archived_at = ${recordedAt}, version = version + 1 where organization_id = ${organizationId} and plate_id = ${plateId}`)
    changed({ subject: 'plate', subjectId: plateId, before: { archivedAt: null }, after: { archivedAt: recordedAt } })
    happened({ type: 'plate.changed.v1', subjectIds: [plateId], data: {} })
    return { plateId, version: row.version + 1 }
  })
}
