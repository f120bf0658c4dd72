import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProduct } from '#src/catalog/contract.ts'
import { tradePresets, trades, type Trade } from '#src/lib/trades.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { ok, refused } from '../../test/support/command.ts'

let app: TestApp
beforeAll(async () => void (app = await createTestApp()))
afterAll(() => app.close())

const answer = (api: TestApp['api'], preset: object, query = '') => api('PATCH', `/organization${query}`, { preset })

describe('the question what is handled', () => {
  test.each(trades)('answered with %s makes what goes with it, and a product begins as it says', async (trade: Trade) => {
    const { key } = await app.otherOrganization()
    const api = app.apiAs(key)
    expect((await ok(api('GET', '/me'))).trades).toEqual([])
    expect((await ok(answer(api, { trades: [trade] }))).preset).toEqual({ trades: [trade] })
    expect((await ok(api('GET', '/me'))).trades).toEqual([trade])
    const { product, uoms, properties } = tradePresets[trade]
    const made = (await ok(api('GET', '/properties'))).items
    expect(made.map(({ subject, key: its, name, valueType, choices }: Record<string, unknown>) => ({ subject, key: its, name, valueType, choices }))).toEqual(
      properties.toSorted((a, b) => (a.subject + a.key < b.subject + b.key ? -1 : 1)).map(({ subject, key: its, name, valueType, choices }) => ({ subject, key: its, name: name.en, valueType, choices: choices ?? null })))
    expect((await ok(api('GET', '/uoms'))).items.map(({ uom }: { uom: string }) => uom)).toEqual(expect.arrayContaining(uoms.map(({ uom }) => uom)))
    const { productId } = await ok(api('POST', '/products', newProduct.parse({ sku: 'FIRST', name: 'First', ...product })))
    expect(await ok(api('GET', `/products/${productId}`))).toMatchObject(product)
  })

  test('answered again adds what is new, keeps what is there and what was made of it, and says so in the audit', async () => {
    const { key, organizationId } = await app.otherOrganization()
    const api = app.apiAs(key)
    await ok(api('POST', '/properties', { subject: 'lot', key: 'origin', name: 'Farm', valueType: 'text' }))
    await ok(answer(api, { trades: ['food'], language: 'de' }))
    const named = async () => Object.fromEntries((await ok(api('GET', '/properties'))).items.map((item: { key: string; name: string }) => [item.key, item.name]))
    expect(await named()).toMatchObject({ origin: 'Farm', organic_certificate: 'Bio-Zertifikat' })
    await ok(answer(api, { trades: ['electronics', 'food'] }))
    expect(await named()).toMatchObject({ origin: 'Farm', organic_certificate: 'Bio-Zertifikat', firmware: 'Firmware' })
    expect((await ok(api('GET', '/uoms'))).items).toContainEqual(expect.objectContaining({ uom: 'case', name: 'Karton', scale: 0 }))
    const { rows } = await app.admin.query(`select before -> 'trades' as before, after -> 'trades' as after from audit where organization_id = $1 and subject = 'organization' and before ? 'trades' order by recorded_at`, [organizationId])
    expect(rows).toEqual([{ before: [], after: ['food'] }, { before: ['food'], after: ['electronics', 'food'] }])
    const { rows: defined } = await app.admin.query(`select count(*)::int as count from audit where organization_id = $1 and subject = 'property' and before = 'null'`, [organizationId])
    expect(defined).toEqual([{ count: 1 + 3 + 2 }])
  })

  test('in a dry run makes nothing', async () => {
    const api = app.apiAs((await app.otherOrganization()).key)
    expect((await ok(answer(api, { trades: ['yarn'] }, '?dryRun=true'))).preset.trades).toEqual(['yarn'])
    expect([(await ok(api('GET', '/me'))).trades, (await ok(api('GET', '/properties'))).items]).toEqual([[], []])
  })

  test.each([
    ['what is no trade', { trades: ['cheese'] }], ['nothing', { trades: [] }], ['one thing twice', { trades: ['food', 'food'] }], ['more than it asks', { trades: ['food'], demo: { company: 'creamery' } }],
    ['any JSON', { handles: 'Food with dates' }], ['a language there is not', { trades: ['food'], language: 'fr' }],
  ])('is not answered with %s', async (_, preset) => {
    expect(await refused(answer(app.api, preset))).toMatchObject({ status: 400, code: 'input_invalid' })
    expect((await ok(app.api('GET', '/organization'))).preset).toEqual({ trades: [] })
  })

  test('is for those who manage the organisation', async () => {
    expect(await refused(answer(app.apiAs(await app.keyOf('manager')), { trades: ['food'] }))).toMatchObject({ code: 'not_permitted' })
  })
})
