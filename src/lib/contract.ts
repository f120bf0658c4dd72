import type { z } from 'zod'
import type { Permission } from './permissions.ts'
import type { RefusalCode } from './refusals.ts'

/**
 * One operation of the REST API. Slices state theirs in `contract.ts`; the server validates what comes in and what goes
 * out against it, and openapi.json, the docs and the typed client are made from it.
 */
export interface Endpoint {
  /** Unique, camelCase: `listLots`. */
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`, parameters as `:lotId`. */
  readonly path: string
  /** One sentence for the API pages. */
  readonly summary: string
  /** The heading it stands under: `Lots`. */
  readonly tag: string
  /** What the caller's role must hold; 'signed-in' for any member, 'anybody' without sign-in. */
  readonly permission: Permission | 'signed-in' | 'anybody'
  /** A command writes: it requires Idempotency-Key, knows dryRun, is audited. */
  readonly command: boolean
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  readonly response: z.ZodType
  /** Media type where the answer is not JSON (`text/csv`). */
  readonly produces?: string
  /** Media type of the body where it is not JSON (`text/csv`); the handler is given its bytes: `body: z.instanceof(Uint8Array)`. */
  readonly consumes?: string
  /** Bytes of the body at most, where the usual 8 MiB do not fit. */
  readonly bodyLimit?: number
  /** Codes this operation can refuse with, besides those every operation shares. */
  readonly refusals: readonly RefusalCode[]
}

/** States an operation, keeping its exact types. */
export function endpoint<const E extends Endpoint>(stated: E): E {
  return stated
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined
/** What a handler of this operation is given, parsed. */
export interface InputOf<E extends Endpoint> {
  readonly params: Parsed<E['params']>
  readonly query: Parsed<E['query']>
  readonly body: Parsed<E['body']>
}
/** What a handler of this operation answers with, before it is validated and serialised. */
export type OutputOf<E extends Endpoint> = z.input<E['response']>
