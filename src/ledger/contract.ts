import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { productRef } from '#src/catalog/contract.ts'
import { placeRef, partyRef } from '#src/network/contract.ts'
import { parseQuantity } from '#src/lib/quantity.ts'
import { runKinds } from './movement-kinds.ts'

/** A decimal string above zero, at most 18 digits before and 9 after the point. */
export const positiveQuantity = z
  .string()
  .max(29)
  .refine((text) => (parseQuantity(text) ?? 0n) > 0n, 'must be a decimal above zero, such as "12" or "0.5"')
  .meta({ description: 'Decimal string above zero, at most 9 decimals' })
export const instant = z.iso.datetime({ offset: true })
const plainDate = z.iso.date()
const code = z.string().min(1).max(90)

/** A lot by id, or by the code on it with its issuer where the code alone is not clear. */
export const lotRef = z.union([z.uuid(), z.strictObject({ code, issuer: partyRef.optional() })])
export const plateRef = z.union([z.uuid(), z.strictObject({ code })])
export const lotDates = z
  .strictObject({ madeOn: plainDate, bestBy: plainDate, sellBy: plainDate, useBy: plainDate, expiresOn: plainDate })
  .partial()

/** A unit by id or serial; of a measured piece also how much of it. */
export const unitRef = z.union([
  z.uuid(),
  z.strictObject({ serial: code, issuer: partyRef.optional(), quantity: positiveQuantity.optional(), secondQuantity: positiveQuantity.optional() }),
  z.strictObject({ id: z.uuid(), quantity: positiveQuantity.optional(), secondQuantity: positiveQuantity.optional() }),
])
export type UnitRef = z.output<typeof unitRef>

const what = {
  product: productRef,
  lot: lotRef.optional(),
  /** 10,000 at most in a line; their number (or their measures) is the quantity where none is given. */
  units: z.array(unitRef).min(1).max(50_000).optional(),
  quantity: positiveQuantity.optional(),
  uom: z.string().min(1).max(20).optional(),
  secondQuantity: positiveQuantity.optional(),
  owner: partyRef.optional(),
}
/** What comes in may bring a new lot or unit with it. */
const incoming = {
  dates: lotDates.optional(),
  family: code.optional(),
  lotProperties: z.record(z.string(), z.json()).optional(),
  unitCost: positiveQuantity.optional(),
  costCurrency: z.string().length(3).optional(),
  costRate: positiveQuantity.optional(),
}
const onPlate = { plate: plateRef.optional() }

const header = {
  /** Now unless given; at most 5 minutes ahead. */
  occurredAt: instant.optional(),
  reason: z.string().trim().min(1).max(200).optional(),
  note: z.string().max(2000).optional(),
  device: z.string().max(100).optional(),
  deviceTime: instant.optional(),
  references: z.array(z.strictObject({ type: z.string().min(1).max(40), number: z.string().min(1).max(90), issuer: partyRef.optional() })).max(20).optional(),
}
const lines = <L extends z.ZodType>(line: L) => z.array(line).min(1).max(1_000)
/** Goods in hand that the book denies: it is adjusted or moved to where they are, and a person is told. */
const itIsHere = z.boolean().optional()

export const receiveInput = z.strictObject({ kind: z.literal('receive'), ...header, from: z.union([z.strictObject({ supplier: partyRef }), z.strictObject({ place: placeRef })]),
  lines: lines(z.strictObject({ ...what, ...incoming, ...onPlate, to: placeRef })) })
export const moveInput = z.strictObject({ kind: z.literal('move'), ...header, itIsHere,
  lines: lines(z.union([
    z.strictObject({ ...what, ...onPlate, toPlate: plateRef.optional(), from: placeRef, to: placeRef }),
    z.strictObject({ wholePlate: plateRef, to: placeRef }),
  ])) })
export const adjustInput = z.strictObject({ kind: z.literal('adjust'), ...header, reason: z.string().trim().min(1).max(200),
  lines: lines(z.strictObject({ ...what, ...incoming, ...onPlate, place: placeRef, direction: z.enum(['up', 'down']), against: z.enum(['count', 'loss']).default('count') })) })
