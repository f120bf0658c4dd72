import { sql, type Tx } from '#src/db/sql.ts'
import type { OrganizationId, PartyId } from '#src/lib/id.ts'
import type { Instant } from '#src/lib/time.ts'
import { firstShipToPlaceId, ownPartyId, supplierPlaceId, systemPlaceId, systemPlaceKinds, unknownPartyId } from './system.ts'

export interface NewParty {
  readonly partyId: PartyId
  readonly name: string
  readonly code: string | null
  readonly roles: readonly string[]
}

/**
 * The parties and places an organisation has from its first day: itself (own, maker), the one unknown party, and the
 * outside places where losses, count differences, runs, samples and destroyed goods go to and come from.
 */
export async function insertSystemRows(tx: Tx, organization: { organizationId: OrganizationId; name: string; timeZone: string; now: Instant }): Promise<void> {
  const { organizationId, name, timeZone, now } = organization
  const parties: NewParty[] = [
    { partyId: ownPartyId(organizationId), name, code: null, roles: ['own', 'maker'] },
    { partyId: unknownPartyId(organizationId), name: 'Unknown', code: null, roles: ['unknown'] },
  ]
  await tx.run(sql`
    insert into party (organization_id, party_id, name, roles, created_at)
    select ${organizationId}, y.party_id, y.name, string_to_array(y.roles, ' '), ${now}
    from unnest(${parties.map((p) => p.partyId)}::uuid[], ${parties.map((p) => p.name)}::text[], ${parties.map((p) => p.roles.join(' '))}::text[]) as y (party_id, name, roles)`)
  await insertPlacesOfParties(tx, organizationId, parties, timeZone, now)
  const ids = systemPlaceKinds.map((kind) => systemPlaceId(organizationId, kind))
  await tx.run(sql`
    insert into place (organization_id, place_id, facility_id, path, kind, code, name, time_zone, created_at)
    select ${organizationId}, s.place_id, s.place_id, array[s.place_id], s.kind, s.kind, s.kind, ${timeZone}, ${now}
    from unnest(${ids}::uuid[], ${[...systemPlaceKinds]}::text[]) as s (place_id, kind)`)
}

/** The place goods of each party come from and its first ship-to place; their ids follow from the party's. */
export async function insertPlacesOfParties(tx: Tx, organizationId: OrganizationId, parties: readonly NewParty[], timeZone: string, now: Instant): Promise<void> {
  const places = parties.flatMap((party) => [
    { id: supplierPlaceId(party.partyId), kind: 'supplier', party },
    { id: firstShipToPlaceId(party.partyId), kind: 'ship_to', party },
  ])
  await tx.run(sql`
    insert into place (organization_id, place_id, facility_id, path, kind, code, name, time_zone, party_id, created_at)
    select ${organizationId}, s.place_id, s.place_id, array[s.place_id], s.kind, s.code, s.name, ${timeZone}, s.party_id, ${now}
    from unnest(${places.map((p) => p.id)}::uuid[], ${places.map((p) => p.kind)}::text[], ${places.map((p) => p.party.code ?? p.party.name)}::text[],
                ${places.map((p) => p.party.name)}::text[], ${places.map((p) => p.party.partyId)}::uuid[]) as s (place_id, kind, code, name, party_id)`)
}
