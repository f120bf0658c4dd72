import { runCommand, type CommandContext, type CommandScope } from '#src/audit/command.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { refuse, RefusalError, type RefusalData } from '#src/lib/refusal.ts'
import type { Clock } from '#src/lib/time.ts'
import { checkRows, writeVerdicts, type Checked } from './check.ts'
import { loadFacts } from './facts.ts'
import { judge, PHASES, type Judged, type JudgedRow } from './judge.ts'
import { makeMasters, trackProducts } from './masters.ts'
import { postRows, writeFailed } from './post-rows.ts'
import { refusedFault, type Problem } from './problems.ts'
import { readRows, type ImportRecord, type Plan, type StoredRow } from './record.ts'

/** Lines of one movement; a serial is a small part of one. */
const CHUNK_WEIGHT = 1000
const SERIAL_WEIGHT = 0.2

export interface RunServices {
  readonly database: Database
  readonly clock: Clock
  readonly organizationId: OrganizationId
  /** Told after each chunk; true: stop here. */
  readonly onProgress: (done: number) => Promise<boolean>
}

/** How a run ended; `stopped` where a person cancelled it. */
export interface RunEnd {
  readonly status: 'done' | 'failed' | 'cancelled'
  readonly code?: string
  readonly params?: RefusalData
  readonly why?: string
  readonly next?: string
}

/**
 * Runs an import, or goes on with it. `good_rows`: what is needed first, then chunk after chunk, each a command of its
 * own under `import/<id>/<chunk>`, so that a crash costs at most the chunk in hand. `all_or_nothing`: one command in one
 * transaction; a single refusal takes everything back.
 */
export async function runImport(services: RunServices, record: ImportRecord): Promise<RunEnd> {
  try {
    return record.mode === 'all_or_nothing' ? await runTogether(services, record) : await runChunks(services, record)
  } catch (error) {
    if (error instanceof Stopped) return { status: 'cancelled' }
    if (!(error instanceof RefusalError)) throw error
    const { code, params, why, fix: next } = refusedFault(error.refusal)
    return { status: 'failed', code, params, why, next }
  }
}

class Stopped extends Error {}

async function runChunks(services: RunServices, record: ImportRecord): Promise<RunEnd> {
  const { database, organizationId } = services
  let checked: Checked | undefined
  const plan = record.plan ?? (await database.inTransaction(organizationId, async (tx) => {
    checked = await checkRows(tx, organizationId, record)
    return writePlan(tx, organizationId, record, checked)
  }))
  const context = (step: string): CommandContext => ({ database, clock: services.clock, organizationId, actor: { kind: record.actor_kind, id: record.actor_id }, key: `import/${record.import_id}/${step}`, dryRun: false })
  const command = <T extends object>(step: string, work: (scope: CommandScope) => Promise<T>) => runCommand(context(step), { name: 'import.run', input: { importId: record.import_id, step }, reason: record.settings.reason }, work)

  await command('masters', async (scope) => {
    // where somebody was faster with a product or place, that one is taken
    const { judged } = checked ?? (await checkRows(scope.tx, organizationId, record))
    checked = undefined
    return makeMasters(scope, record.import_id, judged.needed)
  })
  for (const [phase, { chunks, tracking }] of plan.phases.entries()) {
    if (tracking.length > 0) await command(`tracking/${phase}`, (scope) => trackProducts(scope, tracking))
    for (const chunk of chunks) {
      await postChunk(command, services, record, chunk)
      if (await services.onProgress(0)) return { status: 'cancelled' }
    }
  }
  if (plan.last.length > 0) await command('tracking/last', (scope) => trackProducts(scope, plan.last))
  return { status: 'done' }
}

type CommandOf = <T extends object>(step: string, work: (scope: CommandScope) => Promise<T>) => Promise<unknown>

/** One chunk; where the ledger refuses it, its halves, until the row that is refused stands alone and is named. */
async function postChunk(command: CommandOf, services: RunServices, record: ImportRecord, chunk: number): Promise<void> {
  const { database, organizationId } = services
  const post = async (step: string, rowNos: readonly number[] | null): Promise<void> => {
    try {
      await command(step, async (scope) => {
        const rows = await openRows(scope.tx, organizationId, record, chunk, rowNos)
        const result = rows.length === 0 ? { done: 0, failed: 0 } : await postRows(scope, record, rows)
        await scope.tx.run(sql`update import set progress_done = progress_done + ${result.done + result.failed} where organization_id = ${organizationId} and import_id = ${record.import_id}`)
        return result
      })
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error
      const groups = await database.inTransaction(organizationId, async (tx) => groupsOf(tx, organizationId, record, await openRows(tx, organizationId, record, chunk, rowNos)))
      const [only] = groups
      if (groups.length <= 1 && only) return failRows(services, record, only, error)
      const half = Math.ceil(groups.length / 2)
      for (const part of [groups.slice(0, half), groups.slice(half)]) await post(`${chunk}/${part[0]?.[0]}-${part.at(-1)?.at(-1)}`, part.flat())
    }
  }
  await post(String(chunk), null)
}

