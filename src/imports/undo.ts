import { runCommand, type CommandScope } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import { reverseMovement } from '#src/ledger/reverse.ts'
import type { MovementId } from '#src/lib/id.ts'
import { RefusalError } from '#src/lib/refusal.ts'
import { refusedFault } from './problems.ts'
import type { ImportRecord, Outcome } from './record.ts'
import type { RunServices } from './run.ts'

/** What came of an undo: nothing, naming what is in the way, or all of it, naming what stays since it was used. */
export type UndoEnd = { readonly undone: boolean; readonly outcome: Outcome }

/**
 * Takes an import back as a whole, in one transaction: its movements never happened, and what it created and nobody used
 * is archived. Where movements cannot be reversed nothing is done, and each is named with what stands in its way.
 */
export async function undoImport({ database, clock, organizationId }: RunServices, record: ImportRecord): Promise<UndoEnd> {
  const context = { database, clock, organizationId, actor: { kind: record.actor_kind, id: record.actor_id }, key: `import/${record.import_id}/undo`, dryRun: false } as const
  try {
    const { result } = await runCommand(context, { name: 'import.undo', input: { importId: record.import_id }, reason: `undo of import ${record.source}` }, async (scope) => {
      await reverseAll(scope, record)
      return { kept: await archiveMade(scope, record.import_id) }
    })
    return { undone: true, outcome: result }
  } catch (error) {
    if (error instanceof Blocked) return { undone: false, outcome: { why: 'Some of its movements cannot be reversed.', next: 'Reverse what depends on them first, then undo the import again.', blocked: error.blocked } }
    throw error
  }
}

type Blocking = NonNullable<Outcome['blocked']>[number]

class Blocked extends Error {
  readonly blocked: readonly Blocking[]
  constructor(blocked: readonly Blocking[]) {
    super('blocked')
    this.blocked = blocked
  }
}

/** The youngest first; the first refusals are collected, so that a person sees all there is to do. */
async function reverseAll(scope: CommandScope, record: ImportRecord): Promise<void> {
  const { tx, organizationId } = scope
  const movements = await tx.rows<{ record_id: MovementId; reversed: boolean }>(sql`
    select m.record_id, exists (select from movement r where r.organization_id = ${organizationId} and r.reverses = m.record_id) as reversed
    from import_made m where m.organization_id = ${organizationId} and m.import_id = ${record.import_id} and m.kind = 'movement' order by m.record_id desc`)
  const blocked: Blocking[] = []
  for (const { record_id: movementId, reversed } of movements) {
    if (reversed) continue
    await tx.run(sql`savepoint one_movement`)
    try {
      await reverseMovement(scope, movementId, { meaning: 'never_happened', reason: `import ${record.source} undone` })
      await tx.run(sql`release savepoint one_movement`)
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error
      await tx.run(sql`rollback to savepoint one_movement`)
      const { code, params, why } = refusedFault(error.refusal)
      blocked.push({ movementId, code, params, why })
      if (blocked.length === 20) break
    }
  }
  if (blocked.length > 0) throw new Blocked(blocked)
}

type Kept = NonNullable<Outcome['kept']>[number]

