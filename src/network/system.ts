import { derivedId, type OrganizationId, type PartyId, type PlaceId } from '#src/lib/id.ts'

/** Outside places every organisation has one of: where differences, losses, runs, samples and destroyed goods go to and come from. */
export type SystemPlaceKind = 'loss' | 'count' | 'process' | 'sampled' | 'destroyed'
export const systemPlaceKinds = ['loss', 'count', 'process', 'sampled', 'destroyed'] as const satisfies readonly SystemPlaceKind[]

export function systemPlaceId(organization: OrganizationId, kind: SystemPlaceKind): PlaceId {
  return derivedId<'place'>(organization, `place/${kind}`)
}

/** Ourselves as a party: issuer of our own lot codes, owner of goods unless another is named. */
export function ownPartyId(organization: OrganizationId): PartyId {
  return organization as string as PartyId
}

/** The one unknown party: issuer of lots of which neither maker nor supplier is known. */
export function unknownPartyId(organization: OrganizationId): PartyId {
  return derivedId<'party'>(organization, 'party/unknown')
}

/** The place a party's goods come from; made with the party. */
export function supplierPlaceId(party: PartyId): PlaceId {
  return derivedId<'place'>(party, 'place/supplier')
}

/** The first ship-to place of a party; made with the party, more may follow. */
export function firstShipToPlaceId(party: PartyId): PlaceId {
  return derivedId<'place'>(party, 'place/ship_to')
}
