import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HttpAnswer } from '../support/http.ts'
import { openHouse, tally, type House } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const doors: { readonly [name: string]: (line: object, index: number) => Promise<HttpAnswer> } = {
  ship: (line) => house.ask('POST', '/movements/ship', { to: { customer: { code: 'SHOP' } }, lines: [{ ...line, from: { code: 'DOCK' } }] }),
  transform: (line) => house.ask('POST', '/movements/transform', { inputs: [{ ...line, from: { code: 'DOCK' } }], outputs: [{ ...line, lot: { code: 'MADE' }, to: { code: 'SHELF' } }] }),
  reserve: (line, index) => house.ask('POST', '/allocations', { demand: { type: 'sales_order', number: `H-${index}` }, lines: [{ ...line, from: { code: 'DOCK' } }] }),
}

const subjects = {
  lot: (product: { sku: string }) => ({ subject: 'lot', product, lot: { code: 'L1' }, reason: 'no certificate' }),
  place: () => ({ subject: 'place', place: { code: 'DOCK' }, reason: 'flooded' }),
} as const

test.each([['ship', 'lot'], ['reserve', 'lot'], ['transform', 'lot'], ['ship', 'place']] as const)('32 clients %s while a hold is placed on the %s: from its answer on nothing more leaves or is promised', async (door, subject) => {
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
  const { holdId } = await house.done('/holds', subjects[subject](product))
  const atHold = await house.balance(product, 'L1', 'DOCK')
  held = true
  after = late.length
  await Promise.all(clients)
  expect(after).toBe(0)
  expect(tally(late)).toEqual({ on_hold: 96 })
  expect(Object.keys(tally(answers)).filter((code) => code !== '200' && code !== 'on_hold')).toEqual([])
  expect(await house.balance(product, 'L1', 'DOCK')).toEqual(atHold)
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
  await house.done(`/holds/${holdId}/release`, { reason: 'certificate 881 arrived' })
  expect((await doors[door]!({ product, lot: { code: 'L1' }, quantity: '1' }, 99_999)).status).toBe(200)
})
