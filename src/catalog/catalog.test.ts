import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { ok, refusalOf, refused } from '../../test/support/command.ts'
import { resolveProducts, type ProductRef } from './resolve.ts'

let app: TestApp
beforeAll(async () => { app = await createTestApp() })
afterAll(() => app.close())

const create = async (sku: string, more: object = {}): Promise<string> => (await ok(app.api('POST', '/products', { sku, name: sku.toLowerCase(), ...more }))).productId
const get = (productId: string) => ok(app.api('GET', `/products/${productId}`))
const resolve = (refs: ProductRef[]) => app.database.inTransaction(app.organizationId, (tx) => resolveProducts(tx, app.organizationId, refs))
const move = (productId: string) => app.admin.query(
  `with m as (
     insert into movement (organization_id, movement_id, kind, occurred_at, recorded_at, business_date, actor_kind, actor_id, command_id, canonical, sha256)
     values ($1, gen_random_uuid(), 'adjust', now(), now(), now(), 'system', 'test', gen_random_uuid(), '{}', '') returning organization_id, movement_id)
   insert into movement_line (organization_id, movement_id, line_no, product_id, lot_id, from_place_id, to_place_id, from_owner_id, to_owner_id, from_plate_id, to_plate_id, from_internal, to_internal, quantity, entered_quantity, entered_uom, occurred_at, recorded_at)
   select organization_id, movement_id, 1, $2, $2, $2, $2, $2, $2, $2, $2, false, true, 1, 1, 'each', now(), now() from m`, [app.organizationId, productId])

