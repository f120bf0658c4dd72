import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '#src/audit/command.ts'
import { newId } from '#src/lib/id.ts'
import { systemClock } from '#src/lib/time.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { raiseExceptions } from './exceptions.ts'

let app: TestApp
let userId: string
const ids: string[] = []
beforeAll(async () => {
  app = await createTestApp()
  const person = await app.api('POST', '/people', { name: 'Olga', email: 'olga@example.com', password: 'a long password', role: 'manager' })
  userId = person.body.userId
  for (const kind of ['found_here', 'held_since', 'found_here'] as const) ids.push(...(await raise(kind)))
})
afterAll(() => app.close())

async function raise(kind: 'found_here' | 'held_since'): Promise<string[]> {
  const { database, organizationId } = app
  const context = { database, organizationId, clock: systemClock, actor: { kind: 'system', id: 'test' }, key: newId(), dryRun: false } as const
  const { result } = await runCommand(context, { name: 'test.raise', input: {} }, (scope) => raiseExceptions(scope, [{ kind, subject: 'lot', subjectId: newId(), movementId: null, data: { found: '3' } }]))
  return result
}

const listed = async (query = '') => (await app.api('GET', `/exceptions${query}`)).body.items.map((one: { exceptionId: string }) => one.exceptionId) as string[]

test('the latest exception stands first, those of one kind by themselves', async () => {
  expect(await listed()).toEqual([...ids].reverse())
  expect(await listed('?kind=held_since')).toEqual([ids[1]])
})

test('an exception is given to a person of the organisation, and taken back', async () => {
  const [first] = ids
  expect((await app.api('POST', `/exceptions/${first}/assign`, { userId })).body).toMatchObject({ exceptionId: first, assignedTo: userId, assignedToName: expect.any(String), version: 2, data: { found: '3' } })
  expect(await listed(`?assignedTo=${userId}`)).toEqual([first])
  expect((await app.api('POST', `/exceptions/${first}/assign`, { userId: 'nobody' })).body).toMatchObject({ code: 'person_unknown' })
  expect((await app.api('POST', `/exceptions/${first}/assign`, { userId: null }, { 'if-match': '"1"' })).body).toMatchObject({ code: 'record_changed' })
  expect((await app.api('POST', `/exceptions/${first}/assign`, { userId: null }, { 'if-match': '"2"' })).body).toMatchObject({ assignedTo: null })
})

test('a resolved exception says what was done, goes behind the open ones and is closed for good', async () => {
  const last = ids[2] as string
  expect((await app.api('POST', `/exceptions/${last}/resolve`, { resolution: 'counted again, the book was wrong' })).body).toMatchObject({ resolution: 'counted again, the book was wrong', resolvedAt: expect.any(String), resolvedBy: expect.any(String) })
  expect(await listed()).toEqual([ids[1], ids[0], last])
  expect(await listed('?open=true')).toEqual([ids[1], ids[0]])
  expect(await listed('?open=false')).toEqual([last])
  expect((await app.api('POST', `/exceptions/${last}/resolve`, { resolution: 'again' })).body).toMatchObject({ code: 'exception_resolved' })
  expect((await app.api('POST', `/exceptions/${last}/assign`, { userId })).body).toMatchObject({ code: 'exception_resolved' })
  const { rows } = await app.admin.query("select after from audit where subject = 'exception' and subject_id = $1 order by audit_id desc limit 1", [last])
  expect(rows).toEqual([{ after: expect.objectContaining({ resolution: 'counted again, the book was wrong' }) }])
})

test('pages go over from the open ones to the resolved ones', async () => {
  const seen: string[] = []
  let cursor = ''
  do {
    const { body } = await app.api('GET', `/exceptions?limit=1${cursor}`)
    seen.push(...body.items.map((one: { exceptionId: string }) => one.exceptionId))
    cursor = body.next === null ? '' : `&cursor=${body.next}`
  } while (cursor !== '')
  expect(seen).toEqual([ids[1], ids[0], ids[2]])
})

test('who may only read them resolves none', async () => {
  const viewer = app.apiAs(await app.keyOf('viewer'))
  expect((await viewer('GET', '/exceptions')).status).toBe(200)
  expect((await viewer('POST', `/exceptions/${ids[0]}/resolve`, { resolution: 'x' })).body).toMatchObject({ code: 'not_permitted' })
})
