import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { code, flag, line, plainDate, propertyValues, reason, search, timeZone } from '#src/lib/fields.ts'
import { page, pageQuery, sortQuery } from '#src/lib/paging.ts'

/** A place by id, or by its code, with the facility's code where several facilities use it. */
export const placeRef = z.union([z.uuid(), z.strictObject({ code, facility: code.optional() })])
/** A party by id, by our code for it, or by its name. */
export const partyRef = z.union([z.uuid(), z.strictObject({ code }), z.strictObject({ name: z.string().trim().min(1).max(300) })])

const properties = z.record(z.string(), z.json())
const instant = z.string()
const version = z.int()
const why = z.strictObject({ reason: reason.optional() })
const read = { method: 'GET', permission: 'network.read', command: false } as const
const write = { permission: 'network.write', command: true } as const

// Parties -----------------------------------------------------------------------------------------------------------

export const partyRole = z.enum(['supplier', 'customer', 'maker', 'carrier'])
const anyRole = z.enum(['supplier', 'customer', 'maker', 'carrier', 'own', 'unknown'])
const address = z.strictObject({ street: line(200), city: line(100), postalCode: line(20), region: line(100), country: z.string().regex(/^[A-Z]{2}$/, 'is a code of two letters (ISO 3166)') }).partial()

const partySummary = z.object({ partyId: z.uuid(), name: z.string(), code: z.string().nullable(), roles: z.array(anyRole), archivedAt: instant.nullable(), mergedInto: z.uuid().nullable(), version })
const licence = z.object({ licenceId: z.uuid(), type: z.string(), number: z.string(), expiresOn: z.string().nullable(), issuer: z.string().nullable(), version })
const party = partySummary.extend({
  gln: z.string().nullable(), email: z.string().nullable(), phone: z.string().nullable(), address: z.record(z.string(), z.string()).nullable(), properties, createdAt: instant,
  /** Where its goods come from, and its ship-to places. */
  supplierPlaceId: z.uuid(), shipToPlaces: z.array(z.object({ placeId: z.uuid(), code: z.string(), name: z.string() })),
  licences: z.array(licence),
})
const partyFields = {
  name: line(300), code: code.nullable(), roles: z.array(partyRole).max(4), gln: z.string().max(13).nullable(), email: z.email().max(200).nullable(), phone: line(60).nullable(), address: address.nullable(), properties: propertyValues,
}
export const newParty = z.strictObject({ ...partyFields, partyId: z.uuid() }).partial().required({ name: true })
export const partyChange = z.strictObject({ ...partyFields, reason }).partial()
const partyChanged = z.object({ partyId: z.uuid(), version })
const partyId = z.object({ partyId: z.uuid() })
const properly = ['property_unknown', 'property_invalid', 'property_missing'] as const

export const listParties = endpoint({
  ...read, operationId: 'listParties', path: '/parties', tag: 'Parties', summary: 'Parties by name; a search finds what begins with it: name first, then code.',
  query: z.object({
    ...pageQuery, search, sort: sortQuery(['name', 'code', 'created'], 'By name unless given. Those without a code come last.'), role: anyRole.optional(),
    archived: flag.describe('Those that are archived, instead of those in use.'),
  }),
  response: page(partySummary), refusals: ['cursor_of_other_order'],
})
export const getParty = endpoint({ ...read, operationId: 'getParty', path: '/parties/:partyId', tag: 'Parties', summary: 'One party with its licences and places.', params: partyId, response: party, refusals: ['not_found'] })
export const createParty = endpoint({
  ...write, operationId: 'createParty', method: 'POST', path: '/parties', tag: 'Parties', summary: 'A new supplier, customer, maker or carrier, with its place as a supplier and its first ship-to place.',
  body: newParty, response: partyChanged, refusals: ['code_taken', 'gln_check_digit', ...properly],
})
export const changeParty = endpoint({
  ...write, operationId: 'changeParty', method: 'PATCH', path: '/parties/:partyId', tag: 'Parties', summary: 'Changes what is given.', params: partyId, body: partyChange, response: partyChanged,
  refusals: ['not_found', 'record_changed', 'merged_already', 'code_taken', 'gln_check_digit', 'party_is_ours', ...properly],
})
export const archiveParty = endpoint({ ...write, operationId: 'archiveParty', method: 'POST', path: '/parties/:partyId/archive', tag: 'Parties', summary: 'Takes a party out of use; its history stays.', params: partyId, body: why.optional(), response: partyChanged, refusals: ['not_found', 'record_changed', 'party_is_ours'] })
export const restoreParty = endpoint({ ...write, operationId: 'restoreParty', method: 'POST', path: '/parties/:partyId/restore', tag: 'Parties', summary: 'Takes an archived party back into use.', params: partyId, body: why.optional(), response: partyChanged, refusals: ['not_found', 'record_changed', 'code_taken', 'merged_already'] })
export const mergeParty = endpoint({
  ...write, operationId: 'mergeParty', method: 'POST', path: '/parties/:partyId/merge', tag: 'Parties', summary: 'A party entered twice becomes one: its places, codes, lots and licences lead to the other.',
  params: partyId, body: z.strictObject({ into: z.uuid(), reason: reason.optional() }), response: partyChanged,
  refusals: ['not_found', 'record_changed', 'merge_into_itself', 'merged_already', 'merge_collides', 'party_is_ours', 'party_owns_stock'],
})
export const addLicence = endpoint({
  ...write, operationId: 'addLicence', method: 'POST', path: '/parties/:partyId/licences', tag: 'Parties', summary: 'A permit of a party.',
  params: partyId, body: z.strictObject({ type: line(60), number: code, expiresOn: plainDate.nullable().optional(), issuer: line(200).nullable().optional() }),
  response: z.object({ licenceId: z.uuid(), version }), refusals: ['not_found'],
})
export const changeLicence = endpoint({
  ...write, operationId: 'changeLicence', method: 'PATCH', path: '/licences/:licenceId', tag: 'Parties', summary: 'Changes or archives a permit.',
  params: z.object({ licenceId: z.uuid() }), body: z.strictObject({ number: code, expiresOn: plainDate.nullable(), issuer: line(200).nullable(), archived: z.boolean(), reason }).partial(),
  response: z.object({ licenceId: z.uuid(), version }), refusals: ['not_found', 'record_changed'],
})