describe('a product', () => {
  test('needs a SKU and a name; the rest begins as most need it', async () => {
    const productId = await create('CREAM', { name: ' Cream ', baseUom: 'kg' })
    expect(await get(productId)).toMatchObject({ sku: 'CREAM', name: 'Cream', baseUom: 'kg', scale: 3, tracking: 'lot', measured: false, dateKind: 'expiry', blocksAfterDate: false, uoms: [], aliases: [], version: 1 })
  })

  test('has one hidden lot, so that what has no lot has a lot', async () => {
    const { noLotId } = await get(await create('HIDDEN'))
    expect(await ok(app.api('GET', `/lots/${noLotId}`))).toMatchObject({ code: null, issuer: null })
  })

  test.each([
    ['a SKU that another has', { sku: 'CREAM', name: 'x' }, { status: 409, code: 'sku_taken', sku: 'CREAM' }],
    ['a unit of measure nobody knows', { sku: 'N1', name: 'x', baseUom: 'furlong' }, { status: 422, code: 'uom_unknown', uom: 'furlong' }],
    ['a conversion of its own base unit', { sku: 'N2', name: 'x', uoms: [{ uom: 'each', numerator: '12' }] }, { status: 422, code: 'uom_is_base' }],
    ['one conversion twice', { sku: 'N2', name: 'x', uoms: [{ uom: 'kg', numerator: '12' }, { uom: 'kg', numerator: '13' }] }, { status: 409, by: 'another conversion of this product' }],
    ['a GTIN with a wrong check digit', { sku: 'N3', name: 'x', gtin: '9501101530004' }, { status: 422, code: 'gtin_check_digit', gtin: '9501101530004' }],
    ['a maker nobody knows', { sku: 'N4', name: 'x', makerId: '01890000-0000-7000-8000-000000000000' }, { status: 422, code: 'party_unknown' }],
    ['a property nobody defined', { sku: 'N5', name: 'x', properties: { taste: 'good' } }, { status: 422, code: 'property_unknown', subject: 'product', property: 'taste' }],
    ['a SKU with a line end', { sku: 'N\n6', name: 'x' }, { status: 400, code: 'input_invalid', field: '$.sku' }],
  ])('is refused with %s', async (_, body, problem) => {
    expect(await refused(app.api('POST', '/products', body))).toMatchObject(problem)
  })

  test('keeps SKUs byte for byte: 007, 7 and 1E10 are three products', async () => {
    for (const sku of ['007', '7', '1E10', ' A ', '1234567890123456789']) expect((await get(await create(sku))).sku).toBe(sku)
  })

  test('is changed where it is named, and only the version that was read with If-Match', async () => {
    const productId = await create('BUTTER')
    const answer = await app.api('PATCH', `/products/${productId}`, { name: 'Butter', blocksAfterDate: true }, { 'if-match': '"1"' })
    expect(answer.headers['etag']).toBe('"2"')
    expect(await get(productId)).toMatchObject({ name: 'Butter', blocksAfterDate: true, sku: 'BUTTER', version: 2 })
    expect(await refused(app.api('PATCH', `/products/${productId}`, { name: 'Margarine' }, { 'if-match': '"1"' }))).toMatchObject({ status: 412, code: 'record_changed' })
    expect((await get(productId)).name).toBe('Butter')
  })

  test('leaves in the audit what it was, what it is and why', async () => {
    const productId = await create('AUDITED')
    await ok(app.api('PATCH', `/products/${productId}`, { name: 'New name', reason: 'rebranded' }))
    const { rows } = await app.admin.query('select a.before, a.after, c.reason from audit a join command c using (organization_id, command_id) where a.subject_id = $1 order by a.audit_id', [productId])
    expect(rows).toMatchObject([{ before: null, after: { sku: 'AUDITED' } }, { before: { name: 'audited' }, after: { name: 'New name' }, reason: 'rebranded' }])
  })

  test('can change its base unit of measure until it has moved, never after', async () => {
    const productId = await create('SYRUP', { uoms: [{ uom: 'kg', numerator: '2' }] })
    await ok(app.api('PATCH', `/products/${productId}`, { baseUom: 'l', scale: 2 }))
    expect(await get(productId)).toMatchObject({ baseUom: 'l', scale: 2, uoms: [] })
    await move(productId)
    expect(await refused(app.api('PATCH', `/products/${productId}`, { scale: 3 }))).toMatchObject({ status: 409, code: 'scale_fixed', product: 'SYRUP' })
    expect(await refused(app.api('PATCH', `/products/${productId}`, { baseUom: 'kg' }))).toMatchObject({ code: 'scale_fixed' })
    await ok(app.api('PATCH', `/products/${productId}`, { scale: 2, name: 'Syrup' }))
  })

  test('tells since when its tracking is as it is', async () => {
    const productId = await create('BOLT', { tracking: 'none' })
    const { trackingSince } = await get(productId)
    await ok(app.api('POST', `/products/${productId}/tracking`, { tracking: 'serial', reason: 'the insurer asks for it' }))
    const after = await get(productId)
    expect(after.tracking).toBe('serial')
    expect(after.trackingSince > trackingSince).toBe(true)
    await ok(app.api('POST', `/products/${productId}/tracking`, { tracking: 'serial' }))
    expect((await get(productId)).trackingSince).toBe(after.trackingSince)
  })

  test('is archived and restored; its SKU is free meanwhile', async () => {
    const productId = await create('OLD')
    await ok(app.api('POST', `/products/${productId}/archive`))
    expect((await get(productId)).archivedAt).not.toBeNull()
    const second = await create('OLD')
    expect(await refused(app.api('POST', `/products/${productId}/restore`))).toMatchObject({ code: 'sku_taken' })
    await ok(app.api('POST', `/products/${second}/archive`, { reason: 'by mistake' }))
    await ok(app.api('POST', `/products/${productId}/restore`))
    expect((await get(productId)).archivedAt).toBeNull()
  })

  test('answers a repeated request once, and a dry run changes nothing', async () => {
    const key = { 'idempotency-key': 'same-key-1' }
    const first = await ok(app.api('POST', '/products', { sku: 'ONCE', name: 'x' }, key))
    expect(await ok(app.api('POST', '/products', { sku: 'ONCE', name: 'x' }, key))).toEqual(first)
    expect((await ok(app.api('POST', '/products?dryRun=true', { sku: 'NEVER', name: 'x' }))).version).toBe(1)
    expect((await ok(app.api('GET', '/products?search=NEVER'))).items).toEqual([])
  })

  test('is not to be seen by another organisation, nor read without permission', async () => {
    const productId = await create('OURS')
    const other = await app.otherOrganization()
    expect(await refused(app.apiAs(other.key)('GET', `/products/${productId}`))).toMatchObject({ status: 404, code: 'not_found' })
    expect(await refused(app.apiAs(await app.keyOf('viewer'))('PATCH', `/products/${productId}`, { name: 'x' }))).toMatchObject({ status: 403, code: 'not_permitted' })
  })
})

