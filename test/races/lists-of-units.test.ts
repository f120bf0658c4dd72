import { afterAll, beforeAll, expect, test } from 'vitest'
import { inParallel, openHouse, tally, type House } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('lists of movements, single movements and holds over the same few bicycles: whatever waits for whom, every client is answered', async () => {
  const bike = await house.product('BIKE', 'serial')
  const serials = Array.from({ length: 6 }, (_, at) => `B-${at}`)
  await house.done('/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: [{ product: bike, units: serials.map((serial) => ({ serial })), to: { code: 'DOCK' } }] })
  const move = (serial: string | undefined, there: boolean) => ({ lines: [{ product: bike, units: [{ serial }], from: { code: there ? 'DOCK' : 'SHELF' }, to: { code: there ? 'SHELF' : 'DOCK' } }] })
  const answers = await inParallel(8, 160, async (index, client) => {
    const order = index % 2 === 0 ? serials : serials.toReversed()
    if (client < 3) return house.ask('POST', '/movements/bulk', { atomic: true, movements: order.slice(0, 3).flatMap((serial) => [{ kind: 'move', ...move(serial, true) }, { kind: 'move', ...move(serial, false) }]) })
    if (client < 7) return house.ask('POST', '/movements/move', move(serials[index % 6], index % 4 < 2))
    const { holdId } = await house.done('/holds', { subject: 'unit', product: bike, unit: { serial: serials[index % 6] }, reason: 'recalled?' })
    return house.ask('POST', `/holds/${holdId}/release`, { reason: 'no' })
  })
  const { 200: done = 0, ...refused } = tally(answers)
  expect(done).toBeGreaterThan(20)
  expect(Object.keys(refused).filter((code) => code !== 'unit_elsewhere' && code !== 'stock_insufficient')).toEqual([])
  expect(await house.balance(bike, null)).toEqual({ onHand: 6, allocated: 0 })
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})
