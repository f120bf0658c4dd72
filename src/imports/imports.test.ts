import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyOrganization } from '#src/verify/verify.ts'
import { createTestApp, type Answer, type TestApp } from '../../test/support/app.ts'
import type { ImportView } from './contract.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

/** An organisation of its own for each test. */
async function company(): Promise<Company> {
  const { organizationId, key } = await app.otherOrganization(`Company ${randomUUID()}`)
  return new Company(organizationId, app.apiAs(key))
}

class Company {
  readonly organizationId: string
  readonly api: TestApp['api']
  constructor(organizationId: string, api: TestApp['api']) {
    this.organizationId = organizationId
    this.api = api
  }

  async upload(csv: string | Buffer, query = 'source=test'): Promise<ImportView> {
    return this.#done(this.api('POST', `/imports?${query}`, csv, { 'content-type': 'text/csv' }))
  }
  async settings(view: ImportView, settings: object): Promise<ImportView> {
    return this.#done(this.api('PUT', `/imports/${view.importId}/settings`, settings))
  }
  async run(view: ImportView, mode: 'good_rows' | 'all_or_nothing' = 'good_rows'): Promise<ImportView> {
    return this.#done(this.api('POST', `/imports/${view.importId}/run`, { mode }))
  }
  async undo(view: ImportView): Promise<ImportView> {
    return this.#done(this.api('POST', `/imports/${view.importId}/undo`))
  }
  /** Uploaded, answered and run. */
  async bring(csv: string, settings: object = {}, mode: 'good_rows' | 'all_or_nothing' = 'good_rows'): Promise<ImportView> {
    return this.run(await this.settings(await this.upload(csv), { facility: 'MAIN', ...settings }), mode)
  }
  async rows(view: ImportView, verdict?: string): Promise<{ line: number; verdict: string; problems: { column: string | null; value: string | null; code: string }[]; notes: { code: string; text: string }[]; stated: string; before: string }[]> {
    return (await this.#done<{ items: never[] }>(this.api('GET', `/imports/${view.importId}/rows?limit=500${verdict ? `&verdict=${verdict}` : ''}`))).items
  }
  async problems(view: ImportView): Promise<string[]> {
    return (await this.rows(view, 'bad')).map(({ line, problems }) => `${line} ${problems.map(({ column, value, code }) => `${column}=${value} ${code}`).join(', ')}`)
  }
  /** `sku lot place owner plate serial quantity` of everything on hand. */
  async stock(): Promise<string[]> {
    const rows = parse(await this.csv('/exports/stock.csv'), { columns: true }) as Record<string, string>[]
    return rows.map((row) => ['product', 'lot', 'facility', 'place', 'owner', 'plate', 'serial', 'quantity'].map((column) => row[column]).join(' ').replace(/ +/g, ' '))
  }
  async csv(path: string): Promise<string> {
    const { status, body } = await this.api('GET', path)
    expect(status).toBe(200)
    return body as string
  }
  async verified(): Promise<void> {
    expect((await verifyOrganization(app.database, this.organizationId as never)).findings).toEqual([])
  }
  async one<T>(sql: string): Promise<T> {
    const { rows } = await app.admin.query(sql, [this.organizationId])
    return rows[0] as T
  }
  async #done<T = ImportView>(answer: Promise<Answer>): Promise<T> {
    const { status, body } = await answer
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body as T
  }
}

