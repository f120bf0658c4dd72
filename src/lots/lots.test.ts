import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId, type LotId, type PartyId, type ProductId } from '#src/lib/id.ts'
import { unknownPartyId } from '#src/network/system.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { inCommand, ok, refusalOf, refused } from '../../test/support/command.ts'
import { meetLots, type LotRequest } from './register-lot.ts'

let app: TestApp
let milk: ProductId
let curd: ProductId
let hill: PartyId
let dale: PartyId
const nobody = '01890000-0000-7000-8000-000000000000'
beforeAll(async () => {
  app = await createTestApp({ poolSize: 20 })
  milk = await product('MILK')
  curd = await product('CURD')
  hill = await party('Hill Farm')
  dale = await party('Dale Farm')
  for (const [key, valueType] of [['fat', 'number'], ['breed', 'text']]) await ok(app.api('POST', '/properties', { subject: 'lot', key, name: key, valueType }))
})
afterAll(() => app.close())

const product = async (sku: string): Promise<ProductId> => (await ok(app.api('POST', '/products', { sku, name: sku }))).productId
const party = async (name: string): Promise<PartyId> => (await ok(app.api('POST', '/parties', { name }))).partyId
const meet = (...requests: LotRequest[]) => inCommand(app, (scope) => meetLots(scope, requests))
const ask = (code: string, more: Partial<LotRequest> = {}): LotRequest => ({ productId: milk, code, issuerId: hill, create: hill, ...more })
const get = (lotId: string | undefined) => ok(app.api('GET', `/lots/${lotId}`))
const merge = (from: string | undefined, into: string | undefined) => app.admin.query('update lot set merged_into = $2 where lot_id = $1', [from, into])

