import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { code, flag } from '#src/lib/fields.ts'
import { page, pageQuery, sortQuery } from '#src/lib/paging.ts'
import { movementKinds } from '#src/ledger/movement-kinds.ts'

/**
 * What the ledger answers. Quantities are decimal strings in the base unit of measure `uom` of the product; instants are
 * RFC 3339 in UTC. A merged lot is answered as the lot it is. `lot` is null where goods have no lot, `plateId` where they
 * are on no plate.
 */
const uuid = z.uuid()
const instant = z.iso.datetime({ offset: true })
const quantity = z.string()
const shown = z.string().nullable()

// Stock ------------------------------------------------------------------------------------------------------------------

/** What on-hand can be broken down by; the product always is, since units of measure differ. In the order of the list. */
export const stockGroups = ['product', 'lot', 'place', 'facility', 'owner', 'plate'] as const
export type StockGroup = (typeof stockGroups)[number]

const groups = z
  .string()
  .default('lot,place')
  .transform((text) => text.split(',').map((word) => word.trim()).filter((word) => word !== ''))
  .pipe(z.array(z.enum(stockGroups)).min(1).max(stockGroups.length))

const whichStock = {
  productId: uuid.optional(),
  sku: code.optional(),
  lotId: uuid.optional(),
  placeId: uuid.optional().describe('A place of ours and every place below it.'),
  ownerId: uuid.optional(),
  plateId: uuid.optional(),
  at: instant.optional().describe('As of this instant: by what had happened by then. Now where it is not given.'),
  known: instant.optional().describe('As it was known at this instant: by what had been recorded by then. Now where it is not given.'),
}
const whenStock = {
  at: instant, known: instant,
  /** Something recorded at or before `known` may still be being posted: asked again later, the answer may differ. */
  provisional: z.boolean(),
}
const ofProduct = { productId: uuid, sku: z.string(), product: z.string(), uom: z.string() }

export const stockRow = z.object({
  ...ofProduct,
  lotId: uuid.optional(), lot: shown.optional(), due: shown.optional().describe('The day of the lot that matters: use by, expiry, best by, sell by, whichever it has.'), placeId: uuid.optional(), place: z.string().optional(), facilityId: uuid.optional(), facility: z.string().optional(),
  ownerId: uuid.optional(), owner: z.string().optional(), plateId: uuid.nullable().optional(), plate: shown.optional(),
  onHand: quantity, secondOnHand: quantity.nullable(), secondUom: shown,
  /** Promised of it, hard and soft; null for another time than now. */
  allocated: quantity.nullable(),
  /** On hand, not promised, not on hold, not past a date that blocks; null for another time than now. */
  available: quantity.nullable(),
})

const read = { method: 'GET', command: false, tag: 'Stock', permission: 'stock.read' } as const
const whichRefusals = ['not_found', 'product_unknown', 'asked_of_future'] as const

export const listStock = endpoint({
  ...read, operationId: 'listStock', path: '/stock',
  summary: 'On hand by any of product, lot, place, facility, owner and plate (`by=lot,place`): now, as of an instant, and as it was known at one. What is zero is left out.',
  query: z.object({
    ...pageQuery, by: groups,
    sort: sortQuery(['product', 'lot', 'place', 'due', 'onHand'], 'By the ids of what it is broken down by unless given. `product` is by name; `lot`, `place`, `due` and `onHand` have no index and are refused where more than 100,000 balances match.'),
    ...whichStock, held: flag.describe('Only what a hold keeps from being used; now, and not as of an instant.'),
  }),
  response: page(stockRow).extend(whenStock), refusals: [...whichRefusals, 'cursor_of_other_order', 'order_too_wide'],
})

export const unitRow = z.object({
  unitId: uuid, serial: z.string(), kind: z.enum(['serial', 'piece']), ...ofProduct, lotId: uuid, lot: shown,
  placeId: uuid, place: z.string(), facilityId: uuid, facility: z.string(), ownerId: uuid, plateId: uuid.nullable(), plate: shown,
  /** 1 of a serial, of a piece what is left of it. */
  measure: quantity, secondMeasure: quantity.nullable(),
  /** What it is promised by; null where it is not, and for another time than now. */
  allocationId: uuid.nullable(),
})
export const listStockUnits = endpoint({
  ...read, operationId: 'listStockUnits', path: '/stock/units', summary: 'The units on hand, one by one: where each is, whose, on what plate, how much of it is left.',
  query: z.object({ ...pageQuery, ...whichStock, unitId: uuid.optional() }), response: page(unitRow).extend(whenStock), refusals: whichRefusals,
})

