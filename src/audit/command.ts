import { sql, type Tx } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import { canonicalJson, sha256 } from '#src/lib/canonical.ts'
import { newId, type CommandId, type OrganizationId } from '#src/lib/id.ts'
import { refuse, type Json } from '#src/lib/refusal.ts'
import type { Clock, Instant } from '#src/lib/time.ts'

/** Who acts: a person, an API key, or the product itself (a timer, the command line). */
export interface Actor {
  readonly kind: 'user' | 'key' | 'system'
  readonly id: string
}

/** What every command arrives with, whichever door it came through. */
export interface CommandContext {
  readonly database: Database
  readonly clock: Clock
  readonly organizationId: OrganizationId
  readonly actor: Actor
  /** The idempotency key: the same key with the same input has one effect and one answer, for ever. */
  readonly key: string
  /** Carries everything out and takes it back: the answer is what would be. */
  readonly dryRun: boolean
}

/** One changed record, for the audit: what it was (null: not there) and what it is. A set of 10,000 is one change. */
export interface Change {
  readonly subject: string
  readonly subjectId: string
  readonly before: Json
  readonly after: Json
}

/** One fact for subscribers: outbox, webhook source and change feed in one. `type` is versioned: `lot.created.v1`. */
export interface Occurrence {
  readonly type: string
  readonly subjectIds: readonly string[]
  readonly occurredAt?: Instant
  readonly data: Json
}

/** What the work of a command writes through and notes down. */
export interface CommandScope {
  readonly tx: Tx
  readonly organizationId: OrganizationId
  readonly actor: Actor
  readonly commandId: CommandId
  /** The one instant at which everything of this command is recorded. */
  readonly recordedAt: Instant
  changed(change: Change): void
  happened(occurrence: Occurrence): void
}

export interface CommandOptions {
  /** `movement.receive`, `lot.merge` ... */
  readonly name: string
  /** The parsed input; its hash tells a repeated command from another one under the same key. */
  readonly input: { readonly [field: string]: unknown }
  readonly reason?: string | undefined
}

/** What came of a command; `replayed` where the answer is that of an earlier request with the same key. */
export interface CommandOutcome<T> {
  readonly result: T
  readonly replayed: boolean
}

class DryRun extends Error {
  readonly result: unknown
  constructor(result: unknown) {
    super('dry run')
    this.result = result
  }
}

/**
 * Carries out one command: claims its key, does the work, writes its command row, audit rows and events, all in one
 * transaction. Refusals are thrown (RefusalError), roll everything back and are not stored.
 * Refuses: `command_in_progress` while the same key runs elsewhere, `idempotency_key_reused` for another input.
 */
export async function runCommand<T extends Json | object>(context: CommandContext, options: CommandOptions, work: (scope: CommandScope) => Promise<T>): Promise<CommandOutcome<T>> {
  const { organizationId, actor, key } = context
  const fieldHashes = hashFields(options)
  const inputHash = sha256(canonicalJson(fieldHashes))
  try {
    return await context.database.inTransaction(organizationId, async (tx) => {
      const claim = await tx.row<{ claimed: boolean; input_hash: Buffer | null; field_hashes: Record<string, string> | null; result: string | null }>(sql`
        select pg_try_advisory_xact_lock(hashtextextended(${`${organizationId}/${key}`}, 0)) as claimed, c.input_hash, c.field_hashes, c.result::text as result
        from (select 1) one left join command c on c.organization_id = ${organizationId} and c.key = ${key}`)
      if (!claim?.claimed) throw refuse('command_in_progress', { key })
      if (claim.input_hash) {
        if (claim.input_hash.equals(inputHash)) return { result: JSON.parse(claim.result ?? 'null') as T, replayed: true }
        throw refuse('idempotency_key_reused', { key, field: differingField(claim.field_hashes ?? {}, fieldHashes) })
      }
      const changes: Change[] = []
      const occurrences: Occurrence[] = []
      const commandId = newId<'command'>()
      const recordedAt = context.clock()
      const result = await work({
        tx, organizationId, actor, commandId, recordedAt,
        changed: (change) => void changes.push(change),
        happened: (occurrence) => void occurrences.push(occurrence),
      })
      if (context.dryRun) throw new DryRun(result)
      record(tx, context, options, { commandId, recordedAt, inputHash, fieldHashes, result, changes, occurrences })
      return { result, replayed: false }
    })
  } catch (error) {
    if (error instanceof DryRun) return { result: error.result as T, replayed: false }
    throw error
  }
}

interface Written {
  commandId: CommandId
  recordedAt: Instant
  inputHash: Buffer
  fieldHashes: Record<string, string>
  result: unknown
  changes: readonly Change[]
  occurrences: readonly Occurrence[]
}

/** Command, audit rows and events in one statement, which travels with COMMIT. */
function record(tx: Tx, context: CommandContext, options: CommandOptions, written: Written): void {
  const { organizationId, actor, key } = context
  const { commandId, recordedAt, changes, occurrences } = written
  tx.later(sql`
    with the_command as (
      insert into command (organization_id, key, command_id, name, actor_kind, actor_id, reason, input_hash, field_hashes, result, recorded_at)
      values (${organizationId}, ${key}, ${commandId}, ${options.name}, ${actor.kind}, ${actor.id}, ${options.reason ?? null}, ${written.inputHash},
              ${JSON.stringify(written.fieldHashes)}::jsonb, ${JSON.stringify(written.result ?? null)}::json, ${recordedAt})
    ), the_audit as (
      insert into audit (organization_id, audit_id, command_id, subject, subject_id, before, after, recorded_at)
      select ${organizationId}, a.audit_id, ${commandId}, a.subject, a.subject_id, a.before, a.after, ${recordedAt}
      from unnest(${changes.map(() => newId())}::uuid[], ${changes.map((c) => c.subject)}::text[], ${changes.map((c) => c.subjectId)}::uuid[],
                  ${changes.map((c) => JSON.stringify(c.before))}::jsonb[], ${changes.map((c) => JSON.stringify(c.after))}::jsonb[]) as a (audit_id, subject, subject_id, before, after)
    )
    insert into event (organization_id, event_id, type, subject_ids, occurred_at, recorded_at, data)
    select ${organizationId}, e.event_id, e.type, e.subject_ids::uuid[], e.occurred_at, ${recordedAt}, e.data
    from unnest(${occurrences.map(() => newId())}::uuid[], ${occurrences.map((o) => o.type)}::text[], ${occurrences.map((o) => `{${o.subjectIds.join(',')}}`)}::text[],
                ${occurrences.map((o) => o.occurredAt ?? recordedAt)}::timestamptz[], ${occurrences.map((o) => JSON.stringify(o.data))}::jsonb[]) as e (event_id, type, subject_ids, occurred_at, data)`)
}

function hashFields(options: CommandOptions): Record<string, string> {
  const hashes: Record<string, string> = { command: options.name }
  for (const [field, value] of Object.entries(options.input)) {
    if (value !== undefined) hashes[field] = sha256(canonicalJson(value)).toString('base64url')
  }
  return hashes
}

function differingField(before: Record<string, string>, now: Record<string, string>): string {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()
  return fields.find((field) => before[field] !== now[field]) ?? 'the input'
}