describe('opening stock', () => {
  test('comes in with products, places and lots made on demand, in one movement against the count', async () => {
    const it = await company()
    const seen = await it.settings(await it.upload('SKU,Description,Lot,Expiration date,Bin,Qty\nA,Apples,L1,2027-01-31,R1,10\nA,Apples,L2,2027-02-28,,2.5\nB,Boxes,,,R1,7\nC,Cups,,,R2,0\n'), { facility: 'MAIN' })
    expect([seen.status, seen.counts, seen.questions]).toEqual(['ready', { new: 4, changed: 0, unchanged: 0, bad: 0, done: 0, failed: 0 }, []])
    expect(await it.stock()).toEqual([])
    const done = await it.run(seen)
    expect([done.status, done.counts, done.progress]).toEqual(['done', { new: 4, changed: 0, unchanged: 0, bad: 0, done: 4, failed: 0 }, { done: 4, total: 4 }])
    expect(await it.stock()).toEqual(['A L1 MAIN R1 10', 'A L2 MAIN 2.5', 'B MAIN R1 7'])
    const movement = await it.one<{ kind: string; reason: string; movements: string; lines: string }>(`select max(kind) as kind, max(reason) as reason, count(distinct movement_id)::text as movements, count(*)::text as lines from movement join movement_line using (organization_id, movement_id) where organization_id = $1`)
    expect(movement).toEqual({ kind: 'adjust', reason: 'opening stock', movements: '2', lines: '3' })
    const { body } = await it.api('GET', '/products')
    expect(body.items.map((product: { sku: string; name: string; tracking: string; scale: number }) => [product.sku, product.name, product.tracking, product.scale])).toEqual([['A', 'Apples', 'lot', 1], ['B', 'Boxes', 'none', 0], ['C', 'Cups', 'none', 0]])
    await it.verified()
  })

  test('of the same file again is unchanged; of another quantity it is adjusted to what the file states, up and down', async () => {
    const it = await company()
    await it.bring('SKU,Lot,Bin,Qty\nA,L1,R1,10\nA,L2,R1,5\nB,,R1,3\nC,,R1,0\n')
    const again = await it.upload('SKU,Lot,Bin,Qty\nA,L1,R1,10\nA,L2,R1,5\nB,,R1,3\nC,,R1,0\n')
    expect([again.status, again.counts.unchanged, again.settings.facility]).toEqual(['ready', 4, 'MAIN'])
    const other = await it.upload('SKU,Lot,Bin,Qty\nA,L1,R1,12\nA,L2,R1,0\nB,,R1,3\nC,,R2,4\n')
    expect((await it.rows(other)).map(({ verdict, before, stated }) => [verdict, before, stated])).toEqual([['changed', '10', '12'], ['changed', '5', '0'], ['unchanged', '3', '3'], ['new', '0', '4']])
    await it.run(other)
    expect(await it.stock()).toEqual(['A L1 MAIN R1 12', 'B MAIN R1 3', 'C MAIN R2 4'])
    await it.verified()
  })

  test('keeps identifiers byte for byte and says where blanks were cut off', async () => {
    const it = await company()
    const seen = await it.upload('SKU,Lot,Qty\n007,1E10,1\n7,1234567890123456789,2\n 7 ,x,3\n0070,"a ""b"", c",4\n')
    await it.run(await it.settings(seen, { facility: 'MAIN' }))
    expect(await it.stock()).toEqual(['007 1E10 MAIN 1', '0070 a "b", c MAIN 4', '7 1234567890123456789 MAIN 2', '7 x MAIN 3'])
    expect((await it.rows(seen))[2]?.notes).toEqual([{ code: 'blanks_cut', params: { text: '7', column: 'SKU' }, text: 'Blanks around “7” in SKU were cut off.' }])
    const kept = await company()
    await kept.bring('SKU,Lot,Qty\n7,x,1\n" 7 ",x ,3\n', { spaces: 'keep' })
    expect((await kept.one<{ codes: string[] }>(`select array_agg('[' || sku || '|' || code || ']' order by sku) as codes from product join lot using (organization_id, product_id) where organization_id = $1 and code is not null`)).codes).toEqual(['[ 7 |x ]', '[7|x]'])
  })

  test('of a product with and without a lot keeps what has none in its hidden lot and tracks it by lot from then on', async () => {
    const it = await company()
    for (const mode of ['good_rows', 'all_or_nothing'] as const) {
      const sku = mode
      const done = await it.bring(`SKU,Lot,Bin,Qty\n${sku},,R1,4\n${sku},L1,R1,6\n`, {}, mode)
      expect([done.status, done.counts.done]).toEqual(['done', 2])
    }
    expect(await it.stock()).toEqual(['all_or_nothing MAIN R1 4', 'all_or_nothing L1 MAIN R1 6', 'good_rows MAIN R1 4', 'good_rows L1 MAIN R1 6'])
    expect(await it.one(`select array_agg(distinct tracking) as tracking from product where organization_id = $1`)).toEqual({ tracking: ['lot'] })
    await it.verified()
    const more = await it.upload('SKU,Lot,Bin,Qty\ngood_rows,,R1,5\nall_or_nothing,,R1,3\n')
    expect(await it.problems(more)).toEqual(['2 Lot=null lot_missing'])
    await it.run(await it.settings(more, { missingLot: 'UNKNOWN' }))
    expect(await it.stock()).toEqual(['all_or_nothing MAIN R1 4', 'all_or_nothing L1 MAIN R1 6', 'all_or_nothing UNKNOWN MAIN R1 3', 'good_rows MAIN R1 4', 'good_rows L1 MAIN R1 6', 'good_rows UNKNOWN MAIN R1 5'])
    await it.verified()
  })

  test('of serials, with lots or without, is one unit a row, and what is gone is taken off', async () => {
    const it = await company()
    const file = 'SKU,Serial,Lot,Bin,Qty\nBIKE,S1,,R1,1\nBIKE,S2,,R1,\nDRILL,D1,L1,R1,1\nDRILL,D2,L1,R2,1\n'
    await it.bring(file)
    expect(await it.stock()).toEqual(['BIKE MAIN R1 S1 1', 'BIKE MAIN R1 S2 1', 'DRILL L1 MAIN R1 D1 1', 'DRILL L1 MAIN R2 D2 1'])
    expect((await it.upload(file)).counts.unchanged).toBe(4)
    const next = await it.upload('SKU,Serial,Lot,Bin,Qty\nBIKE,S1,,R2,1\nBIKE,S2,,R1,0\nBIKE,S3,,R1,1\nBIKE,S3,,R1,1\nBIKE,S4,,R1,2\nBIKE,,,R1,1\nDRILL,D3,,R1,1\n')
    expect(await it.problems(next)).toEqual(['2 Serial=S1 unit_already_in_stock', '5 Serial=S3 unit_twice', '6 Qty=2 serial_is_one', '7 Serial=1 units_missing', '8 Lot=null lot_missing'])
    await it.run(next)
    expect(await it.stock()).toEqual(['BIKE MAIN R1 S1 1', 'BIKE MAIN R1 S3 1', 'DRILL L1 MAIN R1 D1 1', 'DRILL L1 MAIN R2 D2 1'])
    await it.verified()
  })

  test('of others, on plates, with costs and other units of measure is kept as such', async () => {
    const it = await company()
    await it.bring('SKU,Lot,Bin,Owner,Plate,Qty,UOM,Unit cost,Currency\nOIL,L1,T1,Hill Farm,P1,2.5,kg,"1.20",EUR\nOIL,L1,T1,,,1,kg,,\n')
    expect(await it.stock()).toEqual(['OIL L1 MAIN T1 1', 'OIL L1 MAIN T1 Hill Farm P1 2.5'])
    expect(await it.one(`select trim_scale(unit_cost)::text as cost, cost_currency as currency from movement_line where organization_id = $1 and unit_cost is not null`)).toEqual({ cost: '1.2', currency: 'EUR' })
    await it.verified()
  })

  test('is all there or not at all where that was asked for', async () => {
    const it = await company()
    const view = await it.settings(await it.upload('SKU,Qty\nA,1\nB,-2\n'), { facility: 'MAIN' })
    expect((await it.api('POST', `/imports/${view.importId}/run`, { mode: 'all_or_nothing' })).body).toMatchObject({ code: 'import_has_bad_rows', params: { bad: 1 } })
    expect(await it.one(`select count(*)::int as products from product where organization_id = $1`)).toEqual({ products: 0 })
    await it.run(view)
    expect(await it.stock()).toEqual(['A MAIN 1'])
  })
})

