import type { Json } from '#src/lib/refusal.ts'
import { canonicalJson } from '#src/lib/canonical.ts'

type Fields = { readonly [field: string]: Json | undefined }

/** What an audit row tells of a change: the fields that differ, as they were and as they are. */
export function difference(before: Fields, after: Fields): { before: Json; after: Json } {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => canonicalJson(before[field] ?? null) !== canonicalJson(after[field] ?? null))
  const pick = (from: Fields): Json => Object.fromEntries(fields.map((field) => [field, from[field] ?? null]))
  return { before: pick(before), after: pick(after) }
}

/** The fields that have a value: what an audit row tells of a new record. */
export function withoutAbsent(fields: Fields): Json {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null))
}