export const transformInput = z.strictObject({ kind: z.literal('transform'), ...header, itIsHere, run: z.enum(runKinds).default('production'),
  /** An earlier movement of the same run, where its inputs and outputs come one by one. */
  runId: z.uuid().optional(),
  inputs: z.array(z.strictObject({ ...what, ...onPlate, from: placeRef })).max(1_000),
  outputs: z.array(z.strictObject({ ...what, ...incoming, ...onPlate, to: placeRef,
    /** The inputs that went into just this output: `input` is the index in `inputs`, from 0. */
    uses: z.array(z.strictObject({ input: z.int().nonnegative(), quantity: positiveQuantity.optional() })).min(1).optional() })).max(1_000) })
export const shipInput = z.strictObject({ kind: z.literal('ship'), ...header, itIsHere,
  to: z.union([z.strictObject({ customer: partyRef }), z.strictObject({ place: placeRef })]),
  /** The demand whose allocations this shipment fulfils. */
  demand: z.strictObject({ type: z.string().min(1).max(40), number: z.string().min(1).max(90) }).optional(),
  lines: lines(z.union([z.strictObject({ ...what, ...onPlate, from: placeRef }), z.strictObject({ wholePlate: plateRef })])) })
export const returnInput = z.strictObject({ kind: z.literal('return'), ...header,
  from: z.union([z.strictObject({ customer: partyRef }), z.strictObject({ place: placeRef })]),
  lines: lines(z.strictObject({ ...what, ...onPlate, to: placeRef })) })
export const changeOwnerInput = z.strictObject({ kind: z.literal('change_owner'), ...header, reason: z.string().trim().min(1).max(200),
  lines: lines(z.strictObject({ ...what, ...onPlate, place: placeRef, toOwner: partyRef })) })
export const packInput = z.strictObject({ kind: z.literal('pack'), ...header, plate: plateRef,
  lines: lines(z.strictObject({ ...what, fromPlate: plateRef.optional(), place: placeRef })) })
export const unpackInput = z.strictObject({ kind: z.literal('unpack'), ...header, plate: plateRef,
  lines: lines(z.strictObject({ ...what, place: placeRef })).optional() })
const taken = { ...header, reason: z.string().trim().min(1).max(200), lines: lines(z.strictObject({ ...what, ...onPlate, from: placeRef })) }
export const sampleInput = z.strictObject({ kind: z.literal('sample'), ...taken })
export const destroyInput = z.strictObject({ kind: z.literal('destroy'), ...taken })

/** A movement to be posted, by kind. */
export const movementInput = z.discriminatedUnion('kind', [receiveInput, moveInput, adjustInput, transformInput, shipInput, returnInput, changeOwnerInput, packInput, unpackInput, sampleInput, destroyInput])
export type MovementInput = z.output<typeof movementInput>

const demand = z.strictObject({ type: z.string().min(1).max(40), number: z.string().min(1).max(90), line: z.int().positive().optional() })
export const reserveInput = z.strictObject({
  demand, firmness: z.enum(['hard', 'soft']).default('hard'), expiresAt: instant.optional(), reasons: z.array(z.string().max(500)).max(50).optional(),
  lines: lines(z.strictObject({ ...what, ...onPlate, from: placeRef })),
})
export type ReserveInput = z.output<typeof reserveInput>
export const releaseInput = z.union([z.strictObject({ demand: demand.omit({ line: true }) }), z.strictObject({ allocationIds: z.array(z.uuid()).min(1).max(10_000) })])
export type ReleaseInput = z.output<typeof releaseInput>

/** Undo: it never happened (mirrored at the original time, under the late rule), or it was undone (a new movement now). */
export const reverseInput = z.strictObject({ meaning: z.enum(['never_happened', 'undone']), reason: z.string().trim().min(1).max(200), note: z.string().max(2000).optional() })
export type ReverseInput = z.output<typeof reverseInput>

// The operations ---------------------------------------------------------------------------------------------------------

