import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { fillSentence, isRefusal, refusal, RefusalError, type Refusal } from '#src/lib/refusal.ts'
import { refusals, type RefusalText } from '#src/lib/refusals.ts'

/** RFC 9457 problem details, with what a client needs to say it in its own language (`code`, `params`). */
export const problemSchema = z.object({
  type: z.string().describe('urn:lotwise:refusal:<code>, or urn:lotwise:fault.'),
  title: z.string().describe('The sentence, filled in.'),
  status: z.number().int(),
  code: z.string(),
  params: z.record(z.string(), z.unknown()).describe('The values of the sentence.'),
  next: z.string().describe('What to do about it.'),
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), why: z.string() })).optional().describe('Each field that is not valid, as a JSON path.'),
})
export type Problem = z.infer<typeof problemSchema>

/** Input that its contract refuses; `errors` name each field. */
export class InputError extends Error {
  readonly errors: readonly { path: string; why: string }[]
  constructor(where: string, error: z.core.$ZodError) {
    super('the input is not valid')
    this.errors = error.issues.flatMap((issue) => explain(where, issue))
  }
}

/** The problem a refusal is told as. */
export function refusalToProblem({ refused, data }: Refusal, requestId: string): Problem {
  const text: RefusalText = refusals[refused]
  const fill = (sentence: string) => fillSentence(sentence, data)
  return { type: `urn:lotwise:refusal:${refused}`, title: fill(text.sentence), status: text.status, code: refused, params: { ...data }, next: fill(text.next), requestId }
}

/** The problem of a bug or an outage: what happened is in the log under the request's id, never in the answer. */
export function faultProblem(requestId: string): Problem {
  return {
    type: 'urn:lotwise:fault', title: 'Lotwise has a fault and could not answer this request.', status: 500, code: 'fault', params: {},
    next: `Repeat it; a command repeated with the same Idempotency-Key takes effect once. If it fails again, give the request id ${requestId} to whoever runs this installation.`,
    requestId,
  }
}

/** Answers with whatever was thrown. Refusals and bad input are business; a fault is logged with all that is known. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = errorToProblem(error, request)
  if (problem.status >= 500) request.log.error({ err: error }, problem.code)
  sendProblem(problem, reply)
}

export function sendProblem(problem: Problem, reply: FastifyReply): void {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="Lotwise"')
  reply.code(problem.status).header('content-type', 'application/problem+json; charset=utf-8').header('cache-control', 'no-store').send(JSON.stringify(problem))
}

function errorToProblem(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof RefusalError) return refusalToProblem(error.refusal, request.id)
  if (error instanceof InputError) {
    const [first] = error.errors
    return { ...refusalToProblem(refusal('input_invalid', { field: first?.path ?? '$', why: first?.why ?? 'not valid' }), request.id), errors: [...error.errors] }
  }
  if (isDatabaseUnavailable(error)) return refusalToProblem(refusal('database_unavailable'), request.id)
  const told = frameworkRefusal(error as Partial<FastifyError>, request)
  return told ? refusalToProblem(told, request.id) : faultProblem(request.id)
}

/** What Fastify itself turns away, in our words. */
function frameworkRefusal(error: Partial<FastifyError>, request: FastifyRequest): Refusal | null {
  if (isRefusal(error)) return error
  switch (error.statusCode) {
    case 404: return refusal('not_found', { what: 'page', which: request.url })
    case 413: return refusal('body_too_large', { limit: request.routeOptions.bodyLimit ?? 0 })
    case 415: return refusal('media_type_unknown', { type: request.headers['content-type'] ?? 'none' })
    case 429: return refusal('too_many_requests', { seconds: 60 })
    default:
      if (error.statusCode === undefined || error.statusCode >= 500) return null
      return refusal('input_invalid', { field: '$', why: STATUS_CODES[error.statusCode] === undefined ? 'not understood' : (error.message ?? 'not understood') })
  }
}

/** PostgreSQL's connection failures (class 08), shutdown and start (57P0x), too many connections, and no socket at all. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  if (error instanceof AggregateError) return error.errors.some(isDatabaseUnavailable)
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (typeof code === 'string' && /^(08...|57P0[123]|53300|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/.test(code)) {
    return code !== 'ENOENT' || (error as { syscall?: string }).syscall === 'connect'
  }
  return typeof message === 'string' && /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(message)
}

function explain(where: string, issue: z.core.$ZodIssue): { path: string; why: string }[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: jsonPath(where, [...issue.path, key]), why: 'there is no such field' }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // the branch that got furthest is the one that was meant
    const [nearest = []] = issue.errors.toSorted((a, b) => a.length - b.length)
    return nearest.flatMap((inner) => explain(where, { ...inner, path: [...issue.path, ...inner.path] }))
  }
  return [{ path: jsonPath(where, issue.path), why: issue.message.replace(/^Invalid input: /, '') }]
}

/** `$.lines[2].quantity`; what is not in the body says where it is: `query.limit`. */
function jsonPath(where: string, path: readonly PropertyKey[]): string {
  const root = where === 'body' ? '$' : where
  return path.reduce<string>((sum, part) => (typeof part === 'number' ? `${sum}[${part}]` : `${sum}.${String(part)}`), root)
}
