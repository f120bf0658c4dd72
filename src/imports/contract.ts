import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { line, reason } from '#src/lib/fields.ts'
import { MOST_FILE_BYTES } from '#src/lib/import-file.ts'
import { page, pageQuery } from '#src/lib/paging.ts'
import type { RefusalData } from '#src/lib/refusal.ts'
import { fields } from './fields.ts'
import { importSettings, question } from './settings.ts'

const uuid = z.uuid()
const statuses = ['asking', 'checking', 'ready', 'running', 'done', 'failed', 'cancelled', 'undoing', 'undone'] as const
export const verdicts = ['new', 'changed', 'unchanged', 'bad'] as const
/** What an import makes, for its undo. */
export const madeKinds = ['movement', 'product', 'lot', 'lot_family', 'place', 'party', 'plate'] as const
const count = z.int().default(0)
// as values are kept, nested ones read-only
const values = z.record(z.string(), z.json()) as unknown as z.ZodType<RefusalData, RefusalData>
const params = values.default({})
const actor = z.object({ kind: z.enum(['user', 'key', 'system']), id: z.string(), name: z.string().nullable() })
/** `code` with `params` is what `text` says, for those who say it in another language. */
const note = z.object({ code: z.string(), params, text: z.string() })

const importSummary = z.object({
  importId: uuid, source: z.string(), fileName: z.string().nullable(), rows: z.int(),
  /** asking: questions are open. ready: looked through, may be run. Otherwise what it is doing, or how it ended. */
  status: z.enum(statuses),
  mode: z.enum(['good_rows', 'all_or_nothing']).nullable(),
  counts: z.object({ new: count, changed: count, unchanged: count, bad: count, done: count, failed: count }),
  progress: z.object({ done: z.int(), total: z.int() }),
  createdAt: z.string(), finishedAt: z.string().nullable(), version: z.int(),
  /** Who asked for what is done with it now. */
  actor,
})
export const importView = importSummary.extend({
  encoding: z.string(), delimiter: z.string(), header: z.array(z.string()),
  /** The first five rows. */
  samples: z.array(z.array(z.string())),
  /** What the cells of `samples` mean that are dates or numbers; null for all others and for what cannot be read so. */
  readings: z.array(z.array(z.string().nullable())),
  /** What was done with the file that its sender may not expect. */
  notes: z.array(note),
  settings: importSettings,
  /** Where each column of the mapping comes from: as the last file of the source had it, by its name, or said by a person. */
  origins: z.partialRecord(z.enum(fields), z.enum(['remembered', 'guessed', 'said'])),
  /** Rows are in stock: how they are read is settled. */
  begun: z.boolean(),
  /** What the good rows ask for that is not there and would be made; null where nothing was looked through. */
  makes: z.object({ product: count, lot: count, unit: count, place: count, party: count, plate: count }).nullable(),
  /** What it made, by kind. */
  made: z.object({ movement: count, product: count, lot: count, lot_family: count, place: count, party: count, plate: count }),
  questions: z.array(question),
  cancelRequested: z.boolean(),
  /** Why it ended as it did; what an undo could not take back. */
  outcome: z.object({
    code: z.string().optional(), params: values.optional(), why: z.string().optional(), next: z.string().optional(),
    blocked: z.array(z.object({ movementId: uuid, code: z.string().optional(), params, why: z.string() })).optional(),
    kept: z.array(z.object({ kind: z.string(), id: uuid, name: z.string(), why: z.string() })).optional(),
  }).nullable(),
}).meta({ id: 'Import' })
export type ImportView = z.output<typeof importView>

