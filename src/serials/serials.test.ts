import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LotId, PartyId, ProductId } from '#src/lib/id.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { inCommand, ok, refusalOf, refused } from '../../test/support/command.ts'
import { meetUnits, type UnitRequest } from './register-units.ts'

let app: TestApp
let bike: ProductId
let cloth: ProductId
let lot: LotId
let noLot: LotId
let maker: PartyId
let other: PartyId
const nobody = '01890000-0000-7000-8000-000000000000'
beforeAll(async () => {
  app = await createTestApp({ poolSize: 20 })
  bike = (await ok(app.api('POST', '/products', { sku: 'BIKE', name: 'Bike', tracking: 'lot_and_serial' }))).productId
  cloth = (await ok(app.api('POST', '/products', { sku: 'CLOTH', name: 'Cloth', baseUom: 'm', tracking: 'serial', measured: true }))).productId
  noLot = (await ok(app.api('GET', `/products/${bike}`))).noLotId
  maker = (await ok(app.api('POST', '/parties', { name: 'Maker' }))).partyId
  other = (await ok(app.api('POST', '/parties', { name: 'Other' }))).partyId
  lot = await lotOf('L-1')
})
afterAll(() => app.close())

const lotOf = async (code: string): Promise<LotId> => (await ok(app.api('POST', '/lots', { product: bike, code, issuer: maker }))).lotId
const meet = (...requests: UnitRequest[]) => inCommand(app, (scope) => meetUnits(scope, requests))
const ask = (serial: string, more: Partial<UnitRequest> = {}): UnitRequest => ({ productId: bike, lotId: lot, issuerId: maker, serial, create: maker, ...more })
const get = (unitId: string | undefined) => ok(app.api('GET', `/units/${unitId}`))