describe('a bad row', () => {
  test('says its line, column and value, and the good ones come in without it', async () => {
    const it = await company()
    const view = await it.settings(await it.upload([
      'SKU,Lot,Expires,Bin,Qty,UOM', 'A,L1,2027-01-31,R1,10,', 'A,L1,2027-13-01,R1,x,', 'A,L1,2027-03-01,R2,1,', ',L1,,R1,5,', 'B,,,R1,-5,', 'B,,,R2,,', 'B,,,R3,1E3,', 'C,,,R1,1,parsec', 'D,"two\nlines",,R1,1,', 'E,,,R1,4,', 'E,,,R1,4,', 'F,,', 'G,,,R1,0.5,each', `${'H'.repeat(91)},,,R1,1,`,
    ].join('\n')), { facility: 'MAIN', dateFormat: 'YYYY-MM-DD' })
    expect(await it.problems(view)).toEqual([
      '2 null=null row_same_key_bad', '3 Expires=2027-13-01 date_invalid, Qty=x quantity_invalid', '4 Expires=2027-03-01 lot_date_differs_in_file', '5 SKU= product_missing', '6 Qty=-5 quantity_negative', '7 Qty= quantity_missing', '8 Qty=1E3 quantity_invalid',
      '9 SKU=C uom_unknown', '10 Lot=two\nlines code_invalid', '13 SKU=E row_twice', `14 null=F |  |  row_short`, `16 SKU=${'H'.repeat(91)} code_too_long`,
    ])
    await it.run(view)
    expect(await it.stock()).toEqual(['E MAIN R1 4', 'G MAIN R1 0.5'])
  })

  test('is corrected in place, and its row is looked at again', async () => {
    const it = await company()
    const view = await it.settings(await it.upload('SKU,Qty\nA,1O\nB,2\n'), { facility: 'MAIN' })
    expect(view.counts.bad).toBe(1)
    const { body } = await it.api('PATCH', `/imports/${view.importId}/rows`, { rowNo: 1, cells: { Qty: '10' } })
    expect([body.status, body.counts.bad, body.counts.new]).toEqual(['ready', 0, 2])
    await it.run(view, 'all_or_nothing')
    expect(await it.stock()).toEqual(['A MAIN 10', 'B MAIN 2'])
    expect((await it.api('PATCH', `/imports/${view.importId}/rows`, { rowNo: 1, cells: { Qty: '11' } })).body.code).toBe('import_not_ready')
    expect((await it.api('PATCH', `/imports/${view.importId}/rows`, { rowNo: 1, cells: { Wrong: '11' } })).status).toBe(409)
  })

  test('that the ledger refuses stands alone: the others of its chunk are in', async () => {
    const it = await company()
    await it.bring('SKU,Lot,Bin,Qty\nA,L1,R1,10\nB,L1,R1,10\nC,L1,R1,10\n')
    const view = await it.upload('SKU,Lot,Bin,Qty\nA,L1,R1,11\nB,L1,R1,1\nC,L1,R1,9\n')
    const [product] = (await it.api('GET', '/products?search=B')).body.items
    await it.api('POST', '/allocations', { demand: { type: 'order', number: '1' }, lines: [{ product: product.productId, lot: { code: 'L1' }, quantity: '5', from: { code: 'R1' } }] })
    const done = await it.run(view)
    expect([done.status, done.counts.done, done.counts.failed]).toEqual(['done', 2, 0])
    expect(await it.problems(view)).toEqual(['3 Qty=1 stock_allocated'])
    expect(await it.stock()).toEqual(['A L1 MAIN R1 11', 'B L1 MAIN R1 10', 'C L1 MAIN R1 9'])
    await it.verified()
  })

  test('of several for one product, lot and place is one sum, or refused where that was said', async () => {
    const it = await company()
    const file = 'SKU,Lot,Bin,Qty,Note\nA,L1,R1,4,pallet 1\nA,L1,R1,6,pallet 2\n'
    const view = await it.settings(await it.upload(file), { facility: 'MAIN' })
    expect((await it.rows(view)).map(({ stated, notes }) => [stated, ...notes.map(({ text }) => text)])).toEqual([['10'], ['10', 'Added to line 2: the same product, lot and place.']])
    expect(await it.problems(await it.settings(view, { duplicates: 'refuse' }))).toEqual(['2 null=null row_same_key_bad', '3 SKU=A row_same_key'])
    await it.run(await it.settings(view, { duplicates: 'careful' }))
    expect(await it.stock()).toEqual(['A L1 MAIN R1 10'])
    expect((await it.upload(file)).counts.unchanged).toBe(2)
    await it.verified()
  })
})

