import { sql, type Tx } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { refuse, type RefusalData } from '#src/lib/refusal.ts'
import type { ActorRow } from '#src/stock/records.ts'
import type { Instant } from '#src/lib/time.ts'
import { interpret, type Stated } from './interpret.ts'
import type { Fault, Problem } from './problems.ts'
import type { ImportSettings, Question } from './settings.ts'

export type ImportStatus = 'asking' | 'checking' | 'ready' | 'running' | 'done' | 'failed' | 'cancelled' | 'undoing' | 'undone'
export type ImportMode = 'good_rows' | 'all_or_nothing'

/** An import as its table has it. */
export interface ImportRecord {
  import_id: string
  source: string
  file_name: string | null
  file_bytes: number
  encoding: string
  delimiter: string
  header: string[]
  rows: number
  /** Each a note as JSON; of earlier versions its sentence. */
  notes: string[]
  settings: ImportSettings
  questions: Question[]
  status: ImportStatus
  mode: ImportMode | null
  counts: { [verdict: string]: number }
  plan: Plan | null
  progress_done: number
  progress_total: number
  cancel_requested: boolean
  outcome: Outcome | null
  occurred_at: Instant | null
  actor_kind: 'user' | 'key' | 'system'
  actor_id: string
  created_at: Instant
  finished_at: Instant | null
  version: number
}

/** An import with the name of who asked for what is done with it. */
export type NamedImport = ImportRecord & Pick<ActorRow, 'actor_name'>

/** In which order the run goes: phases of chunks, before each of which products are tracked as its rows need it. */
export interface Plan {
  readonly phases: readonly { readonly chunks: readonly number[]; readonly tracking: readonly { readonly product: string; readonly tracking: Stated['tracking'] & string }[] }[]
  readonly last: readonly { readonly product: string; readonly tracking: Stated['tracking'] & string }[]
}

/** Why it ended as it did, and what an undo could not take back. */
export interface Outcome {
  /** Of the refusal that ended it. */
  readonly code?: string
  readonly params?: RefusalData
  readonly why?: string
  readonly next?: string
  /** How often it stopped with a fault. */
  readonly faults?: number
  readonly blocked?: readonly { readonly movementId: string; readonly code?: string; readonly params?: RefusalData; readonly why: string }[]
  readonly kept?: readonly { readonly kind: string; readonly id: string; readonly name: string; readonly why: string }[]
}

/** The import. Refuses `not_found`. */
export async function loadImport(tx: Tx, organizationId: OrganizationId, importId: string, lock = false): Promise<ImportRecord> {
  const row = await tx.row<ImportRecord>(lock
    ? sql`select * from import where organization_id = ${organizationId} and import_id = ${importId} for update`
    : sql`select * from import where organization_id = ${organizationId} and import_id = ${importId}`)
  if (!row) throw refuse('not_found', { what: 'import', which: importId })
  return row
}

export interface StoredRow {
  row_no: number
  line_no: number
  cells: string[]
  broken: Fault | null
}

/** What the rows say; those that cannot be read as rows of the table, or name no product, are told apart. */
export function readRows(record: Pick<ImportRecord, 'header' | 'settings'>, rows: readonly StoredRow[]): { stated: Stated[]; bad: { rowNo: number; problems: readonly Problem[] }[] } {
  const stated: Stated[] = []
  const bad: { rowNo: number; problems: readonly Problem[] }[] = []
  for (const row of rows) {
    if (row.broken) {
      bad.push({ rowNo: row.row_no, problems: [{ column: null, value: row.cells.join(' | ').slice(0, 200), ...row.broken }] })
      continue
    }
    const one = interpret(record.header, record.settings, { rowNo: row.row_no, line: row.line_no, cells: row.cells })
    if (one.product === '') bad.push({ rowNo: row.row_no, problems: one.problems })
    else stated.push(one)
  }
  return { stated, bad }
}

/** Every row of an import, some thousands at a time; each page can be forgotten when the next one comes. */
export async function* pagesOfRows(tx: Tx, organizationId: OrganizationId, importId: string): AsyncGenerator<StoredRow[]> {
  for (let after = 0; ; ) {
    const rows = await tx.rows<StoredRow>(sql`
      select row_no, line_no, cells, broken from import_row where organization_id = ${organizationId} and import_id = ${importId} and row_no > ${after} order by row_no limit 5000`)
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (!last || rows.length < 5000) return
    after = last.row_no
  }
}
