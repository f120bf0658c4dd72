import { decodeSorted, encodeCursor, type CursorPart } from '#src/lib/paging.ts'
import { refuse } from '#src/lib/refusal.ts'
import { textPart, uuidPart } from '#src/lib/staged-page.ts'
import { join, sql, type Statement, type Tx } from './sql.ts'

/** A column of the rows `r` that a list is put in order by, above the id. */
export interface Key {
  readonly column: Statement
  readonly type: 'text' | 'date' | 'instant' | 'uuid'
  /** Rows without a value come last, whichever way the list goes. Only of an order of one key. */
  readonly nullable?: boolean
}

/** The orders of a list by name; one without keys goes by the id, which is by when it was made. */
export interface Orders {
  readonly [name: string]: readonly Key[]
}

/** A list before a page is cut from it. Its rows are called `r`. */
export interface SortedList {
  /** `sql\`lot r\``; made from where the page before ended, where an index is walked inside another. */
  readonly from: Statement | ((after: readonly CursorPart[] | null) => Statement)
  /** Where the few are taken from, if not from the same. */
  readonly fewFrom?: Statement
  /** `sql\`r.lot_id\`` */
  readonly id: Statement
  readonly keys: readonly Key[]
  /** Conditions that the index of the order serves, the organisation first. */
  readonly within: readonly Statement[]
  /** Conditions asked row by row; one that looks into another table as `(select true from ... limit 1)`, which is never made a join of the whole. */
  readonly filters: readonly Statement[]
  /** Of each filter that has an index of its own, a select of the ids it leaves; the filter stands among `filters` too. */
  readonly few: readonly Statement[]
}

export interface Found {
  readonly ids: readonly string[]
  readonly next: string | null
}

/** Where an index of its own finds no more than this, these are taken and put in order. */
export const FEW = 10_000
/** So many rows are looked at for a page, in the order of the list; one that found less than was asked for goes on from there. */
export const WINDOW = 20_000

/**
 * The ids of one page of a list in the order `sort` (`name` or `-name`), and where the next begins. Whatever is asked for,
 * a page costs a bounded number of rows: the few that a filter's own index gives, else a stretch of the order's index.
 * Refuses `cursor_of_other_order`, `input_invalid` (cursor).
 */
export async function findSorted(tx: Tx, query: { readonly limit: number; readonly cursor?: string | undefined }, sort: string, list: SortedList): Promise<Found> {
  const after = decodeSorted(query.cursor, sort, list.keys.length + 1)
  const few = await fewest(tx, list.few)
  const from = few !== null && list.fewFrom !== undefined ? list.fewFrom : typeof list.from === 'function' ? list.from(after) : list.from
  const stages = stagesOf(list, sort.startsWith('-'), after)
  const found: Row[] = []
  for (const stage of stages) {
    const most = query.limit + 1 - found.length
    const rows = few === null ? await alongIndex<Row>(tx, walk(from, list, stage, most)) : await tx.rows<Row>(gather(from, list, stage, few, most))
    found.push(...rows)
    if (rows.length === most) break
    const [end] = few === null && list.filters.length > 0 ? await alongIndex<Row>(tx, endOfWindow(from, list, stage)) : []
    if (end !== undefined) return { ids: found.map(({ id }) => id), next: cursorOf(sort, end) }
  }
  const shown = found.slice(0, query.limit)
  const last = shown.at(-1)
  return { ids: shown.map(({ id }) => id), next: found.length > query.limit && last !== undefined ? cursorOf(sort, last) : null }
}

/**
 * The rows of a statement whose order an index gives. The planner takes the stretch to be read whole, and would rather
 * sort the table for it; what is asked for mostly stands at its beginning.
 */
export async function alongIndex<R extends object>(tx: Tx, statement: Statement): Promise<R[]> {
  tx.later(sql`select set_config('enable_sort', 'off', true)`)
  const rows = tx.rows<R & { [column: string]: unknown }>(statement)
  tx.later(sql`select set_config('enable_sort', 'on', true)`)
  return rows
}

