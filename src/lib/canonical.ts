import { createHash } from 'node:crypto'

/**
 * One text for one value: object keys sorted by code unit, no white space, absent (undefined) members left out; after
 * RFC 8785 for the values we use (strings, safe integers, booleans, null; quantities are strings).
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((member) => canonicalJson(member ?? null)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
    return `{${members.join(',')}}`
  }
  if (typeof value === 'bigint') throw new Error('a bigint has no canonical JSON; format it first')
  return JSON.stringify(value)
}

/** SHA-256 of a text's UTF-8 bytes. */
export function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
