import type { z } from 'zod'
import { checkVersion, type Caller, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandScope } from '#src/audit/command.ts'
import { difference, withoutAbsent } from '#src/audit/difference.ts'
import { sql } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { newId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import type * as contract from './contract.ts'

/** Defines a typed custom property. Refuses `code_taken` for a key that its subject has, also an archived one: its values are still there. */
export function defineProperty(caller: CommandCaller, body: z.output<typeof contract.defineProperty.body>) {
  return runCommand(caller.context, { name: 'property.define', input: body }, async ({ tx, organizationId, changed }) => {
    const propertyId = newId<'property'>()
    const made = await tx.run(sql`
      insert into property_definition (organization_id, property_id, subject, key, name, value_type, choices, required)
      values (${organizationId}, ${propertyId}, ${body.subject}, ${body.key}, ${body.name}, ${body.valueType}, ${body.choices ?? null}, ${body.required}) on conflict do nothing`)
    if (made === 0) throw refuse('code_taken', { code: body.key, by: `a property of a ${body.subject}` })
    changed({ subject: 'property', subjectId: propertyId, before: null, after: withoutAbsent(body) })
    return { propertyId, version: 1 }
  })
}

type NewDefinition = Pick<z.output<typeof contract.defineProperty.body>, 'subject' | 'key' | 'name' | 'valueType' | 'choices'>

/** Defines several within a command that is under way; a key that its subject has already stays as it is. */
export async function defineProperties({ tx, organizationId, changed }: CommandScope, definitions: readonly NewDefinition[]): Promise<void> {
  const ids = definitions.map(() => newId<'property'>())
  const made = new Set((await tx.rows<{ property_id: string }>(sql`
    insert into property_definition (organization_id, property_id, subject, key, name, value_type, choices, required)
    select ${organizationId}, d.property_id, d.subject, d.key, d.name, d.value_type, case when d.choices is null then null else array(select jsonb_array_elements_text(d.choices)) end, false
    from unnest(${ids}::uuid[], ${definitions.map(({ subject }) => subject)}::text[], ${definitions.map(({ key }) => key)}::text[], ${definitions.map(({ name }) => name)}::text[],
                ${definitions.map(({ valueType }) => valueType)}::text[], ${definitions.map(({ choices }) => (choices === undefined ? null : JSON.stringify(choices)))}::jsonb[])
      as d (property_id, subject, key, name, value_type, choices)
    on conflict do nothing returning property_id`)).map((row) => row.property_id))
  for (const [at, propertyId] of ids.entries()) if (made.has(propertyId)) changed({ subject: 'property', subjectId: propertyId, before: null, after: withoutAbsent({ ...definitions[at] }) })
}

/** Changes its name, choices, whether it is required and whether it is in use. Key, subject and type stay, since values rest on them. */
export function changeProperty(caller: CommandCaller, propertyId: string, body: z.output<typeof contract.changeProperty.body>) {
  return runCommand(caller.context, { name: 'property.change', input: { propertyId, ...body } }, async ({ tx, organizationId, recordedAt, changed }) => {
    const row = await tx.row<{ key: string; value_type: string; name: string; choices: string[] | null; required: boolean; archived_at: string | null; version: number }>(sql`
      select key, value_type, name, choices, required, archived_at, version from property_definition where organization_id = ${organizationId} and property_id = ${propertyId} for update`)
    if (!row) throw refuse('not_found', { what: 'property', which: propertyId })
    checkVersion(caller, row.version, 'property', row.key)
    if (body.choices !== undefined && row.value_type !== 'choice') throw refuse('property_fixed', { property: row.key, field: 'type' })
    const before = { name: row.name, choices: row.choices, required: row.required, archivedAt: row.archived_at }
    const after = {
      name: body.name ?? row.name, choices: body.choices ?? row.choices, required: body.required ?? row.required,
      archivedAt: body.archived === undefined ? row.archived_at : body.archived ? (row.archived_at ?? recordedAt) : null,
    }
    await tx.run(sql`
      update property_definition set name = ${after.name}, choices = ${after.choices}, required = ${after.required}, archived_at = ${after.archivedAt}, version = version + 1
      where organization_id = ${organizationId} and property_id = ${propertyId}`)
    changed({ subject: 'property', subjectId: propertyId, ...difference(before, after) })
    return { propertyId, version: row.version + 1 }
  })
}

type Definition = OutputOf<typeof contract.listProperties>['items'][number]

/** The definitions, by subject and key. */
export function listProperties(caller: Caller, query: z.output<typeof contract.listProperties.query>): Promise<OutputOf<typeof contract.listProperties>> {
  return caller.read(async (tx) => ({
    items: await tx.rows<Definition>(sql`
      select property_id as "propertyId", subject, key, name, value_type as "valueType", choices, required, archived_at as "archivedAt", version from property_definition
      where organization_id = ${caller.organizationId} and (${query.subject ?? null}::text is null or subject = ${query.subject ?? null}) and (archived_at is not null) = ${query.archived}
      order by subject, key`),
  }))
}
