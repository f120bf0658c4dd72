import { createHash, randomBytes } from 'node:crypto'
import type { OrganizationId } from '#src/lib/id.ts'

/** What a key's text holds: its organisation, so that it is known before anything is looked up, its id, and its secret. */
export interface ApiKey {
  readonly organizationId: OrganizationId
  readonly apiKeyId: string
  /** SHA-256 of the secret; all that is stored of it. */
  readonly secretHash: Buffer
}

const PREFIX = 'lw_'

/** A new key: `lw_` and base64url of organisation (16 bytes), key id (16) and a random secret (32). The text is shown once. */
export function createApiKey(organizationId: OrganizationId, apiKeyId: string): ApiKey & { readonly text: string } {
  const secret = randomBytes(32)
  const text = PREFIX + Buffer.concat([uuidToBytes(organizationId), uuidToBytes(apiKeyId), secret]).toString('base64url')
  return { organizationId, apiKeyId, secretHash: hash(secret), text }
}

/** The parts of a key's text; null for what is no key. */
export function parseApiKey(text: string): ApiKey | null {
  if (!/^lw_[A-Za-z0-9_-]{86}$/.test(text)) return null
  const bytes = Buffer.from(text.slice(PREFIX.length), 'base64url')
  if (bytes.length !== 64) return null
  return { organizationId: bytesToUuid(bytes.subarray(0, 16)) as OrganizationId, apiKeyId: bytesToUuid(bytes.subarray(16, 32)), secretHash: hash(bytes.subarray(32)) }
}

function uuidToBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex')
}

function bytesToUuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function hash(secret: Buffer): Buffer {
  return createHash('sha256').update(secret).digest()
}
