import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fold } from '#src/lib/fold.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { ok, refused } from '../../test/support/command.ts'
import { mastersOf } from '../../test/support/masters.ts'

// what an item of a list holds is for its own slice's tests
// oxlint-disable-next-line no-explicit-any
type Item = any
type Key = string | number | null

/** How each list can be put in order: by its items' own fields, above the id. */
const lists: readonly { path: string; id: (item: Item) => string; sorts: Readonly<Record<string, (item: Item) => readonly Key[]>> }[] = [
  { path: '/products', id: (item) => item.productId, sorts: { sku: (item) => [fold(item.sku)], name: (item) => [item.name.toLowerCase()], created: () => [] } },
  { path: '/lots', id: (item) => item.lotId, sorts: { code: (item) => [item.code.toLowerCase()], due: (item) => [dueOf(item)], product: (item) => [item.product.name.toLowerCase(), item.product.productId, item.code.toLowerCase()], created: () => [] } },
  { path: '/units', id: (item) => item.unitId, sorts: { serial: (item) => [fold(item.serial)], created: () => [] } },
  { path: '/plates', id: (item) => item.plateId, sorts: { code: (item) => [fold(item.code)], created: () => [] } },
  { path: '/places', id: (item) => item.placeId, sorts: { code: (item) => [item.code.toLowerCase()], name: (item) => [item.name.toLowerCase()], created: () => [] } },
  { path: '/parties', id: (item) => item.partyId, sorts: { name: (item) => [item.name.toLowerCase()], code: (item) => [item.code?.toLowerCase() ?? null], created: () => [] } },
  { path: '/movements', id: (item) => item.movementId, sorts: { occurred: (item) => [item.occurredAt, item.recordedAt], recorded: (item) => [item.recordedAt] } },
  ...['product', 'lot', 'lot,place', 'place', 'facility', 'lot,place,owner,plate'].map((by) => ({
    path: `/stock?by=${by}`, id: stockId,
    sorts: {
      product: (item: Item) => [item.product.toLowerCase()], onHand: (item: Item) => [Number(item.onHand)],
      ...(by.includes('lot') && { lot: (item: Item) => [item.lot?.toLowerCase() ?? null], due: (item: Item) => [dueByLot.get(item.lotId) ?? null] }),
      ...(by.includes('place') && { place: (item: Item) => [item.place.toLowerCase()] }),
    },
  })),
]
const asked = lists.flatMap((list) => Object.entries(list.sorts).flatMap(([sort, keyOf]) => [sort, `-${sort}`].map((each) => ({ ...list, sort: each, keyOf }))))

let app: TestApp
const dueByLot = new Map<string, string | null>()
const ids: Record<string, string> = {}
let made = 0

