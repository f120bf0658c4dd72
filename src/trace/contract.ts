import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'

/**
 * Where lots and units went (forward) or what they were made of (backward), at any depth.
 *
 * A node is a lot, or a unit where movements name units. A lot that is asked for, or that a run gave without naming units,
 * stands for all its units; a unit never stands for its lot. Goods without a lot (an untracked ingredient, a by-product)
 * are the end of their way: they are told with their product and not walked through, since everything would be related
 * by salt. Quantities are decimal strings in the base unit of measure of each node's product.
 *
 * Certainty of a node is that of its best way, and of a way that of its weakest step:
 *   exact     what went in is in it: the run had one output, or the output says what it used
 *   at_most   several outputs shared the input and nobody said which
 *   possible  the input was drawn from a mixture (tank, silo, bulk bin)
 */
const uuid = z.uuid()
const quantity = z.string()
const shown = z.string().nullable()
export const certainty = z.enum(['exact', 'at_most', 'possible'])
export type Certainty = z.output<typeof certainty>

const identity = { lotId: uuid, unitId: uuid.nullable() }
const ofProduct = { productId: uuid, sku: z.string(), product: z.string(), uom: z.string() }
const at = { placeId: uuid, place: z.string(), partyId: uuid.nullable(), party: shown }

/** One step of a way: a run that took up `from` and gave `to`. */
const edge = z.object({
  runId: uuid, run: z.string(), movementId: uuid, occurredAt: z.string(), from: z.object(identity), to: z.object(identity),
  /** What the run took up of `from`; where the output says what it used, how much of it. */
  inputQuantity: quantity,
  /** What the run gave of `to`. */
  outputQuantity: quantity,
  certainty,
  /** The output says itself what it used: the input quantity is what went into this output, not what the run took up for all of them. */
  stated: z.boolean(),
})

const movements = z.array(z.object({ movementId: uuid, kind: z.string(), occurredAt: z.string(), quantity, documents: z.array(z.string()) }))
const counterparty = z.object({
  ...at,
  /** To a consignee: shipped less returned; from a supplier: received less sent back. Reversals are taken into account. */
  quantity,
  /** What came back of it (what was sent back, of a supplier). */
  returned: quantity,
  /** The first 20 of them, with the documents they name. */
  movements,
  /** How many units these are, and the first 100 of them. */
  unitCount: z.int(),
  units: z.array(z.object({ unitId: uuid, serial: z.string() })),
})

const node = z.object({
  ...identity, ...ofProduct, lot: shown, serial: shown,
  /** It is what was asked for. */
  start: z.boolean(),
  /** False: it has no lot, so the way ends here and nothing is told of where it is. */
  followed: z.boolean(),
  certainty,
  onHand: z.array(z.object({ placeId: uuid, place: z.string(), quantity })),
  consignees: z.array(counterparty),
  suppliers: z.array(counterparty),
  destroyed: quantity, sampled: quantity, lost: quantity,
  /** What counting took away (below zero: what it found, opening stock included). */
  counted: quantity,
  /** Those of the four that are not nothing, with the first 20 movements of each. */
  ends: z.array(z.object({ end: z.enum(['destroyed', 'sampled', 'lost', 'counted']), quantity, movements })),
  /** The ways it was reached by, 20 at most of `edgeCount`. */
  edges: z.array(edge), edgeCount: z.int(),
})

const productTotal = z.object({
  ...ofProduct, lots: z.int(), units: z.int(), onHand: quantity, shipped: quantity, returned: quantity, received: quantity, sentBack: quantity, destroyed: quantity, sampled: quantity, lost: quantity, counted: quantity,
  /** How much of it is of lots and units reached exactly. */
  exact: z.object({ onHand: quantity, shipped: quantity, received: quantity }),
})
const party = z.object({
  ...at,
  products: z.array(z.object({ ...ofProduct, quantity, returned: quantity })),
})