/** What was found, in its order, from rows that came in any. */
export function inOrder<Row>(ids: readonly string[], rows: readonly Row[], idOf: (row: Row) => string): Row[] {
  const byId = new Map(rows.map((row) => [idOf(row), row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

interface Row {
  readonly id: string
  readonly keys: CursorPart[]
}

/** A part of a list in which every row has a value to go by, or none has. */
interface Stage {
  readonly conditions: readonly Statement[]
  readonly order: Statement
}

function stagesOf({ keys, id }: SortedList, descending: boolean, after: CursorPart[] | null): Stage[] {
  const order = join([...keys.map(({ column }) => column), id].map((column) => (descending ? sql`${column} desc` : column)), ', ')
  const beyond = (columns: readonly Statement[], values: readonly Statement[]): Statement[] =>
    values.length === 0 ? [] : [descending ? sql`(${join(columns, ', ')}) < (${join(values, ', ')})` : sql`(${join(columns, ', ')}) > (${join(values, ', ')})`]
  const afterId = after === null ? [] : [sql`${uuidPart(after.at(-1))}::uuid`]
  const nullable = keys.find((key) => key.nullable)
  if (nullable === undefined) return [{ conditions: beyond([...keys.map(({ column }) => column), id], after === null ? [] : [...keys.map((key, at) => valueOf(key, after[at])), ...afterId]), order }]
  const isAmongEmpty = after !== null && after[0] === null
  const filled: Stage = { conditions: [sql`${nullable.column} is not null`, ...beyond([nullable.column, id], after === null || isAmongEmpty ? [] : [valueOf(nullable, after[0]), ...afterId])], order }
  const empty: Stage = { conditions: [sql`${nullable.column} is null`, ...beyond([id], isAmongEmpty ? afterId : [])], order }
  return isAmongEmpty ? [empty] : [filled, empty]
}

function valueOf({ type }: Key, part: unknown): Statement {
  switch (type) {
    case 'text': return sql`${textPart(part)} collate "C"`
    case 'uuid': return sql`${uuidPart(part)}::uuid`
    case 'date': return sql`${dayPart(part)}::date`
    case 'instant': return sql`${instantPart(part)}::timestamptz`
  }
}

/** The first of these that gives few ids. */
async function fewest(tx: Tx, candidates: readonly Statement[]): Promise<Statement | null> {
  for (const few of candidates) {
    const row = await tx.row<{ found: number }>(sql`select count(*)::int as found from (${few} limit ${FEW + 1}) f`)
    if (row !== undefined && row.found <= FEW) return few
  }
  return null
}

/** The few, by their ids, put in order. */
function gather(from: Statement, list: SortedList, { conditions, order }: Stage, few: Statement, limit: number): Statement {
  return sql`select ${shown(list)} from ${from} where ${join([...list.within, ...list.filters, ...conditions, sql`${list.id} = any(array(${few}))`], ' and ')} order by ${order} limit ${limit}`
}

/** Along the index of the order; where rows are asked for more, a stretch of it. */
function walk(from: Statement, list: SortedList, { conditions, order }: Stage, limit: number): Statement {
  const along = sql`from ${from} where ${join([...list.within, ...conditions], ' and ')} order by ${order}`
  if (list.filters.length === 0) return sql`select ${shown(list)} ${along} limit ${limit}`
  return sql`select ${shown(list)} from (select r.* ${along} limit ${WINDOW}) r where ${join(list.filters, ' and ')} order by ${order} limit ${limit}`
}

/** The last row of the stretch that was looked at; nothing where the list ended in it. */
function endOfWindow(from: Statement, list: SortedList, { conditions, order }: Stage): Statement {
  return sql`select ${shown(list)} from ${from} where ${join([...list.within, ...conditions], ' and ')} order by ${order} offset ${WINDOW - 1} limit 1`
}

function shown({ id, keys }: SortedList): Statement {
  return keys.length === 0 ? sql`${id}::text as id, '[]'::jsonb as keys` : sql`${id}::text as id, jsonb_build_array(${join(keys.map(({ column }) => column), ', ')}) as keys`
}

function cursorOf(sort: string, { keys, id }: Row): string {
  return encodeCursor([sort, ...keys, id])
}

function dayPart(part: unknown): string {
  if (typeof part === 'string' && /^\d{4}-\d\d-\d\d$/.test(part) && !Number.isNaN(Date.parse(part))) return part
  throw refuse('input_invalid', { field: 'query.cursor', why: 'it is not the next of a page of this list' })
}

function instantPart(part: unknown): string {
  if (typeof part === 'string' && /^\d{4}-\d\d-\d\dT[0-9:.]{8,15}(?:Z|\+00:00)$/.test(part) && !Number.isNaN(Date.parse(part))) return part
  throw refuse('input_invalid', { field: 'query.cursor', why: 'it is not the next of a page of this list' })
}
