import { z } from 'zod'
import { productRef } from '#src/catalog/contract.ts'
import { endpoint } from '#src/lib/contract.ts'
import { code, reason } from '#src/lib/fields.ts'
import { page, pageQuery } from '#src/lib/paging.ts'
import { partyRef, placeRef } from '#src/network/contract.ts'

/** Kinds of movement that a hold stops, unless it allows them. Others (sampling, destroying, returning, moving, counting) are never stopped. */
export const stoppedKinds = ['transform', 'ship', 'change_owner'] as const

const uuid = z.uuid()
const common = {
  reason,
  note: z.string().max(2000).optional(),
  /** It ends by itself then; without it somebody has to release it. */
  until: z.iso.datetime({ offset: true }).optional(),
  /** What is still allowed: kinds of movement. */
  allows: z.array(z.enum(stoppedKinds)).max(stoppedKinds.length).default([]),
}
const product = productRef.optional()

export const holdInput = z.discriminatedUnion('subject', [
  /** With a code its product is needed; a lot that was merged means the one it was found to be. */
  z.strictObject({ subject: z.literal('lot'), lot: z.union([uuid, z.strictObject({ code, issuer: partyRef.optional() })]), product, ...common }),
  z.strictObject({ subject: z.literal('unit'), unit: z.union([uuid, z.strictObject({ serial: code, issuer: partyRef.optional() })]), product, ...common }),
  z.strictObject({ subject: z.literal('plate'), plate: z.union([uuid, z.strictObject({ code })]), ...common }),
  /** With every place inside it. */
  z.strictObject({ subject: z.literal('place'), place: placeRef, ...common }),
  /** Every lot of it, of whatever product, also those that join it later. */
  z.strictObject({ subject: z.literal('family'), family: z.union([uuid, z.strictObject({ code })]), ...common }),
])
export type HoldInput = z.output<typeof holdInput>

const hold = z.object({
  holdId: uuid, subject: z.enum(['lot', 'unit', 'plate', 'place', 'family']), subjectId: uuid,
  /** The code it is known by; null of a product's hidden lot. */
  which: z.string().nullable(), productId: uuid.nullable(), product: z.string().nullable(),
  reason: z.string(), note: z.string().nullable(), allows: z.array(z.string()), until: z.string().nullable(), placedAt: z.string(), placedBy: z.string(), placedByName: z.string().nullable(),
  releasedAt: z.string().nullable(), releasedBy: z.string().nullable(), releasedByName: z.string().nullable(), releaseReason: z.string().nullable(),
}).meta({ id: 'Hold' })
export type Hold = z.output<typeof hold>

const goods = { productId: uuid, product: z.string(), lotId: uuid, lot: z.string().nullable(), quantity: z.string(), uom: z.string() }
const scope = z.object({
  onHand: z.array(z.object({ ...goods, placeId: uuid, place: z.string() })),
  /** Promised to somebody: these demands are not served while the hold stands. */
  allocated: z.array(z.object({ ...goods, demandType: z.string(), demandNumber: z.string(), demandLine: z.int() })),
  /** How many units are in stock under it, and some of them. */
  unitCount: z.int(),
  units: z.array(z.object({ unitId: uuid, serial: z.string(), productId: uuid, lotId: uuid, placeId: uuid, place: z.string() })),
  /** Left before it: for information, a hold does not call it back. */
  shipped: z.array(z.object({ ...goods, placeId: uuid, place: z.string() })),
  /** True where a list was cut at 500. */
  more: z.boolean(),
}).meta({ id: 'HoldScope', description: 'What a hold reaches.' })
export type HoldScope = z.output<typeof scope>

const tag = 'Holds'
export const placeHold = endpoint({
  method: 'POST', command: true, tag, permission: 'holds.place', operationId: 'placeHold', path: '/holds',
  summary: 'Holds a lot, unit, plate, place or family at once: nothing that commits after the answer uses or promises it. With dryRun: what it would reach.',
  body: holdInput, response: hold.extend({ scope }),
  refusals: ['product_unknown', 'product_ambiguous', 'lot_unknown', 'lot_ambiguous', 'unit_unknown', 'unit_ambiguous', 'plate_unknown', 'place_unknown', 'place_ambiguous', 'family_unknown', 'party_unknown', 'party_ambiguous', 'hold_ends_before'],
})
export const releaseHold = endpoint({
  method: 'POST', command: true, tag, permission: 'holds.release', operationId: 'releaseHold', path: '/holds/:holdId/release', summary: 'Ends a hold, with the reason.',
  params: z.object({ holdId: uuid }), body: z.strictObject({ reason }), response: hold, refusals: ['not_found', 'hold_released'],
})
export const listHolds = endpoint({
  method: 'GET', command: false, tag, permission: 'stock.read', operationId: 'listHolds', path: '/holds', summary: 'Holds, the latest first: those in force (`active=true`), those that are over (`active=false`), or all; of one subject or of every one.',
  query: z.object({ ...pageQuery, active: z.enum(['true', 'false']).optional().transform((text) => (text === undefined ? undefined : text === 'true')), subject: hold.shape.subject.optional(), subjectId: uuid.optional() }),
  response: page(hold), refusals: [],
})
export const getHold = endpoint({
  method: 'GET', command: false, tag, permission: 'stock.read', operationId: 'getHold', path: '/holds/:holdId', summary: 'One hold, with what it reaches now.',
  params: z.object({ holdId: uuid }), response: hold.extend({ scope }), refusals: ['not_found'],
})
