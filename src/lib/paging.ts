import { z } from 'zod'
import { refuse } from './refusal.ts'

/** What every list answers: some items, and the cursor of those that follow; `next` is null on the last page. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() })
}

export interface Page<Item> {
  readonly items: Item[]
  readonly next: string | null
}

/** The query parameters of every list; spread into the contract: `query: z.object({ ...pageQuery, search: ... })`. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(50).describe('How many items at most, 1 to 500. A page may hold fewer and still have a `next`: what the filters leave out is passed over in steps.'),
  cursor: z.string().max(2000).optional().describe('`next` of the page before.'),
}

/** The `sort` of a list: one of these names, or one with `-` before it for the other way round; `usual` says in words what it is without. */
export function sortQuery<const Name extends string>(names: readonly Name[], usual: string) {
  const both = names.flatMap((name) => [name, `-${name}`]) as (Name | `-${Name}`)[]
  return z.enum(both).optional().describe(`In which order: ${names.map((name) => `\`${name}\``).join(', ')}, rising; falling with \`-\` before it. ${usual}`)
}

/**
 * Cuts a page out of the rows of a query that asked for `limit + 1`; `keyOf` gives a row's place in the sort order, as
 * JSON: `toPage(rows, limit, (row) => [row.code, row.lot_id])`.
 */
export function toPage<Row, Item>(rows: readonly Row[], limit: number, keyOf: (row: Row) => readonly CursorPart[], toItem: (row: Row) => Item): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(toItem), next: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null }
}

export type CursorPart = string | number | null

/** A place in a sort order as opaque text. */
export function encodeCursor(key: readonly CursorPart[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(key))
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The place a cursor stands for, `length` parts; null without a cursor. Refuses `input_invalid` for what is no cursor of this list. */
export function decodeCursor(cursor: string | undefined, length: number): CursorPart[] | null {
  if (cursor === undefined) return null
  const key = fromBase64url(cursor)
  const isKey = Array.isArray(key) && key.length === length && key.every((part) => part === null || typeof part === 'string' || typeof part === 'number')
  if (!isKey) throw refuse('input_invalid', { field: 'query.cursor', why: 'it is not the next of a page of this list' })
  return key
}

/**
 * The place a cursor `[sort, ...parts]` stands for in a list that is asked for in this order; null without a cursor.
 * Refuses `cursor_of_other_order`, and `input_invalid` for what is no cursor of this list.
 */
export function decodeSorted(cursor: string | undefined, sort: string, length: number): CursorPart[] | null {
  if (cursor === undefined) return null
  const key = fromBase64url(cursor)
  const was: unknown = Array.isArray(key) && /^[0-9a-f-]{36}$/.test(String(key.at(-1))) ? key[0] : undefined
  if (typeof was === 'string' && /^-?[a-z][a-zA-Z]*$/.test(was) && was !== sort) throw refuse('cursor_of_other_order', { was, sort })
  return decodeCursor(cursor, length + 1)?.slice(1) ?? null
}

function fromBase64url(text: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}