const uuid = z.uuid()
export const postedMovement = z.object({
  movementId: uuid, kind: z.string(), occurredAt: z.string(), recordedAt: z.string(), businessDate: z.string(),
  lines: z.array(z.object({ lineNo: z.int(), role: z.enum(['input', 'output']).nullable(), productId: uuid, lotId: uuid, fromPlaceId: uuid, toPlaceId: uuid, quantity: z.string(), units: z.int(), fromMixture: z.boolean() })),
  exceptions: z.array(uuid),
}).meta({ id: 'PostedMovement' })
/** What a posted movement answers; exceptions are what was accepted but should be looked at. */
export type PostedMovement = z.output<typeof postedMovement>

const tag = 'Movements'
const verdict = z.union([z.object({ ok: z.literal(true), movement: postedMovement }), z.object({ ok: z.literal(false), refusal: z.object({ code: z.string(), title: z.string(), next: z.string(), data: z.record(z.string(), z.unknown()) }) })])
export type Verdict = z.output<typeof verdict>
const shared = ['product_unknown', 'product_ambiguous', 'product_archived', 'place_unknown', 'place_ambiguous', 'place_archived', 'party_unknown', 'party_ambiguous', 'movement_sides_wrong', 'nothing_moves', 'quantity_missing', 'quantity_not_positive', 'quantity_not_exact',
  'quantity_too_large', 'uom_not_of_product', 'second_quantity_not_kept', 'lot_unknown', 'lot_ambiguous', 'lot_missing', 'lot_of_other_product', 'unit_unknown', 'unit_twice', 'unit_ambiguous', 'unit_of_other_lot', 'unit_of_other_product', 'serial_is_one', 'quantity_differs_from_units',
  'units_missing', 'plate_unknown', 'plate_elsewhere', 'occurred_in_future', 'period_closed', 'late_entry_blocked', 'unit_moved_since', 'stock_frozen'] as const
const taking = ['stock_insufficient', 'stock_allocated', 'second_quantity_missing', 'second_quantity_insufficient', 'unit_elsewhere', 'unit_allocated', 'piece_must_be_cut', 'piece_too_short', 'mixture_has_no_lots', 'plate_empty'] as const
const bringing = ['lot_not_tracked', 'lot_code_invalid', 'lot_date_differs', 'lot_property_differs', 'lot_family_differs', 'property_unknown', 'property_invalid', 'property_missing', 'units_not_tracked', 'serial_invalid', 'unit_already_in_stock', 'unit_with_customer', 'unit_elsewhere'] as const
const using = ['on_hold', 'lot_past_date'] as const
const command = { method: 'POST', tag, command: true, response: postedMovement } as const

export const receiveGoods = endpoint({ ...command, operationId: 'receiveGoods', path: '/movements/receive', permission: 'movements.receive', summary: 'Receives goods from a supplier; lots and units that are not known yet are registered.', body: receiveInput.omit({ kind: true }), refusals: [...shared, ...bringing] })
export const moveGoods = endpoint({ ...command, operationId: 'moveGoods', path: '/movements/move', permission: 'movements.move', summary: 'Moves goods, or a whole plate, between our places.', body: moveInput.omit({ kind: true }), refusals: [...shared, ...taking] })
export const adjustStock = endpoint({ ...command, operationId: 'adjustStock', path: '/movements/adjust', permission: 'movements.adjust', summary: 'Adjusts what the book says, up or down, with a reason.', body: adjustInput.omit({ kind: true }), refusals: [...shared, ...taking, ...bringing] })
export const transformGoods = endpoint({ ...command, operationId: 'transformGoods', path: '/movements/transform', permission: 'movements.transform', summary: 'A run: inputs are used up, outputs are made; production, repack, split, merge, cut, rework, disassembly or mixing.', body: transformInput.omit({ kind: true }),
  refusals: [...shared, ...taking, ...bringing, ...using, 'run_without_inputs', 'run_unknown', 'run_shape_wrong', 'run_not_conserved', 'use_unknown', 'use_exceeds_input'] })