/** The rows of a chunk that nothing has become of yet. */
function openRows(tx: Tx, organizationId: OrganizationId, record: ImportRecord, chunk: number, rowNos: readonly number[] | null): Promise<StoredRow[]> {
  return tx.rows<StoredRow>(sql`
    select row_no, line_no, cells, broken from import_row
    where organization_id = ${organizationId} and import_id = ${record.import_id} and chunk = ${chunk} and status is null and (${rowNos}::int[] is null or row_no = any(${rowNos}::int[])) order by row_no`)
}

async function groupsOf(tx: Tx, organizationId: OrganizationId, record: ImportRecord, rows: readonly StoredRow[]): Promise<number[][]> {
  const { stated } = readRows(record, rows)
  const judged = judge(stated, { organizationId, settings: record.settings, facts: await loadFacts(tx, organizationId, stated) })
  return [...Map.groupBy(judged.rows, ({ key }) => key).values()].map((group) => group.map((row) => row.stated.rowNo))
}

async function failRows({ database, organizationId }: RunServices, record: ImportRecord, rowNos: readonly number[], error: RefusalError): Promise<void> {
  const problem: Problem = { column: null, value: null, ...refusedFault(error.refusal) }
  await database.inTransaction(organizationId, async (tx) => {
    await writeFailed({ tx, organizationId }, record.import_id, rowNos.map((rowNo) => ({ rowNo, problems: [problem] })))
    await tx.run(sql`update import set progress_done = progress_done + ${rowNos.length} where organization_id = ${organizationId} and import_id = ${record.import_id}`)
  })
}

async function runTogether(services: RunServices, record: ImportRecord): Promise<RunEnd> {
  const { database, organizationId, clock } = services
  const context: CommandContext = { database, clock, organizationId, actor: { kind: record.actor_kind, id: record.actor_id }, key: `import/${record.import_id}/all`, dryRun: false }
  await runCommand(context, { name: 'import.run', input: { importId: record.import_id, step: 'all' }, reason: record.settings.reason }, async (scope) => {
    const checked = await checkRows(scope.tx, organizationId, record)
    if (checked.counts.bad > 0) throw refuse('import_has_bad_rows', { bad: checked.counts.bad })
    const { chunkOf, plan } = toPlan(checked.judged)
    await writeVerdicts(scope.tx, organizationId, record.import_id, checked, chunkOf)
    await makeMasters(scope, record.import_id, checked.judged.needed)
    let done = 0
    for (const { chunks, tracking } of plan.phases) {
      await trackProducts(scope, tracking)
      for (const chunk of chunks) {
        const result = await postRows(scope, record, await openRows(scope.tx, organizationId, record, chunk, null))
        if (result.failed > 0) throw refuse('import_has_bad_rows', { bad: result.failed })
        done += result.done
        if (await services.onProgress(done)) throw new Stopped()
      }
    }
    await trackProducts(scope, plan.last)
    return { done }
  })
  return { status: 'done' }
}

async function writePlan(tx: Tx, organizationId: OrganizationId, record: ImportRecord, checked: Checked): Promise<Plan> {
  const { plan, chunkOf } = toPlan(checked.judged)
  await writeVerdicts(tx, organizationId, record.import_id, checked, chunkOf)
  await tx.run(sql`
    update import set plan = ${JSON.stringify(plan)}::jsonb, counts = ${JSON.stringify(checked.counts)}::jsonb, progress_done = 0, progress_total = ${chunkOf.size}
    where organization_id = ${organizationId} and import_id = ${record.import_id}`)
  return plan
}

/** Puts rows that change something into chunks, key by key; the same rows always into the same ones. */
function toPlan(judged: Judged): { plan: Plan; chunkOf: Map<number, number> } {
  const chunkOf = new Map<number, number>()
  const open = judged.rows.filter(({ verdict }) => verdict === 'new' || verdict === 'changed')
  let chunk = 0
  const phases = PHASES.map((_, phase) => {
    const groups = [...Map.groupBy(open.filter((row) => row.phase === phase), ({ key }) => key)].sort(([a], [b]) => (a < b ? -1 : 1))
    const chunks: number[] = []
    let weight = CHUNK_WEIGHT
    for (const [, rows] of groups) {
      const own = rows.reduce((sum, row) => sum + weightOf(row), 0)
      if (weight + own > CHUNK_WEIGHT) {
        chunk += 1
        chunks.push(chunk)
        weight = 0
      }
      weight += own
      for (const row of rows) chunkOf.set(row.stated.rowNo, chunk)
    }
    return { chunks, tracking: judged.needed.tracking[phase] ?? [] }
  })
  return { plan: { phases, last: judged.needed.tracking[PHASES.length] ?? [] }, chunkOf }
}

function weightOf({ stated }: JudgedRow): number {
  return stated.serial === null ? 1 : SERIAL_WEIGHT
}
