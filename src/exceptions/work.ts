import { checkVersion, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandOutcome } from '#src/audit/command.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { Instant } from '#src/lib/time.ts'
import type { Exception } from './contract.ts'
import { readException } from './queries.ts'

/** Gives an exception to a person of the organisation, or to nobody. Refuses `not_found`, `exception_resolved`, `person_unknown`, `record_changed`. */
export function assignException(caller: CommandCaller, exceptionId: string, userId: string | null): Promise<CommandOutcome<Exception>> {
  return runCommand(caller.context, { name: 'exception.assign', input: { exceptionId, userId } }, async (scope) => {
    const { tx, organizationId } = scope
    const before = await lockOpen(tx, caller, exceptionId)
    if (userId !== null) {
      const person = await tx.row(sql`select 1 from membership where organization_id = ${organizationId} and user_id = ${userId} and ended_at is null`)
      if (!person) throw refuse('person_unknown', { person: userId })
    }
    await tx.run(sql`update exception set assigned_to = ${userId}, version = version + 1 where organization_id = ${organizationId} and exception_id = ${exceptionId}`)
    scope.changed({ subject: 'exception', subjectId: exceptionId, before: { assignedTo: before.assigned_to }, after: { assignedTo: userId } })
    scope.happened({ type: 'exception.assigned.v1', subjectIds: [exceptionId], data: { exceptionId, assignedTo: userId } })
    return readException(tx, organizationId, exceptionId)
  })
}

/** Closes an exception with what was found or done. Refuses `not_found`, `exception_resolved`, `record_changed`. */
export function resolveException(caller: CommandCaller, exceptionId: string, resolution: string): Promise<CommandOutcome<Exception>> {
  return runCommand(caller.context, { name: 'exception.resolve', input: { exceptionId, resolution }, reason: resolution }, async (scope) => {
    const { tx, organizationId, recordedAt } = scope
    await lockOpen(tx, caller, exceptionId)
    await tx.run(sql`
      update exception set resolved_at = ${recordedAt}, resolved_by = ${scope.actor.id}, resolution = ${resolution}, version = version + 1
      where organization_id = ${organizationId} and exception_id = ${exceptionId}`)
    scope.changed({ subject: 'exception', subjectId: exceptionId, before: { resolvedAt: null }, after: { resolvedAt: recordedAt, resolution } })
    scope.happened({ type: 'exception.resolved.v1', subjectIds: [exceptionId], data: { exceptionId, resolution } })
    return readException(tx, organizationId, exceptionId)
  })
}

async function lockOpen(tx: Tx, caller: CommandCaller, exceptionId: string): Promise<{ assigned_to: string | null }> {
  const row = await tx.row<{ assigned_to: string | null; resolved_at: Instant | null; version: number }>(sql`
    select assigned_to, resolved_at, version from exception where organization_id = ${caller.organizationId} and exception_id = ${exceptionId} for update`)
  if (!row) throw refuse('not_found', { what: 'exception', which: exceptionId })
  if (row.resolved_at !== null) throw refuse('exception_resolved', { exception: exceptionId, resolvedAt: row.resolved_at })
  checkVersion(caller, row.version, 'exception', exceptionId)
  return row
}
