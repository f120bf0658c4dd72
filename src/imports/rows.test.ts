import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type Answer, type TestApp } from '../../test/support/app.ts'
import type { ImportView } from './contract.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

let last = 0
async function company(): Promise<TestApp['api']> {
  const { key } = await app.otherOrganization(`Company ${(last += 1)}`)
  return app.apiAs(key)
}

// what the API answers is validated by its contract
// oxlint-disable-next-line no-explicit-any
async function ok<T = any>(answer: Promise<Answer>): Promise<T> {
  const { status, body } = await answer
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body as T
}

const upload = (api: TestApp['api'], csv: string, query = 'source=Acme') => ok<ImportView>(api('POST', `/imports?${query}`, csv, { 'content-type': 'text/csv' }))
const settle = (api: TestApp['api'], { importId }: ImportView, settings: object) => ok<ImportView>(api('PUT', `/imports/${importId}/settings`, settings))

describe('an import as a screen shows it', () => {
  test('says what dates and numbers of its samples mean, and what its good rows would make', async () => {
    const api = await company()
    const view = await upload(api, 'SKU;Charge;Serial;MHD;Menge;Note\nA;L1;;31.01.2027;1.234,5;x\nB;;S1;never;1;y\n')
    expect([view.readings, view.makes]).toEqual([[[null, null, null, '2027-01-31', '1234.5', null], [null, null, null, null, '1', null]], null])
    const ready = await settle(api, view, { facility: 'MAIN', defaultPlace: 'R1' })
    expect([ready.counts.bad, ready.makes, ready.begun]).toEqual([1, { product: 1, lot: 1, unit: 0, place: 2, party: 0, plate: 0 }, false])
  })

  test('says where its mapping comes from: a name, a person, the file before', async () => {
    const api = await company()
    const view = await upload(api, 'Article,Qty,Box\nA,1,R1\n')
    expect(view.origins).toEqual({ product: 'guessed', quantity: 'guessed' })
    const said = await settle(api, view, { facility: 'MAIN', mapping: { ...view.settings.mapping, place: 'Box' } })
    expect(said.origins).toEqual({ product: 'guessed', quantity: 'guessed', place: 'said' })
    await ok(api('POST', `/imports/${view.importId}/run`, {}))
    expect((await upload(api, 'Article,Qty,Box\nA,2,R1\n')).origins).toEqual({ product: 'remembered', quantity: 'remembered', place: 'remembered' })
    expect((await upload(api, 'Article,Qty,Box\nA,2,R1\n', 'source=Other')).origins).toEqual({ product: 'guessed', quantity: 'guessed' })
  })

  test('names who does what is done with it', async () => {
    const api = await company()
    const { importId } = await upload(api, 'SKU,Qty\nA,1\n')
    expect((await ok(api('GET', '/imports'))).items.map(({ actor }: ImportView) => [actor.kind, actor.name])).toEqual([['key', 'test owner']])
    expect((await ok<ImportView>(api('GET', `/imports/${importId}`))).actor.name).toBe('test owner')
  })

  test('lists what it made, kind by kind, and what an undo left', async () => {
    const api = await company()
    const view = await settle(api, await upload(api, 'SKU,Lot,Supplier,Bin,Qty\nA,L1,Hill Farm,R1,5\nB,,,R1,3\n'), { facility: 'MAIN' })
    const done = await ok<ImportView>(api('POST', `/imports/${view.importId}/run`, {}))
    const lines = async (query: string) => (await ok(api('GET', `/imports/${view.importId}/rows?${query}`))).items.map(({ rowNo }: { rowNo: number }) => rowNo)
    expect([await lines('status=done'), await lines('status=failed'), await lines('status=open')]).toEqual([[1, 2], [], []])
    expect([done.made, done.begun]).toEqual([{ movement: 2, product: 2, lot: 1, lot_family: 0, place: 2, party: 1, plate: 0 }, true])
    const all: [string, string | null][] = []
    for (let cursor = ''; ; ) {
      const page = await ok(api('GET', `/imports/${view.importId}/made?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`))
      all.push(...page.items.map(({ kind, name }: { kind: string; name: string | null }) => [kind, name]))
      if (page.next === null) break
      cursor = page.next
    }
    expect(all.toSorted()).toEqual([['lot', 'L1'], ['movement', null], ['movement', null], ['party', 'Hill Farm'], ['place', 'MAIN'], ['place', 'R1'], ['product', 'A'], ['product', 'B']])
    await ok(api('POST', '/places', { kind: 'storage', code: 'R2', parent: undefined, parentId: (await ok(api('GET', '/places?search=MAIN'))).items[0].placeId }))
    await ok(api('POST', `/imports/${view.importId}/undo`, { reason: 'wrong file' }))
    const places = await ok(api('GET', `/imports/${view.importId}/made?kind=place`))
    expect(places.items.map(({ name, keptBecause }: { name: string; keptBecause: string | null }) => [name, keptBecause]).toSorted()).toEqual([['MAIN', 'there are places in it'], ['R1', null]])
  })
})

