import type { z } from 'zod'
import type { Commands, Reads } from './contracts.ts'
import { chosenOrganization } from './session/organization.ts'

/** RFC 9457 problem details as the API tells them; `code` and `params` are said in the reader's language (parts/problem.tsx). */
export interface ProblemDetails {
  readonly title: string
  readonly status: number
  readonly code: string
  readonly params: Readonly<Record<string, unknown>>
  readonly next: string
  readonly requestId: string | null
  readonly errors?: readonly { readonly path: string; readonly why: string }[]
}

/** A request that was answered with no, or not at all (`code: 'unreachable'`, status 0). */
export class Problem extends Error {
  readonly details: ProblemDetails
  constructor(details: ProblemDetails) {
    super(details.title)
    this.name = 'Problem'
    this.details = details
  }
  get status(): number {
    return this.details.status
  }
  get code(): string {
    return this.details.code
  }
}

type Scalar = string | number | boolean | undefined
type Keys<S> = S extends z.ZodType ? keyof z.input<S> : never
type Params<E> = E extends { readonly params: infer S } ? { readonly params: { readonly [K in Keys<S>]: string } } : { readonly params?: never }
type Query<E> = E extends { readonly query: infer S } ? { readonly query?: { readonly [K in Keys<S>]?: Scalar } } : { readonly query?: never }
type Body<E> = E extends { readonly body: infer S extends z.ZodType } ? (undefined extends z.input<S> ? { readonly body?: z.input<S> } : { readonly body: z.input<S> }) : { readonly body?: never }
type Given<E> = Params<E> & Query<E> & Body<E>

type InputsOf<Es> = { readonly [N in keyof Es]: Given<Es[N]> }
type OutputsOf<Es> = { readonly [N in keyof Es]: Es[N] extends { readonly response: infer S extends z.ZodType } ? z.output<S> : never }
interface ReadInputs extends InputsOf<Reads> {}
interface ReadOutputs extends OutputsOf<Reads> {}
interface CommandInputs extends InputsOf<Commands> {}
interface CommandOutputs extends OutputsOf<Commands> {}

export type ReadPath = keyof Reads
/** `POST /movements/:movementId/reverse`: how a command is named. */
export type CommandName = keyof Commands
export type ReadInput<P extends ReadPath> = ReadInputs[P]
export type ReadOutput<P extends ReadPath> = ReadOutputs[P]
export type CommandInput<N extends CommandName> = CommandInputs[N]
export type CommandOutput<N extends CommandName> = CommandOutputs[N]
/** One item of a list: `ItemOf<'/lots'>`. */
export type ItemOf<P extends ReadPath> = ReadOutput<P> extends { readonly items: readonly (infer Item)[] } ? Item : never

interface AnyInput {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, Scalar>>
  readonly body?: unknown
}

/** Reads: `await read('/lots/:lotId', { params: { lotId } })`. Throws `Problem`. */
export function read<P extends ReadPath>(path: P, ...[input]: Optional<ReadInput<P>>): Promise<ReadOutput<P>> {
  return request('GET', path, input, {}) as Promise<ReadOutput<P>>
}

/**
 * Sends a command under an Idempotency-Key: the same key takes effect once however often it is sent, so a retry of one
 * submit keeps it (`useCommand` does). Throws `Problem`.
 */
export function send<N extends CommandName>(name: N, input: CommandInput<N>, idempotencyKey: string, options: { readonly dryRun?: boolean; readonly ifMatch?: number } = {}): Promise<CommandOutput<N>> {
  const [method = '', path = ''] = name.split(' ')
  const headers = { 'idempotency-key': idempotencyKey, ...(options.ifMatch === undefined ? {} : { 'if-match': `"${options.ifMatch}"` }) }
  const given = input as AnyInput
  return request(method, path, options.dryRun ? { ...given, query: { ...given.query, dryRun: true } } : given, headers) as Promise<CommandOutput<N>>
}

/**
 * A command whose body is a file: tells how much of it is there (0 to 1), and stops when the signal says so (`AbortError`).
 * Throws `Problem`.
 */
