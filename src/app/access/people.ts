import type { z } from 'zod'
import { checkVersion, type Caller, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand } from '#src/audit/command.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { decodeCursor, toPage, type Page } from '#src/lib/paging.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { Auth, Person } from '../auth.ts'
import type { changePersonRole as contract, createPerson as createContract } from './contract.ts'
import { grantableRole, readRoles, refuseBeyond } from './roles.ts'
import { assertFound } from './rows.ts'

type Member = OutputOf<typeof contract>
interface MemberRow {
  user_id: string
  name: string
  email: string
  role: string
  since: string
  ended_at: string | null
  version: number
}

export async function listPeople(caller: Caller, { limit, cursor, present = null }: { limit: number; cursor?: string | undefined; present?: boolean | null | undefined }): Promise<Page<Member>> {
  const [email = '', userId = ''] = decodeCursor(cursor, 2) ?? []
  const rows = await caller.read((tx) => tx.rows<MemberRow>(sql`
    select m.user_id, p.name, p.email, m.role, m.since, m.ended_at, m.version
    from membership m join person p on p.organization_id = m.organization_id and p.user_id = m.user_id
    where m.organization_id = ${caller.organizationId} and (p.email, m.user_id) > (${email}, ${userId}) and (${present}::boolean is null or (m.ended_at is null) = ${present}::boolean)
    order by p.email, m.user_id limit ${limit + 1}`))
  return toPage(rows, limit, (row) => [row.email, row.user_id], toMember)
}

/** One person, also one who left. Refuses `not_found`. */
export async function getPerson(caller: Caller, userId: string): Promise<Member> {
  const member = await caller.read((tx) => readMember(tx, caller.organizationId, userId))
  if (!member) throw refuse('not_found', { what: 'person', which: userId })
  return member
}

/** Those who are here, by name. */
export async function listColleagues(caller: Caller): Promise<{ items: { userId: string; name: string }[] }> {
  return {
    items: await caller.read((tx) => tx.rows<{ userId: string; name: string }>(sql`
      select m.user_id as "userId", p.name from membership m join person p on p.organization_id = m.organization_id and p.user_id = m.user_id
      where m.organization_id = ${caller.organizationId} and m.ended_at is null order by lower(p.name), m.user_id`)),
  }
}

/**
 * Adds a person with a first password. The account is made before the command's transaction (it is another role's
 * table); one that is left over when the command is refused belongs to no organisation and can do nothing.
 *
 * Nobody has proved that an address is his, so an account that another organisation made is not taken over: whoever
 * made it may know its password. Only who runs the installation (the command line) joins the two.
 */
export async function createPerson(caller: CommandCaller, auth: Auth, { name, email, password, role }: z.output<(typeof createContract)['body']>) {
  const { organizationId, context } = caller
  await caller.read((tx) => grantableRole(tx, caller, role))
  const known = await auth.personByEmail(email)
  const person = known ?? (context.dryRun ? null : await createdOnce(auth, { name, email, password }))
  if (known) await makeOurs(caller, auth, known, password)
  // the password is no part of the input that is hashed and kept
  return runCommand<Member>(context, { name: 'person.create', input: { name, email, role } }, async ({ tx, recordedAt, changed, happened }) => {
    await grantableRole(tx, caller, role)
    // a dry run for somebody new
    if (!person) return { userId: organizationId, name, email, role, since: recordedAt, endedAt: null, version: 1 }
    const before = await readMember(tx, organizationId, person.userId)
    if (before && before.endedAt === null) throw refuse('person_already_here', { email })
    await tx.run(sql`
      insert into membership (organization_id, user_id, role, since) values (${organizationId}, ${person.userId}, ${role}, ${recordedAt})
      on conflict (organization_id, user_id) do update set role = excluded.role, ended_at = null, version = membership.version + 1`)
    const after = assertFound(await readMember(tx, organizationId, person.userId))
    changed({ subject: 'person', subjectId: person.userId, before: toAudit(before), after: toAudit(after) })
    happened({ type: 'person.added.v1', subjectIds: [person.userId], data: { role } })
    return after
  })
}

