import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { findSorted, inOrder, type Orders, type SortedList } from '#src/db/sorted.ts'
import { join, sql, type Statement, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import type { OrganizationId, PartyId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import { toStagedPage, type StageQuery, type StageRow } from '#src/lib/staged-page.ts'
import type * as contract from './contract.ts'
import { supplierPlaceId } from './system.ts'

type PartySummary = OutputOf<typeof contract.listParties>['items'][number]
type Party = OutputOf<typeof contract.getParty>
type PartyRow = StageRow & { party_id: string; name: string; code: string | null; roles: PartySummary['roles']; archived_at: string | null; merged_into: string | null; version: number }

type PartyQuery = z.output<typeof contract.listParties.query>

const partyOrders = { name: [{ column: sql`r.name_lower`, type: 'text' }], code: [{ column: sql`r.code_lower`, type: 'text', nullable: true }], created: [] } as const satisfies Orders

/** Parties in the order of their names, or another one; a search without an order gives what begins with it by name, then by code. */
export function listParties(caller: Caller, query: PartyQuery): Promise<OutputOf<typeof contract.listParties>> {
  const { organizationId } = caller
  const { search, archived, role, sort } = query
  return caller.read(async (tx) => {
    if (search && sort === undefined) return toStagedPage(query, partyStages(tx, organizationId, search, archived, role ?? null), toPartySummary)
    const found = search ? sql`${begins(sql`r.name_lower`, search)} or ${begins(sql`r.code_lower`, search)}` : null
    const page = await findSorted(tx, query, sort ?? 'name', {
      from: sql`party r`, id: sql`r.party_id`, keys: partyOrders[nameOf(sort ?? 'name')], within: [sql`r.organization_id = ${organizationId}`],
      filters: [sql`(r.archived_at is not null) = ${archived}`, ...(role === undefined ? [] : [sql`r.roles @> array[${role}::text]`]), ...(found === null ? [] : [sql`(${found})`])],
      few: search === undefined || found === null ? [] : [sql`
        select r.party_id from party r where r.organization_id = ${organizationId} and ${begins(sql`r.name_lower`, search)}
        union all select r.party_id from party r where r.organization_id = ${organizationId} and r.code is not null and ${begins(sql`r.code_lower`, search)}`],
    })
    const rows = await tx.rows<PartyRow>(sql`select * from party where organization_id = ${organizationId} and party_id = any(${page.ids}::uuid[])`)
    return { items: inOrder(page.ids, rows, (row) => row.party_id).map(toPartySummary), next: page.next }
  })
}

/** That a column in small letters begins with what is searched for. */
function begins(column: Statement, search: string): Statement {
  return sql`${column} >= lower(${search}) and ${column} < lower(${search}) || chr(1114111)`
}

/** `-name` goes by `name`. */
function nameOf<Name extends string>(sort: Name | `-${Name}`): Name {
  return sort.replace('-', '') as Name
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
    select p.*, p.code_lower as sort_key, p.party_id as sort_id from party p
    where p.organization_id = ${organizationId} and (p.code_lower, p.party_id) > (case when ${key} = '' then lower(${search}) else ${key} end collate "C", ${id}::uuid)
      and p.code is not null and p.code_lower >= lower(${search}) and p.code_lower < lower(${search}) || chr(1114111)
      and not starts_with(p.name_lower, lower(${search})) and (p.archived_at is not null) = ${archived} and (${role}::text is null or p.roles @> array[${role}::text])
    order by p.code_lower, p.party_id limit ${limit}`)
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

type PlaceQuery = z.output<typeof contract.listPlaces.query>

const placeOrders = { code: [{ column: sql`r.code_lower`, type: 'text' }], name: [{ column: sql`r.name_lower`, type: 'text' }], created: [] } as const satisfies Orders

/** Places in the order of their codes, or another one; narrowed to a facility, a parent, a kind, or what begins with the search by code, then by name. */
export function listPlaces(caller: Caller, query: PlaceQuery): Promise<OutputOf<typeof contract.listPlaces>> {
  const { organizationId } = caller
  const { search, sort } = query
  return caller.read(async (tx) => {
    if (search && sort === undefined) return toStagedPage(query, placeStages(tx, organizationId, search, query), toPlaceSummary)
    const page = await findSorted(tx, query, sort ?? 'code', sortedPlaces(organizationId, query))
    const rows = await tx.rows<PlaceRow>(sql`
      select p.*, f.code as facility_code from place p join place f on f.organization_id = p.organization_id and f.place_id = p.facility_id
      where p.organization_id = ${organizationId} and p.place_id = any(${page.ids}::uuid[])`)
    return { items: inOrder(page.ids, rows, (row) => row.place_id).map(toPlaceSummary), next: page.next }
  })
}

function sortedPlaces(organizationId: OrganizationId, { search, sort = 'code', facility, parent, kind, outside, archived }: PlaceQuery): SortedList {
  const within = [sql`r.organization_id = ${organizationId}`, sql`r.internal = ${!outside}`]
  const found = search ? sql`(${begins(sql`r.code_lower`, search)} or ${begins(sql`r.name_lower`, search)})` : null
  const of = (condition: Statement): Statement => sql`select r.place_id from place r where ${join([...within, condition], ' and ')}`
  return {
    from: sql`place r`, id: sql`r.place_id`, keys: placeOrders[nameOf(sort)], within,
    filters: [
      sql`(r.archived_at is not null) = ${archived}`, ...(facility ? [sql`r.facility_id = ${facility}`] : []), ...(parent ? [sql`r.parent_id = ${parent}`] : []), ...(kind ? [sql`r.kind = ${kind}`] : []), ...(found === null ? [] : [found]),
    ],
    few: search && found !== null ? [sql`${of(begins(sql`r.code_lower`, search))} union all ${of(begins(sql`r.name_lower`, search))}`] : [],
  }
}

function placeStages(tx: Tx, organizationId: OrganizationId, search: string, query: PlaceQuery) {
  const { outside, archived } = query
  const [facility, parent, kind] = [query.facility ?? null, query.parent ?? null, query.kind ?? null]
  const byCode = ({ key, id, limit }: StageQuery) => tx.rows<PlaceRow & StageRow>(sql`
    select p.*, f.code as facility_code, p.code_lower as sort_key, p.place_id as sort_id
    from place p join place f on f.organization_id = p.organization_id and f.place_id = p.facility_id
    where p.organization_id = ${organizationId} and p.internal = ${!outside} and (p.code_lower, p.place_id) > (case when ${key} = '' then lower(${search}) else ${key} end collate "C", ${id}::uuid)
      and p.code_lower >= lower(${search}) and p.code_lower < lower(${search}) || chr(1114111)
      and (p.archived_at is not null) = ${archived} and (${facility}::uuid is null or p.facility_id = ${facility}::uuid) and (${parent}::uuid is null or p.parent_id = ${parent}::uuid) and (${kind}::text is null or p.kind = ${kind}::text)
    order by p.code_lower, p.place_id limit ${limit}`)
  const byName = ({ key, id, limit }: StageQuery) => tx.rows<PlaceRow & StageRow>(sql`
    select p.*, f.code as facility_code, p.name_lower as sort_key, p.place_id as sort_id
    from place p join place f on f.organization_id = p.organization_id and f.place_id = p.facility_id
    where p.organization_id = ${organizationId} and p.internal = ${!outside} and (p.name_lower, p.place_id) > (case when ${key} = '' then lower(${search}) else ${key} end collate "C", ${id}::uuid)
      and p.name_lower >= lower(${search}) and p.name_lower < lower(${search}) || chr(1114111) and not starts_with(p.code_lower, lower(${search}))
      and (p.archived_at is not null) = ${archived} and (${facility}::uuid is null or p.facility_id = ${facility}::uuid) and (${parent}::uuid is null or p.parent_id = ${parent}::uuid) and (${kind}::text is null or p.kind = ${kind}::text)
    order by p.name_lower, p.place_id limit ${limit}`)
  return [byCode, byName]
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
