import type { CommandScope } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import { must } from '#src/lib/given.ts'
import { newId, type PartyId, type PlaceId } from '#src/lib/id.ts'
import { insertPlacesOfParties } from './system-rows.ts'

/**
 * Makes storage places directly below facilities, by code, as one set; a code that is taken there meanwhile is left as
 * it is. What they are called is their code.
 */
export async function insertBins(scope: CommandScope, bins: readonly { readonly facilityId: PlaceId; readonly code: string }[]): Promise<void> {
  if (bins.length === 0) return
  const { tx, organizationId, recordedAt } = scope
  const made = await tx.rows<{ place_id: PlaceId; code: string; facility_id: PlaceId }>(sql`
    insert into place (organization_id, place_id, parent_id, facility_id, path, kind, code, name, time_zone, created_at)
    select ${organizationId}, a.place_id, f.place_id, f.place_id, array[f.place_id, a.place_id], 'storage', a.code, a.code, f.time_zone, ${recordedAt}
    from unnest(${bins.map(() => newId<'place'>())}::uuid[], ${bins.map((bin) => bin.facilityId)}::uuid[], ${bins.map((bin) => bin.code)}::text[]) as a (place_id, facility_id, code)
    join place f on f.organization_id = ${organizationId} and f.place_id = a.facility_id
    order by f.place_id, a.code collate "C"
    on conflict do nothing returning place_id, code, facility_id`)
  for (const bin of made) scope.changed({ subject: 'place', subjectId: bin.place_id, before: null, after: { code: bin.code, name: bin.code, kind: 'storage', facilityId: bin.facility_id } })
  if (made.length > 0) scope.happened({ type: 'place.created.v1', subjectIds: made.map((bin) => bin.place_id), data: {} })
}

/** Makes parties by name, each with its place as a supplier and its first ship-to place, as one set. */
export async function insertParties(scope: CommandScope, parties: readonly { readonly name: string; readonly role: 'supplier' | 'customer' }[]): Promise<void> {
  if (parties.length === 0) return
  const { tx, organizationId, recordedAt } = scope
  const rows = parties.map(({ name, role }) => ({ partyId: newId<'party'>() as PartyId, name, code: null, roles: [role] }))
  await tx.run(sql`
    insert into party (organization_id, party_id, name, roles, created_at)
    select ${organizationId}, y.party_id, y.name, array[y.role], ${recordedAt}
    from unnest(${rows.map((row) => row.partyId)}::uuid[], ${rows.map((row) => row.name)}::text[], ${parties.map(({ role }) => role)}::text[]) as y (party_id, name, role)`)
  const organization = await tx.row<{ time_zone: string }>(sql`select time_zone from organization where organization_id = ${organizationId}`)
  await insertPlacesOfParties(tx, organizationId, rows, must(organization?.time_zone, 'the time zone'), recordedAt)
  for (const { partyId, name, roles } of rows) scope.changed({ subject: 'party', subjectId: partyId, before: null, after: { name, roles } })
  scope.happened({ type: 'party.created.v1', subjectIds: rows.map(({ partyId }) => partyId), data: {} })
}
