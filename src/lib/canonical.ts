import { createHash } from 'node:crypto'

/**
 * One text for one value: object keys sorted by code unit, no white space, absent (undefined) members left out; after
 * RFC 8785 for the values we use (strings, safe integers, booleans, null; quantities are strings).
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((member) => canonicalJson(member ?? null)).join(',')}]`
  if (typeof value === 'object' && value !== null) return canonicalObject(value as { readonly [key: string]: unknown })
  if (typeof value === 'bigint') throw new Error('a bigint has no canonical JSON; format it first')
  return JSON.stringify(value)
}

/** Ten lot lines are a hundred and fifty members: written in one text, since this is done twice for each command. */
function canonicalObject(value: { readonly [key: string]: unknown }): string {
  let text = ''
  // sort() without a comparison is by code unit
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`
  }
  return `{${text}}`
}

/** SHA-256 of a text's UTF-8 bytes. */
export function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
