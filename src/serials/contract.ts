import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { code, flag, propertyValues, reason, search } from '#src/lib/fields.ts'
import { page, pageQuery, sortQuery } from '#src/lib/paging.ts'

const version = z.int()
const instant = z.string()
const unitSummary = z.object({
  unitId: z.uuid(), serial: z.string(), kind: z.enum(['serial', 'piece']), product: z.object({ productId: z.uuid(), sku: z.string(), name: z.string() }),
  /** code null: it has no lot. */
  lot: z.object({ lotId: z.uuid(), code: z.string().nullable() }), issuerId: z.uuid(),
  /** Where it is; null before its first movement. */
  place: z.object({ placeId: z.uuid(), code: z.string(), internal: z.boolean() }).nullable(),
  /** Base units it holds. */
  measure: z.string(), version,
})
const unit = unitSummary.extend({
  ownerId: z.uuid().nullable(), plateId: z.uuid().nullable(), secondMeasure: z.string().nullable(), allocationId: z.uuid().nullable(), lastOccurredAt: instant.nullable(), lastMovementId: z.uuid().nullable(),
  properties: z.record(z.string(), z.json()), createdAt: instant,
})
export const unitStates = ['here', 'gone', 'expected'] as const
const unitId = z.object({ unitId: z.uuid() })

export const listUnits = endpoint({
  operationId: 'listUnits', method: 'GET', path: '/units', tag: 'Units', permission: 'lots.read', command: false, summary: 'Units, newest first; of a lot in the order they were made, of a product by serial; a search finds serials that begin with it.',
  query: z.object({
    ...pageQuery, search, sort: sortQuery(['created', 'serial'], 'As told above unless given.'), lot: z.uuid().optional(), product: z.uuid().optional(), place: z.uuid().optional().describe('Where they are: a place and every place below it.'),
    state: z.enum(unitStates).optional().describe('`here`: in a place of ours; `gone`: shipped, used up, lost, destroyed; `expected`: known, and has not come yet.'),
  }),
  response: page(unitSummary), refusals: ['cursor_of_other_order'],
})
/** Serials are lines of a text: there is none with a line end in it. */
const serials = z.string().max(8_000).transform((text) => text.split('\n').filter((serial) => serial !== '')).pipe(z.array(z.string().max(90)).min(1).max(500))
export const listNamedUnits = endpoint({
  operationId: 'listNamedUnits', method: 'GET', path: '/units/named', tag: 'Units', permission: 'lots.read', command: false,
  summary: 'The units of a product that go by these serials, for a list that was scanned or pasted. What is not among the answers is not known; one whose serial differs from what was asked is called nearly so.',
  query: z.object({ product: z.uuid(), serials: serials.describe('One in a line, 500 at most.') }),
  response: z.object({ items: z.array(unitSummary.extend({ asked: z.string(), plateId: z.uuid().nullable(), allocationId: z.uuid().nullable() })) }), refusals: [],
})
export const getUnit = endpoint({
  operationId: 'getUnit', method: 'GET', path: '/units/:unitId', tag: 'Units', permission: 'lots.read', command: false, summary: 'One unit and where it is.', params: unitId, response: unit, refusals: ['not_found'],
})
export const changeUnit = endpoint({
  operationId: 'changeUnit', method: 'PATCH', path: '/units/:unitId', tag: 'Units', permission: 'lots.write', command: true, summary: 'Changes the properties of a unit.', params: unitId,
  body: z.strictObject({ properties: propertyValues, reason: reason.optional() }), response: z.object({ unitId: z.uuid(), version }),
  refusals: ['not_found', 'record_changed', 'property_unknown', 'property_invalid', 'property_missing'],
})

const plateSummary = z.object({ plateId: z.uuid(), code: z.string(), sscc: z.boolean(), createdAt: instant, archivedAt: instant.nullable(), version })
const plate = plateSummary.extend({
  contents: z.array(z.object({
    product: z.object({ productId: z.uuid(), sku: z.string(), name: z.string() }), lot: z.object({ lotId: z.uuid(), code: z.string().nullable() }), place: z.object({ placeId: z.uuid(), code: z.string() }), ownerId: z.uuid(),
    onHand: z.string(), allocated: z.string(), secondOnHand: z.string(),
  })),
})
const plateId = z.object({ plateId: z.uuid() })
export const listPlates = endpoint({
  operationId: 'listPlates', method: 'GET', path: '/plates', tag: 'Plates', permission: 'stock.read', command: false, summary: 'Plates by code; a search finds codes that begin with it.',
  query: z.object({ ...pageQuery, search, sort: sortQuery(['code', 'created'], 'By code unless given.'), archived: flag.describe('Those that are archived, instead of those in use.') }),
  response: page(plateSummary), refusals: ['cursor_of_other_order'],
})
export const getPlate = endpoint({
  operationId: 'getPlate', method: 'GET', path: '/plates/:plateId', tag: 'Plates', permission: 'stock.read', command: false, summary: 'One plate and what is on it.', params: plateId, response: plate, refusals: ['not_found'],
})
export const createPlate = endpoint({
  operationId: 'createPlate', method: 'POST', path: '/plates', tag: 'Plates', permission: 'movements.pack', command: true, summary: 'A new plate, by its SSCC or by a code of our own.',
  body: z.union([z.strictObject({ sscc: z.string().max(20), plateId: z.uuid().optional() }), z.strictObject({ code, plateId: z.uuid().optional() })]),
  response: z.object({ plateId: z.uuid(), version }), refusals: ['sscc_check_digit', 'code_taken'],
})
export const archivePlate = endpoint({
  operationId: 'archivePlate', method: 'POST', path: '/plates/:plateId/archive', tag: 'Plates', permission: 'movements.pack', command: true, summary: 'Takes an empty plate out of use; its code is free again.', params: plateId,
  body: z.strictObject({ reason: reason.optional() }).optional(), response: z.object({ plateId: z.uuid(), version }), refusals: ['not_found', 'record_changed', 'plate_not_empty'],
})
