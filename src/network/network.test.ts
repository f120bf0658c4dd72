import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PartyId } from '#src/lib/id.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { ok, refusalOf, refused } from '../../test/support/command.ts'
import { resolveParties, resolvePlaces, type PartyRef, type PlaceRef } from './resolve.ts'
import { firstShipToPlaceId, ownPartyId, supplierPlaceId, systemPlaceId, systemPlaceKinds, unknownPartyId } from './system.ts'

let app: TestApp
beforeAll(async () => { app = await createTestApp({ timeZone: 'Europe/Vienna' }) })
afterAll(() => app.close())

const nobody = '01890000-0000-7000-8000-000000000000'
const party = async (name: string, more: object = {}): Promise<PartyId> => (await ok(app.api('POST', '/parties', { name, ...more }))).partyId
const getParty = (partyId: string) => ok(app.api('GET', `/parties/${partyId}`))
const place = async (code: string, more: object): Promise<string> => (await ok(app.api('POST', '/places', { code, ...more }))).placeId
const getPlace = (placeId: string) => ok(app.api('GET', `/places/${placeId}`))
const parties = (refs: PartyRef[]) => app.database.inTransaction(app.organizationId, (tx) => resolveParties(tx, app.organizationId, refs))
const places = (refs: PlaceRef[]) => app.database.inTransaction(app.organizationId, (tx) => resolvePlaces(tx, app.organizationId, refs))
const stock = async (placeId: string, ownerId: string = app.organizationId) => app.admin.query(
  'insert into balance (organization_id, product_id, lot_id, place_id, owner_id, plate_id, on_hand) values ($1, $2, $2, $3, $4, $5, 1)', [app.organizationId, nobody, placeId, ownerId, '00000000-0000-0000-0000-000000000000'])

describe('a new organisation', () => {
  test('knows itself and the one unknown party, and has the outside places of everybody', async () => {
    expect(await getParty(ownPartyId(app.organizationId))).toMatchObject({ name: 'Meadow Dairy', roles: ['own', 'maker'] })
    expect(await getParty(unknownPartyId(app.organizationId))).toMatchObject({ roles: ['unknown'] })
    for (const kind of systemPlaceKinds) expect(await getPlace(systemPlaceId(app.organizationId, kind))).toMatchObject({ kind, internal: false, timeZone: 'Europe/Vienna' })
    expect((await ok(app.api('GET', '/uoms'))).items.map((uom: { uom: string; scale: number }) => `${uom.uom} ${uom.scale}`)).toEqual(['cm 1', 'each 0', 'g 3', 'kg 3', 'l 3', 'm 3', 'ml 3'])
  })
})

