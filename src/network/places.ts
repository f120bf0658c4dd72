import type { z } from 'zod'
import { checkVersion, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandScope } from '#src/audit/command.ts'
import { difference, withoutAbsent } from '#src/audit/difference.ts'
import { writtenProperties, type PropertyValues } from '#src/properties/properties.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { uniquely } from '#src/db/unique.ts'
import { isGln } from '#src/gs1/keys.ts'
import { given, must } from '#src/lib/given.ts'
import { newId, type OrganizationId, type PartyId, type PlaceId } from '#src/lib/id.ts'
import { refuse, type Json } from '#src/lib/refusal.ts'
import type { Instant } from '#src/lib/time.ts'
import type * as contract from './contract.ts'

interface PlaceRow {
  place_id: PlaceId
  parent_id: PlaceId | null
  facility_id: PlaceId
  path: PlaceId[]
  kind: string
  internal: boolean
  code: string
  name: string
  commingled: boolean
  time_zone: string
  gln: string | null
  party_id: PartyId | null
  properties: PropertyValues
  version: number
  archived_at: Instant | null
}

interface PlaceChanged {
  placeId: string
  version: number
}

type NewPlaceInput = z.output<typeof contract.newPlace>

/** A facility, a place inside one (its kind says what it is for), or another ship-to place of a party. */
export function createPlace(caller: CommandCaller, body: NewPlaceInput) {
  return runCommand<PlaceChanged>(caller.context, { name: 'place.create', input: body }, async (scope) => {
    const row = await insertPlace(scope, body)
    return { placeId: row.place_id, version: 1 }
  })
}

/** Inserts a place as `createPlace` does, within another command. */
export async function insertPlace(scope: CommandScope, body: NewPlaceInput): Promise<PlaceRow> {
  const { tx, organizationId, recordedAt } = scope
  if (body.gln) checkGln(body.gln)
  const placeId = (body.placeId ?? newId()) as PlaceId
  const spot = await findSpot(tx, organizationId, placeId, body)
  const row: PlaceRow = {
    place_id: placeId, ...spot, kind: body.kind, internal: body.kind !== 'ship_to', code: body.code, name: body.name ?? body.code, commingled: body.commingled ?? body.kind === 'tank',
    gln: body.gln ?? null, party_id: (body.partyId ?? null) as PartyId | null, properties: await writtenProperties(tx, organizationId, 'place', null, body.properties), version: 1, archived_at: null,
  }
  const taken = () => refuse('code_taken', { code: row.code, by: row.kind === 'facility' ? 'another facility' : 'another place of this facility' })
  await uniquely(() => tx.run(sql`
    insert into place (organization_id, place_id, parent_id, facility_id, path, kind, code, name, commingled, time_zone, gln, party_id, properties, created_at)
    values (${organizationId}, ${row.place_id}, ${row.parent_id}, ${row.facility_id}, ${row.path}, ${row.kind}, ${row.code}, ${row.name}, ${row.commingled}, ${row.time_zone}, ${row.gln}, ${row.party_id},
            ${JSON.stringify(row.properties)}::jsonb, ${recordedAt})`),
    { place_code: taken, facility_code: taken, place_pkey: () => refuse('code_taken', { code: placeId, by: 'another place' }) })
  scope.changed({ subject: 'place', subjectId: placeId, before: null, after: withoutAbsent({ ...told(row), kind: row.kind, partyId: row.party_id }) })
  scope.happened({ type: 'place.created.v1', subjectIds: [placeId], data: {} })
  return row
}

type Spot = Pick<PlaceRow, 'parent_id' | 'facility_id' | 'path' | 'time_zone'>

