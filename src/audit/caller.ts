import type { Database } from '#src/db/transaction.ts'
import type { Tx } from '#src/db/sql.ts'
import type { Endpoint, InputOf, OutputOf } from '#src/lib/contract.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import type { Permission } from '#src/lib/permissions.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { Clock } from '#src/lib/time.ts'
import type { Readable } from 'node:stream'
import type { Actor, CommandContext, CommandOutcome } from './command.ts'

/** Who asks, in which organisation: signed in, and allowed what the contract entry names. */
export interface Caller {
  readonly database: Database
  readonly clock: Clock
  readonly organizationId: OrganizationId
  readonly actor: Actor
  readonly permissions: ReadonlySet<Permission>
  readonly requestId: string
  /** The version of a record the caller has read (If-Match), or null; see `checkVersion`. */
  readonly ifMatch: number | null
  /** One read in the caller's organisation. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}

/** Who asks for a command: `runCommand(caller.context, ...)`. */
export interface CommandCaller extends Caller {
  readonly context: CommandContext
}

/** Who asks where anybody may. */
export interface Visitor {
  readonly database: Database
  readonly clock: Clock
  readonly requestId: string
  /** True where the request came from this very machine and through no proxy. */
  readonly isLocal: boolean
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  /** The member or key whose credentials the request carries; refuses as any other operation would. */
  signedIn(): Promise<Member>
}

/** A caller before his permission is looked at. */
export interface Member {
  readonly actor: Actor
  readonly organizationId: OrganizationId
  readonly role: string
  readonly permissions: ReadonlySet<Permission>
}

export type CallerOf<E extends Endpoint> = E['permission'] extends 'anybody' ? Visitor : E['command'] extends true ? CommandCaller : Caller

/** What a handler answers: the response as the contract states it; a command its outcome; another media type its text. */
export type AnswerOf<E extends Endpoint> = E extends { produces: string }
  ? string | Buffer | Readable
  : E['command'] extends true
    ? CommandOutcome<OutputOf<E>>
    : OutputOf<E>

export type Handler<E extends Endpoint> = (input: InputOf<E>, caller: CallerOf<E>) => Promise<AnswerOf<E>>

/** Gives an operation its handler; each slice's `routes(bind)` is a list of such lines. */
export type Bind = <const E extends Endpoint>(endpoint: E, handler: Handler<E>) => void

/** Refuses `record_changed` where the caller read another version (If-Match) than there is now. Without If-Match the last one wins. */
export function checkVersion(caller: Pick<Caller, 'ifMatch'>, version: number, what: string, which: string): void {
  if (caller.ifMatch !== null && caller.ifMatch !== version) throw refuse('record_changed', { what, which })
}
