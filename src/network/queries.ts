import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { join, sql, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import type { OrganizationId, PartyId } from '#src/lib/id.ts'
import { decodeCursor, toPage } from '#src/lib/paging.ts'
import { refuse } from '#src/lib/refusal.ts'
import { endOfPrefix, textPart, toStagedPage, uuidPart, type StageQuery, type StageRow } from '#src/lib/staged-page.ts'
import type * as contract from './contract.ts'
import { supplierPlaceId } from './system.ts'

type PartySummary = OutputOf<typeof contract.listParties>['items'][number]
type Party = OutputOf<typeof contract.getParty>
type PartyRow = StageRow & { party_id: string; name: string; code: string | null; roles: PartySummary['roles']; archived_at: string | null; merged_into: string | null; version: number }

/** Parties in the order of their names; a search gives what begins with it by name, then by code. */
export function listParties(caller: Caller, query: z.output<typeof contract.listParties.query>): Promise<OutputOf<typeof contract.listParties>> {
  return caller.read((tx) => {
    const { search, archived, role } = query
    const stages = partyStages(tx, caller.organizationId, search ?? '', archived, role ?? null)
    return toStagedPage(query, search ? stages : stages.slice(0, 1), toPartySummary)
  })
}

function toPartySummary(row: PartyRow): PartySummary {
  return { partyId: row.party_id, name: row.name, code: row.code, roles: row.roles, archivedAt: row.archived_at, mergedInto: row.merged_into, version: row.version }
}

function partyStages(tx: Tx, organizationId: OrganizationId, search: string, archived: boolean, role: string | null) {
  const byName = ({ key, id, limit }: StageQuery) => tx.rows<PartyRow>(sql`
    select p.*, p.name_lower as sort_key, p.party_id as sort_id from party p
    where p.organization_id = ${organizationId} and (p.name_lower, p.party_id) > (case when ${key} = '' then lower(${search}) else ${key} end collate "C", ${id}::uuid)
      and p.name_lower >= lower(${search}) and p.name_lower < lower(${search}) || chr(1114111)
      and (p.archived_at is not null) = ${archived} and (${role}::text is null or p.roles @> array[${role}::text])
    order by p.name_lower, p.party_id limit ${limit}`)
  const byCode = ({ key, id, limit }: StageQuery) => tx.rows<PartyRow>(sql`
    select p.*, p.code as sort_key, p.party_id as sort_id from party p
    where p.organization_id = ${organizationId} and (p.code, p.party_id) > (${key || search} collate "C", ${id}::uuid) and p.code >= ${search} and p.code < ${endOfPrefix(search)}
      and not starts_with(p.name_lower, lower(${search})) and (p.archived_at is not null) = ${archived} and (${role}::text is null or p.roles @> array[${role}::text])
    order by p.code, p.party_id limit ${limit}`)
  return [byName, byCode]
}

/** One party, also an archived or a merged one. Refuses `not_found`. */
export function getParty(caller: Caller, partyId: string): Promise<Party> {
  const { organizationId } = caller
  return caller.read(async (tx) => {
    const row = await tx.row<PartyRow & { gln: string | null; email: string | null; phone: string | null; address: { [field: string]: string } | null; properties: Party['properties']; created_at: string; licences: Party['licences']; ship_to: Party['shipToPlaces'] }>(sql`
      select p.*,
        (select coalesce(jsonb_agg(jsonb_build_object('licenceId', l.licence_id, 'type', l.type, 'number', l.number, 'expiresOn', l.expires_on, 'issuer', l.issuer, 'version', l.version) order by l.licence_id), '[]')
         from party_licence l where l.organization_id = p.organization_id and l.party_id = p.party_id and l.archived_at is null) as licences,
        (select coalesce(jsonb_agg(jsonb_build_object('placeId', s.place_id, 'code', s.code, 'name', s.name) order by s.created_at, s.place_id), '[]')
         from place s where s.organization_id = p.organization_id and s.party_id = p.party_id and s.kind = 'ship_to' and s.archived_at is null) as ship_to
      from party p where p.organization_id = ${organizationId} and p.party_id = ${partyId}`)
    if (!row) throw refuse('not_found', { what: 'party', which: partyId })
    return {
      ...toPartySummary(row), gln: row.gln, email: row.email, phone: row.phone, address: row.address, properties: row.properties, createdAt: row.created_at,
      supplierPlaceId: supplierPlaceId(row.party_id as PartyId), shipToPlaces: row.ship_to, licences: row.licences,
    }
  })
}

type PlaceSummary = OutputOf<typeof contract.listPlaces>['items'][number]
type Place = OutputOf<typeof contract.getPlace>
type PlaceRow = {
  place_id: string; code: string; name: string; kind: PlaceSummary['kind']; internal: boolean; commingled: boolean; parent_id: string | null; facility_id: string; facility_code: string; party_id: string | null
  archived_at: string | null; version: number
}

/** Places in the order of their codes; narrowed to a facility, a parent, a kind, or codes that begin with the search. */
export function listPlaces(caller: Caller, query: z.output<typeof contract.listPlaces.query>): Promise<OutputOf<typeof contract.listPlaces>> {
  const { organizationId } = caller
  const { search, facility, parent, kind, outside, archived, limit } = query
  const [key, id] = decodeCursor(query.cursor, 2) ?? [search ?? '', '00000000-0000-0000-0000-000000000000']
  const conditions = [
    sql`p.organization_id = ${organizationId}`, sql`p.internal = ${!outside}`, sql`(p.archived_at is not null) = ${archived}`, sql`(p.code, p.place_id) > (${textPart(key)} collate "C", ${uuidPart(id)}::uuid)`,
    ...(search ? [sql`p.code >= ${search}`, sql`p.code < ${endOfPrefix(search)}`] : []),
    ...(facility ? [sql`p.facility_id = ${facility}`] : []),
    ...(parent ? [sql`p.parent_id = ${parent}`] : []),
    ...(kind ? [sql`p.kind = ${kind}`] : []),
  ]
  return caller.read(async (tx) => {
    const rows = await tx.rows<PlaceRow>(sql`
      select p.*, f.code as facility_code from place p join place f on f.organization_id = p.organization_id and f.place_id = p.facility_id
      where ${join(conditions, ' and ')} order by p.code, p.place_id limit ${limit + 1}`)
    return toPage(rows, limit, (row) => [row.code, row.place_id], toPlaceSummary)
  })
}

function toPlaceSummary(row: PlaceRow): PlaceSummary {
  return {
    placeId: row.place_id, code: row.code, name: row.name, kind: row.kind, internal: row.internal, commingled: row.commingled, parentId: row.parent_id, facilityId: row.facility_id, facilityCode: row.facility_code,
    partyId: row.party_id, archivedAt: row.archived_at, version: row.version,
  }
}

/** One place, with the way from its facility down to it. Refuses `not_found`. */
export function getPlace(caller: Caller, placeId: string): Promise<Place> {
  return caller.read(async (tx) => {
    const row = await tx.row<PlaceRow & { time_zone: string; gln: string | null; properties: Place['properties']; created_at: string; way: Place['path'] }>(sql`
      select p.*, f.code as facility_code,
        (select jsonb_agg(jsonb_build_object('placeId', s.place_id, 'code', s.code, 'name', s.name) order by array_position(p.path, s.place_id))
         from place s where s.organization_id = p.organization_id and s.place_id = any(p.path)) as way
      from place p join place f on f.organization_id = p.organization_id and f.place_id = p.facility_id
      where p.organization_id = ${caller.organizationId} and p.place_id = ${placeId}`)
    if (!row) throw refuse('not_found', { what: 'place', which: placeId })
    return { ...toPlaceSummary(row), path: row.way, timeZone: row.time_zone, gln: row.gln, properties: row.properties, createdAt: row.created_at }
  })
}