const bad = 'SKU,Lot,Expires,Qty\nA,L1,n.v.,1\nB,L2,n.v.,2\nC,L3,soon,3\nD,L4,n.v.,x\nE,L5,2027-01-31,5\nF,L6\n'

describe('bad rows', () => {
  test('are counted by problem and column, with the values they hold', async () => {
    const api = await company()
    const { importId } = await settle(api, await upload(api, bad), { facility: 'MAIN', dateFormat: 'YYYY-MM-DD' })
    const { items } = await ok(api('GET', `/imports/${importId}/reasons`))
    expect(items.map(({ code, column, rows, distinct, values }: { code: string; column: string; rows: number; distinct: number; values: object[] }) => [code, column, rows, distinct, values])).toEqual([
      ['date_invalid', 'Expires', 4, 2, [{ value: 'n.v.', rows: 3 }, { value: 'soon', rows: 1 }]],
      ['quantity_invalid', 'Qty', 1, 1, [{ value: 'x', rows: 1 }]],
      ['row_short', null, 1, 0, []],
    ])
    expect(items[0]).toMatchObject({ params: { format: 'YYYY-MM-DD' }, why: 'It is no day written as YYYY-MM-DD.' })
  })

  test('are found by their problem, its column, and by number', async () => {
    const api = await company()
    const { importId } = await settle(api, await upload(api, bad), { facility: 'MAIN', dateFormat: 'YYYY-MM-DD' })
    const lines = async (query: string) => (await ok(api('GET', `/imports/${importId}/rows?${query}`))).items.map(({ rowNo }: { rowNo: number }) => rowNo)
    expect(await lines('problem=date_invalid')).toEqual([1, 2, 3, 4])
    expect(await lines('problem=date_invalid&column=Expires&limit=2')).toEqual([1, 2])
    expect(await lines('problem=date_invalid&column=Qty')).toEqual([])
    expect(await lines('problem=row_short&column=')).toEqual([6])
    expect(await lines('numbers=2,5,99')).toEqual([2, 5])
    expect(await lines('numbers=2,5&verdict=bad')).toEqual([2])
    expect((await api('GET', `/imports/${importId}/rows?numbers=2,x`)).body.code).toBe('input_invalid')
  })

  test('of one mistake are corrected at once, those of another are left alone', async () => {
    const api = await company()
    const { importId } = await settle(api, await upload(api, bad), { facility: 'MAIN', dateFormat: 'YYYY-MM-DD' })
    const correction = { problem: 'date_invalid', column: 'Expires', value: 'n.v.', by: '2027-12-31' }
    const after = await ok<ImportView>(api('POST', `/imports/${importId}/corrections`, correction))
    expect([after.status, after.counts]).toMatchObject(['ready', { new: 3, bad: 3 }])
    const rows = (await ok(api('GET', `/imports/${importId}/rows`))).items.map(({ cells, edited }: { cells: Record<string, string>; edited: boolean }) => [cells['Expires'], edited])
    expect(rows).toEqual([['2027-12-31', true], ['2027-12-31', true], ['soon', false], ['2027-12-31', true], ['2027-01-31', false], [undefined, false]])
    // somebody was faster
    expect((await api('POST', `/imports/${importId}/corrections`, correction)).body.code).toBe('record_changed')
    expect((await api('POST', `/imports/${importId}/corrections`, { ...correction, column: 'Best' })).body.code).toBe('import_column_unknown')
  })
})

describe('two people on one import', () => {
  test('do not overwrite each other: a row that is no longer what it was, an import of another version', async () => {
    const api = await company()
    const asking = await upload(api, 'SKU,Qty\nA,1O\nB,2\n')
    const view = await settle(api, asking, { facility: 'MAIN' })
    const change = (cells: object, was: object) => api('PATCH', `/imports/${view.importId}/rows`, { rowNo: 1, cells, was })
    expect((await change({ Qty: '10' }, { Qty: '1O' })).body.counts.bad).toBe(0)
    expect((await change({ Qty: '100' }, { Qty: '1O' })).body).toMatchObject({ code: 'record_changed', params: { what: 'row', which: '1' } })
    // another cell of the row is another matter
    expect((await change({ SKU: 'AA' }, { SKU: 'A' })).status).toBe(200)
    const stale = { 'if-match': `"${view.version}"` }
    expect((await api('PUT', `/imports/${view.importId}/settings`, { facility: 'OTHER' }, stale)).body).toMatchObject({ code: 'record_changed', params: { what: 'import', which: 'Acme' } })
    expect((await api('POST', `/imports/${view.importId}/run`, {}, stale)).body.code).toBe('record_changed')
    expect((await api('POST', `/imports/${view.importId}/cancel`, undefined, stale)).body.code).toBe('record_changed')
    const now = { 'if-match': `"${(await ok<ImportView>(api('GET', `/imports/${view.importId}`))).version}"` }
    expect((await api('POST', `/imports/${view.importId}/run`, {}, now)).body.status).toBe('done')
    expect((await api('POST', `/imports/${view.importId}/undo`, {}, now)).body.code).toBe('record_changed')
  })
})