describe('what only a person can say', () => {
  test('is asked with what it would mean, and nothing runs before the answer', async () => {
    const it = await company()
    const view = await it.upload('Artikel;Menge;MHD;Charge\nA;1.000;03/04/2027;L1\n')
    expect(view.status).toBe('asking')
    expect(view.questions.map(({ setting, candidates }) => [setting, candidates.map(({ value, examples }) => `${value}: ${examples.map(({ text, meaning }) => `${text} = ${meaning}`)}`)])).toEqual([
      ['facility', []], ['dateFormat', ['MM/DD/YYYY: 03/04/2027 = 2027-03-04', 'DD/MM/YYYY: 03/04/2027 = 2027-04-03']], ['decimal', ['point: 1.000 = 1', 'comma: 1.000 = 1000']],
    ])
    expect((await it.api('POST', `/imports/${view.importId}/run`, {})).body.code).toBe('import_questions_open')
    await it.run(await it.settings(view, { facility: 'LAGER', dateFormat: 'DD/MM/YYYY', decimal: 'comma' }))
    expect(await it.stock()).toEqual(['A L1 LAGER 1000'])
    const next = await it.upload('Artikel;Menge;MHD;Charge\nA;2.000;05/04/2027;L2\n')
    expect([next.questions, next.notes.map(({ text }) => text), next.settings.dateFormat]).toEqual([[], ['It is read as the last file of test was.'], 'DD/MM/YYYY'])
    expect((await it.upload('Artikel;Menge;MHD;Charge\nA;2.000;05/04/2027;L2\n', 'source=another')).questions).toHaveLength(3)
  })

  test('is asked again where other columns are chosen by hand, and what is clear or was said stays', async () => {
    const it = await company()
    const view = await it.upload('x;y;z;w\nA;1.000;03/04/2027;7\nB;12;05/06/2027;2.50\n')
    expect([view.settings.decimal, view.settings.dateFormat]).toEqual(['point', 'YYYY-MM-DD'])
    const chosen = await it.settings(view, { mapping: { product: 'x', quantity: 'y', expiresOn: 'z' }, facility: 'MAIN' })
    expect([chosen.settings.decimal, chosen.settings.dateFormat, chosen.questions.map(({ setting }) => setting)]).toEqual([null, null, ['dateFormat', 'decimal']])
    const said = await it.settings(chosen, { decimal: 'comma', dateFormat: 'DD/MM/YYYY' })
    // a lot more changes nothing of dates and numbers, another quantity does: 2.50 can be nothing but a point
    const lots = await it.settings(said, { mapping: { ...said.settings.mapping, lot: 'w' } })
    expect([lots.settings.decimal, lots.settings.dateFormat, lots.status]).toEqual(['comma', 'DD/MM/YYYY', 'ready'])
    const other = await it.settings(said, { mapping: { product: 'x', quantity: 'w', expiresOn: 'z' } })
    expect([other.settings.decimal, other.settings.dateFormat]).toEqual(['point', 'DD/MM/YYYY'])
    expect((await it.settings(said, { mapping: { product: 'x', quantity: 'y' }, decimal: 'comma' })).settings.decimal).toBe('comma')
  })

  test('about columns nobody could guess is asked too', async () => {
    const it = await company()
    const view = await it.upload('x,y\nA,5\n')
    expect(view.questions.map(({ setting }) => setting)).toEqual(['mapping.product', 'mapping.quantity', 'facility'])
    expect((await it.api('PUT', `/imports/${view.importId}/settings`, { mapping: { product: 'z' } })).body).toMatchObject({ code: 'import_column_unknown' })
    await it.run(await it.settings(view, { mapping: { product: 'x', quantity: 'y' }, facility: 'MAIN' }))
    expect(await it.stock()).toEqual(['A MAIN 5'])
  })
})

