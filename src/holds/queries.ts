import { actorName } from '#src/audit/actor-name.ts'
import type { Caller } from '#src/audit/caller.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { decodeCursor, toPage, type Page } from '#src/lib/paging.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { Instant } from '#src/lib/time.ts'
import type { Hold, HoldScope } from './contract.ts'
import { readScope } from './scope.ts'

export async function listHolds(caller: Caller, query: { limit: number; cursor?: string | undefined; active?: boolean | undefined; subject?: string | undefined; subjectId?: string | undefined }): Promise<Page<Hold>> {
  const [before = null] = decodeCursor(query.cursor, 1) ?? []
  const rows = await caller.read((tx) => readHolds(tx, caller.organizationId, { active: query.active, subject: query.subject, subjectId: query.subjectId, before, now: caller.clock(), limit: query.limit + 1 }))
  return toPage(rows, query.limit, (row) => [row.hold_id], toHold)
}

export function getHold(caller: Caller, holdId: string): Promise<Hold & { scope: HoldScope }> {
  return caller.read(async (tx) => {
    const [row] = await readHolds(tx, caller.organizationId, { holdId })
    if (!row) throw refuse('not_found', { what: 'hold', which: holdId })
    return { ...toHold(row), scope: await readScope(tx, caller.organizationId, { kind: row.subject, id: row.subject_id }) }
  })
}

interface Wanted {
  readonly holdId?: string
  readonly active?: boolean | undefined
  readonly subject?: string | undefined
  readonly subjectId?: string | undefined
  readonly before?: string | number | null
  readonly now?: Instant
  readonly limit?: number
}

/** Holds, the latest first, with the names of what they are on. */
export function readHolds(tx: Tx, organizationId: OrganizationId, wanted: Wanted): Promise<HoldRow[]> {
  const { holdId = null, active = null, subject = null, subjectId = null, before = null, now = null, limit = 1 } = wanted
  return tx.rows<HoldRow>(sql`
    select h.hold_id, h.subject, h.subject_id, h.reason, h.note, h.allows, h.until, h.placed_at, h.placed_by, h.released_at, h.released_by, h.release_reason,
           coalesce(l.code, u.serial, t.code, p.code, f.code) as which, d.product_id, d.name as product,
           ${actorName(sql`h.organization_id`, sql`h.placed_by`)} as placed_by_name, ${actorName(sql`h.organization_id`, sql`h.released_by`)} as released_by_name
    from hold h
    left join lot l on h.subject = 'lot' and l.organization_id = h.organization_id and l.lot_id = h.subject_id
    left join unit u on h.subject = 'unit' and u.organization_id = h.organization_id and u.unit_id = h.subject_id
    left join plate t on h.subject = 'plate' and t.organization_id = h.organization_id and t.plate_id = h.subject_id
    left join place p on h.subject = 'place' and p.organization_id = h.organization_id and p.place_id = h.subject_id
    left join lot_family f on h.subject = 'family' and f.organization_id = h.organization_id and f.family_id = h.subject_id
    left join product d on d.organization_id = h.organization_id and d.product_id = coalesce(l.product_id, u.product_id)
    where h.organization_id = ${organizationId} and (${holdId}::uuid is null or h.hold_id = ${holdId}::uuid) and (${subjectId}::uuid is null or h.subject_id = ${subjectId}::uuid)
      and (${subject}::text is null or h.subject = ${subject}::text)
      and (${active}::boolean is null or (h.released_at is null and (h.until is null or h.until > ${now}::timestamptz)) = ${active}::boolean)
      and (${before}::uuid is null or h.hold_id < ${before}::uuid)
    order by h.hold_id desc limit ${limit}`)
}

export interface HoldRow {
  hold_id: string; subject: Hold['subject']; subject_id: string; reason: string; note: string | null; allows: string[]; until: Instant | null; placed_at: Instant; placed_by: string
  released_at: Instant | null; released_by: string | null; release_reason: string | null; which: string | null; product_id: string | null; product: string | null; placed_by_name: string | null; released_by_name: string | null
}

export function toHold(row: HoldRow): Hold {
  return {
    holdId: row.hold_id, subject: row.subject, subjectId: row.subject_id, which: row.which, productId: row.product_id, product: row.product, reason: row.reason, note: row.note, allows: row.allows, until: row.until,
    placedAt: row.placed_at, placedBy: row.placed_by, placedByName: row.placed_by_name, releasedAt: row.released_at, releasedBy: row.released_by, releasedByName: row.released_by_name, releaseReason: row.release_reason,
  }
}