export const listDue = endpoint({
  ...read, operationId: 'listDue', path: '/stock/due', summary: 'Lots on hand by the day that their product goes by (best by, use by, ...), the nearest first, those that are over among them.',
  query: z.object({ ...pageQuery, through: z.iso.date().optional().describe('No later day than this one.'), productId: uuid.optional() }),
  response: page(z.object({ ...ofProduct, lotId: uuid, lot: z.string(), day: z.string(), dateKind: z.enum(['best_by', 'sell_by', 'use_by', 'expiry']), blocks: z.boolean().describe('Whether it may not be used after that day.'), onHand: quantity })),
  refusals: [],
})

const whither = z.object({ placeId: uuid, place: z.string(), kind: z.string(), facilityId: uuid.nullable(), facility: shown, partyId: uuid.nullable(), party: shown, quantity })
export const getWhereabouts = endpoint({
  ...read, operationId: 'getLotWhereabouts', path: '/lots/:lotId/whereabouts',
  summary: 'Where all of a lot is: what ever came of it, and where that is now: here by place, in transit, used, shipped, sampled, destroyed, lost. The two add up to the same; now, as of an instant, and as it was known at one.',
  params: z.object({ lotId: uuid }), query: z.object({ at: whichStock.at, known: whichStock.known }),
  response: z.object({
    lotId: uuid, ...ofProduct, total: quantity,
    /** Received less sent back, made, returned by somebody who had none of us, found by counting. */
    came: z.array(whither.extend({ how: z.enum(['received', 'made', 'returned', 'found']) })),
    now: z.array(whither.extend({ where: z.enum(['here', 'in_transit', 'used', 'shipped', 'sent_back', 'sampled', 'destroyed', 'counted_away', 'lost']) })),
    /** What `used` is made of: the runs it went into, the latest 100, with the first 20 of what each gave. */
    runs: z.array(z.object({
      runId: uuid, run: z.string(), movementId: uuid, occurredAt: z.string(), quantity,
      outputs: z.array(z.object({ productId: uuid, product: z.string(), lotId: uuid, lot: shown, quantity, uom: z.string() })),
    })),
    ...whenStock,
  }),
  refusals: ['not_found', 'asked_of_future'],
})

// Movements --------------------------------------------------------------------------------------------------------------

const actor = z.object({ kind: z.enum(['user', 'key', 'system']), id: z.string(), name: shown })
const reference = z.object({ type: z.string(), number: z.string(), issuerId: uuid.nullable() })
const spot = z.object({ placeId: uuid, place: z.string(), kind: z.string(), ownerId: uuid, plateId: uuid.nullable(), partyId: uuid.nullable(), party: shown })
const line = z.object({
  lineNo: z.int(), role: z.enum(['input', 'output']).nullable(), ...ofProduct,
  /** As it was named then; `mergedInto` where it was found to be another since. */
  lotId: uuid, lot: shown, mergedInto: uuid.nullable(),
  from: spot, to: spot, quantity, secondQuantity: quantity.nullable(), secondUom: shown, enteredQuantity: quantity, enteredUom: z.string(),
  unitCost: quantity.nullable(), costCurrency: shown, costRate: quantity.nullable(),
  /** Drawn from a mixture: this lot is a possible part of it, the quantity its share. */
  fromMixture: z.boolean(),
  units: z.int(),
})
const header = {
  movementId: uuid, kind: z.enum([...movementKinds, 'reverse']), occurredAt: z.string(), recordedAt: z.string(), businessDate: z.string(), actor, reason: shown, note: shown,
  runId: uuid.nullable(), run: shown, reverses: uuid.nullable(), reversal: z.enum(['never_happened', 'undone']).nullable(), reversedBy: uuid.nullable(), references: z.array(reference), lineCount: z.int(),
}

export const listMovements = endpoint({
  method: 'GET', command: false, tag: 'Movements', permission: 'movements.read', operationId: 'listMovements', path: '/movements',
  summary: 'What happened, the latest first: of a product, lot, unit, place (with those below it), party, document, person, kind or time. Each with its lines that match, 20 at most.',
  query: z.object({
    ...pageQuery, sort: sortQuery(['occurred', 'recorded'], 'By when it happened, the latest first, unless given.'), productId: uuid.optional(), lotId: uuid.optional(), unitId: uuid.optional(), placeId: uuid.optional(), partyId: uuid.optional().describe('The supplier or consignee.'),
    kind: z.enum([...movementKinds, 'reverse']).optional(), referenceType: z.string().max(40).optional(), referenceNumber: z.string().max(90).optional(), runId: uuid.optional(),
    actorId: z.string().max(100).optional().describe('Who did it: the id of a person or of an API key.'),
    occurredFrom: instant.optional(), occurredTo: instant.optional(), recordedFrom: instant.optional(), recordedTo: instant.optional(),
  }),
  response: page(z.object({ ...header, lines: z.array(line) })), refusals: ['not_found', 'range_backwards', 'cursor_of_other_order'],
})