export function sendFile<N extends CommandName>(name: N, input: Pick<CommandInput<N>, 'query' & keyof CommandInput<N>>, file: Blob, options: { readonly key: string; readonly type: string; readonly signal: AbortSignal; readonly onProgress: (share: number) => void }): Promise<CommandOutput<N>> {
  const [method = '', path = ''] = name.split(' ')
  const organization = chosenOrganization()
  // fetch does not tell how far a body is on its way
  const request = new XMLHttpRequest()
  request.open(method, urlOf(path, input as AnyInput))
  request.setRequestHeader('content-type', options.type)
  request.setRequestHeader('idempotency-key', options.key)
  if (organization !== null) request.setRequestHeader('lotwise-organization', organization)
  return new Promise<CommandOutput<N>>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => options.onProgress(total === 0 ? 0 : loaded / total)
    request.onerror = () => reject(unreachable())
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'))
    request.onload = () => {
      const answer = new Response(request.responseText, { status: request.status, headers: { 'content-type': request.getResponseHeader('content-type') ?? '', 'x-request-id': request.getResponseHeader('x-request-id') ?? '' } })
      void answerToJson(answer).then((value) => (answer.ok ? resolve(value as CommandOutput<N>) : reject(toProblem(answer, value))), reject)
    }
    options.signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}

/** What is neither a read nor a command of the contracts: sign-in and sign-out. */
export function authenticate(path: 'sign-in/email' | 'sign-out' | 'change-password' | 'revoke-sessions', body: object): Promise<unknown> {
  return request('POST', `/api/auth/${path}`, { body }, {})
}

/** Fetches a file and gives it to the person under this name: a plain link could not say in which organisation. Throws `Problem`. */
export async function download(url: string, name: string): Promise<void> {
  const organization = chosenOrganization()
  const answer = await reach(url, { headers: organization === null ? {} : { 'lotwise-organization': organization } })
  if (!answer.ok) throw toProblem(answer, await answerToJson(answer))
  // what breaks off on its way is no file
  const file = await answer.blob().catch(() => null)
  if (file === null) throw unreachable()
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(file), download: name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '_') })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

type Optional<Input> = Record<never, never> extends Input ? [input?: Input] : [input: Input]

async function request(method: string, path: string, input: AnyInput | undefined, headers: Record<string, string>): Promise<unknown> {
  const organization = chosenOrganization()
  const answer = await reach(urlOf(path, input), {
    method,
    headers: {
      ...headers,
      ...(input?.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(organization === null ? {} : { 'lotwise-organization': organization }),
    },
    ...(input?.body === undefined ? {} : { body: JSON.stringify(input.body) }),
  })
  const value = await answerToJson(answer)
  if (answer.ok) return value
  throw toProblem(answer, value)
}

/** Where a path leads with its parameters filled in; what is undefined in the query is left out. */
export function urlOf(path: string, input: AnyInput | undefined): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(input?.params?.[name] ?? ''))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input?.query ?? {})) if (value !== undefined && value !== '') query.set(name, String(value))
  return `${path.startsWith('/api/') ? '' : '/api/v1'}${filled}${query.size === 0 ? '' : `?${query}`}`
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch {
    throw unreachable()
  }
}

function unreachable(): Problem {
  return new Problem({ title: 'Lotwise does not answer.', status: 0, code: 'unreachable', params: {}, next: 'Check the connection and try again.', requestId: null })
}

function toProblem(answer: Response, value: unknown): Problem {
  return new Problem(isProblem(value) ? value : { title: `The server answered ${answer.status}.`, status: answer.status, code: 'fault', params: {}, next: '', requestId: answer.headers.get('x-request-id') })
}

async function answerToJson(answer: Response): Promise<unknown> {
  const text = await answer.text()
  return answer.headers.get('content-type')?.includes('json') && text !== '' ? JSON.parse(text) : null
}

function isProblem(value: unknown): value is ProblemDetails {
  return typeof value === 'object' && value !== null && 'code' in value && 'title' in value
}