/** Where a new place stands. Refuses `place_kind_wrong`, `place_unknown` (the parent), `party_unknown`. */
async function findSpot(tx: Tx, organizationId: OrganizationId, placeId: PlaceId, body: NewPlaceInput): Promise<Spot> {
  const { kind, parentId, partyId, timeZone } = body
  const inside = kind !== 'facility' && kind !== 'ship_to'
  if ((parentId !== undefined) !== inside || (partyId !== undefined) !== (kind === 'ship_to') || (timeZone !== undefined && inside)) throw refuse('place_kind_wrong', { kind })
  if (parentId !== undefined) {
    const parent = await findParent(tx, organizationId, parentId)
    return { parent_id: parent.place_id, facility_id: parent.facility_id, path: [...parent.path, placeId], time_zone: parent.time_zone }
  }
  if (partyId !== undefined) {
    const party = await tx.row(sql`select from party where organization_id = ${organizationId} and party_id = ${partyId} and merged_into is null for share`)
    if (!party) throw refuse('party_unknown', { party: partyId })
  }
  const organization = await tx.row<{ time_zone: string }>(sql`select time_zone from organization where organization_id = ${organizationId}`)
  return { parent_id: null, facility_id: placeId, path: [placeId], time_zone: timeZone ?? must(organization?.time_zone, 'the time zone') }
}

/** The place others may stand in, held so that it is not archived or moved meanwhile. */
async function findParent(tx: Tx, organizationId: OrganizationId, parentId: string): Promise<PlaceRow> {
  const parent = await tx.row<PlaceRow>(sql`select * from place where organization_id = ${organizationId} and place_id = ${parentId} for share`)
  if (!parent || parent.archived_at !== null) throw refuse('place_unknown', { place: parentId })
  if (!parent.internal) throw refuse('place_kind_wrong', { kind: parent.kind })
  return parent
}

/** Changes what is named. Another parent, of the same facility, takes everything inside along; a facility's time zone is that of all its places. */
export function changePlace(caller: CommandCaller, placeId: string, body: z.output<typeof contract.changePlace.body>) {
  const { reason, ...wanted } = body
  return changing(caller, 'place.change', placeId, wanted, reason, async ({ tx, organizationId }, before) => {
    const { properties, parentId, timeZone, ...fields } = given(wanted)
    if (fields.gln) checkGln(fields.gln)
    if (timeZone !== undefined && before.parent_id !== null) throw refuse('place_kind_wrong', { kind: before.kind })
    if (fields.commingled !== undefined && fields.commingled !== before.commingled && (await hasStock(tx, organizationId, before.place_id))) throw refuse('place_not_empty', { place: before.code })
    const after: PlaceRow = { ...before, ...fields, properties: await writtenProperties(tx, organizationId, 'place', before.properties, properties) }
    if (parentId !== undefined && parentId !== before.parent_id) await moveTo(tx, organizationId, before, after, parentId)
    if (timeZone !== undefined && timeZone !== before.time_zone) {
      await tx.run(sql`update place set time_zone = ${timeZone} where organization_id = ${organizationId} and facility_id = ${before.facility_id}`)
      after.time_zone = timeZone
    }
    return after
  })
}

/** Sets parent and path of `after`, and the paths of everything inside. */
async function moveTo(tx: Tx, organizationId: OrganizationId, before: PlaceRow, after: PlaceRow, parentId: string): Promise<void> {
  if (before.parent_id === null) throw refuse('place_kind_wrong', { kind: before.kind })
  const parent = await findParent(tx, organizationId, parentId)
  if (parent.facility_id !== before.facility_id) throw refuse('place_unknown', { place: parentId })
  if (parent.path.includes(before.place_id)) throw refuse('place_inside_itself', { place: before.code })
  after.parent_id = parent.place_id
  after.path = [...parent.path, before.place_id]
  await tx.run(sql`
    update place set path = ${after.path}::uuid[] || path[${before.path.length + 1}::int:], version = version + 1
    where organization_id = ${organizationId} and facility_id = ${before.facility_id} and path @> array[${before.place_id}::uuid] and place_id <> ${before.place_id}`)
}

