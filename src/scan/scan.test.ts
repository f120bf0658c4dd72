import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkDigit } from '#src/gs1/keys.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { ok, refused } from '../../test/support/command.ts'

const GS = '\u001d'
const GTIN = '09501101530003'
const CASE = '19501101530000'
const SSCC = '376104250021234569'

let app: TestApp
const ids: Record<string, string> = {}
beforeAll(async () => {
  app = await createTestApp({ clock: () => '2026-11-23T12:00:00.000Z' })
  const post = (path: string, body: object) => ok(app.api('POST', path, body))
  ids['milk'] = (await post('/products', { sku: 'MILK', name: 'Milk', tracking: 'lot', dateKind: 'use_by', gtin: GTIN })).productId
  ids['curd'] = (await post('/products', { sku: 'CURD', name: 'Curd', tracking: 'lot', dateKind: 'best_by', gtin: '96385074' })).productId
  ids['bike'] = (await post('/products', { sku: 'BIKE', name: 'Bike', tracking: 'serial', gtin: '036000291452' })).productId
  ids['hill'] = (await post('/parties', { name: 'Hill Farm', code: 'HILL', roles: ['supplier'], gln: '6291041500213' })).partyId
  ids['dale'] = (await post('/parties', { name: 'Dale Farm', code: 'DALE', roles: ['supplier'] })).partyId
  ids['site'] = (await post('/places', { code: 'SITE', name: 'Creamery', kind: 'facility' })).placeId
  ids['dock'] = (await post('/places', { code: 'DOCK', name: 'Loading dock', kind: 'storage', parentId: ids['site'] })).placeId
  await post('/places', { code: 'A1', name: 'Rack', kind: 'storage', parentId: ids['site'] })
  await post(`/products/${ids['milk']}/aliases`, { scheme: 'gtin', code: CASE, packQuantity: '12' })
  await post(`/products/${ids['milk']}/aliases`, { scheme: 'supplier', code: 'HF-77', partyId: ids['hill'] })
  ids['plate'] = (await post('/plates', { sscc: SSCC })).plateId
  const lot = async (product: string, code: string, issuer: string, family?: string) => (await post('/lots', { product: { sku: product }, code, issuer: { code: issuer }, ...(family ? { family } : {}) })).lotId
  ids['A1'] = await lot('MILK', 'A1', 'HILL', 'DAY-7')
  ids['A12'] = await lot('MILK', 'A12', 'HILL')
  ids['curdA12'] = await lot('CURD', 'A12', 'HILL')
  ids['7hill'] = await lot('MILK', '7', 'HILL')
  ids['7dale'] = await lot('MILK', '7', 'DALE')
  ids['old'] = await lot('MILK', 'SPELT-WRONG', 'HILL')
  await ok(app.api('PATCH', `/lots/${ids['old']}`, { code: 'SPELT-RIGHT', reason: 'typing' }))
  const { movementId } = await post('/movements/receive', {
    from: { supplier: { code: 'HILL' } }, references: [{ type: 'purchase_order', number: 'PO-881' }],
    lines: [{ product: { sku: 'BIKE' }, units: [{ serial: 'SN-1' }, { serial: 'SN-2' }], to: ids['dock'] }, { product: { sku: 'MILK' }, lot: { code: 'A1', issuer: { code: 'HILL' } }, quantity: '5', to: ids['dock'] }],
  })
  ids['receipt'] = movementId
  for (const serial of ['SN-1', 'SN-2']) ids[serial] = (await ok(app.api('GET', `/units?search=${serial}`))).items[0].unitId
})
afterAll(() => app.close())

const scan = (text: string, task?: string, key?: string) => ok((key ? app.apiAs(key) : app.api)('GET', `/scan?text=${encodeURIComponent(text)}${task ? `&task=${task}` : ''}`))
/** `unit SN-1 exact`, with its id told by its name. */
const told = ({ candidates, certain }: { candidates: { kind: string; id: string; code: string; match: string }[]; certain: boolean }) =>
  `${candidates.map(({ kind, id, code, match }) => `${kind} ${Object.entries(ids).find(([, one]) => one === id)?.[0] ?? code} ${match}`).join(', ')}${certain ? '!' : ''}`