beforeAll(async () => {
  app = await createTestApp()
  const scene = mastersOf(app.api)
  const post = (path: string, body: object) => ok(app.api('POST', path, body))
  // names and codes in no order, alike but for case and O and 0, some twice
  for (const [at, name] of ['Butter', 'butter salted', 'Cream', 'Apple', 'apple', 'Zinc', 'Milk', 'Milk'].entries()) {
    ids[`product ${at}`] = (await post('/products', { sku: `${['Q', 'a', 'B', 'z'][at % 4]}-${name.length}${at}`, name, baseUom: 'kg', tracking: at === 5 ? 'serial' : 'lot', dateKind: 'use_by' })).productId
  }
  await ok(app.api('POST', `/products/${ids['product 7']}/archive`))
  ids['serial'] = ids['product 5'] ?? ''
  for (const [at, name] of ['Hill Farm', 'hill top', 'Vale', 'Dale Dairy'].entries()) ids[`party ${at}`] = (await post('/parties', { name, roles: at % 2 ? ['customer'] : ['supplier', 'maker'], ...(at < 2 ? { code: ['H-1', 'a-2'][at] } : {}) })).partyId
  for (const code of ['DOCK', 'aisle-2', 'AISLE-1', 'COLD']) ids[code] = await scene.place(code)
  for (const code of ['P-1', 'p-0', 'Z']) ids[code] = await scene.plate(code)
  for (let n = 0; n < 24; n += 1) {
    await post('/movements/receive', {
      from: { supplier: ids[`party ${n % 3 === 0 ? 2 : 0}`] }, occurredAt: `2026-0${(n % 5) + 1}-1${n % 3}T08:00:00Z`, ...(n % 4 === 0 ? { references: [{ type: 'purchase_order', number: `PO-${n % 8}` }] } : {}),
      lines: [{
        product: ids[`product ${n % 5}`], lot: { code: `${n % 2 ? 'x' : 'X'}-${(n * 7) % 24}` }, quantity: String((n * 5) % 7 + 1), to: ids[['DOCK', 'aisle-2', 'AISLE-1', 'COLD'][n % 4] ?? ''],
        ...(n % 3 === 0 ? {} : { dates: { useBy: `2027-0${(n % 6) + 1}-01` } }), ...(n % 6 === 0 ? { family: 'DAY-1' } : {}), ...(n % 4 === 1 ? { plate: ids['P-1'] } : {}),
      }],
    })
  }
  await post('/movements/receive', { from: { supplier: ids['party 0'] }, lines: [{ product: ids['serial'], units: Array.from({ length: 20 }, (_, n) => ({ serial: `${n % 2 ? 's' : 'S'}${(n * 7) % 20}-O` })), to: ids['DOCK'] }] })
  await post('/movements/ship', { to: { customer: ids['party 1'] }, lines: [{ product: ids['serial'], units: [{ serial: 'S0-O' }, { serial: 's7-O' }], from: ids['DOCK'] }] })
  const lots = (await ok(app.api('GET', '/lots?limit=100'))).items
  for (const lot of lots) dueByLot.set(lot.lotId, dueOf(lot))
  Object.assign(ids, { lot: lots[0].lotId, family: lots.find((lot: Item) => lot.family)?.family.familyId, held: lots[1].lotId })
  await post('/holds', { subject: 'lot', lot: ids['held'], product: lots[1].product.productId, reason: 'a question' })
  // a lot of which nothing is left
  const { lines: [line] } = await post('/movements/receive', { from: { supplier: ids['party 0'] }, lines: [{ product: ids['product 3'], lot: { code: 'X-100' }, quantity: '1', to: ids['COLD'] }] })
  ids['empty'] = line.lotId
  await post('/movements/destroy', { reason: 'torn', lines: [{ product: ids['product 3'], lot: line.lotId, quantity: '1', from: ids['COLD'] }] })
})
afterAll(() => app.close())

describe('every order of every list, both ways', () => {
  test.each(asked)('$path by $sort gives each row once, in that order, in pages of any size', async ({ path, sort, id, keyOf }) => {
    const all = await pageThrough(path, '', 100)
    expect(all.length).toBeGreaterThan(2)
    for (const limit of [1, 3, 100]) {
      const found = await pageThrough(path, `sort=${sort}`, limit)
      expect(found.map(id).sort()).toEqual(all.map(id).sort())
      expect(found.map(id)).toEqual(inOrder(found, sort.startsWith('-'), keyOf, id).map(id))
    }
  })

  test.each(lists)('$path goes on only in the order its cursor is of, and says so', async ({ path, sorts }) => {
    const [sort = ''] = Object.keys(sorts)
    const { next } = await ok(app.api('GET', address(path, `sort=${sort}&limit=1`)))
    expect(await refused(app.api('GET', address(path, `sort=-${sort}&limit=1&cursor=${next}`)))).toMatchObject({ status: 400, code: 'cursor_of_other_order', was: sort, sort: `-${sort}` })
    expect(await refused(app.api('GET', address(path, `sort=${sort}&cursor=WyJ4Il0`)))).toMatchObject({ status: 400, code: 'input_invalid', field: 'query.cursor' })
    expect(await refused(app.api('GET', address(path, 'sort=taste')))).toMatchObject({ status: 400, code: 'input_invalid' })
  })
})

