import type { z } from 'zod'
import { checkVersion, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandScope } from '#src/audit/command.ts'
import { difference } from '#src/audit/difference.ts'
import { writtenProperties, type PropertyValues } from '#src/properties/properties.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { uniquely } from '#src/db/unique.ts'
import { isGln } from '#src/gs1/keys.ts'
import { given, must } from '#src/lib/given.ts'
import { newId, type OrganizationId, type PartyId } from '#src/lib/id.ts'
import { refuse, type Json } from '#src/lib/refusal.ts'
import type { Instant } from '#src/lib/time.ts'
import type * as contract from './contract.ts'
import { insertPlacesOfParties } from './system-rows.ts'
import { firstShipToPlaceId, ownPartyId, supplierPlaceId, unknownPartyId } from './system.ts'

interface PartyRow {
  party_id: PartyId
  name: string
  code: string | null
  roles: string[]
  gln: string | null
  email: string | null
  phone: string | null
  address: { [field: string]: string } | null
  properties: PropertyValues
  version: number
  archived_at: Instant | null
  merged_into: PartyId | null
}

interface PartyChanged {
  partyId: string
  version: number
}

type NewPartyInput = z.output<typeof contract.newParty>

/** A new party with its place as a supplier and its first ship-to place. */
export function createParty(caller: CommandCaller, body: NewPartyInput) {
  return runCommand<PartyChanged>(caller.context, { name: 'party.create', input: body }, async (scope) => {
    const { tx, organizationId, recordedAt } = scope
    if (body.gln) checkGln(body.gln)
    const row: PartyRow = {
      party_id: (body.partyId ?? newId()) as PartyId, name: body.name, code: body.code ?? null, roles: body.roles ?? [], gln: body.gln ?? null, email: body.email ?? null, phone: body.phone ?? null,
      address: body.address ? given(body.address) : null, properties: await writtenProperties(tx, organizationId, 'party', null, body.properties),
      version: 1, archived_at: null, merged_into: null,
    }
    await uniquely(() => tx.run(sql`
      insert into party (organization_id, party_id, name, roles, code, gln, email, phone, address, properties, created_at)
      values (${organizationId}, ${row.party_id}, ${row.name}, ${row.roles}, ${row.code}, ${row.gln}, ${row.email}, ${row.phone}, ${row.address && JSON.stringify(row.address)}::jsonb,
              ${JSON.stringify(row.properties)}::jsonb, ${recordedAt})`), {
      party_code: () => refuse('code_taken', { code: row.code, by: 'another party' }),
      party_pkey: () => refuse('code_taken', { code: row.party_id, by: 'another party' }),
    })
    const organization = await tx.row<{ time_zone: string }>(sql`select time_zone from organization where organization_id = ${organizationId}`)
    await insertPlacesOfParties(tx, organizationId, [{ partyId: row.party_id, name: row.name, code: row.code, roles: row.roles }], must(organization?.time_zone, 'the time zone'), recordedAt)
    scope.changed({ subject: 'party', subjectId: row.party_id, before: null, after: told(row) })
    scope.happened({ type: 'party.created.v1', subjectIds: [row.party_id], data: {} })
    return { partyId: row.party_id, version: 1 }
  })
}

/** Changes what is named. The names of the two places that were made with the party follow it. */
export function changeParty(caller: CommandCaller, partyId: string, body: z.output<typeof contract.changeParty.body>) {
  const { reason, ...wanted } = body
  return changing(caller, 'party.change', partyId, wanted, reason, async ({ tx, organizationId }, before) => {
    if (before.merged_into) throw refuse('merged_already', { which: partyId, into: before.merged_into })
    const { properties, address, roles, ...fields } = given(wanted)
    if (fields.gln) checkGln(fields.gln)
    if (roles && isOurs(organizationId, before.party_id)) throw refuse('party_is_ours', { party: before.name })
    const after: PartyRow = {
      ...before, ...fields, roles: roles ?? before.roles, address: address === undefined ? before.address : address && given(address),
      properties: await writtenProperties(tx, organizationId, 'party', before.properties, properties),
    }
    if (after.name !== before.name || after.code !== before.code) {
      await tx.run(sql`
        update place set name = ${after.name}, code = ${after.code ?? after.name}, version = version + 1
        where organization_id = ${organizationId} and place_id = any(${[supplierPlaceId(before.party_id), firstShipToPlaceId(before.party_id)]}::uuid[]) and name = ${before.name} and code = ${before.code ?? before.name}`)
    }
    return after
  })
}

export function archiveParty(caller: CommandCaller, partyId: string, reason: string | undefined) {
  return changing(caller, 'party.archive', partyId, {}, reason, async ({ organizationId, recordedAt }, before) => {
    if (isOurs(organizationId, before.party_id)) throw refuse('party_is_ours', { party: before.name })
    return { ...before, archived_at: before.archived_at ?? recordedAt }
  })
}