describe('a lot is one by product, issuer and code', () => {
  test('made at its first receipt, met at the second', async () => {
    const [lot] = await meet(ask('A1', { dates: { useBy: '2027-01-10' }, properties: { fat: 3.5 } }))
    expect(await get(lot)).toMatchObject({ code: 'A1', product: { sku: 'MILK' }, issuer: { name: 'Hill Farm' }, useBy: '2027-01-10', madeOn: null, properties: { fat: '3.5' }, family: null, version: 1 })
    expect(await meet(ask('A1'))).toEqual([lot])
    expect(await meet(ask('A1', { create: false }), ask('A1', { issuerId: null, create: false }))).toEqual([lot, lot])
  })

  test('the same code of another issuer or product is another lot', async () => {
    const lots = await meet(ask('B1'), ask('B1', { issuerId: dale, create: dale }), ask('B1', { productId: curd }))
    expect(new Set(lots).size).toBe(3)
  })

  test('the same lot twice in one call is one, and what either brings is kept', async () => {
    const [one, two] = await meet(ask('C1', { dates: { madeOn: '2026-01-01' } }), ask('C1', { dates: { useBy: '2026-02-01' }, properties: { breed: 'Jersey' } }))
    expect(one).toBe(two)
    expect(await get(one)).toMatchObject({ madeOn: '2026-01-01', useBy: '2026-02-01', properties: { breed: 'Jersey' }, version: 1 })
    expect(await refusalOf(meet(ask('C2', { dates: { useBy: '2026-02-01' } }), ask('C2', { dates: { useBy: '2026-02-02' } })))).toMatchObject({ refused: 'lot_date_differs' })
  })

  test('codes are kept byte for byte', async () => {
    const codes = ['007', '7', '1E10', 'o1', 'O1', '01', ' x', 'x', '12345678901234567890', 'Ä', 'A\u0308']
    const lots = await meet(...codes.map((code) => ask(code)))
    expect(new Set(lots).size).toBe(codes.length)
    expect(await Promise.all(lots.map(async (lot) => (await get(lot)).code))).toEqual(codes)
  })

  test.each([['', 'it is empty'], ['x'.repeat(91), 'it has more than 90 characters'], ['a\nb', 'it has a control character'], ['a\u0000', 'it has a control character'], ['\ud800', 'it has a control character']])(
    'the code %j is none', async (code, why) => {
      expect(await refusalOf(meet(ask(code)))).toMatchObject({ refused: 'lot_code_invalid', data: { why } })
    })

  test('90 characters are a code, also where each takes four bytes', async () => {
    const [lot] = await meet(ask('𝟗'.repeat(90)))
    expect((await get(lot)).code).toBe('𝟗'.repeat(90))
  })

  test('one that must exist and does not is refused', async () => {
    expect(await refusalOf(meet(ask('A1'), ask('NEVER', { create: false })))).toEqual({ refused: 'lot_unknown', data: { lot: 'NEVER' } })
    expect(await refusalOf(meet(ask('a1', { create: false })))).toMatchObject({ refused: 'lot_unknown' })
  })

  test('looked up by code alone it is the only one that has it; of several the issuers are named', async () => {
    expect(await refusalOf(meet(ask('B1', { issuerId: null, create: false })))).toEqual({ refused: 'lot_ambiguous', data: { lot: 'B1', issuers: ['Dale Farm', 'Hill Farm'] } })
    const [lot] = await meet(ask('D1', { issuerId: null, create: dale }))
    expect(await get(lot)).toMatchObject({ issuer: { partyId: dale } })
    expect(await meet(ask('D1', { issuerId: null, create: hill }))).toEqual([lot])
  })

  test('two first receipts at once give one lot, whichever order their lines have', async () => {
    const codes = Array.from({ length: 20 }, (_, at) => `RACE-${at}`)
    const answers = await Promise.all(Array.from({ length: 12 }, async (_, client) => {
      const order = client % 2 === 0 ? codes : codes.toReversed()
      const lots = await meet(...order.map((code) => ask(code, { familyCode: `F-${code}` })))
      return new Map(order.map((code, at) => [code, lots[at]]))
    }))
    for (const code of codes) expect(new Set(answers.map((answer) => answer.get(code))).size).toBe(1)
    const { rows } = await app.admin.query(`select count(*)::int as lots from lot where code like 'RACE-%'`)
    expect(rows[0].lots).toBe(20)
  })

  test('the audit tells who made it and what it was', async () => {
    const [lot] = await meet(ask('AUD', { dates: { bestBy: '2027-01-01' }, familyCode: 'BATH' }))
    await meet(ask('AUD', { dates: { madeOn: '2026-01-01' } }))
    const { rows } = await app.admin.query('select before, after from audit where subject_id = $1 order by audit_id', [lot])
    expect(rows).toEqual([
      { before: null, after: { productId: milk, issuerId: hill, code: 'AUD', family: 'BATH', bestBy: '2027-01-01', properties: {} } },
      { before: { madeOn: null }, after: { madeOn: '2026-01-01' } },
    ])
  })

  test('a hundred lots cost as many statements as one', async () => {
    const counting = (requests: LotRequest[]) => inCommand(app, async (scope) => {
      let statements = 0
      const tx = { rows: (s: never) => { statements += 1; return scope.tx.rows(s) }, row: (s: never) => { statements += 1; return scope.tx.row(s) }, run: (s: never) => { statements += 1; return scope.tx.run(s) } }
      await meetLots({ ...scope, tx: tx as typeof scope.tx }, requests)
      return { statements }
    })
    const many = Array.from({ length: 100 }, (_, at) => ask(`MANY-${at}`))
    expect((await counting(many)).statements).toBe((await counting([ask('SINGLE')])).statements)
    expect(await counting(many)).toEqual({ statements: 1 })
  })
})

describe('what a known lot is told to be', () => {
  test('an unset date, property or family is filled in', async () => {
    const [lot] = await meet(ask('E1'))
    await meet(ask('E1', { dates: { useBy: '2027-03-01' }, properties: { fat: '4' }, familyCode: 'DAY-1' }))
    expect(await get(lot)).toMatchObject({ useBy: '2027-03-01', properties: { fat: '4' }, family: { code: 'DAY-1' }, version: 2 })
    await meet(ask('E1', { dates: { useBy: '2027-03-01' }, properties: { fat: 4.0 }, familyCode: 'DAY-1' }))
    expect((await get(lot)).version).toBe(2)
  })

  test('another one is refused, and says both', async () => {
    expect(await refusalOf(meet(ask('E1', { dates: { useBy: '2027-03-02' } })))).toEqual({ refused: 'lot_date_differs', data: { lot: 'E1', field: 'useBy', ours: '2027-03-01', given: '2027-03-02' } })
    expect(await refusalOf(meet(ask('E1', { properties: { fat: 5 } })))).toEqual({ refused: 'lot_property_differs', data: { lot: 'E1', property: 'fat', ours: '4', given: '5' } })
    expect(await refusalOf(meet(ask('E1', { familyCode: 'DAY-2' })))).toMatchObject({ refused: 'lot_family_differs', data: { lot: 'E1', given: 'DAY-2' } })
    expect(await refusalOf(meet(ask('E1', { properties: { colour: 'white' } })))).toMatchObject({ refused: 'property_unknown' })
  })

  test('two who fill in one date at once: the other is refused, never overwritten', async () => {
    const [lot] = await meet(ask('E2'))
    const outcomes = await Promise.allSettled(['2027-01-01', '2027-01-02', '2027-01-03'].map((useBy) => meet(ask('E2', { dates: { useBy } }))))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await get(lot)).version).toBe(2)
  })
})

