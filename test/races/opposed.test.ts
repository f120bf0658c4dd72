import { afterAll, beforeAll, expect, test } from 'vitest'
import { inParallel, openHouse, tally, type House } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('eight clients carry twenty lots from dock to shelf and back in opposite orders: none meets a deadlock', async () => {
  const product = await house.product('CRATE', 'lot')
  const lots = Array.from({ length: 20 }, (_, at) => `C-${String(at).padStart(2, '0')}`)
  for (const place of ['DOCK', 'SHELF']) {
    await house.done('/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: lots.map((code) => ({ product, lot: { code }, quantity: '200', to: { code: place } })) })
  }
  const answers = await inParallel(8, 800, (index, client) => {
    const [from, to] = client % 2 === 0 ? ['DOCK', 'SHELF'] : ['SHELF', 'DOCK']
    const some = pick(lots, 10, index)
    const order = client % 2 === 0 ? some : some.toReversed()
    return house.ask('POST', '/movements/move', { lines: order.map((code) => ({ product, lot: { code }, quantity: '2', from: { code: from }, to: { code: to } })) })
  })
  const { 200: moved = 0, ...refused } = tally(answers)
  expect(Object.keys(refused).filter((code) => code !== 'stock_insufficient')).toEqual([])
  expect(moved).toBeGreaterThan(600)
  expect(await house.balance(product, null)).toEqual({ onHand: 8_000, allocated: 0 })
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})

test('receipts, runs, shipments, owners and returns over the same few lots, each in its own order: none meets a deadlock', async () => {
  const product = await house.product('BRICK', 'lot')
  const lots = Array.from({ length: 8 }, (_, at) => `B-${at}`)
  await house.done('/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: lots.map((code) => ({ product, lot: { code }, quantity: '5000', to: { code: 'DOCK' } })) })
  const of = (code: string) => ({ product, lot: { code }, quantity: '1' })
  const kinds = [
    (some: readonly string[]) => house.ask('POST', '/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: some.map((code) => ({ ...of(code), to: { code: 'DOCK' } })) }),
    (some: readonly string[]) => house.ask('POST', '/movements/ship', { to: { customer: { code: 'SHOP' } }, lines: some.map((code) => ({ ...of(code), from: { code: 'DOCK' } })) }),
    (some: readonly string[]) => house.ask('POST', '/movements/transform', {
      inputs: some.slice(0, 3).map((code) => ({ ...of(code), from: { code: 'DOCK' } })), outputs: some.slice(3).map((code) => ({ ...of(code), lot: { code, issuer: { code: 'FARM' } }, to: { code: 'SHELF' } })),
    }),
    (some: readonly string[]) => house.ask('POST', '/movements/change-owner', { reason: 'sold in place', lines: some.map((code) => ({ ...of(code), owner: house.app.organizationId, place: { code: 'DOCK' }, toOwner: { code: 'VALLEY' } })) }),
    (some: readonly string[]) => house.ask('POST', '/movements/return', { from: { customer: { code: 'SHOP' } }, lines: some.map((code) => ({ ...of(code), to: { code: 'DOCK' } })) }),
    (some: readonly string[], index: number) => house.ask('POST', '/allocations', { demand: { type: 'sales_order', number: `B-${index}` }, lines: some.map((code) => ({ ...of(code), owner: house.app.organizationId, from: { code: 'DOCK' } })) }),
  ]
  const answers = await inParallel(12, 600, (index) => kinds[index % kinds.length]!(pick(lots, 6, index), index))
  expect(tally(answers)).toEqual({ 200: 600 })
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})

test('atomic lists of movements over the same few lots in opposite orders: all are done, none meets a deadlock', async () => {
  const product = await house.product('TILE', 'lot')
  const lots = Array.from({ length: 6 }, (_, at) => `T-${at}`)
  await house.done('/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: lots.map((code) => ({ product, lot: { code }, quantity: '1000', to: { code: 'DOCK' } })) })
  const answers = await inParallel(8, 80, (index) => house.ask('POST', '/movements/bulk', {
    atomic: true, movements: pick(lots, 6, index).map((code) => ({ kind: 'ship', to: { customer: { code: 'SHOP' } }, lines: [{ product, lot: { code }, quantity: '1', from: { code: 'DOCK' } }] })),
  }))
  expect(tally(answers)).toEqual({ 200: 80 })
  expect(await house.balance(product, null)).toEqual({ onHand: 5_520, allocated: 0 })
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})

test('first receipts of the same fifty new lots by eight clients, each in its own order: fifty lots, every sum right', async () => {
  const product = await house.product('YARN', 'lot')
  for (let round = 0; round < 5; round += 1) {
    const lots = Array.from({ length: 50 }, (_, at) => `Y-${round}-${at}`)
    const answers = await inParallel(8, 8, (index) => house.ask('POST', '/movements/receive', {
      from: { supplier: { code: 'FARM' } }, lines: pick(lots, 50, index).map((code) => ({ product, lot: { code }, quantity: '1', to: { code: 'DOCK' } })),
    }))
    expect(tally(answers)).toEqual({ 200: 8 })
  }
  const { rows } = await house.app.admin.query('select count(*)::int as lots, min(on_hand)::int as least, max(on_hand)::int as most from balance join lot using (organization_id, lot_id) where code like $1', ['Y-%'])
  expect(rows).toEqual([{ lots: 250, least: 8, most: 8 }])
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})

test('first receipts of the same two hundred new serials by four clients, each in its own order: one receipt has them all', async () => {
  const product = await house.product('LAMP', 'serial')
  for (let round = 0; round < 5; round += 1) {
    const serials = Array.from({ length: 200 }, (_, at) => `L-${round}-${at}`)
    const answers = await inParallel(4, 4, (index) => house.ask('POST', '/movements/receive', {
      from: { supplier: { code: 'FARM' } }, lines: [{ product, units: pick(serials, 200, index).map((serial) => ({ serial })), to: { code: 'DOCK' } }],
    }))
    expect(tally(answers)).toEqual({ 200: 1, unit_already_in_stock: 3 })
  }
  expect(await house.balance(product, null)).toEqual({ onHand: 1_000, allocated: 0 })
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})

test('the count of deadlocks counts', async () => {
  const clients = await Promise.all([house.app.admin.connect(), house.app.admin.connect()])
  for (const [at, client] of clients.entries()) await client.query(`begin; select pg_advisory_xact_lock(${at})`)
  const outcomes = await Promise.allSettled(clients.map((client, at) => client.query('select pg_advisory_xact_lock($1), pg_stat_force_next_flush()', [1 - at])))
  for (const client of clients) {
    await client.query('rollback; select pg_stat_force_next_flush()')
    client.release()
  }
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(await house.deadlocks()).toBe(1)
})

/** `count` of them, in an order that `seed` fixes. */
function pick<T>(all: readonly T[], count: number, seed: number): T[] {
  let state = (seed + 1) * 2_654_435_761
  const rest = [...all]
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return rest.splice(state % rest.length, 1)[0] as T
  })
}