/** A filter, and which of all rows it leaves. */
const filters: readonly [path: string, filter: () => string, leaves: (item: Item) => boolean][] = [
  ['/products', () => 'tracking=serial', ({ tracking }) => tracking === 'serial'],
  ['/products', () => 'search=mi', ({ name }) => name.startsWith('Milk')],
  ['/products', () => 'search=a&tracking=lot', ({ name, sku, tracking }) => tracking === 'lot' && (/^a/i.test(name) || /^a/i.test(sku))],
  ['/lots', () => `product=${ids['product 1']}`, ({ product }) => product.productId === ids['product 1']],
  ['/lots', () => `family=${ids['family']}`, ({ family }) => family?.familyId === ids['family']],
  ['/lots', () => `issuer=${ids['party 2']}`, ({ issuer }) => issuer.partyId === ids['party 2']],
  ['/lots', () => 'dueFrom=2027-03-01&dueTo=2027-05-01', (item) => (dueOf(item) ?? '') >= '2027-03-01' && (dueOf(item) ?? '9') <= '2027-05-01'],
  ['/lots', () => 'held=true', ({ lotId }) => lotId === ids['held']],
  ['/lots', () => 'inStock=true', ({ lotId }) => lotId !== ids['empty']],
  ['/lots', () => `search=x-1&inStock=true&issuer=${ids['party 0']}`, ({ code, lotId, issuer }) => /^x-1/i.test(code) && lotId !== ids['empty'] && issuer.partyId === ids['party 0']],
  ['/units', () => 'state=here', ({ place }) => place?.internal === true],
  ['/units', () => 'state=gone', ({ place }) => place?.internal === false],
  ['/units', () => 'state=expected', () => false],
  ['/units', () => `place=${ids['DOCK']}`, ({ place }) => place?.placeId === ids['DOCK']],
  ['/units', () => `product=${ids['serial']}&search=s1`, ({ serial }) => /^s1/i.test(serial)],
  ['/plates', () => 'search=p', ({ code }) => /^p/i.test(code)],
  ['/places', () => 'search=aisle', ({ code }) => /^aisle/i.test(code)],
  ['/places', () => 'kind=facility', ({ kind }) => kind === 'facility'],
  ['/parties', () => 'role=customer', ({ roles }) => roles.includes('customer')],
  ['/parties', () => 'search=h', ({ name, code }) => /^h/i.test(name) || /^h/i.test(code ?? '')],
  ['/movements', () => 'kind=ship', ({ kind }) => kind === 'ship'],
  ['/movements', () => 'referenceNumber=PO-4', ({ references }) => references.some((one: Item) => one.number === 'PO-4')],
  ['/movements', () => `productId=${ids['product 2']}`, ({ lines }) => lines.some((line: Item) => line.productId === ids['product 2'])],
  ['/movements', () => `partyId=${ids['party 2']}&kind=receive`, ({ kind, lines }) => kind === 'receive' && lines.some((line: Item) => line.from.partyId === ids['party 2'])],
  ['/movements', () => `placeId=${ids['COLD']}&occurredFrom=2026-02-01T00:00:00Z`, ({ occurredAt, lines }) => occurredAt >= '2026-02-01' && lines.some((line: Item) => [line.from.placeId, line.to.placeId].includes(ids['COLD']))],
  ['/movements', () => 'actorId=nobody', () => false],
  ['/stock?by=lot', () => 'held=true', ({ lotId }) => lotId === ids['held']],
  ['/stock?by=lot,place', () => `placeId=${ids['COLD']}`, ({ placeId }) => placeId === ids['COLD']],
]

