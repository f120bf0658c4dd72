import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { runTimers, startJobs, type JobServices } from './jobs.ts'

let app: TestApp
let now = '2026-11-23T12:00:00.000Z'
let services: JobServices
const told: string[] = []
beforeAll(async () => {
  app = await createTestApp({ clock: () => now })
  services = { database: app.database, clock: () => now, log: (line) => void told.push(line) }
})
afterAll(() => app.close())

describe('timers', () => {
  test('give stock free whose soft reservation is over, though nobody asks for it', async () => {
    await app.api('POST', '/places', { kind: 'facility', code: 'MAIN' })
    await app.api('POST', '/products', { sku: 'A', name: 'A', tracking: 'none' })
    await app.api('POST', '/movements/adjust', { reason: 'found', lines: [{ product: { sku: 'A' }, quantity: '5', place: { code: 'MAIN' }, direction: 'up' }] })
    const reserved = await app.api('POST', '/allocations', { demand: { type: 'basket', number: '1' }, firmness: 'soft', expiresAt: '2026-11-23T12:10:00Z', lines: [{ product: { sku: 'A' }, quantity: '4', from: { code: 'MAIN' } }] })
    expect(reserved.status).toBe(200)
    const allocated = async () => Number((await app.admin.query('select allocated from balance')).rows[0]?.allocated)
    await runTimers(services)
    now = '2026-11-23T12:09:00.000Z'
    await runTimers(services)
    expect(await allocated()).toBe(4)
    now = '2026-11-23T12:11:00.000Z'
    await runTimers(services)
    expect(await allocated()).toBe(0)
  })

  test('verify once a night, of several processes one', async () => {
    const verified = async () => (await app.admin.query('select count(*)::int as count from verification')).rows[0]?.count
    expect(await verified()).toBe(0)
    now = '2026-11-24T01:59:00.000Z'
    await runTimers(services)
    expect(await verified()).toBe(0)
    now = '2026-11-24T02:00:30.000Z'
    await Promise.all([runTimers(services), runTimers(services), runTimers(services)])
    now = '2026-11-24T09:00:00.000Z'
    await runTimers(services)
    expect([await verified(), told]).toEqual([1, []])
  })
})

test('jobs of a serving process take up an import by themselves, and stop when told', async () => {
  const file = `SKU,Lot,Qty\n${Array.from({ length: 1500 }, (_, at) => `S${at % 10},L${at},1`).join('\n')}\n`
  const jobs = startJobs(services, app.server.demos)
  try {
    const { body } = await app.api('POST', '/imports', file, { 'content-type': 'text/csv' })
    const until = async (status: string) => {
      for (;;) {
        const view = (await app.api('GET', `/imports/${body.importId}`)).body
        if (view.status === status) return view
        await sleep(50)
      }
    }
    await app.api('PUT', `/imports/${body.importId}/settings`, { facility: 'MAIN' })
    await until('ready')
    await app.api('POST', `/imports/${body.importId}/run`, {})
    expect((await until('done')).counts).toMatchObject({ done: 1500, failed: 0 })
  } finally {
    await jobs.stop()
  }
  expect(told).toEqual([])
})
