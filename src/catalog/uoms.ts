import type { z } from 'zod'
import type { CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandScope } from '#src/audit/command.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { derivedId, type OrganizationId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import type * as contract from './contract.ts'

/** What every organisation measures in from its first day; the scale is the number of decimals (a kilogram to the gram). */
const firstUoms = [
  ['each', 'Each', 0], ['g', 'Gram', 3], ['kg', 'Kilogram', 3], ['ml', 'Millilitre', 3], ['l', 'Litre', 3], ['m', 'Metre', 3], ['cm', 'Centimetre', 1],
] as const

interface Uom {
  readonly uom: string
  readonly name: string
  readonly scale: number
}

/** The units of measure of a new organisation; more are made through the API. */
export async function insertFirstUoms(tx: Tx, { organizationId }: { readonly organizationId: OrganizationId }): Promise<void> {
  await insertUoms(tx, organizationId, firstUoms.map(([uom, name, scale]) => ({ uom, name, scale })))
}

/** Several within a command that is under way; one that is there already stays as it is. */
export async function addUoms({ tx, organizationId, changed }: CommandScope, uoms: readonly Uom[]): Promise<void> {
  const made = await insertUoms(tx, organizationId, uoms)
  for (const uom of uoms) if (made.has(uom.uom)) changed({ subject: 'uom', subjectId: uomSubject(organizationId, uom.uom), before: null, after: { ...uom } })
}

/** Those that were not there yet. */
async function insertUoms(tx: Tx, organizationId: OrganizationId, uoms: readonly Uom[]): Promise<Set<string>> {
  const rows = await tx.rows<{ uom: string }>(sql`
    insert into uom (organization_id, uom, name, scale)
    select ${organizationId}, u.uom, u.name, u.scale
    from unnest(${uoms.map(({ uom }) => uom)}::text[], ${uoms.map(({ name }) => name)}::text[], ${uoms.map(({ scale }) => scale)}::smallint[]) as u (uom, name, scale)
    on conflict do nothing returning uom`)
  return new Set(rows.map(({ uom }) => uom))
}

/** A new unit of measure. Refuses `uom_taken`. */
export function createUom(caller: CommandCaller, body: z.output<typeof contract.createUom.body>) {
  return runCommand(caller.context, { name: 'uom.create', input: body }, async ({ tx, organizationId, changed }) => {
    const made = await tx.run(sql`insert into uom (organization_id, uom, name, scale) values (${organizationId}, ${body.uom}, ${body.name}, ${body.scale}) on conflict do nothing`)
    if (made === 0) throw refuse('uom_taken', { uom: body.uom })
    changed({ subject: 'uom', subjectId: uomSubject(organizationId, body.uom), before: null, after: body })
    return body
  })
}

/** Another name, or other decimals for new products; a product keeps the decimals it was made with. */
export function changeUom(caller: CommandCaller, uom: string, body: z.output<typeof contract.changeUom.body>) {
  return runCommand(caller.context, { name: 'uom.change', input: { uom, ...body } }, async ({ tx, organizationId, changed }) => {
    const before = await tx.row<{ uom: string; name: string; scale: number }>(sql`select uom, name, scale from uom where organization_id = ${organizationId} and uom = ${uom} for update`)
    if (!before) throw refuse('not_found', { what: 'unit of measure', which: uom })
    const after = { uom, name: body.name ?? before.name, scale: body.scale ?? before.scale }
    await tx.run(sql`update uom set name = ${after.name}, scale = ${after.scale} where organization_id = ${organizationId} and uom = ${uom}`)
    changed({ subject: 'uom', subjectId: uomSubject(organizationId, uom), before, after })
    return after
  })
}

/** A unit of measure is known by its code; the audit names subjects by id. */
export function uomSubject(organizationId: OrganizationId, uom: string): string {
  return derivedId<'uom'>(organizationId, `uom/${uom}`)
}