const fault = { code: z.string(), params, why: z.string(), fix: z.string() }
const problem = z.object({ column: z.string().nullable(), value: z.string().nullable(), ...fault })
const importRow = z.object({
  rowNo: z.int(), line: z.int(), cells: z.record(z.string(), z.string()), edited: z.boolean(), verdict: z.enum(verdicts).nullable(), problems: z.array(problem), notes: z.array(note),
  /** What all rows of its product, lot and place state together, and what is on hand there; in base units. */
  stated: z.string().nullable(), before: z.string().nullable(),
  status: z.enum(['done', 'failed']).nullable(), productId: uuid.nullable(), lotId: uuid.nullable(), placeId: uuid.nullable(), unitId: uuid.nullable(), movementId: uuid.nullable(),
})

const tag = 'Imports'
const read = { method: 'GET', tag, permission: 'imports.read', command: false } as const
const write = { tag, permission: 'imports.write', command: true, response: importView } as const
const importId = z.object({ importId: uuid })
const column = z.string().max(1000)
const cell = z.string().max(10_000)

export const createImport = endpoint({
  ...write, operationId: 'createImport', method: 'POST', path: '/imports',
  summary: 'Uploads a delimited file of opening stock (up to 64 MiB, 250,000 rows). Answers with what was understood of it and what has to be asked; a small file is looked through at once.',
  query: z.object({
    source: line(100).default('file').describe('Where files like this come from; how they are read is kept for it.'),
    name: line(200).optional().describe('The name of the file.'),
    delimiter: z.string().length(1).optional().describe('Found out unless given.'),
    encoding: z.enum(['utf-8', 'windows-1252']).optional().describe('Found out unless given.'),
    headerLine: z.coerce.number().int().min(1).max(10_000).optional().describe('The line that holds the names of the columns; found out unless given.'),
  }),
  body: z.instanceof(Uint8Array), consumes: 'text/csv', bodyLimit: MOST_FILE_BYTES, refusals: ['import_empty', 'import_not_text', 'import_not_utf8', 'import_no_header', 'import_too_many_rows', 'import_quotes_broken', 'body_too_large'],
})
export const listImports = endpoint({ ...read, operationId: 'listImports', path: '/imports', summary: 'Imports, the youngest first.', query: z.object({ ...pageQuery, source: line(100).optional() }), response: page(importSummary), refusals: [] })
export const getImport = endpoint({ ...read, operationId: 'getImport', path: '/imports/:importId', summary: 'One import: what was understood, what is asked, how far it is.', params: importId, response: importView, refusals: ['not_found'] })
export const listImportRows = endpoint({
  ...read, operationId: 'listImportRows', path: '/imports/:importId/rows', summary: 'Its rows, by number; of one verdict or with one problem where it is given.', params: importId,
  query: z.object({
    ...pageQuery, verdict: z.enum(verdicts).optional(), status: z.enum(['done', 'failed', 'open']).optional().describe('`done`: it is in; `open`: nothing has become of it yet.'),
    problem: z.string().max(100).optional().describe('Bad rows with a problem of this code.'),
    column: column.optional().describe('With `problem`: where it is in this column; empty for those of the row as a whole.'),
    numbers: z.string().regex(/^\d{1,7}(?:,\d{1,7}){0,199}$/).optional().describe('These rows and no others: `3,17,18`, 200 at most.'),
  }), response: page(importRow), refusals: ['not_found'],
})
export const listImportReasons = endpoint({
  ...read, operationId: 'listImportReasons', path: '/imports/:importId/reasons', summary: 'Why rows are bad: each problem of each column, with how many rows have it, the most first, and its commonest values.', params: importId,
  response: z.object({
    items: z.array(z.object({ ...fault, column: z.string().nullable(), rows: z.int(), distinct: z.int(), values: z.array(z.object({ value: z.string(), rows: z.int() })) })),
  }), refusals: ['not_found'],
})
export const listImportMade = endpoint({
  ...read, operationId: 'listImportMade', path: '/imports/:importId/made', summary: 'What it made: movements, products, lots, places, parties, plates; and why an undo left some of it in use.', params: importId,
  query: z.object({ ...pageQuery, kind: z.enum(madeKinds).optional() }),
  response: page(z.object({ kind: z.enum(madeKinds), id: uuid, name: z.string().nullable(), keptBecause: z.string().nullable() })), refusals: ['not_found'],
})
export const changeImport = endpoint({
  ...write, operationId: 'changeImport', method: 'PUT', path: '/imports/:importId/settings', summary: 'Says how the file is to be read; what is not given stays. The rows are looked through again.', params: importId,
  body: importSettings.partial(), refusals: ['not_found', 'record_changed', 'import_not_ready', 'import_column_unknown'],
})
export const changeImportRow = endpoint({
  ...write, operationId: 'changeImportRow', method: 'PATCH', path: '/imports/:importId/rows', summary: 'Corrects cells of one row in place, by the names of their columns.', params: importId,
  body: z.strictObject({
    rowNo: z.int().positive(), cells: z.record(column, cell),
    was: z.record(column, cell).optional().describe('What the cells held when they were read. Where one holds something else by now, somebody was faster and nothing is changed.'),
  }),
  refusals: ['not_found', 'record_changed', 'import_not_ready', 'import_column_unknown'],
})
export const correctImportRows = endpoint({
  ...write, operationId: 'correctImportRows', method: 'POST', path: '/imports/:importId/corrections', summary: 'Corrects one mistake in all rows that have it: of the rows with this problem in this column, those whose cell holds this value get another one.', params: importId,
  body: z.strictObject({ problem: z.string().max(100), column, value: cell, by: cell }), refusals: ['not_found', 'import_not_ready', 'import_column_unknown'],
})
export const runImport = endpoint({
  ...write, operationId: 'runImport', method: 'POST', path: '/imports/:importId/run', summary: 'Imports the good rows only, or all or nothing (one transaction). Goes on where it was after a cancellation.', params: importId,
  body: z.strictObject({ mode: z.enum(['good_rows', 'all_or_nothing']).default('good_rows') }), refusals: ['not_found', 'record_changed', 'import_not_ready', 'import_questions_open', 'import_has_bad_rows'],
})
export const cancelImport = endpoint({
  ...write, operationId: 'cancelImport', method: 'POST', path: '/imports/:importId/cancel', summary: 'Stops a run after the chunk in hand; all or nothing is nothing then.', params: importId, refusals: ['not_found', 'record_changed', 'import_not_ready'],
})
export const undoImport = endpoint({
  ...write, operationId: 'undoImport', method: 'POST', path: '/imports/:importId/undo', summary: 'Takes the whole import back: its movements never happened, and what it made and nobody used is archived. Names what is in the way.', params: importId,
  body: z.strictObject({ reason: reason.optional() }).optional(), refusals: ['not_found', 'record_changed', 'import_not_ready'],
})
export const getImportResult = endpoint({
  ...read, operationId: 'getImportResult', path: '/imports/:importId/result.csv', summary: 'The file as it came, with what became of each row and the ids of what it is now.', params: importId, response: z.string(), produces: 'text/csv', refusals: ['not_found'],
})

const exports = { method: 'GET', tag: 'Exports', permission: 'export.read', command: false, response: z.string(), produces: 'text/csv', refusals: [] } as const
export const exportStock = endpoint({ ...exports, operationId: 'exportStock', path: '/exports/stock.csv', summary: 'What is on hand, a row for each product, lot, place, owner and plate, and for each serial. Can be imported as it is.' })
export const exportMovements = endpoint({ ...exports, operationId: 'exportMovements', path: '/exports/movements.csv', summary: 'Every line of every movement, in the order in which they were recorded.' })
export const exportProducts = endpoint({ ...exports, operationId: 'exportProducts', path: '/exports/products.csv', summary: 'The products in use. Can be imported as it is.' })
export const exportLots = endpoint({ ...exports, operationId: 'exportLots', path: '/exports/lots.csv', summary: 'The lots in use with their dates. Can be imported as it is.' })
