import type { CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandOutcome } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import { newId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { Instant } from '#src/lib/time.ts'
import type { Hold, HoldInput, HoldScope } from './contract.ts'
import { closeUse } from './gate.ts'
import { readHolds, toHold } from './queries.ts'
import { readScope } from './scope.ts'
import { lockSubject } from './subjects.ts'

/**
 * Places a hold, at once: the gate is closed, the subject locked, and what was using goods at this moment is over when
 * the hold is written. Answers with what it reaches. A hold on a merged lot is one on the lot it was found to be.
 * Refuses what is unknown or ambiguous, and `hold_ends_before`.
 */
export function placeHold(caller: CommandCaller, input: HoldInput): Promise<CommandOutcome<Hold & { scope: HoldScope }>> {
  return runCommand(caller.context, { name: 'hold.place', input, reason: input.reason }, async (scope) => {
    const { tx, organizationId, recordedAt } = scope
    if (input.until !== undefined && Date.parse(input.until) <= Date.parse(recordedAt)) throw refuse('hold_ends_before', { until: input.until, now: recordedAt })
    await closeUse(tx, organizationId)
    const subject = await lockSubject(tx, organizationId, input)
    const holdId = newId<'hold'>()
    await tx.run(sql`
      insert into hold (organization_id, hold_id, subject, subject_id, reason, note, allows, until, placed_at, placed_by, command_id)
      values (${organizationId}, ${holdId}, ${subject.kind}, ${subject.id}, ${input.reason}, ${input.note ?? null}, ${[...new Set(input.allows)].sort()}::text[], ${input.until ?? null}, ${recordedAt}, ${scope.actor.id}, ${scope.commandId})`)
    scope.changed({ subject: 'hold', subjectId: holdId, before: null, after: { subject: subject.kind, subjectId: subject.id, reason: input.reason, allows: [...input.allows], until: input.until ?? null } })
    scope.happened({ type: 'hold.placed.v1', subjectIds: [holdId, subject.id], data: { holdId, subject: subject.kind, subjectId: subject.id, reason: input.reason } })
    const [row] = await readHolds(tx, organizationId, { holdId })
    if (!row) throw new Error('a hold was placed and is not there')
    return { ...toHold(row), scope: await readScope(tx, organizationId, subject) }
  })
}

/** Ends a hold. Refuses `not_found`, `hold_released`. One whose time is over may be released too: then somebody has looked. */
export function releaseHold(caller: CommandCaller, holdId: string, reason: string): Promise<CommandOutcome<Hold>> {
  return runCommand(caller.context, { name: 'hold.release', input: { holdId, reason }, reason }, async (scope) => {
    const { tx, organizationId, recordedAt } = scope
    const held = await tx.row<{ released_at: Instant | null; subject_id: string; reason: string }>(sql`
      select released_at, subject_id, reason from hold where organization_id = ${organizationId} and hold_id = ${holdId} for update`)
    if (!held) throw refuse('not_found', { what: 'hold', which: holdId })
    if (held.released_at !== null) throw refuse('hold_released', { hold: holdId, releasedAt: held.released_at })
    await tx.run(sql`
      update hold set released_at = ${recordedAt}, released_by = ${scope.actor.id}, release_reason = ${reason} where organization_id = ${organizationId} and hold_id = ${holdId}`)
    scope.changed({ subject: 'hold', subjectId: holdId, before: { reason: held.reason, releasedAt: null }, after: { releasedAt: recordedAt } })
    scope.happened({ type: 'hold.released.v1', subjectIds: [holdId, held.subject_id], data: { holdId, reason } })
    const [row] = await readHolds(tx, organizationId, { holdId })
    if (!row) throw new Error('a hold is gone')
    return toHold(row)
  })
}
