import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { line } from '#src/lib/fields.ts'
import { page, pageQuery } from '#src/lib/paging.ts'

const uuid = z.uuid()
const exception = z.object({
  exceptionId: uuid, kind: z.string(), subject: z.string(), subjectId: uuid,
  /** The code of the lot, unit, place, plate, family or product it is about. */
  which: z.string().nullable(), product: z.string().nullable().describe('The name of its product, of a lot or unit.'), movementId: uuid.nullable(), data: z.record(z.string(), z.json()), raisedAt: z.string(),
  assignedTo: z.string().nullable(), assignedToName: z.string().nullable(), resolvedAt: z.string().nullable(), resolvedBy: z.string().nullable(), resolvedByName: z.string().nullable(), resolution: z.string().nullable(), version: z.int(),
}).meta({ id: 'Exception', description: 'Work for a person: what was accepted but should be looked at.' })
export type Exception = z.output<typeof exception>

const tag = 'Exceptions'
const params = z.object({ exceptionId: uuid })

export const listExceptions = endpoint({
  method: 'GET', command: false, tag, permission: 'exceptions.read', operationId: 'listExceptions', path: '/exceptions',
  summary: 'What people should look at: open ones first, in each part the latest first; only open (`open=true`) or resolved (`open=false`) ones, of a kind, a person or a subject.',
  query: z.object({
    ...pageQuery, open: z.enum(['true', 'false']).optional().transform((text) => (text === undefined ? undefined : text === 'true')),
    kind: z.string().max(40).optional(), assignedTo: z.string().max(100).optional(), subjectId: uuid.optional(),
  }),
  response: page(exception), refusals: [],
})
export const getException = endpoint({ method: 'GET', command: false, tag, permission: 'exceptions.read', operationId: 'getException', path: '/exceptions/:exceptionId', summary: 'One exception.', params, response: exception, refusals: ['not_found'] })
export const assignException = endpoint({
  method: 'POST', command: true, tag, permission: 'exceptions.resolve', operationId: 'assignException', path: '/exceptions/:exceptionId/assign', summary: 'Gives it to a person, or to nobody (null).',
  params, body: z.strictObject({ userId: z.string().min(1).max(100).nullable() }), response: exception, refusals: ['not_found', 'exception_resolved', 'person_unknown', 'record_changed'],
})
export const resolveException = endpoint({
  method: 'POST', command: true, tag, permission: 'exceptions.resolve', operationId: 'resolveException', path: '/exceptions/:exceptionId/resolve', summary: 'Closes it, saying what was found or done.',
  params, body: z.strictObject({ resolution: line(1000) }), response: exception, refusals: ['not_found', 'exception_resolved', 'record_changed'],
})
