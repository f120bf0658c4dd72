import { Readable } from 'node:stream'
import type { Caller } from '#src/audit/caller.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { decodeCursor, toPage, type Page } from '#src/lib/paging.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import type { z } from 'zod'
import type * as contract from './contract.ts'
import { csvLine } from './csv.ts'
import type { Problem } from './interpret.ts'
import { loadImport, type ImportRecord } from './record.ts'

export async function getImport(caller: Pick<Caller, 'read' | 'organizationId'>, importId: string): Promise<contract.ImportView> {
  return caller.read((tx) => viewImport(tx, caller.organizationId, importId))
}

/** The import as the API shows it. Refuses `not_found`. */
export async function viewImport(tx: Tx, organizationId: OrganizationId, importId: string): Promise<contract.ImportView> {
  return toView(await loadImport(tx, organizationId, importId), await samplesOf(tx, organizationId, importId))
}

async function samplesOf(tx: Tx, organizationId: OrganizationId, importId: string): Promise<string[][]> {
  const rows = await tx.rows<{ cells: string[] }>(sql`select cells from import_row where organization_id = ${organizationId} and import_id = ${importId} order by row_no limit 5`)
  return rows.map(({ cells }) => cells)
}

function toSummary(record: ImportRecord) {
  const { new: fresh = 0, changed = 0, unchanged = 0, bad = 0, done = 0, failed = 0 } = record.counts
  return {
    importId: record.import_id, source: record.source, fileName: record.file_name, rows: record.rows, status: record.status, mode: record.mode, counts: { new: fresh, changed, unchanged, bad, done, failed },
    progress: { done: record.progress_done, total: record.progress_total }, createdAt: record.created_at, finishedAt: record.finished_at, version: record.version,
  }
}

function toView(record: ImportRecord, samples: string[][]): contract.ImportView {
  const { why, next, blocked, kept } = record.outcome ?? {}
  return {
    ...toSummary(record), encoding: record.encoding, delimiter: record.delimiter, header: record.header, samples, notes: record.notes, settings: record.settings, questions: record.questions, cancelRequested: record.cancel_requested,
    outcome: record.outcome && { ...(why !== undefined && { why }), ...(next !== undefined && { next }), ...(blocked && { blocked: [...blocked] }), ...(kept && { kept: [...kept] }) },
  }
}

export async function listImports(caller: Caller, query: { limit: number; cursor?: string | undefined; source?: string | undefined }): Promise<Page<ReturnType<typeof toSummary>>> {
  const [before = null] = decodeCursor(query.cursor, 1) ?? []
  const rows = await caller.read((tx) => tx.rows<ImportRecord>(sql`
    select * from import where organization_id = ${caller.organizationId} and (${before}::uuid is null or import_id < ${before}::uuid) and (${query.source ?? null}::text is null or source = ${query.source ?? null})
    order by import_id desc limit ${query.limit + 1}`))
  return toPage(rows, query.limit, (row) => [row.import_id], toSummary)
}

interface RowRow {
  row_no: number; line_no: number; cells: string[]; edited: boolean; verdict: 'new' | 'changed' | 'unchanged' | 'bad' | null; problems: Problem[]; notes: string[]; stated: string | null; before: string | null; status: 'done' | 'failed' | null
  product_id: string | null; lot_id: string | null; place_id: string | null; unit_id: string | null; movement_id: string | null
}

export async function listRows(caller: Caller, importId: string, query: z.output<typeof contract.listImportRows.query>): Promise<Page<z.input<typeof contract.listImportRows.response>['items'][number]>> {
  const [after = 0] = decodeCursor(query.cursor, 1) ?? []
  return caller.read(async (tx) => {
    const record = await loadImport(tx, caller.organizationId, importId)
    const rows = await tx.rows<RowRow>(query.verdict === undefined
      ? sql`select * from import_row where organization_id = ${caller.organizationId} and import_id = ${importId} and row_no > ${after}::int order by row_no limit ${query.limit + 1}`
      : sql`select * from import_row where organization_id = ${caller.organizationId} and import_id = ${importId} and verdict = ${query.verdict} and row_no > ${after}::int order by row_no limit ${query.limit + 1}`)
    return toPage(rows, query.limit, (row) => [row.row_no], (row) => ({
      rowNo: row.row_no, line: row.line_no, cells: Object.fromEntries(row.cells.map((cell, at) => [record.header[at] ?? `column ${at + 1}`, cell])), edited: row.edited, verdict: row.verdict, problems: row.problems, notes: row.notes,
      stated: row.stated === null ? null : trimQuantity(row.stated), before: row.before === null ? null : trimQuantity(row.before), status: row.status,
      productId: row.product_id, lotId: row.lot_id, placeId: row.place_id, unitId: row.unit_id, movementId: row.movement_id,
    }))
  })
}

const added = ['line', 'status', 'problems', 'product_id', 'lot_id', 'place_id', 'unit_id', 'movement_id'] as const

/** The file with what became of each row; read some thousand rows at a time. Refuses `not_found`. */
export async function resultCsv(caller: Pick<Caller, 'read' | 'organizationId'>, importId: string): Promise<Readable> {
  const { header } = await caller.read((tx) => loadImport(tx, caller.organizationId, importId))
  return Readable.from((async function* lines() {
    yield csvLine([...header, ...added.map((name) => (header.includes(name) ? `lotwise_${name}` : name))])
    for (let after = 0; ; ) {
      const from = after
      const rows = await caller.read((tx) => tx.rows<RowRow>(sql`select * from import_row where organization_id = ${caller.organizationId} and import_id = ${importId} and row_no > ${from} order by row_no limit 5000`))
      if (rows.length === 0) return
      yield rows.map((row) => csvLine([...header.map((_, at) => row.cells[at] ?? ''), String(row.line_no), statusOf(row), row.problems.map(({ column, why, fix }) => `${column === null ? '' : `${column}: `}${why} ${fix}`).join(' '), row.product_id, row.lot_id, row.place_id, row.unit_id, row.movement_id])).join('')
      after = rows.at(-1)?.row_no ?? after
    }
  })())
}

function statusOf(row: RowRow): string {
  if (row.status === 'done') return row.verdict === 'unchanged' ? 'unchanged' : 'imported'
  if (row.status === 'failed' || row.verdict === 'bad') return 'bad'
  return row.verdict === 'unchanged' ? 'unchanged' : 'not imported'
}
