import { sql, type Tx } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { relieveMemory } from './relieve-memory.ts'
import { formatQuantity } from '#src/lib/quantity.ts'
import { loadFacts } from './facts.ts'
import type { Stated } from './interpret.ts'
import { judge, type Judged, type JudgedRow } from './judge.ts'
import type { Note, Problem } from './problems.ts'
import { pagesOfRows, readRows, type ImportRecord } from './record.ts'

/** Of heap; beyond it garbage is collected between two pages. */
const MOST_MEGABYTES = 200

export interface Checked {
  readonly judged: Judged
  readonly bad: readonly { readonly rowNo: number; readonly problems: readonly Problem[] }[]
  /** Rows by verdict, and what the good ones ask for that is not there. */
  readonly counts: { new: number; changed: number; unchanged: number; bad: number } & Makes
}

/** Looks at every row against what is there, and changes nothing. */
export async function checkRows(tx: Tx, organizationId: OrganizationId, record: ImportRecord): Promise<Checked> {
  const stated: Stated[] = []
  const bad: { rowNo: number; problems: readonly Problem[] }[] = []
  for await (const page of pagesOfRows(tx, organizationId, record.import_id)) {
    const read = readRows(record, page)
    for (const one of read.stated) stated.push(one)
    for (const one of read.bad) bad.push(one)
    relieveMemory(MOST_MEGABYTES)
  }
  const facts = await loadFacts(tx, organizationId, stated)
  relieveMemory(MOST_MEGABYTES)
  const judged = judge(stated, { organizationId, settings: record.settings, facts })
  const counts = { new: 0, changed: 0, unchanged: 0, bad: bad.length, ...whatIsMade(judged) }
  for (const { verdict } of judged.rows) counts[verdict] += 1
  return { judged, bad, counts }
}

export interface Makes {
  readonly product: number
  readonly lot: number
  readonly unit: number
  readonly place: number
  readonly party: number
  readonly plate: number
}

function whatIsMade({ rows, needed }: Judged): Makes {
  const good = rows.filter(({ verdict }) => verdict === 'new' || verdict === 'changed')
  const lots = new Set(good.flatMap(({ stated, lot, lotId }) => (lot === null || lotId !== null ? [] : [[stated.product, stated.issuer ?? '', lot].join('\u001f')])))
  return {
    product: needed.products.length, lot: lots.size, unit: good.filter(({ stated, unitId }) => stated.serial !== null && unitId === null).length,
    place: needed.facilities.length + needed.places.length, party: needed.parties.length, plate: needed.plates.length,
  }
}

/** Checks an import's rows and writes down what came of each. */
export async function checkImport(database: Database, organizationId: OrganizationId, record: ImportRecord): Promise<void> {
  const checked = await database.inTransaction(organizationId, (tx) => checkRows(tx, organizationId, record))
  await database.inTransaction(organizationId, async (tx) => {
    await writeVerdicts(tx, organizationId, record.import_id, checked)
    await tx.run(sql`
      update import set status = case status when 'checking' then 'ready' else status end, counts = ${JSON.stringify(checked.counts)}::jsonb, version = version + 1
      where organization_id = ${organizationId} and import_id = ${record.import_id} and version = ${record.version}`)
  })
}

/** The verdict of every row, some thousands at a time; with the chunk each is put into where there is a plan. */
export async function writeVerdicts(tx: Tx, organizationId: OrganizationId, importId: string, { judged, bad }: Checked, chunkOf: ReadonlyMap<number, number> = new Map()): Promise<void> {
  const unread = bad.map(({ rowNo, problems }): Written => ({ ...nothing, rowNo, verdict: 'bad', problems }))
  for (let at = 0; at < Math.max(judged.rows.length, unread.length); at += 5000) {
    relieveMemory(MOST_MEGABYTES)
    const rows = [...judged.rows.slice(at, at + 5000).map(toWritten), ...unread.slice(at, at + 5000)]
    const column = <T>(pick: (row: Written) => T): T[] => rows.map(pick)
    await tx.run(sql`
      update import_row r set verdict = v.verdict, problems = v.problems, notes = v.notes, stated = v.stated, before = v.before, chunk = v.chunk, product_id = v.product_id, lot_id = v.lot_id, place_id = v.place_id, unit_id = v.unit_id
      from unnest(${column((r) => r.rowNo)}::int[], ${column((r) => r.verdict)}::text[], ${column((r) => JSON.stringify(r.problems))}::jsonb[], ${column((r) => JSON.stringify(r.notes))}::jsonb[], ${column((r) => r.total)}::numeric[],
                  ${column((r) => r.before)}::numeric[], ${column((r) => chunkOf.get(r.rowNo) ?? null)}::int[], ${column((r) => r.productId)}::uuid[], ${column((r) => r.lotId)}::uuid[], ${column((r) => r.placeId)}::uuid[], ${column((r) => r.unitId)}::uuid[])
        as v (row_no, verdict, problems, notes, stated, before, chunk, product_id, lot_id, place_id, unit_id)
      where r.organization_id = ${organizationId} and r.import_id = ${importId} and r.row_no = v.row_no`)
  }
}

interface Written {
  readonly rowNo: number
  readonly verdict: JudgedRow['verdict']
  readonly problems: readonly Problem[]
  readonly notes: readonly Note[]
  readonly total: string | null
  readonly before: string | null
  readonly productId: string | null
  readonly lotId: string | null
  readonly placeId: string | null
  readonly unitId: string | null
}

const nothing = { notes: [], total: null, before: null, productId: null, lotId: null, placeId: null, unitId: null } as const

function toWritten(row: JudgedRow): Written {
  return {
    rowNo: row.stated.rowNo, verdict: row.verdict, problems: row.problems, notes: row.notes, total: row.total === null ? null : formatQuantity(row.total), before: row.before === null ? null : formatQuantity(row.before),
    productId: row.productId, lotId: row.lotId, placeId: row.placeId, unitId: row.unitId,
  }
}