describe('many products at once', () => {
  const products = [{ sku: 'B1', name: 'x', gtin: '96385074' }, { sku: 'B1', name: 'again' }, { sku: 'B2', name: 'x', baseUom: 'furlong' }, { sku: 'B3', name: 'x', gtin: '96385074' }, { sku: 'B4', name: 'x' }]

  test('none, where one is refused and all or none was asked for', async () => {
    expect(await refused(app.api('POST', '/products/bulk', { atomic: true, products }))).toMatchObject({ code: 'sku_taken', sku: 'B1' })
    expect((await ok(app.api('GET', '/products?search=B1'))).items).toEqual([])
  })

  test('the good ones, with a verdict for each', async () => {
    const { created, verdicts } = await ok(app.api('POST', '/products/bulk', { products }))
    expect(created).toBe(2)
    expect(verdicts.map((verdict: { refused: string }) => verdict.refused)).toEqual([null, 'sku_taken', 'uom_unknown', 'gtin_taken', null])
    expect(verdicts[3].data).toEqual({ gtin: '96385074', product: 'B1' })
    expect((await get(verdicts[0].productId)).aliases).toMatchObject([{ scheme: 'gtin', code: '00000096385074', packQuantity: '1' }])
  })
})

describe('the list of products', () => {
  test('comes in pages in the order of SKUs, each product once', async () => {
    const skus: string[] = []
    let cursor = ''
    do {
      const page = await ok(app.api('GET', `/products?limit=3${cursor && `&cursor=${cursor}`}`))
      skus.push(...page.items.map((item: { sku: string }) => item.sku))
      cursor = page.next ?? ''
    } while (cursor)
    const { rows } = await app.admin.query('select sku from product where organization_id = $1 and archived_at is null order by folded, product_id', [app.organizationId])
    expect(skus).toEqual(rows.map((row) => row.sku))
    expect(skus.length).toBeGreaterThan(10)
  })

  test('finds what begins with the search by SKU, then by name, then by another code, each once', async () => {
    const [a, b, c] = [await create('ZO-1', { name: 'z0 first' }), await create('Q-1', { name: 'Zo second' }), await create('Q-2', { name: 'third' })]
    await ok(app.api('POST', `/products/${c}/aliases`, { scheme: 'barcode', code: 'zo 99' }))
    await ok(app.api('POST', `/products/${c}/aliases`, { scheme: 'barcode', code: 'zo 98' }))
    await ok(app.api('POST', `/products/${a}/aliases`, { scheme: 'barcode', code: 'ZO 97' }))
    const found: string[] = []
    let cursor = ''
    do {
      const page = await ok(app.api('GET', `/products?search=zo&limit=1${cursor && `&cursor=${cursor}`}`))
      found.push(...page.items.map((item: { productId: string }) => item.productId))
      cursor = page.next ?? ''
    } while (cursor)
    expect(found).toEqual([a, b, c])
    expect((await ok(app.api('GET', '/products?search=z0-1'))).items.map((item: { sku: string }) => item.sku)).toEqual(['ZO-1'])
  })

  test.each(['nonsense', 'WzEsMiwzXQ', 'WzAsIlx1MDAwMCIsIjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMCJd'])('refuses the cursor %s', async (cursor) => {
    expect(await refused(app.api('GET', `/products?cursor=${cursor}`))).toMatchObject({ status: 400, code: 'input_invalid', field: 'query.cursor' })
  })
})

describe('conversions', () => {
  test('are stated exactly, replaced and taken away', async () => {
    const productId = await create('EGG')
    await ok(app.api('POST', '/uoms', { uom: 'dozen', name: 'Dozen' }))
    await ok(app.api('PUT', `/products/${productId}/uoms/dozen`, { numerator: '10' }))
    await ok(app.api('PUT', `/products/${productId}/uoms/dozen`, { numerator: '12' }))
    expect((await get(productId)).uoms).toEqual([{ uom: 'dozen', numerator: '12', denominator: '1' }])
    await ok(app.api('DELETE', `/products/${productId}/uoms/dozen`))
    expect((await get(productId)).uoms).toEqual([])
    expect(await refused(app.api('DELETE', `/products/${productId}/uoms/dozen`))).toMatchObject({ status: 404 })
    expect(await refused(app.api('PUT', `/products/${productId}/uoms/each`, { numerator: '1' }))).toMatchObject({ code: 'uom_is_base' })
    expect(await refused(app.api('PUT', `/products/${productId}/uoms/gross`, { numerator: '144' }))).toMatchObject({ code: 'uom_unknown' })
    expect(await refused(app.api('PUT', `/products/${productId}/uoms/dozen`, { numerator: '0' }))).toMatchObject({ status: 400 })
    expect(await refused(app.api('POST', '/uoms', { uom: 'dozen', name: 'x' }))).toMatchObject({ code: 'uom_taken' })
    expect(await ok(app.api('PATCH', '/uoms/dozen', { name: 'Twelve' }))).toEqual({ uom: 'dozen', name: 'Twelve', scale: 0 })
    expect(await refused(app.api('PATCH', '/uoms/gross', { name: 'x' }))).toMatchObject({ status: 404 })
  })
})

