import { afterAll, beforeAll, expect, test } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '#src/lib/id.ts'
import type { HttpAnswer } from '../support/http.ts'
import { openHouse, tally, type House } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const doors: { readonly [name: string]: (line: object, index: number) => Promise<HttpAnswer> } = {
  ship: (line) => house.ask('POST', '/movements/ship', { to: { customer: { code: 'SHOP' } }, lines: [{ ...line, from: { code: 'DOCK' } }] }),
  reserve: (line, index) => house.ask('POST', '/allocations', { demand: { type: 'sales_order', number: `H-${index}` }, lines: [{ ...line, from: { code: 'DOCK' } }] }),
}

async function placeHold(subject: 'lot' | 'place', sku: string): Promise<void> {
  const client = await house.app.admin.connect()
  const placedAt = new Date().toISOString()
  try {
    await client.query('begin')
    const { rows } = subject === 'lot'
      ? await client.query<{ id: string }>(`select lot_id as id from lot join product using (organization_id, product_id) where sku = $1 and lot.code is not null for update of lot`, [sku])
      : await client.query<{ id: string }>(`select place_id as id from place where code = 'DOCK' for update`)
    await client.query(`select pg_advisory_xact_lock(hashtextextended($1 || '/holds', 0))`, [house.app.organizationId])
    await client.query(`insert into hold (organization_id, hold_id, subject, subject_id, reason, placed_at, placed_by, command_id) values ($1, $2, $3, $4, 'no certificate', $5, 'test', $2)`,
      [house.app.organizationId, newId(), subject, rows[0]?.id, placedAt])
    await client.query('commit')
  } finally {
    client.release()
  }
}

test.each([['ship', 'lot'], ['reserve', 'lot'], ['ship', 'place']] as const)('32 clients %s while a hold is placed on the %s: from its answer on nothing more leaves or is promised', async (door, subject) => {
  const sku = `HELD-${door}-${subject}`
  const product = await house.product(sku, 'lot')
  await house.stock(product, 'L1', 10_000)
  let held = false
  let after = 0
  const answers: HttpAnswer[] = []
  const late: HttpAnswer[] = []
  const clients = Array.from({ length: 32 }, async (_, client) => {
    // each goes on until it has asked three times after the hold's answer
    for (let index = 0, told = 0; told < 3 && index < 1_000; index += 1) {
      const asked = held
      const answer = await doors[door]!({ product, lot: { code: 'L1' }, quantity: '1' }, client * 1_000 + index)
      ;(asked ? late : answers).push(answer)
      if (asked) told += 1
    }
  })
  while (answers.filter(({ status }) => status === 200).length < 100) await sleep(5)
  await placeHold(subject, sku)
  const atHold = await house.balance(product, 'L1')
  held = true
  after = late.length
  await Promise.all(clients)
  expect(after).toBe(0)
  expect(tally(late)).toEqual({ on_hold: 96 })
  expect(Object.keys(tally(answers)).filter((code) => code !== '200' && code !== 'on_hold')).toEqual([])
  expect(await house.balance(product, 'L1')).toEqual(atHold)
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
  await house.app.admin.query('update hold set released_at = now() where released_at is null')
})
