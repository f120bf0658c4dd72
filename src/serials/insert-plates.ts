import type { CommandScope } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import { isSscc } from '#src/gs1/keys.ts'
import { fold } from '#src/lib/fold.ts'
import { newId, type PlateId } from '#src/lib/id.ts'

/** Makes plates by code as one set; 18 digits with the right check digit are an SSCC. One that is there meanwhile stays as it is. */
export async function insertPlates(scope: CommandScope, codes: readonly string[]): Promise<void> {
  if (codes.length === 0) return
  const { tx, organizationId, recordedAt } = scope
  const made = await tx.rows<{ plate_id: PlateId; code: string; sscc: boolean }>(sql`
    insert into plate (organization_id, plate_id, code, folded, sscc, created_at)
    select ${organizationId}, a.plate_id, a.code, a.folded, a.sscc, ${recordedAt}
    from unnest(${codes.map(() => newId<'plate'>())}::uuid[], ${codes}::text[], ${codes.map(fold)}::text[], ${codes.map(isSscc)}::boolean[]) as a (plate_id, code, folded, sscc)
    order by a.code collate "C" on conflict do nothing returning plate_id, code, sscc`)
  for (const { plate_id, code, sscc } of made) scope.changed({ subject: 'plate', subjectId: plate_id, before: null, after: { code, sscc } })
  if (made.length > 0) scope.happened({ type: 'plate.created.v1', subjectIds: made.map(({ plate_id }) => plate_id), data: {} })
}