describe('codes that lead to a product', () => {
  test('a GTIN of each package level, with its content, to one product only', async () => {
    const milk = await create('MILK', { gtin: '9501101530003', uoms: [{ uom: 'kg', numerator: '12' }] })
    await ok(app.api('POST', `/products/${milk}/aliases`, { scheme: 'gtin', code: '19501101530000', level: 'case', packQuantity: '12' }))
    expect(await resolve([{ gtin: '9501101530003' }, { gtin: '09501101530003' }, { gtin: '19501101530000' }, { code: '9501101530003' }]))
      .toEqual([[1n], [1n], [12n], [1n]].map(([packs = 0n]) => ({ productId: milk, packQuantity: packs * 1_000_000_000n })))
    const other = await create('MILK-2')
    expect(await refused(app.api('POST', `/products/${other}/aliases`, { scheme: 'gtin', code: '9501101530003' }))).toMatchObject({ status: 409, code: 'gtin_taken', product: 'MILK' })
    expect(await refused(app.api('POST', `/products/${other}/aliases`, { scheme: 'gtin', code: '9501101530009' }))).toMatchObject({ status: 422, code: 'gtin_check_digit' })
    const [alias] = (await get(milk)).aliases.filter((one: { code: string }) => one.code === '09501101530003')
    await ok(app.api('POST', `/aliases/${alias.aliasId}/archive`, { reason: 'given to the other one' }))
    await ok(app.api('POST', `/products/${other}/aliases`, { scheme: 'gtin', code: '9501101530003' }))
    expect(await resolve([{ gtin: '9501101530003' }])).toMatchObject([{ productId: other }])
  })

  test('a unit of measure gives a code its content', async () => {
    const productId = await create('CAN', { uoms: [{ uom: 'l', numerator: '24' }, { uom: 'm', numerator: '1', denominator: '3' }] })
    await ok(app.api('POST', `/products/${productId}/aliases`, { scheme: 'barcode', code: 'TRAY', uom: 'l' }))
    expect(await resolve([{ code: 'TRAY' }])).toEqual([{ productId, packQuantity: 24_000_000_000n }])
    expect(await refused(app.api('POST', `/products/${productId}/aliases`, { scheme: 'barcode', code: 'THIRD', uom: 'm' }))).toMatchObject({ code: 'uom_unknown', uom: 'm' })
  })

  test("the code of a supplier, which another supplier may use for something else: then it is ambiguous", async () => {
    const [one, two] = [await create('S-1'), await create('S-2')]
    const hill = (await ok(app.api('POST', '/parties', { name: 'Hill Farm' }))).partyId
    const dale = (await ok(app.api('POST', '/parties', { name: 'Dale Farm' }))).partyId
    await ok(app.api('POST', `/products/${one}/aliases`, { scheme: 'supplier', code: '100', partyId: hill }))
    expect(await resolve([{ code: '100' }])).toMatchObject([{ productId: one }])
    expect(await refused(app.api('POST', `/products/${two}/aliases`, { scheme: 'supplier', code: '100', partyId: hill }))).toMatchObject({ code: 'code_taken', by: 'S-1' })
    await ok(app.api('POST', `/products/${two}/aliases`, { scheme: 'supplier', code: '100', partyId: dale }))
    expect(await refusalOf(resolve([{ code: '100' }]))).toEqual({ refused: 'product_ambiguous', data: { product: '100', candidates: ['S-1', 'S-2'] } })
    expect(await refusalOf(resolve([{ sku: '100' }]))).toEqual({ refused: 'product_unknown', data: { product: '100' } })
    expect(await refused(app.api('POST', `/products/${two}/aliases`, { scheme: 'supplier', code: '101', partyId: two }))).toMatchObject({ code: 'party_unknown' })
  })

  test('a replaced SKU still leads to its product, unless another product has it now', async () => {
    const productId = await create('RENAME-1')
    await ok(app.api('PATCH', `/products/${productId}`, { sku: 'RENAME-2' }))
    expect(await resolve([{ sku: 'RENAME-1' }, { sku: 'RENAME-2' }, { code: 'RENAME-1' }])).toMatchObject([{ productId }, { productId }, { productId }])
    const second = await create('RENAME-1')
    expect(await resolve([{ sku: 'RENAME-1' }, { code: 'RENAME-1' }])).toMatchObject([{ productId: second }, { productId: second }])
    expect(await refused(app.api('PATCH', `/products/${productId}`, { sku: 'RENAME-1' }))).toMatchObject({ code: 'sku_taken' })
  })

  test('references keep their order, ids are taken as they are, one unknown refuses all', async () => {
    const productId = await create('ORDER')
    const id = '01890000-0000-7000-8000-000000000001'
    expect(await resolve([id, { sku: 'ORDER' }, id])).toMatchObject([{ productId: id }, { productId }, { productId: id }])
    expect(await refusalOf(resolve([{ sku: 'ORDER' }, { sku: 'order' }]))).toEqual({ refused: 'product_unknown', data: { product: 'order' } })
    expect(await refusalOf(resolve([{ gtin: '123' }]))).toEqual({ refused: 'gtin_check_digit', data: { gtin: '123' } })
  })

  test('an archived product is meant where nothing in use has the code', async () => {
    const old = await create('GONE')
    await ok(app.api('POST', `/products/${old}/archive`))
    expect(await resolve([{ sku: 'GONE' }])).toMatchObject([{ productId: old }])
    const young = await create('GONE')
    expect(await resolve([{ sku: 'GONE' }])).toMatchObject([{ productId: young }])
  })
})

