import { isOneLine } from './fields.ts'
import { decodeCursor, encodeCursor, type Page } from './paging.ts'
import { refuse } from './refusal.ts'

/** Comes before every key and id of a list. */
const START = { key: '', id: '00000000-0000-0000-0000-000000000000' } as const

/** Where a stage goes on: after this key and id; `limit` rows at most. */
export interface StageQuery {
  readonly key: string
  readonly id: string
  readonly limit: number
}

/** What a stage's rows are ordered by. */
export interface StageRow {
  readonly sort_key: string
  readonly sort_id: string
}

/**
 * A page over several queries one after the other (what begins with the code, then what begins with the name), each in
 * the order of its own index, so that every page costs the same. Stages must not give the same record twice.
 */
export async function toStagedPage<Row extends StageRow, Item>(
  query: { readonly limit: number; readonly cursor?: string | undefined },
  stages: readonly ((stage: StageQuery) => Promise<Row[]>)[],
  toItem: (row: Row) => Item,
): Promise<Page<Item>> {
  let { stage, key, id } = readCursor(query.cursor)
  const found: { row: Row; stage: number }[] = []
  while (stage < stages.length && found.length <= query.limit) {
    const rows = (await stages[stage]?.({ key, id, limit: query.limit + 1 - found.length })) ?? []
    for (const row of rows) found.push({ row, stage })
    stage += 1
    key = START.key
    id = START.id
  }
  const shown = found.slice(0, query.limit)
  const last = shown.at(-1)
  const next = found.length > query.limit && last ? encodeCursor([last.stage, last.row.sort_key, last.row.sort_id]) : null
  return { items: shown.map(({ row }) => toItem(row)), next }
}

/** The end of the range of texts that begin with `prefix`, in the order of code points. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\u{10FFFF}`
}

function readCursor(cursor: string | undefined): { stage: number; key: string; id: string } {
  const parts = decodeCursor(cursor, 3)
  if (parts === null) return { stage: 0, ...START }
  const [stage, key, id] = parts
  if (typeof stage !== 'number') throw noCursor()
  return { stage, key: textPart(key), id: uuidPart(id) }
}

/** A text of a cursor. Refuses `input_invalid` where it is none. */
export function textPart(part: unknown): string {
  if (typeof part === 'string' && isOneLine(part)) return part
  throw noCursor()
}

/** An id of a cursor. Refuses `input_invalid` where it is none. */
export function uuidPart(part: unknown): string {
  if (typeof part === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(part)) return part
  throw noCursor()
}

function noCursor(): Error {
  return refuse('input_invalid', { field: 'query.cursor', why: 'it is not the next of a page of this list' })
}