describe('what a scan means', () => {
  test.each([
    // plain codes
    ['SN-1', 'unit SN-1 exact!'], ['sn-1', 'unit SN-1 folded'], [' SN-1\r\n', 'unit SN-1 exact!'], [']C0SN-1', 'unit SN-1 exact!'], ['A12', 'lot curdA12 exact, lot A12 exact'],
    ['MILK', 'product milk exact!'], ['HF-77', 'product milk exact!'], ['DOCK', 'place dock exact!'], ['dock', 'place dock folded'], ['HILL', 'party hill exact!'], ['hill', 'party hill folded'],
    ['DAY-7', 'family DAY-7 exact!'], ['PO-881', 'movement receipt exact!'], ['A1', 'lot A1 exact, place A1 exact'],
    ['SPELT-RIGHT', 'lot old exact!'], ['SPELT-WRONG', 'lot old exact!'], ['SN-', 'unit SN-1 prefix, unit SN-2 prefix'], ['A', 'lot A1 prefix, lot curdA12 prefix, lot A12 prefix, place A1 prefix'],
    ['nothing here', ''], ['x'.repeat(91), ''], ['%', ''], ["'; drop table lot", ''], ['𝟗'.repeat(90), ''],
    // keys
    ['9501101530003', 'product milk exact!'], ['09501101530003', 'product milk exact!'], [CASE, 'product milk exact!'], ['96385074', 'product curd exact!'], ['036000291452', 'product bike exact!'], [']E00036000291452', 'product bike exact!'],
    ['9501101530004', ''], [SSCC, 'plate plate exact!'], ['6291041500213', 'party hill exact!'],
    // labels
    [`]C101${GTIN}10A12`, 'lot A12 exact!'], [`01${GTIN}10A12`, 'lot A12 exact!'], [`]d201${GTIN}1726123110A12${GS}21X`, 'lot A12 exact!'], [`(01)${GTIN}(10)A12`, 'lot A12 exact!'],
    [`(01)${GTIN}(10)a12`, 'lot A12 folded'], [`(01)${GTIN}(10)7`, 'lot 7hill exact, lot 7dale exact'], [`(01)${GTIN}(10)NEW`, 'product milk exact!'], [`(01)${GTIN}`, 'product milk exact!'],
    [`(01)00036000291452(21)SN-2`, 'unit SN-2 exact!'], [`(01)00036000291452(21)SN-9`, 'product bike exact!'], [`(01)9501101530009${checkDigit('9501101530009')}(10)A12`, 'lot curdA12 prefix, lot A12 prefix'],
    [`]C100${SSCC}`, 'plate plate exact!'], [`00${SSCC}`, 'plate plate exact!'], [`]C100${SSCC}02${GTIN}3712${GS}10A12`, 'plate plate exact!'], [`(02)${CASE}(37)4(10)SPELT-WRONG`, 'lot old exact!'],
    ['(21)SN-1', 'unit SN-1 exact!'], ['(10)A12', 'lot curdA12 exact, lot A12 exact'], ['(400)PO-881', 'movement receipt exact!'], ['(99)DOCK', 'place dock exact!'], ['(414)6291041500213', 'party hill exact!'],
    [`https://id.gs1.org/01/${GTIN}/10/A12`, 'lot A12 exact!'], ['https://dairy.example/p/01/9501101530003?17=261231', 'product milk exact!'], ['https://dairy.example/nothing', ''],
  ])('%j: %s', async (text, expected) => {
    expect(told(await scan(text))).toBe(expected)
  })

  test('an id, also at the end of an address of ours', async () => {
    for (const [kind, id] of [['lot', 'A1'], ['unit', 'SN-1'], ['product', 'milk'], ['place', 'dock'], ['party', 'hill'], ['plate', 'plate'], ['movement', 'receipt']] as const) {
      expect(told(await scan(ids[id] ?? ''))).toBe(`${kind} ${id} exact!`)
      expect(told(await scan(`https://lotwise.example/${kind}s/${ids[id]?.toUpperCase()}`))).toBe(`${kind} ${id} exact!`)
    }
  })

  test('a candidate says what it is and what it implies', async () => {
    const { candidates } = await scan('SN-1')
    expect(candidates).toEqual([{ kind: 'unit', id: ids['SN-1'], code: 'SN-1', title: 'Bike', detail: 'Hill Farm', productId: ids['bike'], lotId: expect.any(String), packQuantity: null, match: 'exact' }])
    expect((await scan(CASE)).candidates).toEqual([{ kind: 'product', id: ids['milk'], code: 'MILK', title: 'Milk', detail: CASE, productId: ids['milk'], lotId: null, packQuantity: '12', match: 'exact' }])
    expect((await scan('DOCK')).candidates).toMatchObject([{ title: 'Loading dock', detail: 'SITE', productId: null }])
    expect((await scan('PO-881')).candidates).toMatchObject([{ code: 'PO-881', title: 'receive', detail: 'purchase_order' }])
  })

  test('a merged lot leads on, a merged product too', async () => {
    const { lotId } = await ok(app.api('POST', '/lots', { product: { sku: 'MILK' }, code: 'TWICE', issuer: { code: 'HILL' } }))
    await app.admin.query('update lot set merged_into = $2 where lot_id = $1', [lotId, ids['A12']])
    expect(await scan('TWICE')).toMatchObject({ candidates: [{ id: ids['A12'], code: 'A12' }], certain: true })
    expect(await scan(`(01)${GTIN}(10)TWICE`)).toMatchObject({ candidates: [{ id: ids['A12'] }], certain: true })
    const { productId } = await ok(app.api('POST', '/products', { sku: 'MILK-OLD', name: 'Milk', dateKind: 'use_by' }))
    await ok(app.api('POST', `/products/${productId}/merge`, { into: ids['milk'], reason: 'twice' }))
    expect(told(await scan('MILK-OLD'))).toBe('product milk exact!')
  })

  test('what is out of use comes after what is in use, and does not make it uncertain', async () => {
    const { plateId } = await ok(app.api('POST', '/plates', { code: 'CAGE-1' }))
    await ok(app.api('POST', `/plates/${plateId}/archive`, {}))
    expect(told(await scan('CAGE-1'))).toBe('plate CAGE-1 exact!')
    const again = await ok(app.api('POST', '/plates', { code: 'CAGE-1' }))
    expect(await scan('CAGE-1')).toMatchObject({ candidates: [{ id: again.plateId }, { id: plateId }], certain: true })
  })

  test('the task decides between things of one code', async () => {
    expect(told(await scan('A1', 'put'))).toBe('place A1 exact, lot A1 exact!')
    expect(told(await scan('A1', 'take'))).toBe('lot A1 exact, place A1 exact!')
    expect(await scan('MILK', 'put')).toMatchObject({ certain: false })
    expect(await refused(app.api('GET', '/scan?text=A1&task=sing'))).toMatchObject({ code: 'input_invalid', field: 'query.task' })
  })

  test('of very many that begin so, twenty', async () => {
    await ok(app.api('POST', '/movements/receive', { from: { supplier: { code: 'HILL' } }, lines: [{ product: { sku: 'BIKE' }, units: Array.from({ length: 60 }, (_, at) => ({ serial: `MANY-${at}` })), to: ids['dock'] }] }))
    const { candidates, certain } = await scan('MANY-')
    expect([candidates.length, certain]).toEqual([20, false])
    expect(told(await scan('MANY-7'))).toBe('unit MANY-7 exact!')
  })
})

