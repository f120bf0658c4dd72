import { afterAll, beforeAll, expect, test } from 'vitest'
import { inParallel, openHouse, tally, type House } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('eight clients find each other\'s bicycles in opposite places: every one is put right, none meets a deadlock', async () => {
  const bike = await house.product('BIKE', 'serial')
  const serials = (place: string): string[] => Array.from({ length: 32 }, (_, at) => `${place}-${at}`)
  for (const place of ['DOCK', 'SHELF']) {
    await house.done('/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: [{ product: bike, units: serials(place).map((serial) => ({ serial })), to: { code: place } }] })
  }
  const answers = await inParallel(8, 64, (index) => {
    const [here, booked] = index % 2 === 0 ? ['DOCK', 'SHELF'] : ['SHELF', 'DOCK']
    return house.ask('POST', '/movements/ship', { itIsHere: true, to: { customer: { code: 'SHOP' } }, lines: [{ product: bike, units: [{ serial: `${booked}-${index >> 1}` }], from: { code: here } }] })
  })
  expect(tally(answers)).toEqual({ 200: 64 })
  expect(answers.every(({ body }) => body.exceptions.length === 1)).toBe(true)
  expect(await house.balance(bike, null)).toEqual({ onHand: 0, allocated: 0 })
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})

test('one crate more than the book has, wanted by eight: each is found, each is told', async () => {
  const crate = await house.product('CRATE', 'lot')
  await house.stock(crate, 'C-1', 3)
  const answers = await inParallel(8, 8, () => house.ask('POST', '/movements/ship', { itIsHere: true, to: { customer: { code: 'SHOP' } }, lines: [{ product: crate, lot: { code: 'C-1' }, quantity: '1', from: { code: 'DOCK' } }] }))
  expect(tally(answers)).toEqual({ 200: 8 })
  expect(answers.filter(({ body }) => body.exceptions.length === 1)).toHaveLength(5)
  expect(await house.balance(crate, 'C-1')).toEqual({ onHand: 0, allocated: 0 })
  await house.booksAreRight()
})
