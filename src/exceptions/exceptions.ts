import type { CommandScope } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import { newId } from '#src/lib/id.ts'
import type { Json } from '#src/lib/refusal.ts'

/** Work for a person: something was accepted that should be looked at. */
export interface NewException {
  readonly kind: 'held_since' | 'found_here' | 'invariant_broken'
  readonly subject: string
  readonly subjectId: string
  readonly movementId: string | null
  readonly data: { readonly [name: string]: Json }
}

/** Raises exceptions in the transaction of what caused them; gives their ids. */
export async function raiseExceptions(scope: CommandScope, raised: readonly NewException[]): Promise<string[]> {
  const ids = raised.map(() => newId())
  await scope.tx.run(sql`
    insert into exception (organization_id, exception_id, kind, subject, subject_id, movement_id, data, raised_at)
    select ${scope.organizationId}, e.id, e.kind, e.subject, e.subject_id, e.movement_id, e.data, ${scope.recordedAt}
    from unnest(${ids}::uuid[], ${raised.map((r) => r.kind)}::text[], ${raised.map((r) => r.subject)}::text[], ${raised.map((r) => r.subjectId)}::uuid[],
                ${raised.map((r) => r.movementId)}::uuid[], ${raised.map((r) => JSON.stringify(r.data))}::jsonb[]) as e (id, kind, subject, subject_id, movement_id, data)`)
  ids.forEach((id, at) => scope.happened({ type: 'exception.raised.v1', subjectIds: [id, raised[at]?.subjectId ?? id], data: { exceptionId: id, kind: raised[at]?.kind ?? '' } }))
  return ids
}
