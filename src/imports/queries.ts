import { Readable } from 'node:stream'
import type { Caller } from '#src/audit/caller.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { decodeCursor, toPage, type Page } from '#src/lib/paging.ts'
import { refuse } from '#src/lib/refusal.ts'
import { actorColumns, actorJoins, toActor } from '#src/stock/records.ts'
import type * as contract from './contract.ts'
import { csvLine } from './csv.ts'
import { dateFieldNames, fields, isKnownName, numberFieldNames, type Field } from './fields.ts'
import { parseDate, parseNumber } from './formats.ts'
import { readNote, type Problem } from './problems.ts'
import { loadImport, type ImportRecord, type NamedImport } from './record.ts'
import type { ImportSettings } from './settings.ts'

export async function getImport(caller: Pick<Caller, 'read' | 'organizationId'>, importId: string): Promise<contract.ImportView> {
  return caller.read((tx) => viewImport(tx, caller.organizationId, importId))
}

/** The import as the API shows it. Refuses `not_found`. */
export async function viewImport(tx: Tx, organizationId: OrganizationId, importId: string): Promise<contract.ImportView> {
  const record = await tx.row<NamedImport>(sql`select m.*, ${actorColumns} from import m ${actorJoins} where m.organization_id = ${organizationId} and m.import_id = ${importId}`)
  if (!record) throw refuse('not_found', { what: 'import', which: importId })
  const samples = await tx.rows<{ cells: string[] }>(sql`select cells from import_row where organization_id = ${organizationId} and import_id = ${importId} order by row_no limit 5`)
  const saved = await tx.row<{ settings: ImportSettings }>(sql`select settings from import_source where organization_id = ${organizationId} and source = ${record.source}`)
  const made = await tx.rows<{ kind: keyof contract.ImportView['made']; count: number }>(sql`
    select kind, count(*)::int as count from import_made where organization_id = ${organizationId} and import_id = ${importId} group by kind`)
  return toView(record, { samples: samples.map(({ cells }) => cells), saved: saved?.settings ?? null, made })
}

function toSummary(record: NamedImport) {
  const { new: fresh = 0, changed = 0, unchanged = 0, bad = 0, done = 0, failed = 0 } = record.counts
  return {
    importId: record.import_id, source: record.source, fileName: record.file_name, rows: record.rows, status: record.status, mode: record.mode, counts: { new: fresh, changed, unchanged, bad, done, failed },
    progress: { done: record.progress_done, total: record.progress_total }, createdAt: record.created_at, finishedAt: record.finished_at, version: record.version, actor: toActor(record),
  }
}

interface Beside {
  readonly samples: string[][]
  /** How the last file of its source was read. */
  readonly saved: ImportSettings | null
  readonly made: readonly { readonly kind: keyof contract.ImportView['made']; readonly count: number }[]
}

function toView(record: NamedImport, { samples, saved, made }: Beside): contract.ImportView {
  const { code, params, why, next, blocked, kept } = record.outcome ?? {}
  const { product, lot = 0, unit = 0, place = 0, party = 0, plate = 0 } = record.counts
  const none = { movement: 0, product: 0, lot: 0, lot_family: 0, place: 0, party: 0, plate: 0 }
  return {
    ...toSummary(record), encoding: record.encoding, delimiter: record.delimiter, header: record.header, samples, readings: samples.map((cells) => readingsOf(record, cells)), notes: record.notes.map(parseNote),
    settings: record.settings, origins: originsOf(record.settings, saved), begun: record.plan !== null, makes: product === undefined ? null : { product, lot, unit, place, party, plate },
    made: { ...none, ...Object.fromEntries(made.map(({ kind, count }) => [kind, count])) }, questions: record.questions, cancelRequested: record.cancel_requested,
    outcome: record.outcome && {
      ...(code !== undefined && { code }), ...(params && { params }), ...(why !== undefined && { why }), ...(next !== undefined && { next }),
      ...(blocked && { blocked: blocked.map(({ params: data = {}, ...one }) => ({ ...one, params: data })) }), ...(kept && { kept: [...kept] }),
    },
  }
}

