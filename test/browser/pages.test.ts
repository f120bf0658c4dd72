import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, desk, openHouse, phone, seriousFaults, sideways, type House, type Visit } from './browser.ts'

describe.skipIf(chromiumPath === null)('every page', () => {
  let house: House
  let addresses: readonly string[]
  beforeAll(async () => {
    house = await openHouse({ furnished: true })
    const visit = await house.visit()
    await visit.signIn()
    addresses = await addressesOf(visit)
  }, 120_000)
  afterAll(() => house?.close())

  // in the dark only colours differ, so one page of each kind is enough
  test.each([['at a desk', desk, 'light'], ['on a phone', phone, 'light'], ['in the dark', desk, 'dark']] as const)('%s has no serious fault of accessibility, fits the screen, and complains of nothing', async (_, viewport, colorScheme) => {
    const visit = await house.visit({ viewport, colorScheme })
    await visit.signIn()
    for (const address of addresses.filter((one) => colorScheme === 'light' || !one.includes('?'))) {
      await visit.open(address)
      expect([address, await visit.page.locator('h1').count(), await seriousFaults(visit.page), await sideways(visit.page), visit.complaints()]).toEqual([address, 1, [], 0, []])
    }
    await visit.context.close()
  }, 600_000)
})

/** One of each page there is, lists empty and full, a lot on hold, a lot as of then. */
async function addressesOf({ get }: Visit): Promise<readonly string[]> {
  const first = async (list: string, id: string): Promise<string> => String((await get(list)).items[0]?.[id])
  const lot = await first('/lots?search=CR-1108', 'lotId')
  const movements = (await get('/movements?limit=100')).items
  const movement = (kind: string): string => `/movements/${movements.find((one) => one['kind'] === kind)?.['movementId']}`
  return [
    '/', '/welcome', '/begin', '/demo-companies', '/stock', '/stock?by=lot,place', `/stock?at=${new Date(Date.now() - 30 * 86_400_000).toISOString()}`, '/products', '/products?q=nothing', `/products/${await first('/products?search=CREAM', 'productId')}`, `/products/${await first('/products?search=PUMP', 'productId')}`,
    '/lots', '/lots?q=nothing', `/lots/${lot}`, `/lots/${lot}?at=${new Date(Date.now() - 9.5 * 86_400_000).toISOString()}&known=then`, `/lots/${await first('/lots?search=VF', 'lotId')}`, `/lots/${await first('/lots?search=MC-88', 'lotId')}?tab=units`,
    '/units', `/units/${await first('/units?search=P20-002O', 'unitId')}`, '/movements', '/movements?kind=change_owner', movement('transform'), movement('reverse'),
    '/places', '/places?outside=true', `/places/${await first('/places?search=COLD-1', 'placeId')}`, '/parties', `/parties/${await first('/parties?search=Corner', 'partyId')}`, '/plates', `/plates/${await first('/plates', 'plateId')}`, '/settings', '/help', '/help?q=hold', '/help/lots', '/help/api/start', '/nowhere', `/lots/${crypto.randomUUID()}`,
  ]
}