describe('what a label says', () => {
  test('is told, whether it is known here or not', async () => {
    const { form, text, read } = await scan(`]C101${GTIN}1126100015261200310300150010NEW${GS}3712`)
    expect([form, text]).toEqual(['element_string', `01${GTIN}1126100015261200310300150010NEW${GS}3712`])
    expect(read).toEqual({
      gtin: GTIN, sscc: null, lot: 'NEW', otherLots: [], serial: null, bestBy: '2026-12-31', useBy: null, expiry: null, sellBy: null, madeOn: '2026-10-31', packedOn: null, count: '12',
      measures: [{ ai: '3103', name: 'NET WEIGHT', value: '1.500', uom: 'kg' }],
      elements: [
        { ai: '01', name: 'GTIN', value: GTIN }, { ai: '11', name: 'PROD DATE', value: '261000' }, { ai: '15', name: 'BEST BEFORE or BEST BY', value: '261200' }, { ai: '3103', name: 'NET WEIGHT (kg)', value: '001500' },
        { ai: '10', name: 'BATCH/LOT', value: 'NEW' }, { ai: '37', name: 'COUNT', value: '12' },
      ],
    })
  })

  test('its one date is the use-by date of a product that has one, else its expiry', async () => {
    expect((await scan(`(01)${GTIN}(17)270110`)).read).toMatchObject({ useBy: '2027-01-10', expiry: null })
    expect((await scan('(01)00000096385074(17)270110')).read).toMatchObject({ useBy: null, expiry: '2027-01-10' })
  })

  test('whose separators the scanner left out is not believed: the lot that is known is offered', async () => {
    const answer = await scan(`01${GTIN}10A1217261231`)
    expect([answer.read.lot, answer.read.otherLots, answer.certain]).toEqual(['A1217261231', ['A12'], false])
    expect(told(answer)).toBe('lot A12 prefix')
    expect(told(await scan(`01${GTIN}10ZZZ17261231`))).toBe('product milk exact')
    // with them, or where the whole is a lot of ours, there is no doubt
    expect((await scan(`01${GTIN}10A12\u001d17261231`)).read).toMatchObject({ lot: 'A12', otherLots: [], useBy: '2026-12-31' })
    await ok(app.api('POST', '/lots', { product: { sku: 'MILK' }, code: 'A12173', issuer: { code: 'HILL' } }))
    expect(told(await scan(`01${GTIN}10A12173`))).toBe('lot A12173 exact!')
  })

  test('a plain code says nothing', async () => {
    expect(await scan('A12')).toMatchObject({ form: 'plain', read: null })
    expect(await scan('9501101530003')).toMatchObject({ form: 'plain', read: null })
  })

  test('what only looks like a label and is a code of ours is the code', async () => {
    const code = `01${GTIN}`
    await ok(app.api('POST', '/plates', { code }))
    expect(await scan(code)).toMatchObject({ form: 'plain', read: null, candidates: [{ kind: 'plate', code }], certain: true })
    expect(await scan(`]C1${code}`)).toMatchObject({ form: 'element_string', candidates: [{ kind: 'product' }] })
    expect(await scan('0109501101530004')).toMatchObject({ form: 'plain', candidates: [] })
  })

  test.each([
    [']C10109501101530004', { at: '16', ai: '01' }], ['(01)09501101530004', { at: '18', ai: '01' }], [`]d201${GTIN}11261301`, { at: '21', ai: '11' }], [`(01)${GTIN}(05)1`, { ai: '-' }],
    ['https://id.gs1.org/01/09501101530004', { ai: '01' }],
  ])('%j says that it is GS1 and is not', async (text, params) => {
    expect(await refused(app.api('GET', `/scan?text=${encodeURIComponent(text)}`))).toMatchObject({ status: 422, code: 'scan_unreadable', ...params })
  })

  test('unless something of ours is called so', async () => {
    await ok(app.api('POST', '/lots', { product: { sku: 'MILK' }, code: '(10)', issuer: { code: 'HILL' } }))
    expect(told(await scan('(10)'))).toBe('lot (10) exact!')
  })
})

