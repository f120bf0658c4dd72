import { checkVersion, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandScope } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import { given } from '#src/lib/given.ts'
import { refuse } from '#src/lib/refusal.ts'
import { loadImport, pagesOfRows, type ImportMode, type ImportRecord, type ImportStatus } from './record.ts'
import { importSettings, openQuestions, refitSettings, type ImportSettings } from './settings.ts'

type Changed = { importId: string; replayed: boolean }

/** Says how the file is read. Refuses `import_not_ready` once rows were imported, `import_column_unknown`. */
export function changeSettings(caller: CommandCaller, importId: string, wanted: Partial<{ [name in keyof ImportSettings]: ImportSettings[name] | undefined }>): Promise<Changed> {
  return changing(caller, 'import.change', importId, wanted, undefined, async (scope, record) => {
    refuseBegun(record)
    const settings: ImportSettings = importSettings.parse({ ...record.settings, ...given(wanted) })
    for (const column of Object.values(settings.mapping)) if (column !== undefined) checkColumn(record, column)
    await lookAgain(scope, record, settings, new Set(Object.keys(given(wanted))))
  })
}

type Cells = { readonly [column: string]: string }

/** Corrects cells of one row, unless one of them is no longer what it `was`. Refuses `not_found`, `record_changed`, `import_column_unknown`. */
export function changeRow(caller: CommandCaller, importId: string, { rowNo, cells, was = {} }: { readonly rowNo: number; readonly cells: Cells; readonly was?: Cells | undefined }): Promise<Changed> {
  // a row is guarded by what it was: the import itself changes with every other row
  return changing({ ...caller, ifMatch: null }, 'import.row', importId, { rowNo, cells, was }, undefined, async (scope, record) => {
    refuseBegun(record)
    const row = await scope.tx.row<{ cells: string[]; broken: unknown }>(sql`
      select cells, broken from import_row where organization_id = ${scope.organizationId} and import_id = ${importId} and row_no = ${rowNo} for update`)
    if (!row) throw refuse('not_found', { what: 'row', which: String(rowNo) })
    for (const column of Object.keys({ ...cells, ...was })) checkColumn(record, column)
    if (Object.entries(was).some(([column, text]) => row.cells[record.header.indexOf(column)] !== text)) throw refuse('record_changed', { what: 'row', which: String(rowNo) })
    // of a row that could not be read as one, all cells are what is stated now
    const before = row.broken ? [] : row.cells
    const after = record.header.map((column, at) => cells[column] ?? before[at] ?? '')
    await scope.tx.run(sql`
      update import_row set cells = ${JSON.stringify(after)}::jsonb, broken = null, edited = true where organization_id = ${scope.organizationId} and import_id = ${importId} and row_no = ${rowNo}`)
    scope.changed({ subject: 'import', subjectId: importId, before: { row: rowNo, cells: row.cells }, after: { row: rowNo, cells: after } })
    await lookAgain(scope, record, record.settings)
  })
}

/**
 * Gives a cell another value in every row that is bad for this problem in this column and holds this value. Refuses
 * `import_column_unknown`, and `record_changed` where no row does (any more).
 */
export function correctRows(caller: CommandCaller, importId: string, correction: { readonly problem: string; readonly column: string; readonly value: string; readonly by: string }): Promise<Changed> {
  return changing({ ...caller, ifMatch: null }, 'import.correct', importId, correction, undefined, async (scope, record) => {
    refuseBegun(record)
    const { problem, column, value, by } = correction
    checkColumn(record, column)
    const at = record.header.indexOf(column)
    const rows = await scope.tx.run(sql`
      update import_row set cells = jsonb_set(cells, array[${at}::text], to_jsonb(${by}::text)), edited = true
      where organization_id = ${scope.organizationId} and import_id = ${importId} and verdict = 'bad' and broken is null and cells ->> ${at}::int = ${value} and problems @> ${JSON.stringify([{ code: problem, column }])}::jsonb`)
    if (rows === 0) throw refuse('record_changed', { what: 'import', which: nameOf(record) })
    scope.changed({ subject: 'import', subjectId: importId, before: { column, value, rows }, after: { column, value: by, rows } })
    await lookAgain(scope, record, record.settings)
  })
}

