import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'

const day = z.string().nullable()

/** What a GS1 label says. */
export const labelRead = z.object({
  /** Of the thing itself, else of what is in it (02); 14 digits. */
  gtin: z.string().nullable(), sscc: z.string().nullable(), lot: z.string().nullable(), serial: z.string().nullable(),
  /** What else the lot may be, where the scanner may have left out the separators and `lot` has swallowed what follows: then ask. */
  otherLots: z.array(z.string()),
  /** The label's (17) is the one date for both: `useBy` where the product carries a use-by date, else `expiry`. */
  bestBy: day, useBy: day, expiry: day, sellBy: day, madeOn: day, packedOn: day,
  /** Pieces: of what is in it (37), else variable count (30). */
  count: z.string().nullable(),
  /** Weights and measures, as decimals in the unit the label says: `{ ai: '3103', name: 'NET WEIGHT', value: '1.500', uom: 'kg' }`. */
  measures: z.array(z.object({ ai: z.string(), name: z.string(), value: z.string(), uom: z.string() })),
  /** Every field of it as it was found, with GS1's name for it. */
  elements: z.array(z.object({ ai: z.string(), name: z.string(), value: z.string() })),
})

export const candidate = z.object({
  kind: z.enum(['unit', 'plate', 'lot', 'product', 'place', 'party', 'family', 'movement']),
  id: z.uuid(),
  /** What it goes by: serial, lot code, SKU; of a movement the number of the document. */
  code: z.string().nullable(),
  /** Its name, of lots and units the product's; of a movement its kind. */
  title: z.string(),
  /** What tells it from others: of a lot and a unit who issued it, of a product the code that led to it, of a place its facility, of a movement what document it is. */
  detail: z.string().nullable(),
  /** What it implies. */
  productId: z.uuid().nullable(), lotId: z.uuid().nullable(),
  /** Base units in one of the package whose code was scanned; null where no such code was. */
  packQuantity: z.string().nullable(),
  /** folded: the same but for case, blanks, O and 0, I and 1. prefix: its code begins so, or only a part of the scan is its. */
  match: z.enum(['exact', 'folded', 'prefix']),
})

export const resolveScan = endpoint({
  operationId: 'resolveScan', method: 'GET', path: '/scan', tag: 'Scan', permission: 'stock.read', command: false,
  summary: 'What a scan or a typed code means: GS1 element strings, Digital Links, GTINs and every code of ours. Nothing is ever created.',
  query: z.object({
    /** Blanks around it do not matter. No NUL and no half characters, which no database keeps. */
    text: z.string().max(2000).refine((text) => text.trim() !== '', 'it is empty').refine((text) => !/[\0\p{Cs}]/u.test(text), 'it has a character that no code has'),
    /** What is being done decides between things of one code: receive and take ask for goods, put for a place. */
    task: z.enum(['receive', 'take', 'put']).optional(),
  }),
  response: z.object({
    /** As scanned, without symbology identifier and blanks around it. */
    text: z.string(),
    form: z.enum(['plain', 'element_string', 'digital_link']),
    /** null where the scan is a plain code. */
    read: labelRead.nullable(),
    /** Best first, 20 at most; of a label the most exact thing of it that is known: the product alone where its lot is not. What only begins so is named where nothing is called so. */
    candidates: z.array(candidate),
    /** The first candidate is the one: it is called exactly so, and nothing else (that the task asks for) is. */
    certain: z.boolean(),
  }),
  refusals: ['scan_unreadable'],
})