export const shipGoods = endpoint({ ...command, operationId: 'shipGoods', path: '/movements/ship', permission: 'movements.ship', summary: 'Ships goods to a customer, or back to a supplier; fulfils what was allocated to the demand.', body: shipInput.omit({ kind: true }), refusals: [...shared, ...taking, ...using] })
export const returnGoods = endpoint({ ...command, operationId: 'returnGoods', path: '/movements/return', permission: 'movements.return', summary: 'Takes goods back from a customer.', body: returnInput.omit({ kind: true }), refusals: [...shared, ...bringing] })
export const changeOwner = endpoint({ ...command, operationId: 'changeOwner', path: '/movements/change-owner', permission: 'movements.change_owner', summary: 'Goods stay where they are and become another party’s.', body: changeOwnerInput.omit({ kind: true }), refusals: [...shared, ...taking, ...using] })
export const packPlate = endpoint({ ...command, operationId: 'packPlate', path: '/movements/pack', permission: 'movements.pack', summary: 'Packs goods onto a plate.', body: packInput.omit({ kind: true }), refusals: [...shared, ...taking] })
export const unpackPlate = endpoint({ ...command, operationId: 'unpackPlate', path: '/movements/unpack', permission: 'movements.pack', summary: 'Takes goods off a plate, or all of them.', body: unpackInput.omit({ kind: true }), refusals: [...shared, ...taking] })
export const takeSample = endpoint({ ...command, operationId: 'takeSample', path: '/movements/sample', permission: 'movements.sample', summary: 'Draws a sample; held goods may be sampled.', body: sampleInput.omit({ kind: true }), refusals: [...shared, ...taking] })
export const destroyGoods = endpoint({ ...command, operationId: 'destroyGoods', path: '/movements/destroy', permission: 'movements.destroy', summary: 'Destroys goods; held goods may be destroyed.', body: destroyInput.omit({ kind: true }), refusals: [...shared, ...taking] })
export const reverseMovement = endpoint({ ...command, operationId: 'reverseMovement', path: '/movements/:movementId/reverse', permission: 'movements.reverse', summary: 'Undoes a movement: it never happened, or it was undone now.', params: z.object({ movementId: uuid }), body: reverseInput,
  refusals: ['not_found', 'reversed_already', 'reversal_of_reversal', 'reversal_blocked', 'period_closed', 'stock_frozen', 'stock_insufficient', 'stock_allocated', 'second_quantity_insufficient', 'unit_elsewhere', 'unit_allocated', 'unit_already_in_stock', 'unit_with_customer', 'piece_too_short', 'plate_elsewhere'] })

/** Many movements in one request: all or nothing, or each for itself with its own verdict. */
export const postMovements = endpoint({
  method: 'POST', tag, command: true, operationId: 'postMovements', path: '/movements/bulk', permission: 'movements.read',
  summary: 'Posts up to 500 movements: all or nothing (atomic), or each with a verdict of its own. Each needs the permission of its kind.',
  body: z.strictObject({ atomic: z.boolean().default(true), movements: z.array(movementInput).min(1).max(500) }),
  response: z.object({ results: z.array(verdict) }),
  refusals: [...shared, ...taking, ...bringing, ...using],
})

const reserved = z.object({ allocations: z.array(z.object({ allocationId: uuid, productId: uuid, lotId: uuid, placeId: uuid, unitId: uuid.nullable(), quantity: z.string() })) })
export type Reserved = z.output<typeof reserved>
export const reserveStock = endpoint({
  method: 'POST', tag: 'Allocations', command: true, operationId: 'reserveStock', path: '/allocations', permission: 'allocations.write', summary: 'Promises concrete stock to a demand: hard, or soft until it expires.', body: reserveInput,
  response: reserved, refusals: [...shared, ...using, 'stock_insufficient', 'second_quantity_insufficient', 'unit_elsewhere', 'unit_allocated', 'piece_too_short', 'mixture_has_no_lots'],
})
export const releaseStock = endpoint({
  method: 'POST', tag: 'Allocations', command: true, operationId: 'releaseStock', path: '/allocations/release', permission: 'allocations.write', summary: 'Gives promised stock free again.', body: releaseInput,
  response: z.object({ released: z.int() }), refusals: ['allocation_unknown'],
})