export function restoreParty(caller: CommandCaller, partyId: string, reason: string | undefined) {
  return changing(caller, 'party.restore', partyId, {}, reason, async (_, before) => {
    if (before.merged_into) throw refuse('merged_already', { which: partyId, into: before.merged_into })
    return { ...before, archived_at: null }
  })
}

/** One command that changes one party: lock, version, rules, row, audit, event. */
function changing(caller: CommandCaller, name: string, partyId: string, input: object, reason: string | undefined, change: (scope: CommandScope, before: PartyRow) => Promise<PartyRow>) {
  return runCommand<PartyChanged>(caller.context, { name, input: { partyId, ...input }, reason }, async (scope) => {
    const [before] = await lockParties(scope.tx, scope.organizationId, [partyId])
    if (!before) throw refuse('not_found', { what: 'party', which: partyId })
    checkVersion(caller, before.version, 'party', partyId)
    return writeParty(scope, before, await change(scope, before))
  })
}

function lockParties(tx: Tx, organizationId: OrganizationId, ids: readonly string[]): Promise<PartyRow[]> {
  return tx.rows<PartyRow>(sql`select * from party where organization_id = ${organizationId} and party_id = any(${ids}::uuid[]) order by party_id for update`)
}

async function writeParty(scope: CommandScope, before: PartyRow, after: PartyRow): Promise<PartyChanged> {
  const { tx, organizationId } = scope
  const { party_id: partyId, version } = before
  await uniquely(() => tx.run(sql`
    update party set name = ${after.name}, roles = ${after.roles}, code = ${after.code}, gln = ${after.gln}, email = ${after.email}, phone = ${after.phone},
      address = ${after.address && JSON.stringify(after.address)}::jsonb, properties = ${JSON.stringify(after.properties)}::jsonb,
      archived_at = ${after.archived_at}, merged_into = ${after.merged_into}, version = ${version + 1}
    where organization_id = ${organizationId} and party_id = ${partyId}`), { party_code: () => refuse('code_taken', { code: after.code, by: 'another party' }) })
  scope.changed({ subject: 'party', subjectId: partyId, ...toldDifference(before, after) })
  scope.happened({ type: 'party.changed.v1', subjectIds: [partyId], data: {} })
  return { partyId, version: version + 1 }
}

/** What may be told for ever. A party's name, address and the like can be erased, so the audit never holds them. */
function told(row: PartyRow): { [field: string]: Json } {
  return { roles: row.roles, archivedAt: row.archived_at, mergedInto: row.merged_into }
}

/** Of personal fields the audit tells that they changed, not what they were. */
function toldDifference(before: PartyRow, after: PartyRow): { before: Json; after: Json } {
  const personal = (['name', 'code', 'gln', 'email', 'phone', 'address', 'properties'] as const).filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
  const { before: was, after: is } = difference(told(before), { ...told(after), ...(personal.length > 0 ? { changed: personal } : {}) })
  return { before: was, after: is }
}

function checkGln(gln: string): void {
  if (!isGln(gln)) throw refuse('gln_check_digit', { gln })
}

function isOurs(organizationId: OrganizationId, partyId: PartyId): boolean {
  return partyId === ownPartyId(organizationId) || partyId === unknownPartyId(organizationId)
}

/**
 * A party entered twice becomes one: its places, licences, aliases, and the lots and serials it issued are the other's
 * from now on, and its record is archived as a redirect. Movements keep what they named. An owner of goods that are
 * here cannot be merged away (balances name their owner); where both issued the same lot code or serial of one product,
 * those are looked at first, since they may be two things.
 */
export function mergeParty(caller: CommandCaller, partyId: string, body: z.output<typeof contract.mergeParty.body>) {
  const { into: intoId, reason } = body
  return runCommand<PartyChanged>(caller.context, { name: 'party.merge', input: { partyId, into: intoId }, reason }, async (scope) => {
    const { tx, organizationId, recordedAt } = scope
    if (partyId === intoId) throw refuse('merge_into_itself')
    const rows = await lockParties(tx, organizationId, [partyId, intoId])
    const before = rows.find((row) => row.party_id === partyId)
    const into = rows.find((row) => row.party_id === intoId)
    if (!before || !into) throw refuse('not_found', { what: 'party', which: before ? intoId : partyId })
    checkVersion(caller, before.version, 'party', partyId)
    for (const row of [before, into]) if (row.merged_into) throw refuse('merged_already', { which: row.party_id, into: row.merged_into })
    if (isOurs(organizationId, before.party_id)) throw refuse('party_is_ours', { party: before.name })
    const owned = await tx.row(sql`select from balance where organization_id = ${organizationId} and owner_id = ${partyId} and on_hand > 0 limit 1`)
    if (owned) throw refuse('party_owns_stock', { party: before.name })
    await refuseCollisions(tx, organizationId, partyId, intoId)
    await repoint(tx, organizationId, partyId, intoId)
    return writeParty(scope, before, { ...before, merged_into: into.party_id, archived_at: before.archived_at ?? recordedAt })
  })
}