test("a merged lot's code leads to the lot it is, in receipts, search and by id", async () => {
  const [old, stays] = await meet(ask('G-OLD'), ask('G-NEW', { issuerId: dale, create: dale, dates: { useBy: '2027-05-05' } }))
  await merge(old, stays)
  expect(await meet(ask('G-OLD'), ask('G-OLD', { issuerId: null, create: false }))).toEqual([stays, stays])
  expect(await refusalOf(meet(ask('G-OLD', { dates: { useBy: '2027-05-06' } })))).toMatchObject({ refused: 'lot_date_differs' })
  expect(await get(old)).toMatchObject({ mergedInto: stays })
  expect(await get(stays)).toMatchObject({ mergedFrom: [old], codes: [{ code: 'G-NEW', lotId: stays }, { code: 'G-OLD', lotId: old }] })
  expect((await ok(app.api('GET', '/lots?search=g-'))).items.map((item: { lotId: string }) => item.lotId)).toEqual([stays])
  expect(await refused(app.api('PATCH', `/lots/${old}`, { madeOn: null, reason: 'x' }))).toMatchObject({ code: 'merged_already', into: stays })
})

describe('a lot is registered', () => {
  test('by product and code; without an issuer it is the unknown party\'s', async () => {
    const { lotId } = await ok(app.api('POST', '/lots', { product: { sku: 'MILK' }, code: 'R1', dates: { expiresOn: '2027-01-01' }, family: 'DAY-R' }))
    expect(await get(lotId)).toMatchObject({ issuer: { partyId: unknownPartyId(app.organizationId) }, expiresOn: '2027-01-01', family: { code: 'DAY-R' } })
    expect((await ok(app.api('POST', '/lots', { product: milk, code: 'R1' }))).lotId).toBe(lotId)
  })

  test.each([
    ['a product nobody knows', () => ({ product: nobody, code: 'X' }), { status: 422, code: 'product_unknown' }],
    ['an issuer nobody knows', () => ({ product: milk, code: 'X', issuer: nobody }), { status: 422, code: 'party_unknown' }],
    ['an issuer by a wrong name', () => ({ product: milk, code: 'X', issuer: { name: 'Nobody & Sons' } }), { code: 'party_unknown' }],
    ['a day there is not', () => ({ product: milk, code: 'X', dates: { useBy: '2027-02-30' } }), { status: 400, code: 'input_invalid', field: '$.dates.useBy' }],
  ])('not with %s', async (_, body, problem) => {
    expect(await refused(app.api('POST', '/lots', body()))).toMatchObject(problem)
  })
})

describe('a lot is corrected', () => {
  test('with a reason: dates, family, properties; the replaced code still leads to it', async () => {
    const [lot] = await meet(ask('H1', { dates: { useBy: '2027-01-01' }, familyCode: 'DAY-H' }))
    await ok(app.api('PATCH', `/lots/${lot}`, { code: 'H-1', useBy: '2027-01-02', family: null, properties: { breed: 'Jersey' }, reason: 'misread label' }, { 'if-match': '"1"' }))
    expect(await get(lot)).toMatchObject({ code: 'H-1', useBy: '2027-01-02', family: null, properties: { breed: 'Jersey' }, version: 2, codes: [{ code: 'H1', kind: 'old' }, { code: 'H-1', kind: 'issued' }] })
    expect(await meet(ask('H1', { create: false }), ask('H-1', { create: false }))).toEqual([lot, lot])
    expect(await refused(app.api('PATCH', `/lots/${lot}`, { useBy: null, reason: 'x' }, { 'if-match': '"1"' }))).toMatchObject({ status: 412 })
    expect(await refused(app.api('PATCH', `/lots/${lot}`, { useBy: null }))).toMatchObject({ status: 400, field: '$.reason' })
    await ok(app.api('PATCH', `/lots/${lot}`, { code: 'H1', useBy: null, reason: 'it was right' }))
    expect(await get(lot)).toMatchObject({ code: 'H1', useBy: null, codes: [{ code: 'H1', kind: 'issued' }, { code: 'H-1', kind: 'old' }] })
  })

  test('never to a code of another lot, which is named', async () => {
    const [a, b] = await meet(ask('I1'), ask('I2'))
    expect(await refused(app.api('PATCH', `/lots/${a}`, { code: 'I2', reason: 'x' }))).toMatchObject({ status: 409, code: 'lot_code_taken', lot: 'I2', other: b })
    expect((await get(a)).code).toBe('I1')
  })

  test('but not what is no lot', async () => {
    const { noLotId } = await ok(app.api('GET', `/products/${milk}`))
    expect(await refused(app.api('PATCH', `/lots/${noLotId}`, { madeOn: '2026-01-01', reason: 'x' }))).toMatchObject({ status: 409, code: 'lot_hidden' })
    expect(await refused(app.api('PATCH', `/lots/${nobody}`, { madeOn: '2026-01-01', reason: 'x' }))).toMatchObject({ status: 404 })
  })
})

