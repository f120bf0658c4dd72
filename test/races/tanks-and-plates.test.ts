import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HttpAnswer } from '../support/http.ts'
import { inParallel, openHouse, tally, type House } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('four clients draw from a tank while four fill it: what came in is in it or was drawn, and every draw adds up', async () => {
  const milk = await house.product('MILK', 'lot')
  const cheese = await house.product('CHEESE', 'lot')
  const answers = await inParallel(8, 200, (index, client) => (client % 2 === 0
    ? house.ask('POST', '/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: [{ product: milk, lot: { code: `M-${index % 12}` }, quantity: '10', to: { code: 'TANK' } }] })
    : house.ask('POST', '/movements/transform', { inputs: [{ product: milk, quantity: '7', from: { code: 'TANK' } }], outputs: [{ product: cheese, lot: { code: `K-${index}` }, quantity: '1', to: { code: 'SHELF' } }] })))
  const { 200: _, ...refused } = tally(answers)
  expect(Object.keys(refused).filter((code) => code !== 'stock_insufficient')).toEqual([])
  const kinds = (kind: string): HttpAnswer[] => answers.filter(({ status, body }) => status === 200 && body.kind === kind)
  expect(kinds('receive').length).toBeGreaterThan(20)
  expect(kinds('transform').length).toBeGreaterThan(20)
  for (const { body } of kinds('transform')) {
    const drawn = (body.lines as { role: string; quantity: string }[]).filter(({ role }) => role === 'input').map(({ quantity }) => Math.round(Number(quantity) * 1_000))
    expect(drawn.reduce((sum, part) => sum + part, 0)).toBe(7_000)
  }
  const left = await house.balance(milk, null, 'TANK')
  expect(left.onHand).toBeCloseTo(10 * kinds('receive').length - 7 * kinds('transform').length, 6)
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})

test('a plate carried to and fro while others pack it and unpack it: it is in one place, and nothing is lost', async () => {
  const jar = await house.product('JAR', 'lot')
  await house.stock(jar, 'J-1', 1_000)
  await house.done('/plates', { code: 'P-1' })
  const plate = { code: 'P-1' }
  const one = { product: jar, lot: { code: 'J-1' }, quantity: '1', place: { code: 'DOCK' } }
  await house.done('/movements/pack', { plate, lines: [{ ...one, quantity: '100' }] })
  const doors: readonly (() => Promise<HttpAnswer>)[] = [
    () => house.ask('POST', '/movements/pack', { plate, lines: [one] }),
    () => house.ask('POST', '/movements/move', { lines: [{ wholePlate: plate, to: { code: 'SHELF' } }] }),
    () => house.ask('POST', '/movements/unpack', { plate, lines: [one] }),
    () => house.ask('POST', '/movements/move', { lines: [{ wholePlate: plate, to: { code: 'DOCK' } }] }),
  ]
  const answers = await inParallel(8, 240, (index) => doors[index % doors.length]!())
  const { 200: succeeded, ...refused } = tally(answers)
  expect(succeeded).toBeGreaterThan(40)
  expect(Object.keys(refused).filter((code) => !['plate_elsewhere', 'stock_insufficient', 'nothing_moves', 'plate_empty'].includes(code))).toEqual([])
  const { rows } = await house.app.admin.query(`select count(distinct place_id)::int as places from balance join plate using (organization_id, plate_id) where code = 'P-1' and on_hand > 0`)
  expect(rows).toEqual([{ places: 1 }])
  expect(await house.balance(jar, 'J-1')).toEqual({ onHand: 1_000, allocated: 0 })
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})

test('a whole plate shipped by eight at once leaves once', async () => {
  const can = await house.product('CAN', 'lot')
  await house.stock(can, 'K-1', 100)
  for (let round = 0; round < 5; round += 1) {
    const plate = { code: `S-${round}` }
    await house.done('/plates', plate)
    await house.done('/movements/pack', { plate, lines: [{ product: can, lot: { code: 'K-1' }, quantity: '10', place: { code: 'DOCK' } }] })
    const answers = await inParallel(8, 8, () => house.ask('POST', '/movements/ship', { to: { customer: { code: 'SHOP' } }, lines: [{ wholePlate: plate }] }))
    expect(tally(answers)).toEqual({ 200: 1, plate_empty: 7 })
  }
  expect(await house.balance(can, 'K-1')).toEqual({ onHand: 50, allocated: 0 })
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})