async function refuseCollisions(tx: Tx, organizationId: OrganizationId, from: string, to: string): Promise<void> {
  const collision = await tx.row<{ what: string; which: string }>(sql`
    select 'lot' as what, a.code as which from lot_code a join lot_code b using (organization_id, product_id, code)
    where a.organization_id = ${organizationId} and a.issuer_id = ${from} and b.issuer_id = ${to} and a.lot_id <> b.lot_id
    union all
    select 'serial', a.serial from unit a join unit b using (organization_id, product_id, serial) where a.organization_id = ${organizationId} and a.issuer_id = ${from} and b.issuer_id = ${to}
    union all
    select 'code', a.code from alias a join alias b using (organization_id, scheme, code)
    where a.organization_id = ${organizationId} and a.party_id = ${from} and b.party_id = ${to} and a.archived_at is null and b.archived_at is null
    limit 1`)
  if (collision) throw refuse('merge_collides', collision)
}

async function repoint(tx: Tx, organizationId: OrganizationId, from: string, to: string): Promise<void> {
  await tx.run(sql`update place set party_id = ${to} where organization_id = ${organizationId} and party_id = ${from}`)
  await tx.run(sql`update party_licence set party_id = ${to} where organization_id = ${organizationId} and party_id = ${from}`)
  await tx.run(sql`update alias set party_id = ${to} where organization_id = ${organizationId} and party_id = ${from}`)
  await tx.run(sql`update product set maker_id = ${to} where organization_id = ${organizationId} and maker_id = ${from}`)
  await tx.run(sql`update lot set issuer_id = ${to} where organization_id = ${organizationId} and issuer_id = ${from}`)
  // the very same lot known under both: one code row is enough, the other one stays with the redirect
  await tx.run(sql`
    update lot_code c set issuer_id = ${to} where c.organization_id = ${organizationId} and c.issuer_id = ${from}
      and not exists (select from lot_code d where d.organization_id = c.organization_id and d.product_id = c.product_id and d.issuer_id = ${to} and d.code = c.code)`)
  await tx.run(sql`update unit set issuer_id = ${to} where organization_id = ${organizationId} and issuer_id = ${from}`)
  await tx.run(sql`update party set merged_into = ${to} where organization_id = ${organizationId} and merged_into = ${from}`)
}

/** A permit of a party. */
export function addLicence(caller: CommandCaller, partyId: string, body: z.output<typeof contract.addLicence.body>) {
  return runCommand(caller.context, { name: 'party.licence.add', input: { partyId, ...body } }, async ({ tx, organizationId, changed }) => {
    const [party] = await lockParties(tx, organizationId, [partyId])
    if (!party) throw refuse('not_found', { what: 'party', which: partyId })
    const licenceId = newId<'licence'>()
    await tx.run(sql`
      insert into party_licence (organization_id, licence_id, party_id, type, number, expires_on, issuer)
      values (${organizationId}, ${licenceId}, ${partyId}, ${body.type}, ${body.number}, ${body.expiresOn ?? null}, ${body.issuer ?? null})`)
    changed({ subject: 'party_licence', subjectId: partyId, before: null, after: { licenceId, type: body.type, expiresOn: body.expiresOn ?? null } })
    return { licenceId, version: 1 }
  })
}

export function changeLicence(caller: CommandCaller, licenceId: string, body: z.output<typeof contract.changeLicence.body>) {
  const { reason, ...wanted } = body
  return runCommand(caller.context, { name: 'party.licence.change', input: { licenceId, ...wanted }, reason }, async ({ tx, organizationId, recordedAt, changed }) => {
    const row = await tx.row<{ party_id: PartyId; type: string; number: string; expires_on: string | null; issuer: string | null; archived_at: string | null; version: number }>(sql`
      select party_id, type, number, expires_on, issuer, archived_at, version from party_licence where organization_id = ${organizationId} and licence_id = ${licenceId} for update`)
    if (!row) throw refuse('not_found', { what: 'licence', which: licenceId })
    checkVersion(caller, row.version, 'licence', licenceId)
    const archivedAt = wanted.archived === undefined ? row.archived_at : wanted.archived ? (row.archived_at ?? recordedAt) : null
    const expiresOn = wanted.expiresOn === undefined ? row.expires_on : wanted.expiresOn
    await tx.run(sql`
      update party_licence set number = ${wanted.number ?? row.number}, expires_on = ${expiresOn}, issuer = ${wanted.issuer === undefined ? row.issuer : wanted.issuer}, archived_at = ${archivedAt}, version = version + 1
      where organization_id = ${organizationId} and licence_id = ${licenceId}`)
    const number = wanted.number !== undefined && wanted.number !== row.number ? { changed: ['number'] } : {}
    const { before, after } = difference({ expiresOn: row.expires_on, archivedAt: row.archived_at }, { expiresOn, archivedAt, ...number })
    changed({ subject: 'party_licence', subjectId: row.party_id, before: { licenceId, type: row.type, ...(before as object) }, after: { licenceId, type: row.type, ...(after as object) } })
    return { licenceId, version: row.version + 1 }
  })
}