function parseNote(kept: string): contract.ImportView['notes'][number] {
  return readNote(kept.startsWith('{') ? JSON.parse(kept) : kept)
}

/** What the dates and numbers of a row mean as it is read now. */
function readingsOf({ header, settings: { mapping, dateFormat, decimal } }: ImportRecord, cells: readonly string[]): (string | null)[] {
  const columns = (wanted: readonly Field[]) => new Set(wanted.flatMap((field) => mapping[field] ?? []))
  const [dates, numbers] = [columns(dateFieldNames), columns(numberFieldNames)]
  return header.map((column, at) => {
    const text = cells[at] ?? ''
    if (dates.has(column)) return dateFormat === null ? null : (parseDate(text, dateFormat) ?? null)
    return numbers.has(column) && decimal !== null ? (parseNumber(text, decimal) ?? null) : null
  })
}

function originsOf({ mapping }: ImportSettings, saved: ImportSettings | null): contract.ImportView['origins'] {
  return Object.fromEntries(fields.flatMap((field) => {
    const column = mapping[field]
    if (column === undefined) return []
    return [[field, saved?.mapping[field] === column ? 'remembered' : isKnownName(field, column) ? 'guessed' : 'said']]
  }))
}

export async function listImports(caller: Caller, query: { limit: number; cursor?: string | undefined; source?: string | undefined }): Promise<Page<ReturnType<typeof toSummary>>> {
  const [before = null] = decodeCursor(query.cursor, 1) ?? []
  const rows = await caller.read((tx) => tx.rows<NamedImport>(sql`
    select m.*, ${actorColumns} from import m ${actorJoins}
    where m.organization_id = ${caller.organizationId} and (${before}::uuid is null or m.import_id < ${before}::uuid) and (${query.source ?? null}::text is null or m.source = ${query.source ?? null})
    order by m.import_id desc limit ${query.limit + 1}`))
  return toPage(rows, query.limit, (row) => [row.import_id], toSummary)
}

interface ResultRow {
  row_no: number; line_no: number; cells: string[]; verdict: OutputOf<typeof contract.listImportRows>['items'][number]['verdict']; problems: Problem[]; status: 'done' | 'failed' | null
  product_id: string | null; lot_id: string | null; place_id: string | null; unit_id: string | null; movement_id: string | null
}

const added = ['line', 'status', 'problems', 'product_id', 'lot_id', 'place_id', 'unit_id', 'movement_id'] as const

/** The file with what became of each row; read some thousand rows at a time. Refuses `not_found`. */
export async function resultCsv(caller: Pick<Caller, 'read' | 'organizationId'>, importId: string): Promise<Readable> {
  const { header } = await caller.read((tx) => loadImport(tx, caller.organizationId, importId))
  return Readable.from((async function* lines() {
    yield csvLine([...header, ...added.map((name) => (header.includes(name) ? `lotwise_${name}` : name))])
    for (let after = 0; ; ) {
      const from = after
      const rows = await caller.read((tx) => tx.rows<ResultRow>(sql`select * from import_row where organization_id = ${caller.organizationId} and import_id = ${importId} and row_no > ${from} order by row_no limit 5000`))
      if (rows.length === 0) return
      yield rows.map((row) => csvLine([...header.map((_, at) => row.cells[at] ?? ''), String(row.line_no), statusOf(row), row.problems.map(({ column, why, fix }) => `${column === null ? '' : `${column}: `}${why} ${fix}`).join(' '), row.product_id, row.lot_id, row.place_id, row.unit_id, row.movement_id])).join('')
      after = rows.at(-1)?.row_no ?? after
    }
  })())
}

function statusOf(row: ResultRow): string {
  if (row.status === 'done') return row.verdict === 'unchanged' ? 'unchanged' : 'imported'
  if (row.status === 'failed' || row.verdict === 'bad') return 'bad'
  return row.verdict === 'unchanged' ? 'unchanged' : 'not imported'
}