/** Takes an empty place out of use. Refuses `place_not_empty`, and `place_has_places` for places in use inside it. */
export function archivePlace(caller: CommandCaller, placeId: string, reason: string | undefined) {
  return changing(caller, 'place.archive', placeId, {}, reason, async ({ tx, organizationId, recordedAt }, before) => {
    if (!before.internal && before.kind !== 'ship_to') throw refuse('place_kind_wrong', { kind: before.kind })
    const inside = await tx.row(sql`select from place where organization_id = ${organizationId} and facility_id = ${before.facility_id} and parent_id = ${placeId} and archived_at is null limit 1`)
    if (inside) throw refuse('place_has_places', { place: before.code })
    if (await hasStock(tx, organizationId, before.place_id)) throw refuse('place_not_empty', { place: before.code })
    return { ...before, archived_at: before.archived_at ?? recordedAt }
  })
}

export function restorePlace(caller: CommandCaller, placeId: string, reason: string | undefined) {
  return changing(caller, 'place.restore', placeId, {}, reason, async ({ tx, organizationId }, before) => {
    if (before.parent_id !== null) await findParent(tx, organizationId, before.parent_id)
    return { ...before, archived_at: null }
  })
}

async function hasStock(tx: Tx, organizationId: OrganizationId, placeId: PlaceId): Promise<boolean> {
  const row = await tx.row<{ found: boolean }>(sql`select exists (select from balance where organization_id = ${organizationId} and place_id = ${placeId} and on_hand > 0) as found`)
  return row?.found === true
}

/** One command that changes one place: lock, version, rules, row, audit, event. */
function changing(caller: CommandCaller, name: string, placeId: string, input: object, reason: string | undefined, change: (scope: CommandScope, before: PlaceRow) => Promise<PlaceRow>) {
  return runCommand<PlaceChanged>(caller.context, { name, input: { placeId, ...input }, reason }, async (scope) => {
    const { tx, organizationId } = scope
    const before = await tx.row<PlaceRow>(sql`select * from place where organization_id = ${organizationId} and place_id = ${placeId} for update`)
    if (!before) throw refuse('not_found', { what: 'place', which: placeId })
    checkVersion(caller, before.version, 'place', before.code)
    return writePlace(scope, before, await change(scope, before))
  })
}

async function writePlace(scope: CommandScope, before: PlaceRow, after: PlaceRow): Promise<PlaceChanged> {
  const { tx, organizationId } = scope
  const { place_id: placeId, version } = before
  const taken = () => refuse('code_taken', { code: after.code, by: after.kind === 'facility' ? 'another facility' : 'another place of this facility' })
  await uniquely(() => tx.run(sql`
    update place set parent_id = ${after.parent_id}, path = ${after.path}, code = ${after.code}, name = ${after.name}, commingled = ${after.commingled}, gln = ${after.gln},
      properties = ${JSON.stringify(after.properties)}::jsonb, archived_at = ${after.archived_at}, version = ${version + 1}
    where organization_id = ${organizationId} and place_id = ${placeId}`), { place_code: taken, facility_code: taken })
  scope.changed({ subject: 'place', subjectId: placeId, ...toldDifference(before, after) })
  scope.happened({ type: 'place.changed.v1', subjectIds: [placeId], data: {} })
  return { placeId, version: version + 1 }
}

/** A place as the audit tells it; of a party's place no name, which can be erased. */
function told(row: PlaceRow): { [field: string]: Json } {
  const own = row.internal ? { code: row.code, name: row.name, properties: row.properties } : {}
  return { ...own, parentId: row.parent_id, commingled: row.commingled, timeZone: row.time_zone, gln: row.gln, archivedAt: row.archived_at }
}

function toldDifference(before: PlaceRow, after: PlaceRow): { before: Json; after: Json } {
  const renamed = !before.internal && (before.code !== after.code || before.name !== after.name) ? { changed: ['code', 'name'] } : {}
  return difference(told(before), { ...told(after), ...renamed })
}

function checkGln(gln: string): void {
  if (!isGln(gln)) throw refuse('gln_check_digit', { gln })
}
