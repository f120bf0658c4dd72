import { z } from 'zod'
import { productRef } from '#src/catalog/contract.ts'
import { endpoint } from '#src/lib/contract.ts'
import { code, flag, plainDate, propertyValues, reason, search } from '#src/lib/fields.ts'
import { page, pageQuery, sortQuery } from '#src/lib/paging.ts'
import { partyRef } from '#src/network/contract.ts'

const version = z.int()
const instant = z.string()
const dates = { madeOn: plainDate, bestBy: plainDate, sellBy: plainDate, useBy: plainDate, expiresOn: plainDate }
const shownDate = z.string().nullable()
const shownDates = { madeOn: shownDate, bestBy: shownDate, sellBy: shownDate, useBy: shownDate, expiresOn: shownDate }
const party = z.object({ partyId: z.uuid(), name: z.string() })
const family = z.object({ familyId: z.uuid(), code: z.string() })

const lotSummary = z.object({
  lotId: z.uuid(), code: z.string(), product: z.object({ productId: z.uuid(), sku: z.string(), name: z.string() }), issuer: party, family: family.nullable(), ...shownDates, version,
})
const lot = lotSummary.extend({
  /** null: the hidden lot of what has no lot. */
  code: z.string().nullable(), issuer: party.nullable(),
  properties: z.record(z.string(), z.json()), createdAt: instant, archivedAt: instant.nullable(),
  /** Every code it goes by, with who issued it; `old` ones still lead to it. */
  codes: z.array(z.object({ code: z.string(), issuer: party, kind: z.enum(['issued', 'old']), lotId: z.uuid() })),
  /** The lot this one was found to be; use that one. */
  mergedInto: z.uuid().nullable(),
  /** Lots that were found to be this one. */
  mergedFrom: z.array(z.uuid()),
})

const lotId = z.object({ lotId: z.uuid() })
const lotChanged = z.object({ lotId: z.uuid(), version })
const read = { method: 'GET', permission: 'lots.read', command: false, tag: 'Lots' } as const
const write = { permission: 'lots.write', command: true, tag: 'Lots' } as const

export const listLots = endpoint({
  ...read, operationId: 'listLots', path: '/lots', summary: 'Lots, newest first; a search finds codes that begin with it, whatever their case, spaces, O or 0, I or 1.',
  query: z.object({
    ...pageQuery, search, sort: sortQuery(['created', 'code', 'product', 'due'], 'The newest first unless given, or by code where one is searched for. `due` is the day that matters: use by, expiry, best by, sell by, whichever it has; those without come last.'),
    product: z.uuid().optional(), family: z.uuid().optional(), issuer: z.uuid().optional().describe('The party that gave it its code.'),
    dueFrom: plainDate.optional().describe('Due on this day or later.'), dueTo: plainDate.optional().describe('Due on this day or earlier.'),
    inStock: flag.describe('Only those of which some is on hand.'), held: flag.describe('Only those on hold, themselves or as a family.'),
  }),
  response: page(lotSummary), refusals: ['cursor_of_other_order', 'range_backwards'],
})
export const getLot = endpoint({ ...read, operationId: 'getLot', path: '/lots/:lotId', summary: 'One lot with its codes, issuer, family and dates, and where a merge leads.', params: lotId, response: lot, refusals: ['not_found'] })
export const registerLot = endpoint({
  ...write, operationId: 'registerLot', method: 'POST', path: '/lots', summary: 'Makes a lot known before there is any of it, or finds the one that is; a receipt does this by itself.',
  body: z.strictObject({ product: productRef, code, issuer: partyRef.optional(), family: code.optional(), dates: z.strictObject(dates).partial().optional(), properties: propertyValues.optional() }),
  response: lotChanged,
  refusals: ['product_unknown', 'product_ambiguous', 'party_unknown', 'party_ambiguous', 'lot_code_invalid', 'lot_date_differs', 'lot_property_differs', 'lot_family_differs', 'property_unknown', 'property_invalid', 'property_missing'],
})
export const correctLot = endpoint({
  ...write, operationId: 'correctLot', method: 'PATCH', path: '/lots/:lotId', summary: 'Corrects dates, properties, family or code, with a reason. A replaced code still leads here.', params: lotId,
  body: z.strictObject({ code, madeOn: plainDate.nullable(), bestBy: plainDate.nullable(), sellBy: plainDate.nullable(), useBy: plainDate.nullable(), expiresOn: plainDate.nullable(), family: code.nullable(), properties: propertyValues, reason }).partial().required({ reason: true }),
  response: lotChanged,
  refusals: ['not_found', 'record_changed', 'merged_already', 'lot_hidden', 'lot_code_invalid', 'lot_code_taken', 'property_unknown', 'property_invalid', 'property_missing'],
})
export const learnIssuer = endpoint({
  ...write, operationId: 'learnLotIssuer', method: 'POST', path: '/lots/:lotId/issuer', summary: 'The maker is known now: the lot\'s codes are theirs. What it was received as still leads here.', params: lotId,
  body: z.strictObject({ issuer: partyRef, reason: reason.optional() }), response: lotChanged,
  refusals: ['not_found', 'record_changed', 'merged_already', 'lot_hidden', 'lot_code_taken', 'party_unknown', 'party_ambiguous'],
})

const familySummary = family.extend({ kind: z.string(), createdAt: instant, version })
export const listFamilies = endpoint({
  ...read, operationId: 'listLotFamilies', path: '/lot-families', summary: 'Lot families by code; a search finds codes that begin with it.',
  query: z.object({ ...pageQuery, search }), response: page(familySummary), refusals: [],
})
export const getFamily = endpoint({ ...read, operationId: 'getLotFamily', path: '/lot-families/:familyId', summary: 'One lot family; its lots are listed by `/lots?family=`.', params: z.object({ familyId: z.uuid() }), response: familySummary, refusals: ['not_found'] })
