import type { z } from 'zod'
import { checkVersion, type Caller, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandOutcome } from '#src/audit/command.ts'
import { difference } from '#src/audit/difference.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { uniquely } from '#src/db/unique.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { newId } from '#src/lib/id.ts'
import { toViewQuery, type ListPage } from '#src/lib/list-pages.ts'
import { decodeCursor, toPage } from '#src/lib/paging.ts'
import { refuse } from '#src/lib/refusal.ts'
import { uuidPart } from '#src/lib/staged-page.ts'
import type * as contract from './contract.ts'
import type { View } from './contract.ts'

type ViewRow = { view_id: string; page: ListPage; name: string; query: string; shared: boolean; owner_id: string; owner: string | null; created_at: string; version: number }

const FIRST = '00000000-0000-0000-0000-000000000000'

/** My views and those that are shared, the oldest first. */
export function listViews(caller: Caller, { page, limit, cursor }: z.output<typeof contract.listViews.query>): Promise<OutputOf<typeof contract.listViews>> {
  const [after = FIRST] = decodeCursor(cursor, 1)?.map(uuidPart) ?? []
  const ofPage = page ?? null
  return caller.read(async (tx) => {
    const rows = await tx.rows<ViewRow>(sql`
      select v.*, coalesce(who.name, k.name) as owner from saved_view v
      left join person who on who.organization_id = v.organization_id and who.user_id = v.owner_id
      left join api_key k on k.organization_id = v.organization_id and k.api_key_id::text = v.owner_id
      where v.organization_id = ${caller.organizationId} and v.archived_at is null and (${ofPage}::text is null or v.page = ${ofPage}::text) and (v.shared or v.owner_id = ${caller.actor.id}) and v.view_id > ${after}::uuid
      order by v.view_id limit ${limit + 1}`)
    return toPage(rows, limit, (row) => [row.view_id], (row) => toView(caller, row))
  })
}

/** Keeps a list under a name. Refuses `view_name_taken`, and `input_invalid` where the query names what the list does not know. */
export function createView(caller: CommandCaller, body: z.output<typeof contract.createView.body>): Promise<CommandOutcome<View>> {
  return runCommand(caller.context, { name: 'view.create', input: body }, async ({ tx, organizationId, actor, recordedAt, changed }) => {
    const viewId = newId()
    const { page, name, shared } = body
    const query = checkedQuery(page, body.query)
    await uniquely(() => tx.run(sql`
      insert into saved_view (organization_id, view_id, page, name, query, shared, owner_id, created_at) values (${organizationId}, ${viewId}, ${page}, ${name}, ${query}, ${shared}, ${actor.id}, ${recordedAt})`), {
      saved_view_name: () => refuse('view_name_taken', { name }),
    })
    changed({ subject: 'view', subjectId: viewId, before: null, after: { page, name, query, shared } })
    return readView(tx, caller, viewId)
  })
}

/** Changes what is given. Refuses `not_found`, `view_of_another`, `record_changed`, `view_name_taken`, `input_invalid` (the query). */
export function changeView(caller: CommandCaller, viewId: string, body: z.output<typeof contract.changeView.body>): Promise<CommandOutcome<View>> {
  return runCommand(caller.context, { name: 'view.change', input: { viewId, ...body } }, async ({ tx, organizationId, changed }) => {
    const before = await lockView(tx, caller, viewId)
    const after = { name: body.name ?? before.name, query: body.query === undefined ? before.query : checkedQuery(before.page, body.query), shared: body.shared ?? before.shared }
    await uniquely(() => tx.run(sql`
      update saved_view set name = ${after.name}, query = ${after.query}, shared = ${after.shared}, version = version + 1 where organization_id = ${organizationId} and view_id = ${viewId}`), {
      saved_view_name: () => refuse('view_name_taken', { name: after.name }),
    })
    changed({ subject: 'view', subjectId: viewId, ...difference({ name: before.name, query: before.query, shared: before.shared }, after) })
    return readView(tx, caller, viewId)
  })
}

/** Takes a view away. Refuses `not_found`, `view_of_another`, `record_changed`. */
export function archiveView(caller: CommandCaller, viewId: string): Promise<CommandOutcome<View>> {
  return runCommand(caller.context, { name: 'view.archive', input: { viewId } }, async ({ tx, organizationId, recordedAt, changed }) => {
    await lockView(tx, caller, viewId)
    await tx.run(sql`update saved_view set archived_at = ${recordedAt}, version = version + 1 where organization_id = ${organizationId} and view_id = ${viewId}`)
    changed({ subject: 'view', subjectId: viewId, before: { archivedAt: null }, after: { archivedAt: recordedAt } })
    return readView(tx, caller, viewId)
  })
}

/** The view, locked, where the caller may change it: what is somebody else's own is not there for anybody else. */
async function lockView(tx: Tx, caller: CommandCaller, viewId: string): Promise<ViewRow> {
  const row = await tx.row<ViewRow>(sql`
    select * from saved_view where organization_id = ${caller.organizationId} and view_id = ${viewId} and archived_at is null and (shared or owner_id = ${caller.actor.id}) for update`)
  if (!row) throw refuse('not_found', { what: 'view', which: viewId })
  if (!mayChange(caller, row)) throw refuse('view_of_another', { name: row.name, owner: (await readView(tx, caller, viewId)).owner.name ?? row.owner_id })
  checkVersion(caller, row.version, 'view', row.name)
  return row
}

async function readView(tx: Tx, caller: Caller, viewId: string): Promise<View> {
  const row = await tx.row<ViewRow>(sql`
    select v.*, coalesce(who.name, k.name) as owner from saved_view v
    left join person who on who.organization_id = v.organization_id and who.user_id = v.owner_id
    left join api_key k on k.organization_id = v.organization_id and k.api_key_id::text = v.owner_id
    where v.organization_id = ${caller.organizationId} and v.view_id = ${viewId}`)
  if (!row) throw new Error('a view was written and is not there')
  return toView(caller, row)
}

function checkedQuery(page: ListPage, text: string): string {
  const { query, strange } = toViewQuery(page, new URLSearchParams(text))
  if (strange.length > 0) throw refuse('input_invalid', { field: '$.query', why: `the list of ${page} knows no ${strange.join(', ')}` })
  return query
}

function mayChange(caller: Caller, { owner_id: owner, shared }: ViewRow): boolean {
  return owner === caller.actor.id || (shared && caller.permissions.has('organization.manage'))
}

function toView(caller: Caller, row: ViewRow): View {
  return {
    viewId: row.view_id, page: row.page, name: row.name, query: row.query, shared: row.shared, owner: { id: row.owner_id, name: row.owner }, mine: row.owner_id === caller.actor.id, mayChange: mayChange(caller, row),
    createdAt: row.created_at, version: row.version,
  }
}
