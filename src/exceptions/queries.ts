import { actorName } from '#src/audit/actor-name.ts'
import type { Caller } from '#src/audit/caller.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { toStagedPage, type StageQuery } from '#src/lib/staged-page.ts'
import { refuse, type Json } from '#src/lib/refusal.ts'
import type { Page } from '#src/lib/paging.ts'
import type { Instant } from '#src/lib/time.ts'
import type { Exception } from './contract.ts'

interface Filter {
  readonly open?: boolean | undefined
  readonly kind?: string | undefined
  readonly assignedTo?: string | undefined
  readonly subjectId?: string | undefined
}

/** Open ones first: what there is to do stands on the first page however much was done. */
export function listExceptions(caller: Caller, query: Filter & { limit: number; cursor?: string | undefined }): Promise<Page<Exception>> {
  const stages = [true, false].filter((open) => query.open === undefined || query.open === open)
  return caller.read((tx) => toStagedPage(query, stages.map((open) => (stage) => readStage(tx, caller.organizationId, query, open, stage)), toException))
}

export function getException(caller: Caller, exceptionId: string): Promise<Exception> {
  return caller.read((tx) => readException(tx, caller.organizationId, exceptionId))
}

/** Refuses `not_found`. */
export async function readException(tx: Tx, organizationId: OrganizationId, exceptionId: string): Promise<Exception> {
  const row = await tx.row<ExceptionRow>(sql`${columns()} where e.organization_id = ${organizationId} and e.exception_id = ${exceptionId}`)
  if (!row) throw refuse('not_found', { what: 'exception', which: exceptionId })
  return toException(row)
}

function readStage(tx: Tx, organizationId: OrganizationId, filter: Filter, open: boolean, { id, limit }: StageQuery): Promise<ExceptionRow[]> {
  const { kind = null, assignedTo = null, subjectId = null } = filter
  return tx.rows<ExceptionRow>(sql`${columns()}
    where e.organization_id = ${organizationId} and e.resolved_at is ${open ? sql`null` : sql`not null`} and (${kind}::text is null or e.kind = ${kind}::text)
      and (${assignedTo}::text is null or e.assigned_to = ${assignedTo}::text) and (${subjectId}::uuid is null or e.subject_id = ${subjectId}::uuid)
      and (${id} = '00000000-0000-0000-0000-000000000000' or e.exception_id < ${id}::uuid)
    order by e.exception_id desc limit ${limit}`)
}

function columns() {
  return sql`
    select e.exception_id, e.kind, e.subject, e.subject_id, e.movement_id, e.data, e.raised_at, e.assigned_to, e.resolved_at, e.resolved_by, e.resolution, e.version,
           coalesce(l.code, u.serial, s.code, t.code, f.code, case when e.subject = 'product' then p.sku end) as which, p.name as product,
           ${actorName(sql`e.organization_id`, sql`e.assigned_to`)} as assigned_to_name, ${actorName(sql`e.organization_id`, sql`e.resolved_by`)} as resolved_by_name, '' as sort_key, e.exception_id::text as sort_id
    from exception e
    left join lot l on e.subject = 'lot' and l.organization_id = e.organization_id and l.lot_id = e.subject_id
    left join unit u on e.subject = 'unit' and u.organization_id = e.organization_id and u.unit_id = e.subject_id
    left join place s on e.subject = 'place' and s.organization_id = e.organization_id and s.place_id = e.subject_id
    left join plate t on e.subject = 'plate' and t.organization_id = e.organization_id and t.plate_id = e.subject_id
    left join lot_family f on e.subject = 'family' and f.organization_id = e.organization_id and f.family_id = e.subject_id
    left join product p on p.organization_id = e.organization_id and p.product_id = case e.subject when 'product' then e.subject_id else coalesce(l.product_id, u.product_id) end`
}

interface ExceptionRow {
  exception_id: string; kind: string; subject: string; subject_id: string; which: string | null; product: string | null; assigned_to_name: string | null; resolved_by_name: string | null; movement_id: string | null; data: { [name: string]: Json }; raised_at: Instant; assigned_to: string | null
  resolved_at: Instant | null; resolved_by: string | null; resolution: string | null; version: number; sort_key: string; sort_id: string
}

function toException(row: ExceptionRow): Exception {
  return {
    exceptionId: row.exception_id, kind: row.kind, subject: row.subject, subjectId: row.subject_id, which: row.which, product: row.product, movementId: row.movement_id, data: row.data as Exception['data'], raisedAt: row.raised_at,
    assignedTo: row.assigned_to, assignedToName: row.assigned_to_name, resolvedAt: row.resolved_at, resolvedBy: row.resolved_by, resolvedByName: row.resolved_by_name, resolution: row.resolution, version: row.version,
  }
}