describe('an import', () => {
  test('is taken back as a whole: its movements never happened, and what it made is archived', async () => {
    const it = await company()
    await it.bring('SKU,Lot,Bin,Qty\nOLD,L0,R0,1\n')
    const view = await it.bring('SKU,Lot,Bin,Qty\nOLD,L1,R0,5\nNEW,L1,R9,7\n')
    const undone = await it.undo(view)
    expect([undone.status, undone.outcome]).toEqual(['undone', { kept: [] }])
    expect(await it.stock()).toEqual(['OLD L0 MAIN R0 1'])
    const archived = await it.one(`select (select array_agg(sku) from product where organization_id = $1 and archived_at is not null) as products, (select array_agg(code) from lot where organization_id = $1 and archived_at is not null) as lots,
      (select array_agg(code) from place where organization_id = $1 and archived_at is not null) as places`)
    expect(archived).toEqual({ products: ['NEW'], lots: ['L1', 'L1'], places: ['R9'] })
    await it.verified()
    await it.bring('SKU,Lot,Bin,Qty\nOLD,L1,R0,5\nNEW,L1,R9,7\n')
    expect(await it.stock()).toEqual(['NEW L1 MAIN R9 7', 'OLD L0 MAIN R0 1', 'OLD L1 MAIN R0 5'])
    await it.verified()
  })

  test('that was used since is not taken back, and says by what', async () => {
    const it = await company()
    const view = await it.bring('SKU,Lot,Bin,Qty\nA,L1,R1,5\n')
    const [product] = (await it.api('GET', '/products')).body.items
    const moved = await it.api('POST', '/movements/destroy', { reason: 'broken', lines: [{ product: product.productId, lot: { code: 'L1' }, quantity: '3', from: { code: 'R1' } }] })
    const blocked = await it.undo(view)
    expect(blocked.status).toBe('done')
    expect(blocked.outcome?.blocked).toEqual([{ movementId: expect.any(String), code: 'reversal_blocked', params: expect.any(Object), why: expect.stringContaining(moved.body.movementId) }])
    expect(await it.stock()).toEqual(['A L1 MAIN R1 2'])
    await it.api('POST', `/movements/${moved.body.movementId}/reverse`, { meaning: 'never_happened', reason: 'typo' })
    const undone = await it.undo(view)
    expect([undone.status, undone.outcome?.kept?.map(({ kind, name, why }) => [kind, name, why])]).toEqual(['undone', [['lot', 'L1', 'it has other movements'], ['product', 'A', 'it has other movements'], ['place', 'R1', 'it has other movements'], ['place', 'MAIN', 'there are places in it']]])
    expect(await it.stock()).toEqual([])
    await it.verified()
  })

  test('is one: the same upload under the same key is the same import, and running it twice runs it once', async () => {
    const it = await company()
    const key = { 'content-type': 'text/csv', 'idempotency-key': randomUUID() }
    const [first, second] = [await it.api('POST', '/imports?source=x', 'SKU,Qty\nA,5\n', key), await it.api('POST', '/imports?source=x', 'SKU,Qty\nA,5\n', key)]
    expect([second.body.importId, second.headers['idempotent-replayed']]).toEqual([first.body.importId, 'true'])
    await it.settings(first.body, { facility: 'MAIN' })
    const runs = await Promise.all([it.api('POST', `/imports/${first.body.importId}/run`, {}), it.api('POST', `/imports/${first.body.importId}/run`, {})])
    expect(runs.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect(await it.stock()).toEqual(['A MAIN 5'])
  })

  test('tried with dryRun leaves nothing behind', async () => {
    const it = await company()
    const { body } = await it.api('POST', '/imports?source=x&dryRun=true', 'SKU,Qty\nA,5\n', { 'content-type': 'text/csv' })
    expect(body).toMatchObject({ rows: 1, header: ['SKU', 'Qty'], status: 'asking' })
    expect((await it.api('GET', '/imports')).body.items).toEqual([])
  })

  test('gives its file back with what became of each row', async () => {
    const it = await company()
    const view = await it.bring('SKU,Lot,Qty\nA,L1,5\nB,,x\n=C,,0\n')
    const rows = parse(await it.csv(`/imports/${view.importId}/result.csv`), { columns: true }) as Record<string, string>[]
    expect(rows.map((row) => [row['SKU'], row['line'], row['status'], row['problems']])).toEqual([['A', '2', 'imported', ''], ['B', '3', 'bad', expect.stringContaining('Qty: ')], ["'=C", '4', 'imported', '']])
    expect([rows[0]?.['movement_id'], rows[0]?.['lot_id'], rows[2]?.['product_id']]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/)])
    expect(rows[2]?.['movement_id']).toBe('')
  })

  test('of what is no table is refused', async () => {
    const it = await company()
    expect((await it.api('POST', '/imports', '', { 'content-type': 'text/csv' })).body.code).toBe('import_empty')
    expect((await it.api('POST', '/imports', Buffer.from('504b0304', 'hex'), { 'content-type': 'text/csv' })).body.code).toBe('import_not_text')
    expect((await it.api('POST', '/imports?headerLine=5', 'SKU,Qty\nA,5\n', { 'content-type': 'text/csv' })).body.code).toBe('import_no_header')
    expect((await it.api('POST', '/imports', '{}', { 'content-type': 'application/json' })).body.code).toBe('media_type_unknown')
  })
})