describe('two records of one product', () => {
  test('become one: SKU, codes, lots and units lead to the one that stays', async () => {
    const [double, stays] = [await create('DOUBLE', { gtin: '00000000000017' }), await create('STAYS')]
    const { lotId } = await ok(app.api('POST', '/lots', { product: double, code: 'L1' }))
    await ok(app.api('POST', `/products/${double}/merge`, { into: stays, reason: 'entered twice' }))
    expect(await resolve([{ sku: 'DOUBLE' }, { code: 'DOUBLE' }, { gtin: '00000000000017' }])).toMatchObject([{ productId: stays }, { productId: stays }, { productId: stays }])
    expect(await get(double)).toMatchObject({ mergedInto: stays })
    expect((await ok(app.api('GET', `/lots/${lotId}`))).product.sku).toBe('STAYS')
    expect(await refused(app.api('PATCH', `/products/${double}`, { name: 'x' }))).toMatchObject({ code: 'merged_already', into: stays })
    expect(await refused(app.api('POST', `/products/${double}/restore`))).toMatchObject({ code: 'merged_already' })
    const third = await create('THIRD')
    await ok(app.api('POST', `/products/${stays}/merge`, { into: third }))
    expect(await resolve([{ sku: 'DOUBLE' }])).toMatchObject([{ productId: third }])
  })

  test('stay two where quantities or codes would come to mean something else', async () => {
    const [a, kg, b] = [await create('M-A'), await create('M-KG', { baseUom: 'kg' }), await create('M-B')]
    expect(await refused(app.api('POST', `/products/${a}/merge`, { into: a }))).toMatchObject({ code: 'merge_into_itself' })
    expect(await refused(app.api('POST', `/products/${a}/merge`, { into: kg }))).toMatchObject({ code: 'merge_differs', field: 'base_uom', ours: 'each', given: 'kg' })
    expect(await refused(app.api('POST', `/products/${a}/merge`, { into: '01890000-0000-7000-8000-000000000002' }))).toMatchObject({ status: 404 })
    for (const product of [a, b]) await ok(app.api('POST', '/lots', { product, code: 'SAME' }))
    expect(await refused(app.api('POST', `/products/${a}/merge`, { into: b }))).toMatchObject({ code: 'merge_collides', what: 'lot', which: 'SAME' })
    const moved = await create('M-MOVED')
    await move(moved)
    expect(await refused(app.api('POST', `/products/${moved}/merge`, { into: b }))).toMatchObject({ code: 'merge_has_movements', product: 'M-MOVED' })
  })
})

test('two clients who take one SKU at once: one has it', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => app.api('POST', '/products', { sku: 'RACE', name: 'x' })))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
})