// Places ------------------------------------------------------------------------------------------------------------

/** Kinds a person makes; the places of suppliers, losses and the like come by themselves. */
export const madePlaceKinds = ['facility', 'zone', 'storage', 'staging', 'tank', 'quarantine', 'production', 'repair', 'in_transit', 'ship_to'] as const
const placeKind = z.enum([...madePlaceKinds, 'supplier', 'loss', 'count', 'process', 'sampled', 'destroyed'])
const placeSummary = z.object({
  placeId: z.uuid(), code: z.string(), name: z.string(), kind: placeKind, internal: z.boolean(), commingled: z.boolean(), parentId: z.uuid().nullable(), facilityId: z.uuid(), facilityCode: z.string(),
  partyId: z.uuid().nullable(), archivedAt: instant.nullable(), version,
})
const place = placeSummary.extend({ path: z.array(z.object({ placeId: z.uuid(), code: z.string(), name: z.string() })), timeZone: z.string(), gln: z.string().nullable(), properties, createdAt: instant })
const placeFields = { code, name: line(200), commingled: z.boolean(), gln: z.string().max(13).nullable(), properties: propertyValues }
export const newPlace = z.strictObject({
  ...placeFields, placeId: z.uuid(), kind: z.enum(madePlaceKinds),
  /** The place it stands in; of a facility none. */
  parentId: z.uuid(),
  /** Of a ship-to place: whose it is. */
  partyId: z.uuid(),
  /** Of a facility; the organisation's unless given. Places inside take their facility's. */
  timeZone,
}).partial().required({ code: true, kind: true })
export const placeChange = z.strictObject({ ...placeFields, parentId: z.uuid(), timeZone, reason }).partial()
const placeChanged = z.object({ placeId: z.uuid(), version })
const placeId = z.object({ placeId: z.uuid() })

export const listPlaces = endpoint({
  ...read, operationId: 'listPlaces', path: '/places', tag: 'Places', summary: 'Places by code: ours, or with `outside` those of parties and losses. A search finds codes and names that begin with it, code first.',
  query: z.object({
    ...pageQuery, search, sort: sortQuery(['code', 'name', 'created'], 'By code unless given.'), facility: z.uuid().optional(), parent: z.uuid().optional(), kind: placeKind.optional(),
    outside: flag.describe('Those of parties, losses and the like, instead of ours.'), archived: flag.describe('Those that are archived, instead of those in use.'),
  }),
  response: page(placeSummary), refusals: ['cursor_of_other_order'],
})
export const getPlace = endpoint({ ...read, operationId: 'getPlace', path: '/places/:placeId', tag: 'Places', summary: 'One place, with the way down to it.', params: placeId, response: place, refusals: ['not_found'] })
export const createPlace = endpoint({
  ...write, operationId: 'createPlace', method: 'POST', path: '/places', tag: 'Places', summary: 'A facility, a place inside one, or another ship-to place of a party.', body: newPlace, response: placeChanged,
  refusals: ['code_taken', 'place_unknown', 'party_unknown', 'place_kind_wrong', 'gln_check_digit', ...properly],
})
export const changePlace = endpoint({
  ...write, operationId: 'changePlace', method: 'PATCH', path: '/places/:placeId', tag: 'Places', summary: 'Changes what is given; another parent takes everything inside along.', params: placeId, body: placeChange, response: placeChanged,
  refusals: ['not_found', 'record_changed', 'code_taken', 'place_unknown', 'place_kind_wrong', 'place_inside_itself', 'place_not_empty', 'gln_check_digit', ...properly],
})
export const archivePlace = endpoint({ ...write, operationId: 'archivePlace', method: 'POST', path: '/places/:placeId/archive', tag: 'Places', summary: 'Takes an empty place out of use.', params: placeId, body: why.optional(), response: placeChanged, refusals: ['not_found', 'record_changed', 'place_kind_wrong', 'place_not_empty', 'place_has_places'] })
export const restorePlace = endpoint({ ...write, operationId: 'restorePlace', method: 'POST', path: '/places/:placeId/restore', tag: 'Places', summary: 'Takes an archived place back into use.', params: placeId, body: why.optional(), response: placeChanged, refusals: ['not_found', 'record_changed', 'code_taken', 'place_unknown'] })
