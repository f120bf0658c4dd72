import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { sql } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { decodeCursor, toPage } from '#src/lib/paging.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { uuidPart } from '#src/lib/staged-page.ts'
import type * as contract from './contract.ts'
import { readNote, type Note, type Problem } from './problems.ts'
import { loadImport } from './record.ts'

type RowPage = OutputOf<typeof contract.listImportRows>
type MadePage = OutputOf<typeof contract.listImportMade>
type Reasons = OutputOf<typeof contract.listImportReasons>

/** Columns of a bad row by how many values of them are told. */
const MOST_VALUES = 20
const MOST_REASONS = 100

interface RowRow {
  row_no: number; line_no: number; cells: string[]; edited: boolean; verdict: RowPage['items'][number]['verdict']; problems: Problem[]; notes: (string | Note)[]; stated: string | null; before: string | null; status: 'done' | 'failed' | null
  product_id: string | null; lot_id: string | null; place_id: string | null; unit_id: string | null; movement_id: string | null
}

/** The rows of an import, by number. Refuses `not_found`. */
export function listRows(caller: Caller, importId: string, query: z.output<typeof contract.listImportRows.query>): Promise<RowPage> {
  const [after = 0] = decodeCursor(query.cursor, 1) ?? []
  const { verdict, status, problem, column, numbers } = query
  return caller.read(async (tx) => {
    const record = await loadImport(tx, caller.organizationId, importId)
    const rows = await tx.rows<RowRow>(sql`
      select * from import_row where organization_id = ${caller.organizationId} and import_id = ${importId} and row_no > ${after}::int
        ${problem === undefined && verdict === undefined ? sql`` : sql`and verdict = ${verdict ?? 'bad'}`}
        ${problem === undefined ? sql`` : sql`and problems @> ${JSON.stringify([{ code: problem, ...(column === undefined ? {} : { column: column === '' ? null : column }) }])}::jsonb`}
        ${status === undefined ? sql`` : status === 'open' ? sql`and status is null and verdict in ('new', 'changed')` : sql`and status = ${status}`}
        ${numbers === undefined ? sql`` : sql`and row_no = any(${numbers.split(',').map(Number)}::int[])`}
      order by row_no limit ${query.limit + 1}`)
    return toPage(rows, query.limit, (row) => [row.row_no], (row) => ({
      rowNo: row.row_no, line: row.line_no, cells: Object.fromEntries(row.cells.map((cell, at) => [record.header[at] ?? `column ${at + 1}`, cell])), edited: row.edited, verdict: row.verdict,
      problems: row.problems, notes: row.notes.map(readNote),
      stated: row.stated === null ? null : trimQuantity(row.stated), before: row.before === null ? null : trimQuantity(row.before), status: row.status,
      productId: row.product_id, lotId: row.lot_id, placeId: row.place_id, unitId: row.unit_id, movementId: row.movement_id,
    }))
  })
}

/** Why rows are bad, the commonest problem first, each with the values that its column holds. Refuses `not_found`. */
export function listReasons(caller: Caller, importId: string): Promise<Reasons> {
  return caller.read(async (tx) => {
    const { header } = await loadImport(tx, caller.organizationId, importId)
    const rows = await tx.rows<{ column_name: string | null; rows: number; distinct: number; problem: Problem; values: { value: string; rows: number }[] }>(sql`
      with one as (
        select r.row_no, p.problem, p.problem ->> 'code' as code, p.problem ->> 'column' as column_name, r.cells ->> (array_position(${header}::text[], p.problem ->> 'column') - 1) as cell
        from import_row r cross join lateral jsonb_array_elements(r.problems) as p (problem)
        where r.organization_id = ${caller.organizationId} and r.import_id = ${importId} and r.verdict = 'bad'
      ), valued as (
        select code, column_name, cell, count(*)::int as rows, min(row_no) as first, (array_agg(problem order by row_no))[1] as problem from one group by code, column_name, cell
      ), ranked as (
        select *, row_number() over (partition by code, column_name order by rows desc, first) as rank from valued
      )
      select column_name, sum(rows)::int as rows, count(cell)::int as distinct, (array_agg(problem order by first))[1] as problem,
        coalesce(jsonb_agg(jsonb_build_object('value', cell, 'rows', rows) order by rank) filter (where rank <= ${MOST_VALUES} and cell is not null), '[]') as values
      from ranked group by code, column_name order by sum(rows) desc, min(first) limit ${MOST_REASONS}`)
    return { items: rows.map(({ column_name: column, problem: { code, params, why, fix }, ...row }) => ({ code, params, why, fix, column, ...row })) }
  })
}

/** What an import made, kind by kind. Refuses `not_found`. */
export function listMade(caller: Caller, importId: string, { limit, cursor, kind }: z.output<typeof contract.listImportMade.query>): Promise<MadePage> {
  const [afterKind = '', afterId = null] = decodeCursor(cursor, 2) ?? []
  const { organizationId } = caller
  return caller.read(async (tx) => {
    await loadImport(tx, organizationId, importId)
    const rows = await tx.rows<{ kind: MadePage['items'][number]['kind']; record_id: string; name: string | null; kept_because: string | null }>(sql`
      select m.kind, m.record_id, m.kept_because, coalesce(p.sku, l.code, f.code, c.code, y.name, t.code) as name
      from (
        select * from import_made where organization_id = ${organizationId} and import_id = ${importId}
          ${kind === undefined ? sql`` : sql`and kind = ${kind}`} ${afterId === null ? sql`` : sql`and (kind, record_id) > (${afterKind}::text, ${uuidPart(afterId)}::uuid)`}
        order by kind, record_id limit ${limit + 1}
      ) m
      left join product p on m.kind = 'product' and p.organization_id = ${organizationId} and p.product_id = m.record_id
      left join lot l on m.kind = 'lot' and l.organization_id = ${organizationId} and l.lot_id = m.record_id
      left join lot_family f on m.kind = 'lot_family' and f.organization_id = ${organizationId} and f.family_id = m.record_id
      left join place c on m.kind = 'place' and c.organization_id = ${organizationId} and c.place_id = m.record_id
      left join party y on m.kind = 'party' and y.organization_id = ${organizationId} and y.party_id = m.record_id
      left join plate t on m.kind = 'plate' and t.organization_id = ${organizationId} and t.plate_id = m.record_id
      order by m.kind, m.record_id`)
    return toPage(rows, limit, (row) => [row.kind, row.record_id], (row) => ({ kind: row.kind, id: row.record_id, name: row.name, keptBecause: row.kept_because }))
  })
}
