import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { findSorted, inOrder } from '#src/db/sorted.ts'
import { sql } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { decodeCursor, encodeCursor } from '#src/lib/paging.ts'
import type { Json } from '#src/lib/refusal.ts'
import { refuse } from '#src/lib/refusal.ts'
import { uuidPart } from '#src/lib/staged-page.ts'
import type { Instant } from '#src/lib/time.ts'
import type * as contract from './contract.ts'

type AuditList = OutputOf<typeof contract.listAudit>
type EventList = OutputOf<typeof contract.listEvents>

export interface ActorRow {
  actor_kind: 'user' | 'key' | 'system'
  actor_id: string
  actor_name: string | null
}

/** Who did `m`, by the name they go by today: a person's, or a key's. */
export const actorColumns = sql`m.actor_kind, m.actor_id, coalesce(who.name, k.name) as actor_name`
export const actorJoins = sql`
  left join person who on m.actor_kind = 'user' and who.organization_id = m.organization_id and who.user_id = m.actor_id
  left join api_key k on m.actor_kind = 'key' and k.organization_id = m.organization_id and k.api_key_id::text = m.actor_id`

export function toActor(row: ActorRow): { kind: ActorRow['actor_kind']; id: string; name: string | null } {
  return { kind: row.actor_kind, id: row.actor_id, name: row.actor_name }
}

type AuditRow = ActorRow & { audit_id: string; subject: string; subject_id: string; which: string | null; before: Json; after: Json; recorded_at: Instant; command: string; command_id: string; reason: string | null }

/** Who changed what from what to what and why, the latest first. Refuses `range_backwards`. */
export function listAudit(caller: Caller, query: z.output<typeof contract.listAudit.query>): Promise<AuditList> {
  const { organizationId } = caller
  const { subjectId, subject, actorId, recordedFrom: from, recordedTo: to } = query
  if (from !== undefined && to !== undefined && Date.parse(from) > Date.parse(to)) throw refuse('range_backwards', { from, to })
  return caller.read(async (tx) => {
    const { ids, next } = await findSorted(tx, query, '-recorded', {
      from: sql`audit r`, id: sql`r.audit_id`, keys: [], few: [],
      within: [sql`r.organization_id = ${organizationId}`, ...(subjectId === undefined ? [] : [sql`r.subject_id = ${subjectId}`])],
      filters: [
        ...(subject === undefined ? [] : [sql`r.subject = ${subject}`]),
        ...(from === undefined ? [] : [sql`r.recorded_at >= ${from}`]),
        ...(to === undefined ? [] : [sql`r.recorded_at <= ${to}`]),
        ...(actorId === undefined ? [] : [sql`(select true from command c where c.organization_id = r.organization_id and c.command_id = r.command_id and c.actor_id = ${actorId} limit 1)`]),
      ],
    })
    const rows = await tx.rows<AuditRow>(sql`
      select a.audit_id, a.subject, a.subject_id, ${whichColumn} as which, a.before, a.after, a.recorded_at, m.name as command, m.command_id, m.reason, ${actorColumns}
      from audit a join command m on m.organization_id = a.organization_id and m.command_id = a.command_id ${actorJoins}
      where a.organization_id = ${organizationId} and a.audit_id = any(${ids}::uuid[])`)
    return { items: inOrder(ids, rows, (row) => row.audit_id).map(toAudit), next }
  })
}

/** What the record of an audit row `a` goes by today. */
const whichColumn = sql`case a.subject
        when 'product' then (select name from product where organization_id = a.organization_id and product_id = a.subject_id)
        when 'product_uom' then (select name from product where organization_id = a.organization_id and product_id = a.subject_id)
        when 'party' then (select name from party where organization_id = a.organization_id and party_id = a.subject_id)
        when 'party_licence' then (select name from party where organization_id = a.organization_id and party_id = a.subject_id)
        when 'place' then (select code from place where organization_id = a.organization_id and place_id = a.subject_id)
        when 'lot' then (select code from lot where organization_id = a.organization_id and lot_id = a.subject_id)
        when 'lot_family' then (select code from lot_family where organization_id = a.organization_id and family_id = a.subject_id)
        when 'unit' then (select serial from unit where organization_id = a.organization_id and unit_id = a.subject_id)
        when 'plate' then (select code from plate where organization_id = a.organization_id and plate_id = a.subject_id)
        when 'person' then (select name from person where organization_id = a.organization_id and user_id = a.subject_id::text)
        when 'api_key' then (select name from api_key where organization_id = a.organization_id and api_key_id = a.subject_id)
        when 'property' then (select name from property_definition where organization_id = a.organization_id and property_id = a.subject_id)
        when 'organization' then (select name from organization where organization_id = a.organization_id and organization_id = a.subject_id)
        else coalesce(a.after, a.before)->>case a.subject when 'role' then 'name' when 'uom' then 'uom' end end`

function toAudit(row: AuditRow): AuditList['items'][number] {
  return {
    auditId: row.audit_id, subject: row.subject, subjectId: row.subject_id, which: row.which, before: row.before as never, after: row.after as never, recordedAt: row.recorded_at,
    command: row.command, commandId: row.command_id, actor: toActor(row), reason: row.reason,
  }
}

/**
 * Events in the order of the transactions that wrote them, up to below the oldest one that is still running: whatever is
 * still being written has a higher position, so a reader who goes on from `next` misses nothing and sees nothing twice.
 */
export function listEvents(caller: Caller, query: z.output<typeof contract.listEvents.query>): Promise<EventList> {
  const { organizationId } = caller
  const after = decodeCursor(query.after, 2)
  return caller.read(async (tx) => {
    const rows = await tx.rows<{ event_id: string; type: string; subject_ids: string[]; occurred_at: Instant; recorded_at: Instant; data: Json; position: string }>(sql`
      select event_id, type, subject_ids, occurred_at, recorded_at, data, position from event
      where organization_id = ${organizationId} and position < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        ${after === null ? sql`` : sql`and (position, event_id) > (${positionPart(after[0])}::bigint, ${uuidPart(after[1])}::uuid)`}
      order by position, event_id limit ${query.limit + 1}`)
    const shown = rows.slice(0, query.limit)
    const last = shown.at(-1)
    return {
      items: shown.map((row) => ({ eventId: row.event_id, type: row.type, subjectIds: row.subject_ids, occurredAt: row.occurred_at, recordedAt: row.recorded_at, data: row.data as never })),
      next: last ? encodeCursor([last.position, last.event_id]) : (query.after ?? null), more: rows.length > query.limit,
    }
  })
}

function positionPart(part: unknown): string {
  if (typeof part === 'string' && /^-?\d{1,18}$/.test(part)) return part
  throw refuse('input_invalid', { field: 'query.after', why: 'it is not the next of an answer of this feed' })
}