const movementId = z.object({ movementId: uuid })
const lineUnit = z.object({ lineNo: z.int(), unitId: uuid, serial: z.string(), quantity, secondQuantity: quantity.nullable() })
export const getMovement = endpoint({
  method: 'GET', command: false, tag: 'Movements', permission: 'movements.read', operationId: 'getMovement', path: '/movements/:movementId',
  summary: 'One movement: all its lines, the first 200 of its units, what outputs used, its documents, and the text that was hashed with its SHA-256.',
  params: movementId,
  response: z.object({
    ...header, device: shown, deviceTime: shown, commandId: uuid, canonical: z.string(), sha256: z.string(), lines: z.array(line),
    uses: z.array(z.object({ outputLine: z.int(), inputMovementId: uuid, inputLine: z.int(), quantity })),
    units: z.array(lineUnit),
    /** The cursor of `/movements/:movementId/units` for those that follow; null where all are here. */
    nextUnits: z.string().nullable(),
  }),
  refusals: ['not_found'],
})
export const listMovementUnits = endpoint({
  method: 'GET', command: false, tag: 'Movements', permission: 'movements.read', operationId: 'listMovementUnits', path: '/movements/:movementId/units', summary: 'The units of a movement by line.',
  params: movementId, query: z.object(pageQuery), response: page(lineUnit), refusals: ['not_found'],
})

// Who did what, and what is new ------------------------------------------------------------------------------------------

const json = z.json()
export const listAudit = endpoint({
  method: 'GET', command: false, tag: 'Audit', permission: 'audit.read', operationId: 'listAudit', path: '/audit', summary: 'What was changed, the latest first: by whom, when, why, from what to what. Of one record, of a kind, by a person or API key, of a time, or everything.',
  query: z.object({
    ...pageQuery, subjectId: uuid.optional(), subject: z.string().max(40).optional().describe('The kind of record: `product`, `lot`, `person` ...'), actorId: z.string().max(100).optional().describe('Who did it: the id of a person or of an API key.'),
    recordedFrom: instant.optional(), recordedTo: instant.optional(),
  }),
  response: page(z.object({ auditId: uuid, subject: z.string(), subjectId: uuid, which: shown.describe('What the record goes by today: its code, its name.'), before: json, after: json, recordedAt: z.string(), command: z.string(), commandId: uuid, actor, reason: shown })), refusals: ['range_backwards'],
})

export const listEvents = endpoint({
  method: 'GET', command: false, tag: 'Events', permission: 'audit.read', operationId: 'listEvents', path: '/events',
  summary: 'The change feed, in the order of writing: every event exactly once for a reader who goes on from `next`. What is still being written is not in it yet.',
  query: z.object({ limit: pageQuery.limit, after: z.string().max(2000).optional().describe('`next` of the answer before; from the beginning where it is not given.') }),
  response: z.object({
    items: z.array(z.object({ eventId: uuid, type: z.string(), subjectIds: z.array(uuid), occurredAt: z.string(), recordedAt: z.string(), data: json })),
    /** Where to go on, also when nothing was new; null before the first event there is. */
    next: z.string().nullable(),
    more: z.boolean(),
  }),
  refusals: [],
})

export const listAllocations = endpoint({
  method: 'GET', command: false, tag: 'Allocations', permission: 'stock.read', operationId: 'listAllocations', path: '/allocations', summary: 'What is promised: to a demand, of a product or of a lot. Open promises only, unless `open=false`.',
  query: z.object({ ...pageQuery, demandType: z.string().max(40).optional(), demandNumber: z.string().max(90).optional(), productId: uuid.optional(), lotId: uuid.optional(), open: z.enum(['true', 'false']).default('true').transform((text) => text === 'true') }),
  response: page(z.object({
    allocationId: uuid, demandType: z.string(), demandNumber: z.string(), demandLine: z.int(), ...ofProduct, lotId: uuid, lot: shown, placeId: uuid, place: z.string(), ownerId: uuid, plateId: uuid.nullable(), unitId: uuid.nullable(), serial: shown,
    quantity, openQuantity: quantity, firmness: z.enum(['hard', 'soft']), expiresAt: shown, reasons: json, createdAt: z.string(), closedAt: shown, closedBecause: shown,
  })),
  refusals: ['not_found'],
})
