import { checkVersion, type Caller, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand } from '#src/audit/command.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { derivedId, type OrganizationId } from '#src/lib/id.ts'
import { permissions as everyPermission, type Permission } from '#src/lib/permissions.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { listRoles as contract } from './contract.ts'

type Role = OutputOf<typeof contract>['items'][number]

export async function listRoles(caller: Caller): Promise<{ items: Role[] }> {
  return { items: await caller.read((tx) => readRoles(tx, caller.organizationId)) }
}

/** Makes or changes a role. Nobody can put into a role what his own does not hold. */
export function putRole(caller: CommandCaller, name: string, { permissions, reason }: { permissions: readonly Permission[]; reason?: string | undefined }) {
  const { organizationId } = caller
  const wanted = everyPermission.filter((permission) => permissions.includes(permission))
  return runCommand(caller.context, { name: 'role.put', input: { name, permissions: wanted }, reason }, async ({ tx, changed }) => {
    if (name === 'owner') throw refuse('role_fixed', { role: name })
    refuseBeyond(caller, name, wanted)
    await tx.run(sql`select from organization where organization_id = ${organizationId} for update`)
    const before = (await readRoles(tx, organizationId)).find((role) => role.name === name) ?? null
    if (before) {
      refuseBeyond(caller, name, before.permissions)
      checkVersion(caller, before.version, 'role', name)
    }
    const roleId = derivedId<'role'>(organizationId, `role/${name}`)
    const after = { name, roleId, permissions: wanted, version: (before?.version ?? 0) + 1 }
    await tx.run(sql`
      insert into role (organization_id, name, permissions, version) values (${organizationId}, ${name}, ${wanted}, ${after.version})
      on conflict (organization_id, name) do update set permissions = excluded.permissions, version = excluded.version`)
    changed({ subject: 'role', subjectId: roleId, before: before && told(before), after: told(after) })
    return after
  })
}

/** The role that somebody or some key is to be given. Refuses `role_unknown`, `role_beyond_yours`. */
export async function grantableRole(tx: Tx, caller: Caller, name: string): Promise<Role> {
  const roles = await readRoles(tx, caller.organizationId)
  const role = roles.find((one) => one.name === name)
  if (!role) throw refuse('role_unknown', { role: name, roles: roles.map((one) => one.name) })
  refuseBeyond(caller, name, role.permissions)
  return role
}

/** Without this, who may manage people could make himself an owner. */
export function refuseBeyond(caller: Caller, role: string, permissions: readonly Permission[]): void {
  const beyond = permissions.filter((permission) => !caller.permissions.has(permission))
  if (beyond.length > 0) throw refuse('role_beyond_yours', { role, permissions: beyond })
}

export async function readRoles(tx: Tx, organizationId: OrganizationId): Promise<Role[]> {
  const rows = await tx.rows<{ name: string; permissions: string[]; version: number }>(sql`
    select name, permissions, version from role where organization_id = ${organizationId} order by name`)
  return rows.map(({ name, permissions, version }) => ({ name, roleId: derivedId<'role'>(organizationId, `role/${name}`), permissions: everyPermission.filter((permission) => name === 'owner' || permissions.includes(permission)), version }))
}

/** A role as the audit tells it. */
function told({ name, permissions }: Role) {
  return { name, permissions }
}
