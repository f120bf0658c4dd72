import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { line, reason } from '#src/lib/fields.ts'
import { page, pageQuery } from '#src/lib/paging.ts'
import { importSettings, question } from './settings.ts'

/** A file of opening stock at most. */
export const MOST_FILE_BYTES = 64 * 1024 * 1024
export const MOST_ROWS = 250_000

const uuid = z.uuid()
const statuses = ['asking', 'checking', 'ready', 'running', 'done', 'failed', 'cancelled', 'undoing', 'undone'] as const
export const verdicts = ['new', 'changed', 'unchanged', 'bad'] as const
const count = z.int().default(0)

const importSummary = z.object({
  importId: uuid, source: z.string(), fileName: z.string().nullable(), rows: z.int(),
  /** asking: questions are open. ready: looked through, may be run. Otherwise what it is doing, or how it ended. */
  status: z.enum(statuses),
  mode: z.enum(['good_rows', 'all_or_nothing']).nullable(),
  counts: z.object({ new: count, changed: count, unchanged: count, bad: count, done: count, failed: count }),
  progress: z.object({ done: z.int(), total: z.int() }),
  createdAt: z.string(), finishedAt: z.string().nullable(), version: z.int(),
})
export const importView = importSummary.extend({
  encoding: z.string(), delimiter: z.string(), header: z.array(z.string()),
  /** The first five rows. */
  samples: z.array(z.array(z.string())),
  /** What was done with the file that its sender may not expect. */
  notes: z.array(z.string()),
  settings: importSettings,
  questions: z.array(question),
  cancelRequested: z.boolean(),
  /** Why it ended as it did; what an undo could not take back. */
  outcome: z.object({
    why: z.string().optional(), next: z.string().optional(),
    blocked: z.array(z.object({ movementId: uuid, why: z.string() })).optional(),
    kept: z.array(z.object({ kind: z.string(), id: uuid, name: z.string(), why: z.string() })).optional(),
  }).nullable(),
}).meta({ id: 'Import' })
export type ImportView = z.output<typeof importView>

const problem = z.object({ column: z.string().nullable(), value: z.string().nullable(), code: z.string(), why: z.string(), fix: z.string() })
const importRow = z.object({
  rowNo: z.int(), line: z.int(), cells: z.record(z.string(), z.string()), edited: z.boolean(), verdict: z.enum(verdicts).nullable(), problems: z.array(problem), notes: z.array(z.string()),
  /** What all rows of its product, lot and place state together, and what is on hand there; in base units. */
  stated: z.string().nullable(), before: z.string().nullable(),
  status: z.enum(['done', 'failed']).nullable(), productId: uuid.nullable(), lotId: uuid.nullable(), placeId: uuid.nullable(), unitId: uuid.nullable(), movementId: uuid.nullable(),
})

const tag = 'Imports'
const read = { method: 'GET', tag, permission: 'imports.read', command: false } as const
const write = { tag, permission: 'imports.write', command: true, response: importView } as const
const importId = z.object({ importId: uuid })

export const createImport = endpoint({
  ...write, operationId: 'createImport', method: 'POST', path: '/imports',
  summary: 'Uploads a delimited file of opening stock (up to 64 MiB, 250,000 rows). Answers with what was understood of it and what has to be asked; a small file is looked through at once.',
  query: z.object({
    source: line(100).default('file').describe('Where files like this come from; how they are read is kept for it.'),
    name: line(200).optional().describe('The name of the file.'),
    delimiter: z.string().length(1).optional().describe('Found out unless given.'),
    encoding: z.enum(['utf-8', 'windows-1252']).optional().describe('Found out unless given.'),
  }),
  body: z.instanceof(Uint8Array), consumes: 'text/csv', bodyLimit: MOST_FILE_BYTES, refusals: ['import_unreadable', 'body_too_large'],
})
export const listImports = endpoint({ ...read, operationId: 'listImports', path: '/imports', summary: 'Imports, the youngest first.', query: z.object({ ...pageQuery, source: line(100).optional() }), response: page(importSummary), refusals: [] })
export const getImport = endpoint({ ...read, operationId: 'getImport', path: '/imports/:importId', summary: 'One import: what was understood, what is asked, how far it is.', params: importId, response: importView, refusals: ['not_found'] })
export const listImportRows = endpoint({
  ...read, operationId: 'listImportRows', path: '/imports/:importId/rows', summary: 'Its rows, by number; of one verdict where it is given.', params: importId,
  query: z.object({ ...pageQuery, verdict: z.enum(verdicts).optional() }), response: page(importRow), refusals: ['not_found'],
})
export const changeImport = endpoint({
  ...write, operationId: 'changeImport', method: 'PUT', path: '/imports/:importId/settings', summary: 'Says how the file is to be read; what is not given stays. The rows are looked through again.', params: importId,
  body: importSettings.partial(), refusals: ['not_found', 'import_not_ready', 'import_column_unknown'],
})
export const changeImportRow = endpoint({
  ...write, operationId: 'changeImportRow', method: 'PATCH', path: '/imports/:importId/rows', summary: 'Corrects cells of one row in place, by the names of their columns.', params: importId,
  body: z.strictObject({ rowNo: z.int().positive(), cells: z.record(z.string().max(1000), z.string().max(10_000)) }), refusals: ['not_found', 'import_not_ready', 'import_column_unknown'],
})
export const runImport = endpoint({
  ...write, operationId: 'runImport', method: 'POST', path: '/imports/:importId/run', summary: 'Imports the good rows only, or all or nothing (one transaction). Goes on where it was after a cancellation.', params: importId,
  body: z.strictObject({ mode: z.enum(['good_rows', 'all_or_nothing']).default('good_rows') }), refusals: ['not_found', 'import_not_ready', 'import_questions_open', 'import_has_bad_rows'],
})
export const cancelImport = endpoint({
  ...write, operationId: 'cancelImport', method: 'POST', path: '/imports/:importId/cancel', summary: 'Stops a run after the chunk in hand; all or nothing is nothing then.', params: importId, refusals: ['not_found', 'import_not_ready'],
})
export const undoImport = endpoint({
  ...write, operationId: 'undoImport', method: 'POST', path: '/imports/:importId/undo', summary: 'Takes the whole import back: its movements never happened, and what it made and nobody used is archived. Names what is in the way.', params: importId,
  body: z.strictObject({ reason: reason.optional() }).optional(), refusals: ['not_found', 'import_not_ready'],
})
export const getImportResult = endpoint({
  ...read, operationId: 'getImportResult', path: '/imports/:importId/result.csv', summary: 'The file as it came, with what became of each row and the ids of what it is now.', params: importId, response: z.string(), produces: 'text/csv', refusals: ['not_found'],
})

const exports = { method: 'GET', tag: 'Exports', permission: 'export.read', command: false, response: z.string(), produces: 'text/csv', refusals: [] } as const
export const exportStock = endpoint({ ...exports, operationId: 'exportStock', path: '/exports/stock.csv', summary: 'What is on hand, a row for each product, lot, place, owner and plate, and for each serial. Can be imported as it is.' })
export const exportMovements = endpoint({ ...exports, operationId: 'exportMovements', path: '/exports/movements.csv', summary: 'Every line of every movement, in the order in which they were recorded.' })
export const exportProducts = endpoint({ ...exports, operationId: 'exportProducts', path: '/exports/products.csv', summary: 'The products in use. Can be imported as it is.' })
export const exportLots = endpoint({ ...exports, operationId: 'exportLots', path: '/exports/lots.csv', summary: 'The lots in use with their dates. Can be imported as it is.' })