describe('filters', () => {
  test.each(filters)('%s: what one leaves, whatever the order', async (path, filter, leaves) => {
    const list = lists.find((one) => one.path === path)
    const all = await pageThrough(path, '', 100)
    const expected = all.filter(leaves).map((item) => list?.id(item)).sort()
    expect((await pageThrough(path, filter(), 100)).map((item) => list?.id(item)).sort()).toEqual(expected)
    for (const sort of Object.keys(list?.sorts ?? {}).flatMap((one) => [one, `-${one}`])) {
      const found = await pageThrough(path, `${filter()}&sort=${sort}`, 2)
      expect([sort, found.map((item) => list?.id(item)).sort()]).toEqual([sort, expected])
      expect(found.map((item) => list?.id(item))).toEqual(inOrder(found, sort.startsWith('-'), list?.sorts[sort.replace('-', '')] ?? (() => []), list?.id ?? (() => '')).map((item) => list?.id(item)))
    }
  })

  test('actors: mine are all of mine', async () => {
    const [{ actor }] = (await ok(app.api('GET', '/movements?limit=1'))).items
    expect((await pageThrough('/movements', `actorId=${actor.id}&sort=recorded`, 5)).length).toBe((await pageThrough('/movements', '', 100)).length)
  })

  test('archived products are asked for as such, in any order', async () => {
    expect((await pageThrough('/products', 'archived=true&sort=-name', 5)).map(({ productId }) => productId)).toEqual([ids['product 7']])
  })

  test.each([
    ['a range of days that ends before it begins', '/lots?dueFrom=2027-02-01&dueTo=2027-01-01', { status: 422, code: 'range_backwards' }],
    ['stock by lot where it is not broken down by lot', '/stock?by=product&sort=lot', { status: 400, code: 'input_invalid', field: 'query.sort' }],
    ['what was on hold at another time', '/stock?held=true&at=2026-01-01T00:00:00Z', { status: 400, code: 'input_invalid', field: 'query.held' }],
  ])('%s is refused', async (_, path, problem) => {
    expect(await refused(app.api('GET', path))).toMatchObject(problem)
  })

  test('stock as of an instant has the same orders', async () => {
    const at = new Date().toISOString()
    for (const sort of ['product', '-lot', 'due', '-place', 'onHand']) {
      const then = await pageThrough(`/stock?by=lot,place&at=${at}`, `sort=${sort}`, 4)
      expect(then.map(stockId)).toEqual((await pageThrough('/stock?by=lot,place', `sort=${sort}`, 100)).map(stockId))
    }
  })
})

describe('while more is put in between the pages', () => {
  test.each(asked.filter(({ path }) => ['/products', '/lots', '/stock?by=lot'].includes(path)))('$path by $sort gives what was there once', async ({ path, sort, id }) => {
    const before = (await pageThrough(path, '', 100)).map(id)
    const found: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: Item[]; next: string | null } = await ok(app.api('GET', address(path, `sort=${sort}&limit=4${cursor && `&cursor=${cursor}`}`)))
      found.push(...page.items.map(id))
      cursor = page.next
      made += 1
      if (found.length > 24) continue
      if (made % 3 === 0) await ok(app.api('POST', '/products', { sku: `NEW-${made}`, name: `${['a', 'M', 'z'][made % 3]} new`, tracking: 'lot' }))
      await ok(app.api('POST', '/movements/receive', { from: { supplier: ids['party 0'] }, lines: [{ product: ids['product 3'], lot: { code: `${['A', 'm', 'Z'][made % 3]}-NEW-${made}` }, quantity: '1', to: ids['COLD'] }] }))
    }
    expect(new Set(found).size).toBe(found.length)
    expect(before.filter((one) => !found.includes(one))).toEqual([])
  })
})

function address(path: string, query: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${query}`
}

async function pageThrough(path: string, query: string, limit: number): Promise<Item[]> {
  const found: Item[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: Item[]; next: string | null } = await ok(app.api('GET', address(path, `${query}&limit=${limit}${cursor && `&cursor=${cursor}`}`)))
    expect(page.items.length).toBeLessThanOrEqual(limit)
    found.push(...page.items)
    cursor = page.next
    if (found.length > 1000) throw new Error('it has no end')
  }
  return found
}

/** Put in order by the fields, the id last; what has no value comes last either way. */
function inOrder(items: readonly Item[], descending: boolean, keyOf: (item: Item) => readonly Key[], id: (item: Item) => string): Item[] {
  const compare = (a: Key, b: Key): number => (a === b ? 0 : a === null ? (descending ? -1 : 1) : b === null ? (descending ? 1 : -1) : a < b ? -1 : 1)
  return items.toSorted((a, b) => {
    const pairs = [...keyOf(a), id(a)].map((key, at) => compare(key, [...keyOf(b), id(b)][at] ?? null))
    return (pairs.find((one) => one !== 0) ?? 0) * (descending ? -1 : 1)
  })
}

function stockId(item: Item): string {
  return [item.productId, item.lotId, item.placeId, item.facilityId, item.ownerId, item.plateId].filter((part) => part !== undefined).map((part) => part ?? '00000000-0000-0000-0000-000000000000').join(' ')
}

function dueOf({ useBy, expiresOn, bestBy, sellBy }: Item): string | null {
  return useBy ?? expiresOn ?? bestBy ?? sellBy
}
