import type { FastifyInstance, FastifyRequest, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { AnswerOf, Bind, Caller, CommandCaller, Handler, Member, Visitor } from '#src/audit/caller.ts'
import type { CommandOutcome } from '#src/audit/command.ts'
import type { Database } from '#src/db/transaction.ts'
import type { Endpoint } from '#src/lib/contract.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { Clock } from '#src/lib/time.ts'
import { InputError } from './problem.ts'
import type { Authenticator } from './sign-in.ts'
import { isLocalRequest } from './origin.ts'

export interface BindServices {
  readonly database: Database
  readonly clock: Clock
  readonly authenticator: Authenticator
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before anything of the request is parsed, where the operation is not for anybody. */
    member: Member | null
  }
}

export const API = '/api/v1'

/**
 * The way every operation of the API goes, in this order: sign-in, permission, Idempotency-Key of a command, then its
 * input by the contract, the handler, its answer by the contract. Returns `bind`, and fills `bound` with each contract.
 */
export function createBind(app: FastifyInstance, services: BindServices, bound: Endpoint[]): Bind {
  app.decorateRequest('member', null)
  return (endpoint, handler) => {
    bound.push(endpoint)
    const parse = inputParser(endpoint)
    const answer = answerer(endpoint)
    app.route({
      method: endpoint.method,
      url: API + endpoint.path,
      ...(endpoint.bodyLimit === undefined ? {} : { bodyLimit: endpoint.bodyLimit }),
      onRequest: async (request) => {
        if (endpoint.permission !== 'anybody') request.member = await permitted(endpoint, request, services.authenticator)
        if (endpoint.command && readKey(request) === null) throw refuse('idempotency_key_missing')
        const { consumes } = endpoint
        if (consumes !== undefined && !request.headers['content-type']?.startsWith(consumes)) throw refuse('media_type_unknown', { type: request.headers['content-type'] ?? 'none' })
      },
      handler: async (request, reply) => {
        const input = parse(request)
        const caller = request.member ? memberToCaller(request.member, request, services, endpoint) : requestToVisitor(request, services)
        // the types of input and caller follow from the endpoint; here it is any endpoint
        const given = await (handler as Handler<Endpoint>)(input as never, caller as never)
        return answer(given, request, reply)
      },
    })
  }
}

async function permitted(endpoint: Endpoint, request: FastifyRequest, authenticator: Authenticator): Promise<Member> {
  const member = await authenticator.signIn(request)
  const { permission } = endpoint
  if (permission !== 'signed-in' && permission !== 'anybody' && !member.permissions.has(permission)) throw refuse('not_permitted', { permission })
  return member
}

function memberToCaller(member: Member, request: FastifyRequest, { database, clock }: BindServices, endpoint: Endpoint): Caller | CommandCaller {
  const { organizationId, actor, permissions } = member
  const caller: Caller = {
    database, clock, organizationId, actor, permissions, requestId: request.id, ifMatch: readIfMatch(request),
    read: (work) => database.inTransaction(organizationId, work),
  }
  if (!endpoint.command) return caller
  const { dryRun } = request.query as { dryRun?: string }
  return { ...caller, context: { database, clock, organizationId, actor, key: readKey(request) ?? '', dryRun: dryRun === 'true' } }
}

function requestToVisitor(request: FastifyRequest, { database, clock, authenticator }: BindServices): Visitor {
  return { database, clock, requestId: request.id, isLocal: isLocalRequest(request), headers: request.headers, signedIn: () => authenticator.signIn(request) }
}

/** 1 to 200 visible ASCII characters; quotes around it (as the IETF draft writes it) do not belong to it. */
function readKey(request: FastifyRequest): string | null {
  const header = request.headers['idempotency-key']
  if (typeof header !== 'string') return null
  const key = header.replace(/^"(.*)"$/, '$1')
  return /^[\x21-\x7e]{1,200}$/.test(key) ? key : null
}

function readIfMatch(request: FastifyRequest): number | null {
  const header = request.headers['if-match']
  if (header === undefined || header === '*') return null
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header)?.[1]
  if (version === undefined) throw refuse('input_invalid', { field: 'header.If-Match', why: 'it is not an ETag this server gave' })
  return Number(version)
}

export const dryRunQuery = { dryRun: z.enum(['true', 'false']).optional().describe('`true`: says what would come of it and changes nothing.') }

/** The query an operation takes, dryRun of a command with it; an unknown parameter is refused, since it is a misspelt one. */
export function querySchema(endpoint: Endpoint): z.ZodObject {
  const stated = endpoint.query ?? z.object({})
  return (endpoint.command ? stated.extend(dryRunQuery) : stated).strict()
}

function inputParser(endpoint: Endpoint) {
  const query = querySchema(endpoint)
  const body = endpoint.body instanceof z.ZodObject && endpoint.body.def.catchall === undefined ? endpoint.body.strict() : endpoint.body
  return (request: FastifyRequest) => ({
    params: endpoint.params ? parsed('path', endpoint.params, request.params) : undefined,
    query: endpoint.query || endpoint.command || Object.keys(request.query as object).length > 0 ? parsed('query', query, request.query) : undefined,
    body: body ? parsed('body', body, request.body) : undefined,
  })
}

function parsed(where: string, schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new InputError(where, result.error)
}

/** Validates the answer by its contract (what it does not name is left out), and sets the headers that follow from it. */
function answerer(endpoint: Endpoint) {
  const { produces, response, command } = endpoint
  if (produces !== undefined) return (given: AnswerOf<Endpoint>, _: FastifyRequest, reply: FastifyReply) => reply.type(produces.startsWith('text/') ? `${produces}; charset=utf-8` : produces).send(given)
  return (given: AnswerOf<Endpoint>, _: FastifyRequest, reply: FastifyReply) => {
    const outcome = given as CommandOutcome<unknown>
    const value = response.parse(command ? outcome.result : given)
    if (command && outcome.replayed) reply.header('idempotent-replayed', 'true')
    const version = (value as { version?: unknown } | null)?.version
    if (typeof version === 'number') reply.header('etag', `"${version}"`)
    return reply.header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-store').send(JSON.stringify(value))
  }
}