describe('an export', () => {
  test('comes back as it was: the same stock in an empty organisation, unchanged in its own', async () => {
    const it = await company()
    await it.bring('SKU,Name,Lot,Best before,Bin,Owner,Serial,Qty\n007,"=SUM(A1)",-L1,2027-01-31,R1,,,10\n007,x,\'+L2,,R1,,,2\n" 8",y,,,R1,Hill Farm,,0.25\n9,z,,,,,SN-1,1\n', { spaces: 'keep' })
    const stock = await it.csv('/exports/stock.csv')
    expect(stock).toContain("'-L1")
    const again = await it.upload(stock, 'source=export')
    expect([again.status, again.counts.unchanged, again.counts.bad]).toEqual(['ready', 4, 0])
    const empty = await company()
    await empty.run(await empty.upload(stock, 'source=export'), 'all_or_nothing')
    expect(await empty.csv('/exports/stock.csv')).toBe(stock)
    await empty.verified()
  })

  test('of products and of lots comes back too, without stock', async () => {
    const it = await company()
    await it.bring('SKU,Name,Lot,Best before,Qty,UOM\nA,Apples,L1,2027-01-31,10,kg\nB,@Boxes,,,1,\n')
    for (const kind of ['products', 'lots']) {
      const csv = await it.csv(`/exports/${kind}.csv`)
      const empty = await company()
      await empty.run(await empty.upload(csv, 'source=export'), 'all_or_nothing')
      expect(await empty.csv(`/exports/${kind}.csv`)).toBe(csv)
      expect(await empty.stock()).toEqual([])
    }
  })

  test('of movements has a line for each line', async () => {
    const it = await company()
    await it.bring('SKU,Lot,Qty\nA,L1,10\nB,L1,1\n')
    const rows = parse(await it.csv('/exports/movements.csv'), { columns: true }) as Record<string, string>[]
    expect(rows.map((row) => [row['kind'], row['product'], row['lot'], row['quantity'], row['from_place'], row['to_place'], row['reason']])).toEqual([['adjust', 'A', 'L1', '10', 'count', 'MAIN', 'opening stock'], ['adjust', 'B', 'L1', '1', 'count', 'MAIN', 'opening stock']])
  })

  test('needs its permission', async () => {
    expect((await app.apiAs(await app.keyOf('operator'))('GET', '/exports/stock.csv')).status).toBe(403)
  })
})

