import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyOrganization } from '#src/verify/verify.ts'
import { sql } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { systemClock } from '#src/lib/time.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { loadImport } from './record.ts'
import { runImport, type RunServices } from './run.ts'
import { workOnImport, workOnImports } from './work.ts'

/** A file too large to be worked on within a request: 3,000 lots, in three chunks. */
const file = `SKU,Lot,Bin,Qty\n${Array.from({ length: 3000 }, (_, at) => `SKU-${at % 50},L${at},R${at % 20},${(at % 7) + 1}`).join('\n')}\n`
const SUM = Array.from({ length: 3000 }, (_, at) => (at % 7) + 1).reduce((sum, one) => sum + one, 0)

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

async function uploaded(mode: 'good_rows' | 'all_or_nothing') {
  const { organizationId, key } = await app.otherOrganization(`Company ${randomUUID()}`)
  const api = app.apiAs(key)
  const { body } = await api('POST', '/imports?source=big', file, { 'content-type': 'text/csv' })
  await api('PUT', `/imports/${body.importId}/settings`, { facility: 'MAIN' })
  const services = { database: app.database, clock: systemClock }
  const work = () => workOnImport(services, organizationId, body.importId)
  const view = async () => (await api('GET', `/imports/${body.importId}`)).body
  expect((await view()).status).toBe('checking')
  await work()
  expect((await view()).counts).toMatchObject({ new: 3000, bad: 0 })
  const started = await api('POST', `/imports/${body.importId}/run`, { mode })
  expect(started.body.status).toBe('running')
  return { organizationId, api, importId: body.importId as string, services, work, view }
}

async function onHand(organizationId: OrganizationId): Promise<number> {
  const { rows } = await app.admin.query<{ sum: string | null }>('select sum(on_hand) as sum from balance where organization_id = $1', [organizationId])
  return Number(rows[0]?.sum ?? 0)
}

async function movements(organizationId: OrganizationId): Promise<number> {
  const { rows } = await app.admin.query<{ count: number }>('select count(*)::int as count from movement where organization_id = $1', [organizationId])
  return rows[0]?.count ?? -1
}

describe('a large import', () => {
  test('goes on after a crash where it was, and nothing is there twice', async () => {
    const { organizationId, importId, services, work, view } = await uploaded('good_rows')
    const record = await app.database.inTransaction(organizationId, (tx) => loadImport(tx, organizationId, importId))
    // the process dies between the second chunk and the third
    let chunks = 0
    const dying: RunServices = { ...services, organizationId, onProgress: () => ((chunks += 1) === 2 ? Promise.reject(new Error('killed')) : Promise.resolve(false)) }
    await expect(runImport(dying, record)).rejects.toThrow('killed')
    expect(await movements(organizationId)).toBe(2)
    expect((await view()).progress).toEqual({ done: 2000, total: 3000 })
    await work()
    expect(await view()).toMatchObject({ status: 'done', counts: { done: 3000, failed: 0 }, progress: { done: 3000, total: 3000 } })
    expect([await onHand(organizationId), await movements(organizationId)]).toEqual([SUM, 3])
    expect((await verifyOrganization(app.database, organizationId)).findings).toEqual([])
  })

  test('of which a chunk was posted but nobody noted it goes on with the next', async () => {
    const { organizationId, importId, services, work } = await uploaded('good_rows')
    const record = await app.database.inTransaction(organizationId, (tx) => loadImport(tx, organizationId, importId))
    await runImport({ ...services, organizationId, onProgress: () => Promise.resolve(false) }, record)
    await work()
    expect([await onHand(organizationId), await movements(organizationId)]).toEqual([SUM, 3])
  })

  test('is stopped between two chunks, is taken up again, and is taken back', async () => {
    const { organizationId, api, importId, work, view, services } = await uploaded('good_rows')
    const record = await app.database.inTransaction(organizationId, (tx) => loadImport(tx, organizationId, importId))
    await runImport({ ...services, organizationId, onProgress: () => Promise.resolve(true) }, record)
    await api('POST', `/imports/${importId}/cancel`)
    await work()
    expect(await view()).toMatchObject({ status: 'cancelled', counts: { done: 1000 } })
    expect((await api('PUT', `/imports/${importId}/settings`, { facility: 'OTHER' })).body.code).toBe('import_not_ready')
    await api('POST', `/imports/${importId}/run`, { mode: 'good_rows' })
    await work()
    expect([(await view()).status, await onHand(organizationId)]).toEqual(['done', SUM])
    await api('POST', `/imports/${importId}/undo`)
    await work()
    expect([(await view()).status, await onHand(organizationId)]).toEqual(['undone', 0])
    expect((await verifyOrganization(app.database, organizationId)).findings).toEqual([])
  })

  test('of all or nothing leaves nothing behind where it is stopped, and everything where it is not', async () => {
    const { organizationId, importId, services, work, view } = await uploaded('all_or_nothing')
    const record = await app.database.inTransaction(organizationId, (tx) => loadImport(tx, organizationId, importId))
    let chunks = 0
    expect(await runImport({ ...services, organizationId, onProgress: () => Promise.resolve((chunks += 1) === 2) }, record)).toEqual({ status: 'cancelled' })
    expect([await onHand(organizationId), await movements(organizationId)]).toEqual([0, 0])
    await work()
    expect(await view()).toMatchObject({ status: 'done', counts: { done: 3000 } })
    expect([await onHand(organizationId), await movements(organizationId)]).toEqual([SUM, 3])
  })

  test('is worked on by one process at a time, and taken over from one that is gone', async () => {
    const { organizationId, importId, services, work, view } = await uploaded('good_rows')
    const held = (heartbeat: string) => app.database.inTransaction(organizationId, (tx) => tx.run(sql`update import set worker = ${randomUUID()}, heartbeat_at = ${heartbeat} where organization_id = ${organizationId} and import_id = ${importId}`))
    await held(systemClock())
    expect([await work(), await workOnImports(services)]).toEqual([false, 0])
    await held('2020-01-01T00:00:00Z')
    expect(await workOnImports(services)).toBe(1)
    expect((await view()).status).toBe('done')
  })

  test('is left at the next chunk by a process that is told to end', async () => {
    const { organizationId, importId, services, work, view } = await uploaded('good_rows')
    await workOnImport({ ...services, isStopping: () => true }, organizationId, importId)
    expect([(await view()).status, await movements(organizationId)]).toEqual(['running', 1])
    await work()
    expect([(await view()).status, await onHand(organizationId)]).toEqual(['done', SUM])
  })
})

test('a small import answers with its end, also where a worker had it in hand already', async () => {
  const { key } = await app.otherOrganization(`Company ${randomUUID()}`)
  const api = app.apiAs(key)
  const { body } = await api('POST', '/imports?source=small', 'SKU,Lot,Bin,Qty\nSALT,S1,RACK,5\n', { 'content-type': 'text/csv' })
  expect(body.status).toBe('asking')
  await app.admin.query('update import set worker = $2, heartbeat_at = now() where import_id = $1', [body.importId, randomUUID()])
  const answer = api('PUT', `/imports/${body.importId}/settings`, { facility: 'MAIN' })
  await expect.poll(async () => (await api('GET', `/imports/${body.importId}`)).body.status).toBe('checking')
  await app.admin.query('update import set worker = null where import_id = $1', [body.importId])
  expect((await answer).body).toMatchObject({ status: 'ready', counts: { new: 1 } })
})