/** Lots, then products, then bins before the facilities they stand in, then plates and parties: each only where nothing but the import speaks of it. */
async function archiveMade(scope: CommandScope, importId: string): Promise<readonly Kept[]> {
  const { tx, organizationId } = scope
  const kept: Kept[] = []
  const archive = async (kind: string, statement: ReturnType<typeof sql>): Promise<void> => {
    const rows = await tx.rows<{ id: string; name: string; why: string | null }>(statement)
    const gone = rows.filter(({ why }) => why === null)
    for (const { id } of gone) scope.changed({ subject: kind, subjectId: id, before: { archivedAt: null }, after: { archivedAt: scope.recordedAt } })
    if (gone.length > 0) scope.happened({ type: `${kind}.changed.v1`, subjectIds: gone.map(({ id }) => id), data: {} })
    kept.push(...rows.flatMap(({ id, name, why }) => (why === null ? [] : [{ kind, id, name, why }])))
  }
  const mine = sql`select m.record_id from import_made m where m.organization_id = ${organizationId} and m.import_id = ${importId} and m.kind = 'movement'
                   union all select r.movement_id from import_made m join movement r on r.organization_id = ${organizationId} and r.reverses = m.record_id where m.organization_id = ${organizationId} and m.import_id = ${importId} and m.kind = 'movement'`
  const at = scope.recordedAt
  await archive('lot', sql`
    with mine as (${mine}), judged as (
      select l.lot_id as id, l.code as name, case
        when exists (select from movement_line x where x.organization_id = ${organizationId} and x.product_id = l.product_id and x.lot_id = l.lot_id and x.movement_id not in (select record_id from mine)) then 'it has other movements'
        when exists (select from hold h where h.organization_id = ${organizationId} and h.subject_id = l.lot_id) then 'it has a hold'
        when exists (select from allocation a where a.organization_id = ${organizationId} and a.product_id = l.product_id and a.lot_id = l.lot_id) then 'it was promised'
        when exists (select from lot o where o.organization_id = ${organizationId} and o.merged_into = l.lot_id) then 'another lot was merged into it' end as why
      from import_made i join lot l on l.organization_id = ${organizationId} and l.lot_id = i.record_id
      where i.organization_id = ${organizationId} and i.import_id = ${importId} and i.kind = 'lot' and l.archived_at is null and l.code is not null
    ), gone as (
      update lot l set archived_at = ${at}, version = l.version + 1 from judged j where l.organization_id = ${organizationId} and l.lot_id = j.id and j.why is null
    )
    select id, name, why from judged order by name`)
  await archive('product', sql`
    with mine as (${mine}), judged as (
      select p.product_id as id, p.sku as name, case
        when exists (select from movement_line x where x.organization_id = ${organizationId} and x.product_id = p.product_id and x.movement_id not in (select record_id from mine)) then 'it has other movements'
        when exists (select from lot l where l.organization_id = ${organizationId} and l.product_id = p.product_id and l.code is not null and l.archived_at is null) then 'it has other lots' end as why
      from import_made i join product p on p.organization_id = ${organizationId} and p.product_id = i.record_id
      where i.organization_id = ${organizationId} and i.import_id = ${importId} and i.kind = 'product' and p.archived_at is null
    ), codes as (
      update alias a set archived_at = ${at}, version = a.version + 1 from judged j where a.organization_id = ${organizationId} and a.product_id = j.id and j.why is null and a.archived_at is null
    ), gone as (
      update product p set archived_at = ${at}, version = p.version + 1 from judged j where p.organization_id = ${organizationId} and p.product_id = j.id and j.why is null
    )
    select id, name, why from judged order by name`)
  for (const facilities of [false, true]) {
    await archive('place', sql`
      with mine as (${mine}), judged as (
        select p.place_id as id, p.code as name, case
          when exists (select from place c where c.organization_id = ${organizationId} and c.parent_id = p.place_id and c.archived_at is null) then 'there are places in it'
          when exists (select from balance b join movement_line x on x.organization_id = ${organizationId} and x.product_id = b.product_id and x.lot_id = b.lot_id and p.place_id in (x.from_place_id, x.to_place_id)
                       where b.organization_id = ${organizationId} and b.place_id = p.place_id and x.movement_id not in (select record_id from mine)) then 'it has other movements' end as why
        from import_made i join place p on p.organization_id = ${organizationId} and p.place_id = i.record_id
        where i.organization_id = ${organizationId} and i.import_id = ${importId} and i.kind = 'place' and p.archived_at is null and (p.kind = 'facility') = ${facilities}
      ), gone as (
        update place p set archived_at = ${at}, version = p.version + 1 from judged j where p.organization_id = ${organizationId} and p.place_id = j.id and j.why is null
      )
      select id, name, why from judged order by name`)
  }
  await archive('plate', sql`
    with judged as (
      select p.plate_id as id, p.code as name, case when exists (select from balance b where b.organization_id = ${organizationId} and b.plate_id = p.plate_id and b.on_hand > 0) then 'there are goods on it' end as why
      from import_made i join plate p on p.organization_id = ${organizationId} and p.plate_id = i.record_id
      where i.organization_id = ${organizationId} and i.import_id = ${importId} and i.kind = 'plate' and p.archived_at is null
    ), gone as (
      update plate p set archived_at = ${at}, version = p.version + 1 from judged j where p.organization_id = ${organizationId} and p.plate_id = j.id and j.why is null
    )
    select id, name, why from judged order by name`)
  await archive('party', sql`
    with judged as (
      select p.party_id as id, p.name, case
        when exists (select from lot l where l.organization_id = ${organizationId} and l.issuer_id = p.party_id and l.archived_at is null) then 'lots are issued by it'
        when exists (select from balance b where b.organization_id = ${organizationId} and b.owner_id = p.party_id and b.on_hand > 0) then 'it owns goods'
        when exists (select from movement_line x where x.organization_id = ${organizationId} and x.consignee_place_id in (select s.place_id from place s where s.organization_id = ${organizationId} and s.party_id = p.party_id)) then 'it has movements' end as why
      from import_made i join party p on p.organization_id = ${organizationId} and p.party_id = i.record_id
      where i.organization_id = ${organizationId} and i.import_id = ${importId} and i.kind = 'party' and p.archived_at is null
    ), gone as (
      update party p set archived_at = ${at}, version = p.version + 1 from judged j where p.organization_id = ${organizationId} and p.party_id = j.id and j.why is null
    )
    select id, name, why from judged order by name`)
  for (const { kind, id, why } of kept) await tx.run(sql`update import_made set kept_because = ${why} where organization_id = ${organizationId} and import_id = ${importId} and kind = ${kind} and record_id = ${id}`)
  return kept
}