export function changeRole(caller: CommandCaller, userId: string, { role, reason }: { role: string; reason?: string | undefined }) {
  const { organizationId } = caller
  return runCommand(caller.context, { name: 'person.change_role', input: { userId, role }, reason }, async ({ tx, changed }) => {
    const before = await lockMember(tx, caller, userId)
    await grantableRole(tx, caller, role)
    checkVersion(caller, before.version, 'person', before.name)
    if (role !== 'owner') await refuseLastOwner(tx, organizationId, before)
    const after = { ...before, role, version: before.version + 1 }
    await tx.run(sql`update membership set role = ${role}, version = ${after.version} where organization_id = ${organizationId} and user_id = ${userId}`)
    changed({ subject: 'person', subjectId: userId, before: toAudit(before), after: toAudit(after) })
    return after
  })
}

export function removePerson(caller: CommandCaller, userId: string) {
  const { organizationId } = caller
  return runCommand(caller.context, { name: 'person.remove', input: { userId } }, async ({ tx, recordedAt, changed, happened }) => {
    const before = await lockMember(tx, caller, userId)
    await refuseLastOwner(tx, organizationId, before)
    const after = { ...before, endedAt: recordedAt, version: before.version + 1 }
    await tx.run(sql`update membership set ended_at = ${recordedAt}, version = ${after.version} where organization_id = ${organizationId} and user_id = ${userId}`)
    changed({ subject: 'person', subjectId: userId, before: toAudit(before), after: toAudit(after) })
    happened({ type: 'person.removed.v1', subjectIds: [userId], data: {} })
    return after
  })
}

/** An account that belongs nowhere any more gets the new password; one that was ours keeps its own. Refuses `person_elsewhere`. */
async function makeOurs(caller: CommandCaller, auth: Auth, person: Person, password: string): Promise<void> {
  const { organizationId, database, actor, context } = caller
  if (actor.kind === 'system' || (await caller.read((tx) => readMember(tx, organizationId, person.userId)))) return
  const elsewhere = await database.alone(sql`select from organizations_of(${person.userId})`)
  if (elsewhere.length > 0) throw refuse('person_elsewhere', { email: person.email })
  if (!context.dryRun) await auth.setPassword(person.userId, password)
}

/** Two at once can make the same account: the second finds it. */
async function createdOnce(auth: Auth, person: { name: string; email: string; password: string }): Promise<Person> {
  try {
    return await auth.createPerson(person)
  } catch (error) {
    const made = await auth.personByEmail(person.email)
    if (made) return made
    throw error
  }
}

/** A present member; every change of people takes the organisation's row first, so that two owners cannot remove each other at once. */
async function lockMember(tx: Tx, caller: Caller, userId: string): Promise<Member> {
  const { organizationId } = caller
  await tx.run(sql`select from organization where organization_id = ${organizationId} for update`)
  const member = await readMember(tx, organizationId, userId)
  if (!member || member.endedAt !== null) throw refuse('not_found', { what: 'person', which: userId })
  const role = (await readRoles(tx, organizationId)).find((one) => one.name === member.role)
  refuseBeyond(caller, member.role, role?.permissions ?? [])
  return member
}

async function refuseLastOwner(tx: Tx, organizationId: OrganizationId, member: Member): Promise<void> {
  if (member.role !== 'owner') return
  const owners = await tx.rows(sql`
    select from membership where organization_id = ${organizationId} and role = 'owner' and ended_at is null and user_id <> ${member.userId} limit 1`)
  if (owners.length === 0) throw refuse('last_owner')
}

async function readMember(tx: Tx, organizationId: OrganizationId, userId: string): Promise<Member | null> {
  const row = await tx.row<MemberRow>(sql`
    select m.user_id, p.name, p.email, m.role, m.since, m.ended_at, m.version
    from membership m join person p on p.organization_id = m.organization_id and p.user_id = m.user_id
    where m.organization_id = ${organizationId} and m.user_id = ${userId}`)
  return row ? toMember(row) : null
}

function toMember(row: MemberRow): Member {
  return { userId: row.user_id, name: row.name, email: row.email, role: row.role, since: row.since, endedAt: row.ended_at, version: row.version }
}

/** The audit holds ids only: a name and an address can be erased, it cannot. */
function toAudit(member: Member | null) {
  return member ? { role: member.role, endedAt: member.endedAt } : null
}