describe('a unit is one by product, issuer and serial', () => {
  test('made once, met ever after; a serial or a piece as the product says', async () => {
    const [unit] = await meet(ask('007'))
    expect(await get(unit)).toMatchObject({ serial: '007', kind: 'serial', product: { sku: 'BIKE' }, lot: { lotId: lot, code: 'L-1' }, issuerId: maker, place: null, measure: '0', ownerId: null, version: 1 })
    expect(await meet(ask('007'), ask('007', { create: false, issuerId: null }), ask('007', { lotId: null }))).toEqual([unit, unit, unit])
    const [piece] = await meet(ask('ROLL-1', { productId: cloth, lotId: null }))
    expect(await get(piece)).toMatchObject({ kind: 'piece', lot: { code: null } })
  })

  test('the same serial of another issuer or product is another unit; without the issuer it is ambiguous', async () => {
    expect(new Set(await meet(ask('S1'), ask('S1', { issuerId: other, create: other }), ask('S1', { productId: cloth, lotId: null }), ask('s1'))).size).toBe(4)
    expect(await refusalOf(meet(ask('S1', { issuerId: null, create: false })))).toEqual({ refused: 'unit_ambiguous', data: { serial: 'S1', issuers: [maker, other].sort() } })
  })

  test('the same serial twice in one call is one unit', async () => {
    const [one, two] = await meet(ask('TWICE'), ask('TWICE'))
    expect(one).toBe(two)
  })

  test('a list of serials is looked up at once: what is known, what is called nearly so, what is not known', async () => {
    const [one] = await meet(ask('LIST-01'), ask('LIST-O2'))
    const { items } = await ok(app.api('GET', `/units/named?product=${bike}&serials=${encodeURIComponent('LIST-01\nLIST-02\nLIST-03\nLIST-01')}`))
    expect(items.map((unit: { asked: string; serial: string }) => [unit.asked, unit.serial])).toEqual([['LIST-01', 'LIST-01'], ['LIST-02', 'LIST-O2']])
    expect(items[0]).toMatchObject({ unitId: one, lot: { lotId: lot }, place: null, plateId: null, allocationId: null })
    expect((await ok(app.api('GET', `/units/named?product=${cloth}&serials=LIST-01`))).items).toEqual([])
    for (const serials of ['', '%0A', 'x'.repeat(91)]) expect((await app.api('GET', `/units/named?product=${bike}&serials=${serials}`)).body).toMatchObject({ code: 'input_invalid' })
  })

  test('serials that must exist and do not are named, five of them, and counted', async () => {
    const requests = ['U1', 'U2', 'U3', 'U4', 'U5', 'U6', '007'].map((serial) => ask(serial, { create: false }))
    expect(await refusalOf(meet(...requests))).toEqual({ refused: 'unit_unknown', data: { serials: ['U1', 'U2', 'U3', 'U4', 'U5'], count: 6 } })
  })

  test.each([['', 'it is empty'], ['x'.repeat(91), 'it has more than 90 characters'], ['a\tb', 'it has a control character']])('the serial %j is none', async (serial, why) => {
    expect(await refusalOf(meet(ask(serial)))).toMatchObject({ refused: 'serial_invalid', data: { why } })
  })

  test('a unit of another lot is refused; one without a lot that never moved joins the lot it is asked for with', async () => {
    const second = await lotOf('L-2')
    expect(await refusalOf(meet(ask('007', { lotId: second })))).toEqual({ refused: 'unit_of_other_lot', data: { serial: '007', lot, given: second } })
    const [fresh, moved] = await meet(ask('FRESH', { lotId: null }), ask('MOVED', { lotId: null }))
    expect((await get(fresh)).lot).toEqual({ lotId: noLot, code: null })
    await app.admin.query('update unit set last_movement_id = $2 where unit_id = $1', [moved, nobody])
    expect(await meet(ask('FRESH', { lotId: second }), ask('MOVED', { lotId: second }))).toEqual([fresh, moved])
    expect((await get(fresh)).lot.code).toBe('L-2')
    expect((await get(moved)).lot.code).toBeNull()
  })

  test("a unit of a merged lot is of the lot that stays", async () => {
    const [from, into] = [await lotOf('M-1'), await lotOf('M-2')]
    const [unit] = await meet(ask('MERGED', { lotId: from }))
    await app.admin.query('update lot set merged_into = $2 where lot_id = $1', [from, into])
    expect(await meet(ask('MERGED', { lotId: into }))).toEqual([unit])
    expect((await get(unit)).lot.code).toBe('M-2')
  })

  test('of a product nobody knows there is none', async () => {
    expect(await refusalOf(meet(ask('X', { productId: nobody as ProductId })))).toMatchObject({ refused: 'product_unknown' })
  })

  test('10,000 serials are a few statements and one audit row that names them all', async () => {
    const serials = Array.from({ length: 10_000 }, (_, at) => `SN${String(at).padStart(6, '0')}`)
    let statements = 0
    const { units, commandId } = await inCommand(app, async (scope) => {
      const tx = { rows: (s: never) => { statements += 1; return scope.tx.rows(s) }, row: (s: never) => { statements += 1; return scope.tx.row(s) }, run: (s: never) => { statements += 1; return scope.tx.run(s) } }
      return { units: await meetUnits({ ...scope, tx: tx as typeof scope.tx }, serials.map((serial) => ask(serial))), commandId: scope.commandId }
    })
    expect(new Set(units).size).toBe(10_000)
    expect(statements).toBeLessThan(7)
    const { rows } = await app.admin.query('select before, after from audit where command_id = $1', [commandId])
    expect(rows).toHaveLength(1)
    expect(rows[0].after[0]).toMatchObject({ productId: bike, lotId: lot, issuerId: maker })
    expect(rows[0].after[0].serials.toSorted()).toEqual(serials)
    expect(await meet(...serials.toReversed().map((serial) => ask(serial, { create: false })))).toEqual(units.toReversed())
  })

  test('first receipts of the same serials at once give one unit each, whichever order they come in', async () => {
    const serials = Array.from({ length: 50 }, (_, at) => `RACE-${at}`)
    const answers = await Promise.all(Array.from({ length: 12 }, async (_, client) => {
      const order = client % 2 === 0 ? serials : serials.toReversed()
      const units = await meet(...order.map((serial) => ask(serial)))
      return new Map(order.map((serial, at) => [serial, units[at]]))
    }))
    for (const serial of serials) expect(new Set(answers.map((answer) => answer.get(serial))).size).toBe(1)
  })
})

describe('properties of units', () => {
  test('are asked for where required, checked, changed', async () => {
    const { propertyId } = await ok(app.api('POST', '/properties', { subject: 'unit', key: 'colour', name: 'Colour', valueType: 'choice', choices: ['red', 'blue'], required: true }))
    expect(await refusalOf(meet(ask('P1')))).toMatchObject({ refused: 'property_missing', data: { subject: 'unit', property: 'colour' } })
    expect(await refusalOf(meet(ask('P1', { properties: { colour: 'green' } })))).toMatchObject({ refused: 'property_invalid' })
    const [unit] = await meet(ask('P1', { properties: { colour: 'red' } }))
    await ok(app.api('PATCH', `/units/${unit}`, { properties: { colour: 'blue' }, reason: 'painted' }, { 'if-match': '"1"' }))
    expect(await get(unit)).toMatchObject({ properties: { colour: 'blue' }, version: 2 })
    expect(await refused(app.api('PATCH', `/units/${unit}`, { properties: { colour: null } }))).toMatchObject({ status: 422, code: 'property_missing' })
    expect(await refused(app.api('PATCH', `/units/${unit}`, { properties: { colour: 'red' } }, { 'if-match': '"1"' }))).toMatchObject({ status: 412 })
    expect(await refused(app.api('PATCH', `/units/${nobody}`, { properties: {} }))).toMatchObject({ status: 404 })
    await ok(app.api('PATCH', `/properties/${propertyId}`, { archived: true }))
  })
})