describe('who may see', () => {
  const role = (name: string, permissions: string[]) => app.admin.query('insert into role (organization_id, name, permissions) values ($1, $2, $3)', [app.organizationId, name, permissions])

  test('another organisation finds nothing of ours, by code or id', async () => {
    const { key } = await app.otherOrganization()
    for (const text of ['SN-1', 'A12', 'MILK', GTIN, SSCC, `(01)${GTIN}(10)A12`, 'DOCK', '6291041500213', 'PO-881', 'DAY-7', ...Object.values(ids)]) expect(await scan(text, undefined, key)).toMatchObject({ candidates: [] })
  })

  test('a role sees what it may read only', async () => {
    await role('counter', ['stock.read', 'lots.read'])
    const key = await app.keyOf('counter')
    expect(told(await scan('A1', undefined, key))).toBe('lot A1 exact!')
    expect(told(await scan('MILK', undefined, key))).toBe('')
    await role('clerk', ['catalog.read'])
    expect(await refused(app.apiAs(await app.keyOf('clerk'))('GET', '/scan?text=A1'))).toMatchObject({ status: 403, code: 'not_permitted' })
  })
})

test.each([['nothing', '', 'it is empty'], ['blanks', '   ', 'it is empty'], ['more than 2,000 characters', 'x'.repeat(2001), '2000'], ['NUL', 'a\0b', 'no code has']])('%s is refused by name', async (_, text, why) => {
  expect(await refused(app.api('GET', `/scan?text=${encodeURIComponent(text)}`))).toMatchObject({ status: 400, code: 'input_invalid', field: 'query.text', why: expect.stringContaining(why) })
})

test('nothing is created, whatever is scanned', async () => {
  const rows = async () => (await app.admin.query<{ n: string }>('select (select count(*) from lot) + (select count(*) from lot_code) + (select count(*) from unit) + (select count(*) from product) + (select count(*) from plate) + (select count(*) from command) as n')).rows[0]?.n
  const before = await rows()
  for (const text of ['NEVER-SEEN', `(01)${GTIN}(10)NEVER(21)SEEN`, '00000000000000000017', 'https://id.gs1.org/01/09501101530003/10/NEVER']) await scan(text)
  expect(await rows()).toBe(before)
})
