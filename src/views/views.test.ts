import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listPageNames, listPages } from '#src/lib/list-pages.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { ok, refused } from '../../test/support/command.ts'

let app: TestApp
let ana: TestApp['api'], ben: TestApp['api'], boss: TestApp['api']
beforeAll(async () => {
  app = await createTestApp()
  // three members; whoever is no more than a viewer keeps views too
  ana = app.apiAs(await app.keyOf('viewer'))
  ben = app.apiAs(await app.keyOf('operator'))
  boss = app.api
})
afterAll(() => app.close())

const view = { page: 'lots', name: 'Cream, soon due', query: 'q=cr&sort=due' }
const names = async (api: TestApp['api'], page = 'lots'): Promise<string[]> => (await ok(api('GET', `/views?page=${page}`))).items.map((one: { name: string }) => one.name)

describe('a view', () => {
  test('is kept for me alone, and shared it is there for all', async () => {
    const made = await ok(ana('POST', '/views', view))
    expect(made).toMatchObject({ ...view, shared: false, mine: true, mayChange: true, version: 1, owner: { name: 'test viewer' } })
    expect([await names(ana), await names(ben)]).toEqual([['Cream, soon due'], []])
    await ok(ana('PATCH', `/views/${made.viewId}`, { shared: true }))
    expect((await ok(ben('GET', '/views'))).items).toMatchObject([{ name: 'Cream, soon due', mine: false, mayChange: false, shared: true, version: 2, owner: { name: 'test viewer' } }])
  })

  test('that is shared is changed by its owner and by who manages the organisation, and by nobody else', async () => {
    const { viewId } = await ok(ana('POST', '/views', { ...view, name: 'Ours', shared: true }))
    const nobodys = { status: 403, code: 'view_of_another', name: 'Ours', owner: 'test viewer' }
    expect(await refused(ben('PATCH', `/views/${viewId}`, { name: 'Mine' }))).toMatchObject(nobodys)
    expect(await refused(ben('POST', `/views/${viewId}/archive`))).toMatchObject(nobodys)
    expect(await ok(boss('PATCH', `/views/${viewId}`, { query: 'held=true' }))).toMatchObject({ query: 'held=true', mine: false, mayChange: true })
    expect(await ok(ana('POST', `/views/${viewId}/archive`))).toMatchObject({ viewId })
    expect(await names(ana)).not.toContain('Ours')
    expect(await refused(ana('PATCH', `/views/${viewId}`, { name: 'again' }))).toMatchObject({ status: 404 })
  })

  test('of somebody else that is not shared is not there, for who manages the organisation neither', async () => {
    const { viewId } = await ok(ben('POST', '/views', { ...view, name: 'Private' }))
    for (const api of [ana, boss]) {
      expect(await refused(api('PATCH', `/views/${viewId}`, { name: 'x' }))).toMatchObject({ status: 404, code: 'not_found' })
      expect(await refused(api('POST', `/views/${viewId}/archive`))).toMatchObject({ status: 404 })
      expect(await names(api)).not.toContain('Private')
    }
  })

  test('has a name of its own in a list of its owner, whatever its case; an archived one leaves it free', async () => {
    const { viewId } = await ok(ben('POST', '/views', { ...view, name: 'Week' }))
    expect(await refused(ben('POST', '/views', { ...view, name: 'week' }))).toMatchObject({ status: 409, code: 'view_name_taken', name: 'week' })
    await ok(ben('POST', '/views', { ...view, page: 'units', query: '', name: 'Week' }))
    await ok(ana('POST', '/views', { ...view, name: 'Week' }))
    await ok(ben('POST', `/views/${viewId}/archive`))
    const again = await ok(ben('POST', '/views', { ...view, name: 'week' }))
    const other = await ok(ben('POST', '/views', { ...view, name: 'Month' }))
    expect(await refused(ben('PATCH', `/views/${other.viewId}`, { name: 'WEEK' }))).toMatchObject({ code: 'view_name_taken' })
    expect(await refused(ben('PATCH', `/views/${again.viewId}`, { name: 'x' }, { 'if-match': '"7"' }))).toMatchObject({ status: 412, code: 'record_changed' })
  })

  test.each([
    ['what no list knows', 'lots', 'at=2026-01-01&q=x'],
    ['what only another list knows', 'products', 'due=1&family=2'],
  ])('holds nothing of %s', async (_, page, query) => {
    expect(await refused(ana('POST', '/views', { page, name: 'Strange', query }))).toMatchObject({ status: 400, code: 'input_invalid', field: '$.query' })
    const { viewId } = await ok(ana('POST', '/views', { page, name: `Plain ${query.length}`, query: '' }))
    expect(await refused(ana('PATCH', `/views/${viewId}`, { query }))).toMatchObject({ status: 400, field: '$.query' })
  })

  test.each([
    ['a name without a letter', { ...view, name: '  ' }, '$.name'], ['a list there is not', { ...view, page: 'orders' }, '$.page'], ['a query without end', { ...view, query: `q=${'x'.repeat(2000)}` }, '$.query'],
  ])('has no %s', async (_, body, field) => {
    expect(await refused(ana('POST', '/views', body))).toMatchObject({ status: 400, code: 'input_invalid', field })
  })

  test('holds everything that its list knows, each in one order, so that the same is the same', async () => {
    for (const page of listPageNames) {
      const all = listPages[page].map((key) => `${key}=1`)
      const made = await ok(ana('POST', '/views', { page, name: 'Everything', query: all.join('&') }))
      expect(made.query).toBe(all.toSorted().join('&'))
    }
  })

  test('is told page by page, and its changes stand in the audit', async () => {
    const all = await names(ana, 'lots')
    const first = await ok(ana('GET', '/views?page=lots&limit=1'))
    const rest = await ok(ana('GET', `/views?page=lots&cursor=${first.next}`))
    expect([...first.items, ...rest.items].map(({ name }: { name: string }) => name)).toEqual(all)
    const { items } = await ok(boss('GET', `/audit?subjectId=${first.items[0].viewId}`))
    expect(items.map((row: { command: string }) => row.command)).toEqual(['view.change', 'view.create'])
  })
})
