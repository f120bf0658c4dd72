import { randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { checkVersion, type Member } from '#src/audit/caller.ts'
import type { Database } from '#src/db/transaction.ts'
import { endpoint } from '#src/lib/contract.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import { createBind } from './bind.ts'
import { sendError } from './problem.ts'

const organizationId = '01a20000-0000-7000-8000-000000000001' as OrganizationId
const viewer: Member = { actor: { kind: 'key', id: 'key-1' }, organizationId, role: 'viewer', permissions: new Set(['lots.read', 'lots.write']) }

const readLot = endpoint({
  operationId: 'readLot', method: 'GET', path: '/lots/:lotId', summary: 'x', tag: 'x', permission: 'lots.read', command: false,
  params: z.object({ lotId: z.string() }), query: z.object({ deep: z.enum(['yes', 'no']).default('no') }),
  response: z.object({ lotId: z.string(), deep: z.string(), version: z.number().int() }), refusals: [],
})
const writeLot = endpoint({
  operationId: 'writeLot', method: 'POST', path: '/lots', summary: 'x', tag: 'x', permission: 'lots.write', command: true,
  body: z.object({ lines: z.array(z.object({ quantity: z.string().regex(/^\d+$/, 'a whole number') })) }),
  response: z.object({ key: z.string(), dryRun: z.boolean() }), refusals: [],
})
const shipLot = endpoint({ ...writeLot, operationId: 'shipLot', path: '/shipments', permission: 'movements.ship' })
const leak = endpoint({ ...readLot, operationId: 'leak', path: '/leak', params: z.object({}), query: z.object({}), response: z.object({ name: z.string() }) })
const broken = endpoint({ ...leak, operationId: 'broken', path: '/broken' })
const refused = endpoint({ ...leak, operationId: 'refused', path: '/refused' })
const down = endpoint({ ...leak, operationId: 'down', path: '/down' })
const sheet = endpoint({ ...leak, operationId: 'sheet', path: '/sheet.csv', produces: 'text/csv', response: z.string() })

let app: FastifyInstance
let isSignedIn = true
beforeAll(async () => {
  app = fastify({ bodyLimit: 1000, genReqId: () => 'request-1' })
  app.setErrorHandler(sendError)
  const database = {} as Database
  const bind = createBind(app, { database, clock: () => '2026-11-23T12:00:00.000Z', authenticator: {
    signIn: async () => {
      if (!isSignedIn) throw refuse('not_signed_in')
      return viewer
    },
  } }, [])
  bind(readLot, async ({ params, query }, caller) => {
    checkVersion(caller, 3, 'lot', params.lotId)
    return { lotId: params.lotId, deep: query.deep, version: 3 }
  })
  bind(writeLot, async (_, { context }) => ({ result: { key: context.key, dryRun: context.dryRun }, replayed: context.key === 'again' }))
  bind(shipLot, async () => ({ result: { key: '', dryRun: false }, replayed: false }))
  bind(leak, async () => ({ name: 'Cream', secret: 'hidden' }) as { name: string })
  bind(broken, async () => ({ name: 7 }) as unknown as { name: string })
  bind(refused, async () => {
    throw refuse('record_changed', { what: 'lot', which: 'CREAM-07' })
  })
  bind(down, async () => {
    throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:5432'), { code: 'ECONNREFUSED', syscall: 'connect' })
  })
  bind(sheet, async () => 'lot,quantity\nCREAM-07,40\n')
  await app.ready()
})
afterAll(() => app.close())

const get = (path: string, headers = {}) => app.inject({ url: `/api/v1${path}`, headers })
const post = (path: string, payload: unknown, headers: Record<string, string> = { 'idempotency-key': randomUUID() }) =>
  app.inject({ method: 'POST', url: `/api/v1${path}`, payload: payload as object, headers } satisfies InjectOptions)

describe('a request', () => {
  test('is answered by its contract, with the version as ETag', async () => {
    const answer = await get('/lots/L1')
    expect([answer.statusCode, answer.json(), answer.headers['etag']]).toEqual([200, { lotId: 'L1', deep: 'no', version: 3 }, '"3"'])
  })

  test('whose fields are not valid names each of them by its path', async () => {
    const answer = await post('/lots', { lines: [{ quantity: '1' }, { quantity: 'x' }, {}], extra: 1 })
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(answer.json()).toMatchObject({
      type: 'urn:lotwise:refusal:input_invalid', code: 'input_invalid', requestId: 'request-1',
      errors: [{ path: '$.lines[1].quantity', why: 'a whole number' }, { path: '$.lines[2].quantity' }, { path: '$.extra', why: 'there is no such field' }],
    })
  })

  test('with a misspelt query parameter is refused instead of answered without it', async () => {
    const answer = await get('/lots/L1?depe=yes')
    expect([answer.statusCode, answer.json().errors]).toEqual([400, [{ path: 'query.depe', why: 'there is no such field' }]])
  })

  test('that is not JSON, too large, or of another type is a problem too', async () => {
    const headers = { 'idempotency-key': 'k1' }
    const send = (payload: string, type: string) => app.inject({ method: 'POST', url: '/api/v1/lots', payload, headers: { ...headers, 'content-type': type } })
    const answers = [await send('{"lines":', 'application/json'), await send(`"${'x'.repeat(2000)}"`, 'application/json'), await send('a=1', 'application/x-www-form-urlencoded')]
    expect(answers.map((answer) => [answer.statusCode, answer.json().code])).toEqual([[400, 'input_invalid'], [413, 'body_too_large'], [415, 'media_type_unknown']])
  })

  test('of nobody is answered 401 before its fields are looked at', async () => {
    isSignedIn = false
    const answer = await post('/lots', { nonsense: true })
    isSignedIn = true
    expect([answer.statusCode, answer.json().code, answer.headers['www-authenticate']]).toEqual([401, 'not_signed_in', 'Bearer realm="Lotwise"'])
  })

  test('without the permission is answered 403 naming it', async () => {
    const answer = await post('/shipments', { lines: [] })
    expect([answer.statusCode, answer.json().params]).toEqual([403, { permission: 'movements.ship' }])
  })
})

describe('a command', () => {
  test('without Idempotency-Key is refused, also as a dry run', async () => {
    const answers = [await post('/lots', { lines: [] }, {}), await post('/lots?dryRun=true', { lines: [] }, {}), await post('/lots', { lines: [] }, { 'idempotency-key': 'with blank' })]
    expect(answers.map((answer) => [answer.statusCode, answer.json().code])).toEqual(Array(3).fill([428, 'idempotency_key_missing']))
  })

  test('is given its key and whether it is a dry run', async () => {
    const answers = [await post('/lots', { lines: [] }, { 'idempotency-key': '"quoted"' }), await post('/lots?dryRun=true', { lines: [] }, { 'idempotency-key': 'k2' })]
    expect(answers.map((answer) => answer.json())).toEqual([{ key: 'quoted', dryRun: false }, { key: 'k2', dryRun: true }])
  })

  test('says when its answer is that of an earlier request', async () => {
    const answers = [await post('/lots', { lines: [] }, { 'idempotency-key': 'first' }), await post('/lots', { lines: [] }, { 'idempotency-key': 'again' })]
    expect(answers.map((answer) => answer.headers['idempotent-replayed'])).toEqual([undefined, 'true'])
  })
})

describe('an answer', () => {
  test('leaves out what its contract does not name', async () => {
    expect((await get('/leak')).json()).toEqual({ name: 'Cream' })
  })

  test('that breaks its contract is a fault, which tells a request id and nothing else', async () => {
    const answer = await get('/broken')
    expect([answer.statusCode, answer.json().code, answer.json().next]).toEqual([500, 'fault', expect.stringContaining('request-1')])
    expect(answer.body).not.toContain('number')
  })

  test('of another media type goes out as it is', async () => {
    const answer = await get('/sheet.csv')
    expect([answer.headers['content-type'], answer.body]).toEqual(['text/csv; charset=utf-8', 'lot,quantity\nCREAM-07,40\n'])
  })

  test('of a refusal fills in its sentence', async () => {
    const answer = await get('/refused')
    expect([answer.statusCode, answer.json().title, answer.json().params]).toEqual([412, 'The lot CREAM-07 was changed by somebody else since you read it.', { what: 'lot', which: 'CREAM-07' }])
  })

  test('is 503 while the database does not answer, without saying where it is', async () => {
    const answer = await get('/down')
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'database_unavailable'])
    expect(answer.body).not.toContain('10.0.0.5')
  })
})

describe('If-Match', () => {
  test('lets the version through that was read, and refuses another', async () => {
    const answers = [await get('/lots/L1', { 'if-match': '"3"' }), await get('/lots/L1', { 'if-match': '"2"' }), await get('/lots/L1', { 'if-match': 'abc' })]
    expect(answers.map((answer) => [answer.statusCode, answer.json().code])).toEqual([[200, undefined], [412, 'record_changed'], [400, 'input_invalid']])
  })
})