describe('units are listed', () => {
  const page = (query: string) => ok(app.api('GET', `/units?${query}`))
  const all = async (query: string): Promise<string[]> => {
    const serials: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const { items, next }: { items: { serial: string }[]; next: string | null } = await page(`${query}&limit=2${cursor && `&cursor=${cursor}`}`)
      serials.push(...items.map((item) => item.serial))
      cursor = next
    }
    return serials
  }

  test('by what the serial begins with, of a lot, of a product, or newest first', async () => {
    const third = await lotOf('L-3')
    const chain = (await ok(app.api('POST', '/products', { sku: 'CHAIN', name: 'Chain', tracking: 'serial' }))).productId
    await meet(...['QO-1', 'Q0-2', 'q0-3'].map((serial) => ask(serial, { lotId: third })))
    await meet(...['QO-4', 'QO-5', 'QO-6'].map((serial) => ask(serial, { productId: chain, lotId: null })))
    expect(await all('search=qo')).toEqual(['QO-1', 'Q0-2', 'q0-3', 'QO-4', 'QO-5', 'QO-6'])
    expect(await all(`search=qo&lot=${third}`)).toEqual(['QO-1', 'Q0-2', 'q0-3'])
    expect((await all(`lot=${third}`)).sort()).toEqual(['Q0-2', 'QO-1', 'q0-3'])
    expect(await all(`product=${chain}`)).toEqual(['QO-4', 'QO-5', 'QO-6'])
    expect((await page('limit=1')).items).toMatchObject([{ product: { sku: 'CHAIN' } }])
    for (const query of ['', `lot=${third}&`, `product=${chain}&`, 'search=q&']) expect(await refused(app.api('GET', `/units?${query}cursor=WyJ4IiwieCJd`))).toMatchObject({ status: 400, field: 'query.cursor' })
    expect(await refused(app.api('GET', `/units/${nobody}`))).toMatchObject({ status: 404 })
  })
})

describe('a plate', () => {
  test('has an SSCC with its check digit, or a code of our own', async () => {
    const { plateId } = await ok(app.api('POST', '/plates', { sscc: '376104250021234569' }))
    expect(await ok(app.api('GET', `/plates/${plateId}`))).toMatchObject({ code: '376104250021234569', sscc: true, contents: [] })
    expect(await refused(app.api('POST', '/plates', { sscc: '376104250021234568' }))).toMatchObject({ status: 422, code: 'sscc_check_digit' })
    expect(await refused(app.api('POST', '/plates', { code: '376104250021234569' }))).toMatchObject({ status: 409, code: 'code_taken' })
    await ok(app.api('POST', '/plates', { code: 'PAL-1' }))
    await ok(app.api('POST', '/plates', { code: 'PAL-2' }))
    expect((await ok(app.api('GET', '/plates?search=pal'))).items.map((item: { code: string }) => item.code)).toEqual(['PAL-1', 'PAL-2'])
    const first = await ok(app.api('GET', '/plates?limit=2'))
    expect((await ok(app.api('GET', `/plates?limit=2&cursor=${first.next}`))).items.map((item: { code: string }) => item.code)).toEqual(['PAL-2'])
  })

  test('tells what is on it, and is archived only when that is nothing', async () => {
    const { plateId } = await ok(app.api('POST', '/plates', { code: 'FULL' }))
    const { placeId } = await ok(app.api('POST', '/places', { code: 'YARD', kind: 'facility' }))
    await app.admin.query('insert into balance (organization_id, product_id, lot_id, place_id, owner_id, plate_id, on_hand, allocated) values ($1, $2, $3, $4, $1, $5, 2.5, 1)', [app.organizationId, bike, lot, placeId, plateId])
    expect((await ok(app.api('GET', `/plates/${plateId}`))).contents).toEqual([{
      product: { productId: bike, sku: 'BIKE', name: 'Bike' }, lot: { lotId: lot, code: 'L-1' }, place: { placeId, code: 'YARD' }, ownerId: app.organizationId, onHand: '2.5', allocated: '1', secondOnHand: '0',
    }])
    expect(await refused(app.api('POST', `/plates/${plateId}/archive`))).toMatchObject({ status: 409, code: 'plate_not_empty', plate: 'FULL' })
    await app.admin.query('update balance set on_hand = 0, allocated = 0 where plate_id = $1', [plateId])
    await ok(app.api('POST', `/plates/${plateId}/archive`, { reason: 'broken' }))
    await ok(app.api('POST', '/plates', { code: 'FULL' }))
    expect(await refused(app.api('GET', `/plates/${nobody}`))).toMatchObject({ status: 404 })
    expect(await refused(app.api('POST', `/plates/${nobody}/archive`))).toMatchObject({ status: 404 })
  })
})
