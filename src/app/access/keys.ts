import type { Caller, CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandOutcome } from '#src/audit/command.ts'
import { actorName } from '#src/audit/actor-name.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { decodeCursor, toPage, type Page } from '#src/lib/paging.ts'
import { refuse } from '#src/lib/refusal.ts'
import { createApiKey } from '../api-key.ts'
import type { revokeApiKey as contract } from './contract.ts'
import { grantableRole } from './roles.ts'
import { assertFound } from './rows.ts'

type Key = OutputOf<typeof contract>
interface KeyRow {
  api_key_id: string
  name: string
  role: string
  created_by: string
  created_by_name: string | null
  created_at: string
  expires_at: string | null
  revoked_at: string | null
  last_used_at: string | null
}

/** The latest first. */
export async function listKeys(caller: Caller, { limit, cursor, active = null }: { limit: number; cursor?: string | undefined; active?: boolean | null | undefined }): Promise<Page<Key>> {
  const [before = null] = decodeCursor(cursor, 1) ?? []
  const rows = await caller.read((tx) => tx.rows<KeyRow>(sql`
    select api_key_id, name, role, created_by, ${actorName(sql`api_key.organization_id`, sql`api_key.created_by`)} as created_by_name, created_at, expires_at, revoked_at, last_used_at from api_key
    where organization_id = ${caller.organizationId} and (${before}::uuid is null or api_key_id < ${before}::uuid)
      and (${active}::boolean is null or (revoked_at is null and (expires_at is null or expires_at > ${caller.clock()})) = ${active}::boolean)
    order by api_key_id desc limit ${limit + 1}`))
  return toPage(rows, limit, (row) => [row.api_key_id], toKey)
}

/** Makes a key. Its text leaves with this answer only: neither it nor its secret is stored, so a repeated request gets null. */
export async function createKey(caller: CommandCaller, wanted: { name: string; role: string; expiresAt?: string | undefined }): Promise<CommandOutcome<Key & { key: string | null }>> {
  const { organizationId, context, actor } = caller
  const key = createApiKey(organizationId, newId())
  const { result, replayed } = await runCommand<Key>(context, { name: 'api_key.create', input: wanted }, async ({ tx, recordedAt, changed }) => {
    await grantableRole(tx, caller, wanted.role)
    await tx.run(sql`
      insert into api_key (organization_id, api_key_id, name, role, secret_hash, created_by, created_at, expires_at)
      values (${organizationId}, ${key.apiKeyId}, ${wanted.name}, ${wanted.role}, ${key.secretHash}, ${actor.id}, ${recordedAt}, ${wanted.expiresAt ?? null})`)
    changed({ subject: 'api_key', subjectId: key.apiKeyId, before: null, after: { name: wanted.name, role: wanted.role, expiresAt: wanted.expiresAt ?? null } })
    return assertFound(await readKey(tx, organizationId, key.apiKeyId))
  })
  return { result: { ...result, key: replayed || context.dryRun ? null : key.text }, replayed }
}

export function revokeKey(caller: CommandCaller, apiKeyId: string) {
  const { organizationId } = caller
  return runCommand(caller.context, { name: 'api_key.revoke', input: { apiKeyId } }, async ({ tx, recordedAt, changed }) => {
    const before = await readKey(tx, organizationId, apiKeyId)
    if (!before) throw refuse('not_found', { what: 'API key', which: apiKeyId })
    const revokedAt = before.revokedAt ?? recordedAt
    await tx.run(sql`update api_key set revoked_at = ${revokedAt} where organization_id = ${organizationId} and api_key_id = ${apiKeyId}`)
    changed({ subject: 'api_key', subjectId: apiKeyId, before: { revokedAt: before.revokedAt }, after: { revokedAt } })
    return { ...before, revokedAt }
  })
}

/** One key, also one that was revoked. Refuses `not_found`. */
export async function getKey(caller: Caller, apiKeyId: string): Promise<Key> {
  const key = await caller.read((tx) => readKey(tx, caller.organizationId, apiKeyId))
  if (!key) throw refuse('not_found', { what: 'API key', which: apiKeyId })
  return key
}

async function readKey(tx: Tx, organizationId: OrganizationId, apiKeyId: string): Promise<Key | null> {
  const row = await tx.row<KeyRow>(sql`
    select api_key_id, name, role, created_by, ${actorName(sql`api_key.organization_id`, sql`api_key.created_by`)} as created_by_name, created_at, expires_at, revoked_at, last_used_at from api_key
    where organization_id = ${organizationId} and api_key_id = ${apiKeyId}`)
  return row ? toKey(row) : null
}

function toKey(row: KeyRow): Key {
  return {
    apiKeyId: row.api_key_id, name: row.name, role: row.role, createdBy: row.created_by, createdByName: row.created_by_name, createdAt: row.created_at,
    expiresAt: row.expires_at, revokedAt: row.revoked_at, lastUsedAt: row.last_used_at,
  }
}