export const traceAnswer = z.object({
  direction: z.enum(['forward', 'backward']),
  /** Over everything reached, whatever the page shows. */
  totals: z.object({
    nodes: z.int(), runs: z.int(),
    /** Of the nodes: lots, units, goods without a lot; and by certainty. */
    lots: z.int(), units: z.int(), unfollowed: z.int(),
    exact: z.int(), atMost: z.int(), possible: z.int(),
    consignees: z.int(), suppliers: z.int(), places: z.int(), products: z.array(productTotal),
  }),
  /** Everybody who got some of it, the first 500 of `totals.consignees` places by name; the CSV has them all. */
  consignees: z.array(party),
  /** Everybody it came from, in the same way. */
  suppliers: z.array(party),
  /** Where it is on hand now, in the same way. */
  places: z.array(z.object({ placeId: uuid, place: z.string(), products: z.array(z.object({ ...ofProduct, quantity })) })),
  nodes: z.array(node),
  next: z.string().nullable(),
})

const ids = z.union([uuid.transform((id) => [id]), z.array(uuid).max(100)]).optional()
const asked = { lotId: ids.describe('May be given several times.'), unitId: ids.describe('May be given several times.') }
const limit = z.coerce.number().int().min(1).max(500).default(100)
const paged = { limit: limit.describe('How many nodes at most, 1 to 500.'), cursor: z.string().max(2000).optional().describe('`next` of the answer before.') }
const many = z.strictObject({ lotIds: z.array(uuid).max(100_000).optional(), unitIds: z.array(uuid).max(100_000).optional(), limit: z.int().min(1).max(500).default(100), cursor: z.string().max(2000).optional() })

const shared = { permission: 'trace.read', command: false, tag: 'Trace', refusals: ['not_found', 'lot_hidden', 'trace_of_nothing'] } as const
const forward = 'Where lots and units went: what was made of them at any depth, where that is now, who got it.'
const backward = 'What lots and units were made of, at any depth, and from which suppliers.'

export const traceForward = endpoint({ ...shared, method: 'GET', operationId: 'traceForward', path: '/trace/forward', summary: forward, query: z.object({ ...asked, ...paged }), response: traceAnswer })
export const traceBackward = endpoint({ ...shared, method: 'GET', operationId: 'traceBackward', path: '/trace/backward', summary: backward, query: z.object({ ...asked, ...paged }), response: traceAnswer })
export const traceManyForward = endpoint({ ...shared, method: 'POST', operationId: 'traceManyForward', path: '/trace/forward', summary: `${forward} For long lists; it reads only.`, body: many, response: traceAnswer })
export const traceManyBackward = endpoint({ ...shared, method: 'POST', operationId: 'traceManyBackward', path: '/trace/backward', summary: `${backward} For long lists; it reads only.`, body: many, response: traceAnswer })

const csv = { ...shared, produces: 'text/csv', response: z.string() } as const
const rows = 'As CSV, all of it: a row per node, and one per place, consignee or supplier it was found at, per unit where units are named.'
export const traceForwardCsv = endpoint({ ...csv, method: 'GET', operationId: 'traceForwardCsv', path: '/trace/forward.csv', summary: `${forward} ${rows}`, query: z.object(asked) })
export const traceBackwardCsv = endpoint({ ...csv, method: 'GET', operationId: 'traceBackwardCsv', path: '/trace/backward.csv', summary: `${backward} ${rows}`, query: z.object(asked) })
const manyIds = many.pick({ lotIds: true, unitIds: true })
export const traceManyForwardCsv = endpoint({ ...csv, method: 'POST', operationId: 'traceManyForwardCsv', path: '/trace/forward.csv', summary: `${forward} ${rows}`, body: manyIds })
export const traceManyBackwardCsv = endpoint({ ...csv, method: 'POST', operationId: 'traceManyBackwardCsv', path: '/trace/backward.csv', summary: `${backward} ${rows}`, body: manyIds })

const pdf = { ...shared, method: 'GET', produces: 'application/pdf', response: z.string() } as const
const paper = { ...asked, paper: z.enum(['a4', 'letter']).default('a4').describe('The size of its sheets, in landscape.') }
const pages = 'As PDF to read and to file: what it comes to, the first 1,500 lots and units, and the SHA-256 of the movements it rests on.'
export const traceForwardPdf = endpoint({ ...pdf, operationId: 'traceForwardPdf', path: '/trace/forward.pdf', summary: `${forward} ${pages}`, query: z.object(paper) })
export const traceBackwardPdf = endpoint({ ...pdf, operationId: 'traceBackwardPdf', path: '/trace/backward.pdf', summary: `${backward} ${pages}`, query: z.object(paper) })