/** Starts the run, or goes on with one that was cancelled or failed. How the file was read is kept for its source. */
export function startRun(caller: CommandCaller, importId: string, mode: ImportMode): Promise<Changed> {
  return changing(caller, 'import.start', importId, { mode }, undefined, async (scope, record) => {
    const { tx, organizationId, actor, recordedAt } = scope
    if (record.questions.length > 0) throw refuse('import_questions_open', { settings: record.questions.map(({ setting }) => setting) })
    refuseUnless(record, ['ready', 'failed', 'cancelled'])
    if (mode === 'all_or_nothing' && (record.counts['bad'] ?? 0) > 0) throw refuse('import_has_bad_rows', { bad: record.counts['bad'] ?? 0 })
    if (mode === 'all_or_nothing' && record.plan !== null) throw refuse('import_not_ready', { status: 'begun', wanted: ['ready'] })
    await tx.run(sql`
      update import set status = 'running', mode = ${mode}, cancel_requested = false, outcome = null, occurred_at = coalesce(occurred_at, ${record.settings.occurredAt}::timestamptz, ${recordedAt}::timestamptz),
        progress_total = ${(record.counts['new'] ?? 0) + (record.counts['changed'] ?? 0)}, actor_kind = ${actor.kind}, actor_id = ${actor.id}, finished_at = null, version = version + 1
      where organization_id = ${organizationId} and import_id = ${importId}`)
    await tx.run(sql`
      insert into import_source (organization_id, source, settings, updated_at) values (${organizationId}, ${record.source}, ${JSON.stringify({ ...record.settings, occurredAt: null })}::jsonb, ${recordedAt})
      on conflict (organization_id, source) do update set settings = excluded.settings, updated_at = excluded.updated_at`)
    scope.changed({ subject: 'import', subjectId: importId, before: { status: record.status }, after: { status: 'running', mode } })
  })
}

/** Stops a run at the next chunk; before the run the import is done with at once. */
export function cancel(caller: CommandCaller, importId: string): Promise<Changed> {
  return changing(caller, 'import.cancel', importId, {}, undefined, async (scope, record) => {
    refuseUnless(record, ['asking', 'checking', 'ready', 'failed', 'running'])
    const running = record.status === 'running'
    await scope.tx.run(sql`
      update import set cancel_requested = ${running}, status = ${running ? 'running' : 'cancelled'}, finished_at = ${running ? null : scope.recordedAt}, version = version + ${running ? 0 : 1}
      where organization_id = ${scope.organizationId} and import_id = ${importId}`)
    scope.changed({ subject: 'import', subjectId: importId, before: { status: record.status }, after: { cancelled: true } })
  })
}

/** Starts to take back what was imported. */
export function startUndo(caller: CommandCaller, importId: string, reason: string | undefined): Promise<Changed> {
  return changing(caller, 'import.undo.start', importId, {}, reason, async (scope, record) => {
    refuseUnless(record, ['done', 'failed', 'cancelled'])
    await scope.tx.run(sql`
      update import set status = 'undoing', outcome = null, actor_kind = ${scope.actor.kind}, actor_id = ${scope.actor.id}, version = version + 1 where organization_id = ${scope.organizationId} and import_id = ${importId}`)
    scope.changed({ subject: 'import', subjectId: importId, before: { status: record.status }, after: { status: 'undoing' } })
  })
}

async function changing(caller: CommandCaller, name: string, importId: string, input: object, reason: string | undefined, change: (scope: CommandScope, record: ImportRecord) => Promise<void>): Promise<Changed> {
  const { replayed } = await runCommand(caller.context, { name, input: { importId, ...input }, reason }, async (scope) => {
    const record = await loadImport(scope.tx, scope.organizationId, importId, true)
    checkVersion(caller, record.version, 'import', nameOf(record))
    await change(scope, record)
    return { importId }
  })
  return { importId, replayed }
}

function nameOf({ file_name: file, source }: ImportRecord): string {
  return file ?? source
}

function refuseUnless({ status }: ImportRecord, wanted: readonly ImportStatus[]): void {
  if (!wanted.includes(status)) throw refuse('import_not_ready', { status, wanted: [...wanted] })
}

/** Once a run has put rows into stock, how they are read is settled. */
function refuseBegun(record: ImportRecord): void {
  refuseUnless(record, ['asking', 'checking', 'ready', 'failed', 'cancelled'])
  if (record.plan !== null) throw refuse('import_not_ready', { status: 'begun', wanted: ['ready'] })
}

function checkColumn({ header }: ImportRecord, column: string): void {
  if (!header.includes(column)) throw refuse('import_column_unknown', { column, columns: header })
}

/** The rows are to be looked through again, once nothing is left to be asked. */
async function lookAgain({ tx, organizationId }: CommandScope, record: ImportRecord, wanted: ImportSettings, said: ReadonlySet<string> = new Set()): Promise<void> {
  const rows: { cells: string[]; problem: unknown }[] = []
  for await (const page of pagesOfRows(tx, organizationId, record.import_id)) for (const { cells, broken } of page) rows.push({ cells, problem: broken })
  const table = { header: record.header, rows }
  const settings = refitSettings(table, record.settings, wanted, said)
  const questions = openQuestions(table, settings)
  await tx.run(sql`
    update import set settings = ${JSON.stringify(settings)}::jsonb, questions = ${JSON.stringify(questions)}::jsonb, status = ${questions.length > 0 ? 'asking' : 'checking'}, outcome = null, counts = '{}', version = version + 1
    where organization_id = ${organizationId} and import_id = ${record.import_id}`)
}