describe('the maker of a lot is learnt later', () => {
  test('its codes are the maker\'s then, and what it was received as still leads to it', async () => {
    const [lot] = await meet(ask('J1', { issuerId: dale, create: dale }))
    await ok(app.api('POST', `/lots/${lot}/issuer`, { issuer: { name: 'hill farm' }, reason: 'read on the sack' }))
    expect(await get(lot)).toMatchObject({ issuer: { partyId: hill }, codes: [{ issuer: { partyId: dale }, kind: 'old' }, { issuer: { partyId: hill }, kind: 'issued' }], version: 2 })
    expect(await meet(ask('J1'), ask('J1', { issuerId: dale, create: dale }), ask('J1', { issuerId: null, create: false }))).toEqual([lot, lot, lot])
  })

  test('where the maker has that code already, the lot to merge with is named', async () => {
    const [ours, theirs] = await meet(ask('K1', { issuerId: dale, create: dale }), ask('K1'))
    expect(await refused(app.api('POST', `/lots/${ours}/issuer`, { issuer: hill }))).toMatchObject({ status: 409, code: 'lot_code_taken', lot: 'K1', other: theirs })
    expect((await get(ours)).issuer.partyId).toBe(dale)
    expect(await refused(app.api('POST', `/lots/${ours}/issuer`, { issuer: nobody }))).toMatchObject({ code: 'party_unknown' })
  })
})

describe('lots are listed', () => {
  test('newest first, of a product or family, without the hidden ones', async () => {
    const cheese = await product('CHEESE')
    const lots = await meet(...['X1', 'X2', 'X3', 'X4', 'X5'].map((code) => ask(code, { productId: cheese, familyCode: code < 'X3' ? 'DAY-X' : undefined })))
    const found: LotId[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: { lotId: LotId }[]; next: string | null } = await ok(app.api('GET', `/lots?product=${cheese}&limit=2${cursor && `&cursor=${cursor}`}`))
      found.push(...page.items.map((item) => item.lotId))
      cursor = page.next
    }
    expect(found).toEqual(lots.toSorted().toReversed())
    const { familyId } = (await get(lots[0])).family
    expect((await ok(app.api('GET', `/lots?family=${familyId}`))).items).toHaveLength(2)
    expect((await ok(app.api('GET', '/lot-families?search=DAY-X'))).items).toMatchObject([{ familyId, code: 'DAY-X' }])
    expect(await ok(app.api('GET', `/lot-families/${familyId}`))).toMatchObject({ code: 'DAY-X', kind: 'family' })
  })

  test('by what the code begins with, whatever case, spaces, O or 0, I or 1, each once', async () => {
    const [a, b] = await meet(ask('SO 10-a'), ask('s01O-B'))
    await ok(app.api('PATCH', `/lots/${a}`, { code: 'S0-I0', reason: 'x' }))
    const found: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: { lotId: string }[]; next: string | null } = await ok(app.api('GET', `/lots?search=s0&limit=1${cursor && `&cursor=${cursor}`}`))
      found.push(...page.items.map((item) => item.lotId))
      cursor = page.next
    }
    expect(found).toEqual([a, b])
    expect((await ok(app.api('GET', `/lots?search=so10&product=${curd}`))).items).toEqual([])
  })

  test('with a made-up cursor not at all', async () => {
    expect(await refused(app.api('GET', '/lots?cursor=WyJ4Il0'))).toMatchObject({ status: 400, field: 'query.cursor' })
    expect(await refused(app.api('GET', `/lots/${newId()}`))).toMatchObject({ status: 404 })
  })
})