const fixtures = process.env['LOTWISE_FIXTURES']
const warehouses = fixtures && existsSync(join(fixtures, 'openboxes-demo')) ? join(fixtures, 'openboxes-demo') : null
if (!warehouses) console.log('skipped: the OpenBoxes warehouses, LOTWISE_FIXTURES is not set')

describe.skipIf(!warehouses)('the two OpenBoxes warehouses', () => {
  const file = (name: string) => readFileSync(join(warehouses ?? '', name), 'utf8')
  const quantities = (name: string) => (parse(file(name), { columns: true }) as Record<string, string>[]).map((row) => Number(row['Physical QOH']))

  test('go in as they are, with only the facility named', async () => {
    const it = await company()
    const main = await it.settings(await it.upload(file('mainWarehouseInventory.csv'), 'source=main&name=mainWarehouseInventory.csv'), { facility: 'Main Warehouse' })
    expect([main.status, main.questions, main.settings.mapping, main.settings.dateFormat]).toEqual(['ready', [], { product: 'Product code', name: 'Product name', lot: 'Lot number', expiresOn: 'Expiration date', place: 'Bin location', quantity: 'Physical QOH' }, 'MM/DD/YYYY'])
    expect(main.counts).toMatchObject({ new: main.rows, bad: 0 })
    expect((await it.run(main, 'all_or_nothing')).status).toBe('done')
    const boston = await it.run(await it.settings(await it.upload(file('bostonWarehouseInventory.csv'), 'source=boston'), { facility: 'Boston Warehouse' }))
    expect([boston.status, boston.counts.bad, boston.counts.failed]).toEqual(['done', 0, 0])

    const stated = [...quantities('mainWarehouseInventory.csv'), ...quantities('bostonWarehouseInventory.csv')]
    expect((await it.stock()).length).toBe(stated.filter((quantity) => quantity > 0).length)
    expect(await it.one(`select trim_scale(sum(on_hand))::text as sum from balance where organization_id = $1`)).toEqual({ sum: String(stated.reduce((sum, one) => sum + one, 0)) })
    expect(await it.one(`select count(*)::int as lots, count(distinct b.place_id)::int as places, min(l.expires_on)::text as expires from lot l join balance b using (organization_id, lot_id) where organization_id = $1 and code = '37627'`)).toEqual({ lots: 2, places: 2, expires: '2025-01-31' })
    expect(await it.one(`select count(*)::int as lots from lot where organization_id = $1 and code = '37627'`)).toEqual({ lots: 1 })
    // rows of 0: lot, product and bin are known, and no line speaks of them
    expect(await it.one(`select (select count(*)::int from lot where organization_id = $1 and code = '3940') as lots, (select count(*)::int from movement_line l join lot o using (organization_id, lot_id) where organization_id = $1 and o.code = '3940') as lines`)).toEqual({ lots: 1, lines: 0 })
    expect(await it.one(`select tracking from product where organization_id = $1 and sku = 'AX738'`)).toEqual({ tracking: 'none' })
    await it.verified()

    const again = await it.upload(file('mainWarehouseInventory.csv'), 'source=main')
    expect([again.status, again.counts.unchanged, again.settings.facility]).toEqual(['ready', again.rows, 'Main Warehouse'])
  })
})