describe('a party', () => {
  test('comes with its place as a supplier and its first ship-to place, whose ids follow from it', async () => {
    const partyId = await party('Hill Farm', { code: 'HILL', roles: ['supplier'], gln: '6291041500213', address: { city: 'Graz', country: 'AT' }, email: 'hill@example.com' })
    expect(await getParty(partyId)).toMatchObject({
      name: 'Hill Farm', code: 'HILL', roles: ['supplier'], gln: '6291041500213', address: { city: 'Graz', country: 'AT' }, email: 'hill@example.com',
      supplierPlaceId: supplierPlaceId(partyId), shipToPlaces: [{ placeId: firstShipToPlaceId(partyId), code: 'HILL' }], licences: [], version: 1,
    })
    expect(await getPlace(supplierPlaceId(partyId))).toMatchObject({ kind: 'supplier', internal: false, partyId, name: 'Hill Farm' })
    await ok(app.api('PATCH', `/parties/${partyId}`, { name: 'Hill Farm Ltd', address: null }))
    expect(await getParty(partyId)).toMatchObject({ name: 'Hill Farm Ltd', address: null, email: 'hill@example.com', version: 2 })
    expect(await getPlace(supplierPlaceId(partyId))).toMatchObject({ name: 'Hill Farm Ltd' })
  })

  test('leaves nothing personal in audit, commands and events', async () => {
    const partyId = await party('Ann Example', { email: 'ann@example.com', phone: '+43 1 234', address: { street: 'Secret Street 1' } })
    await ok(app.api('PATCH', `/parties/${partyId}`, { name: 'Ann Other', email: null, roles: ['customer'] }))
    const { rows } = await app.admin.query(`
      select coalesce((select string_agg(a::text, ' ') from audit a), '') || coalesce((select string_agg(c::text, ' ') from command c), '') || coalesce((select string_agg(e::text, ' ') from event e), '') as everything`)
    for (const personal of ['Ann Example', 'Ann Other', 'ann@example.com', '+43 1 234', 'Secret Street']) expect(rows[0].everything).not.toContain(personal)
    const { rows: audit } = await app.admin.query('select before, after from audit where subject_id = $1 order by audit_id', [partyId])
    expect(audit[1]).toEqual({ before: { roles: [], changed: null }, after: { roles: ['customer'], changed: ['name', 'email'] } })
  })

  test.each([
    ['a code that another has', { name: 'x', code: 'HILL' }, { status: 409, code: 'code_taken' }],
    ['a wrong GLN', { name: 'x', gln: '6291041500214' }, { status: 422, code: 'gln_check_digit' }],
    ['a property nobody defined', { name: 'x', properties: { shoe: 1 } }, { status: 422, code: 'property_unknown' }],
    ['a name of control characters', { name: 'a\u0000b' }, { status: 400, code: 'input_invalid', field: '$.name' }],
    ['the role of ourselves', { name: 'x', roles: ['own'] }, { status: 400, code: 'input_invalid' }],
  ])('is refused with %s', async (_, body, problem) => {
    expect(await refused(app.api('POST', '/parties', body))).toMatchObject(problem)
  })

  test('has licences, which are changed and archived', async () => {
    const partyId = await party('Spark Fireworks')
    const { licenceId } = await ok(app.api('POST', `/parties/${partyId}/licences`, { type: 'explosives', number: '9-AB-123', expiresOn: '2027-01-31' }))
    await ok(app.api('PATCH', `/licences/${licenceId}`, { expiresOn: '2028-01-31' }, { 'if-match': '"1"' }))
    expect((await getParty(partyId)).licences).toEqual([{ licenceId, type: 'explosives', number: '9-AB-123', expiresOn: '2028-01-31', issuer: null, version: 2 }])
    expect(await refused(app.api('PATCH', `/licences/${licenceId}`, { archived: true }, { 'if-match': '"1"' }))).toMatchObject({ code: 'record_changed' })
    await ok(app.api('PATCH', `/licences/${licenceId}`, { archived: true }))
    expect((await getParty(partyId)).licences).toEqual([])
    expect(await refused(app.api('POST', `/parties/${nobody}/licences`, { type: 'x', number: '1' }))).toMatchObject({ status: 404 })
    expect(await refused(app.api('PATCH', `/licences/${nobody}`, {}))).toMatchObject({ status: 404 })
  })

  test('is archived and restored, but for ourselves and the unknown', async () => {
    const partyId = await party('Closed Shop', { code: 'CLOSED' })
    await ok(app.api('POST', `/parties/${partyId}/archive`, { reason: 'closed' }))
    expect(await parties([{ code: 'CLOSED' }])).toEqual([partyId])
    const young = await party('Closed Shop again', { code: 'CLOSED' })
    expect(await parties([{ code: 'CLOSED' }])).toEqual([young])
    expect(await refused(app.api('POST', `/parties/${partyId}/restore`))).toMatchObject({ code: 'code_taken' })
    await ok(app.api('POST', `/parties/${young}/archive`))
    await ok(app.api('POST', `/parties/${partyId}/restore`))
    for (const ours of [ownPartyId(app.organizationId), unknownPartyId(app.organizationId)]) {
      expect(await refused(app.api('POST', `/parties/${ours}/archive`))).toMatchObject({ status: 409, code: 'party_is_ours' })
      expect(await refused(app.api('PATCH', `/parties/${ours}`, { roles: ['supplier'] }))).toMatchObject({ code: 'party_is_ours' })
      expect(await refused(app.api('POST', `/parties/${ours}/merge`, { into: partyId }))).toMatchObject({ code: 'party_is_ours' })
    }
  })

  test('is meant by its code or by its name in any case; two of one name are ambiguous', async () => {
    const [a, b] = [await party('Twin', { code: 'T-1' }), await party('twin')]
    expect(await parties([nobody, { code: 'T-1' }])).toEqual([nobody, a])
    expect(await refusalOf(parties([{ name: 'TWIN' }]))).toEqual({ refused: 'party_ambiguous', data: { party: 'TWIN', candidates: ['Twin (T-1)', 'twin'] } })
    await ok(app.api('POST', `/parties/${b}/archive`))
    expect(await parties([{ name: 'TWIN' }])).toEqual([a])
    expect(await refusalOf(parties([{ code: 'T-9' }]))).toEqual({ refused: 'party_unknown', data: { party: 'T-9' } })
  })

  test('entered twice becomes one: codes, places and lots lead to the one that stays', async () => {
    const [double, stays] = [await party('Dale Farm', { code: 'DALE-2' }), await party('Dale Farms', { code: 'DALE' })]
    const { productId: product } = await ok(app.api('POST', '/products', { sku: 'CURD', name: 'x' }))
    const { lotId } = await ok(app.api('POST', '/lots', { product, code: 'D-1', issuer: double }))
    await ok(app.api('POST', `/parties/${double}/merge`, { into: stays, reason: 'entered twice' }))
    expect(await parties([{ code: 'DALE-2' }, { name: 'dale farm' }])).toEqual([stays, stays])
    expect((await ok(app.api('GET', `/lots/${lotId}`))).issuer.partyId).toBe(stays)
    expect((await getPlace(firstShipToPlaceId(double))).partyId).toBe(stays)
    expect((await ok(app.api('POST', '/lots', { product, code: 'D-1', issuer: stays }))).lotId).toBe(lotId)
    expect(await refused(app.api('PATCH', `/parties/${double}`, { name: 'x' }))).toMatchObject({ code: 'merged_already', into: stays })
    expect(await refused(app.api('POST', `/parties/${stays}/merge`, { into: double }))).toMatchObject({ code: 'merged_already' })
  })

  test('stays where both issued one lot code, or where it owns what is here', async () => {
    const [a, b, owner] = [await party('Mill A'), await party('Mill B'), await party('Consignor')]
    const { productId: product } = await ok(app.api('POST', '/products', { sku: 'FLOUR', name: 'x' }))
    for (const issuer of [a, b]) await ok(app.api('POST', '/lots', { product, code: 'F-1', issuer }))
    expect(await refused(app.api('POST', `/parties/${a}/merge`, { into: b }))).toMatchObject({ status: 409, code: 'merge_collides', what: 'lot', which: 'F-1' })
    await stock(await place('OWNED', { kind: 'facility' }), owner)
    expect(await refused(app.api('POST', `/parties/${owner}/merge`, { into: b }))).toMatchObject({ code: 'party_owns_stock' })
    expect(await refused(app.api('POST', `/parties/${a}/merge`, { into: a }))).toMatchObject({ code: 'merge_into_itself' })
    expect(await refused(app.api('POST', `/parties/${a}/merge`, { into: nobody }))).toMatchObject({ status: 404 })
  })

  test('is listed by name, found by name and code, narrowed by role', async () => {
    await party('Zebra Foods', { roles: ['customer'] })
    await party('Ant Foods', { code: 'Zebra-2', roles: ['carrier'] })
    const names = async (query: string) => (await ok(app.api('GET', `/parties?${query}`))).items.map((item: { name: string }) => item.name)
    expect(await names('search=zebra')).toEqual(['Zebra Foods', 'Ant Foods'])
    expect(await names('search=Zebra')).toEqual(['Zebra Foods', 'Ant Foods'])
    expect(await names('search=Zebra&role=carrier')).toEqual(['Ant Foods'])
    const all: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: { name: string }[]; next: string | null } = await ok(app.api('GET', `/parties?limit=2${cursor && `&cursor=${cursor}`}`))
      all.push(...page.items.map((item) => item.name))
      cursor = page.next
    }
    expect(all).toEqual([...all].sort((x, y) => (x.toLowerCase() < y.toLowerCase() ? -1 : 1)))
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('a place', () => {
  let facility: string
  let hall: string
  let shelf: string
  beforeAll(async () => {
    facility = await place('WEST', { kind: 'facility', name: 'West store', timeZone: 'Asia/Tokyo' })
    hall = await place('HALL', { kind: 'zone', parentId: facility })
    shelf = await place('S-01', { kind: 'storage', parentId: hall })
  })

  test('stands in a facility, knows the way down to it, and counts days as the facility does', async () => {
    expect(await getPlace(shelf)).toMatchObject({ code: 'S-01', name: 'S-01', kind: 'storage', internal: true, facilityId: facility, facilityCode: 'WEST', parentId: hall, timeZone: 'Asia/Tokyo', commingled: false })
    expect((await getPlace(shelf)).path.map((one: { code: string }) => one.code)).toEqual(['WEST', 'HALL', 'S-01'])
    expect(await getPlace(await place('TANK', { kind: 'tank', parentId: hall }))).toMatchObject({ commingled: true })
  })

  test.each([
    ['a facility inside another', () => ({ code: 'X', kind: 'facility', parentId: facility }), { status: 422, code: 'place_kind_wrong', kind: 'facility' }],
    ['a shelf that stands nowhere', () => ({ code: 'X', kind: 'storage' }), { code: 'place_kind_wrong' }],
    ['a ship-to place of nobody', () => ({ code: 'X', kind: 'ship_to' }), { code: 'place_kind_wrong' }],
    ['a parent nobody knows', () => ({ code: 'X', kind: 'storage', parentId: nobody }), { status: 422, code: 'place_unknown' }],
    ['a parent outside', () => ({ code: 'X', kind: 'storage', parentId: systemPlaceId(app.organizationId, 'loss') }), { code: 'place_kind_wrong', kind: 'loss' }],
    ['a party nobody knows', () => ({ code: 'X', kind: 'ship_to', partyId: nobody }), { code: 'party_unknown' }],
    ['a code that is taken in its facility', () => ({ code: 'S-01', kind: 'staging', parentId: facility }), { status: 409, code: 'code_taken', by: 'another place of this facility' }],
    ['the code of another facility', () => ({ code: 'WEST', kind: 'facility' }), { code: 'code_taken', by: 'another facility' }],
    ['a time zone of its own', () => ({ code: 'X', kind: 'storage', parentId: facility, timeZone: 'UTC' }), { code: 'place_kind_wrong' }],
    ['a time zone there is not', () => ({ code: 'X', kind: 'facility', timeZone: 'Mars/Olympus' }), { status: 400, code: 'input_invalid', field: '$.timeZone' }],
    ['a wrong GLN', () => ({ code: 'X', kind: 'facility', gln: '1234567890123' }), { code: 'gln_check_digit' }],
  ])('is refused as %s', async (_, body, problem) => {
    expect(await refused(app.api('POST', '/places', body()))).toMatchObject(problem)
  })

  test('is moved with everything inside it, never into itself or another facility', async () => {
    const [outer, inner, bin] = [await place('OUTER', { kind: 'zone', parentId: facility }), await place('INNER', { kind: 'zone', parentId: hall }), await place('BIN', { kind: 'storage', parentId: shelf })]
    await ok(app.api('PATCH', `/places/${hall}`, { parentId: outer, reason: 'rebuilt' }))
    expect((await getPlace(bin)).path.map((one: { code: string }) => one.code)).toEqual(['WEST', 'OUTER', 'HALL', 'S-01', 'BIN'])
    expect(await refused(app.api('PATCH', `/places/${hall}`, { parentId: inner }))).toMatchObject({ status: 422, code: 'place_inside_itself', place: 'HALL' })
    expect(await refused(app.api('PATCH', `/places/${hall}`, { parentId: hall }))).toMatchObject({ code: 'place_inside_itself' })
    expect(await refused(app.api('PATCH', `/places/${facility}`, { parentId: outer }))).toMatchObject({ code: 'place_kind_wrong' })
    const elsewhere = await place('EAST', { kind: 'facility' })
    expect(await refused(app.api('PATCH', `/places/${hall}`, { parentId: elsewhere }))).toMatchObject({ code: 'place_unknown' })
    await ok(app.api('PATCH', `/places/${hall}`, { parentId: facility }))
    await ok(app.api('PATCH', `/places/${facility}`, { timeZone: 'Asia/Seoul' }))
    expect((await getPlace(bin))).toMatchObject({ timeZone: 'Asia/Seoul' })
    expect(await refused(app.api('PATCH', `/places/${bin}`, { code: 'S-01' }))).toMatchObject({ code: 'code_taken' })
  })

  test('is archived only when nothing is in it, neither goods nor places', async () => {
    const zone = await place('COLD', { kind: 'zone', parentId: facility })
    const bin = await place('COLD-1', { kind: 'storage', parentId: zone })
    expect(await refused(app.api('POST', `/places/${zone}/archive`))).toMatchObject({ status: 409, code: 'place_has_places' })
    await stock(bin)
    expect(await refused(app.api('POST', `/places/${bin}/archive`))).toMatchObject({ status: 409, code: 'place_not_empty', place: 'COLD-1' })
    expect(await refused(app.api('PATCH', `/places/${bin}`, { commingled: true }))).toMatchObject({ code: 'place_not_empty' })
    await app.admin.query('update balance set on_hand = 0 where place_id = $1', [bin])
    await ok(app.api('POST', `/places/${bin}/archive`))
    await ok(app.api('POST', `/places/${zone}/archive`))
    expect(await refusalOf(places([{ code: 'COLD-1' }]))).toEqual({ refused: 'place_unknown', data: { place: 'COLD-1' } })
    expect(await refused(app.api('POST', `/places/${bin}/restore`))).toMatchObject({ code: 'place_unknown' })
    await ok(app.api('POST', `/places/${zone}/restore`))
    await ok(app.api('POST', `/places/${bin}/restore`))
    expect(await refused(app.api('POST', `/places/${systemPlaceId(app.organizationId, 'count')}/archive`))).toMatchObject({ code: 'place_kind_wrong' })
  })

  test('is meant by its code; with the facility where several have it', async () => {
    const north = await place('NORTH', { kind: 'facility' })
    const bin = await place('S-01', { kind: 'storage', parentId: north })
    expect(await places([{ code: 'HALL' }, { code: 'S-01', facility: 'NORTH' }, { code: 'S-01', facility: 'WEST' }, { code: 'NORTH' }])).toEqual([hall, bin, shelf, north])
    expect(await refusalOf(places([{ code: 'S-01' }]))).toEqual({ refused: 'place_ambiguous', data: { place: 'S-01', facilities: ['NORTH', 'WEST'] } })
    expect(await refusalOf(places([{ code: 'S-01', facility: 'SOUTH' }]))).toEqual({ refused: 'place_unknown', data: { place: 'SOUTH/S-01' } })
    expect(await refusalOf(places([{ code: 'loss' }]))).toEqual({ refused: 'place_unknown', data: { place: 'loss' } })
    const shop = await party('Corner Shop')
    const door = await place('BACK DOOR', { kind: 'ship_to', partyId: shop })
    expect(await places([{ code: 'BACK DOOR' }])).toEqual([door])
    expect((await getParty(shop)).shipToPlaces).toHaveLength(2)
  })

  test('is listed by code, narrowed by facility, parent, kind and what the code begins with', async () => {
    const codes = async (query: string) => (await ok(app.api('GET', `/places?${query}`))).items.map((item: { code: string }) => item.code)
    expect(await codes(`facility=${facility}&search=S-`)).toEqual(['S-01'])
    expect(await codes(`parent=${hall}`)).toEqual(['INNER', 'S-01', 'TANK'])
    expect(await codes(`facility=${facility}&kind=tank`)).toEqual(['TANK'])
    expect(await codes('outside=true&kind=loss')).toEqual(['loss'])
    const first = await ok(app.api('GET', `/places?facility=${facility}&limit=2`))
    const second = await ok(app.api('GET', `/places?facility=${facility}&limit=100&cursor=${first.next}`))
    expect([...first.items, ...second.items].map((item) => item.code)).toEqual(await codes(`facility=${facility}&limit=100`))
    expect(await refused(app.api('GET', '/places?cursor=abc'))).toMatchObject({ code: 'input_invalid', field: 'query.cursor' })
  })
})
