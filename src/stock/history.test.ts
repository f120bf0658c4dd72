import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { ok, refused } from '../../test/support/command.ts'
import { mastersOf, type Masters } from '../../test/support/masters.ts'

/** One small history, told in every way there is to ask for it. */
let app: TestApp
let scene: Masters
let milk = '', bike = '', farm = '', shop = '', dock = '', shelf = ''
let lotId = ''
const ids: Record<string, string> = {}
let now = Date.parse('2026-11-20T08:00:00.000Z')
const day = (offset: string): string => `2026-11-20T${offset}:00.000Z`

const get = (path: string) => ok(app.api('GET', path))
const post = (path: string, body: object) => ok(app.api('POST', path, body))
const nobody = '01890000-0000-7000-8000-000000000000'

beforeAll(async () => {
  app = await createTestApp({ clock: () => new Date((now += 1000)).toISOString() })
  scene = mastersOf(app.api)
  milk = await scene.product('MILK', { uom: 'kg', scale: 3, tracking: 'lot' })
  bike = await scene.product('BIKE', { tracking: 'serial' })
  ;[farm, shop] = [await scene.party('Farm'), await scene.party('Shop')]
  ;[dock, shelf] = [await scene.place('DOCK'), await scene.place('SHELF')]
  const receipt = await post('/movements/receive', {
    from: { supplier: farm }, note: 'wet pallet', occurredAt: day('07:00'), references: [{ type: 'purchase_order', number: 'PO-1', issuer: farm }],
    lines: [{ product: milk, lot: { code: 'M-1' }, quantity: '10', to: dock, unitCost: '1.25' }, { product: bike, units: Array.from({ length: 250 }, (_, at) => ({ serial: `B${String(at).padStart(3, '0')}` })), to: dock }],
  })
  lotId = receipt.lines[0].lotId
  ids['receive'] = receipt.movementId
  ids['move'] = (await post('/movements/move', { lines: [{ product: milk, lot: lotId, quantity: '4', from: dock, to: shelf }] })).movementId
  // entered last, and not the last to happen
  ids['ship'] = (await post('/movements/ship', { to: { customer: shop }, occurredAt: day('07:30'), reason: 'order', references: [{ type: 'order', number: 'SO-1' }], lines: [{ product: milk, lot: lotId, quantity: '1', from: dock }, { product: bike, units: [{ serial: 'B007' }], from: dock }] })).movementId
  ids['undo'] = (await post(`/movements/${ids['move']}/reverse`, { meaning: 'undone', reason: 'wrong shelf' })).movementId
})
afterAll(() => app.close())

const named = (movementId: string): string => Object.keys(ids).find((name) => ids[name] === movementId) ?? movementId
async function listed(query: string): Promise<string[]> {
  const names: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: { movementId: string }[]; next: string | null } = await get(`/movements?limit=1&${query}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    names.push(...page.items.map((one) => named(one.movementId)))
    cursor = page.next
  }
  return names
}

describe('movements', () => {
  test.each([
    ['of everything, the latest to happen first', () => '', ['undo', 'move', 'ship', 'receive']],
    ['of a product', () => `productId=${bike}`, ['ship', 'receive']],
    ['of a lot', () => `lotId=${lotId}`, ['undo', 'move', 'ship', 'receive']],
    ['of a lot and a kind', () => `lotId=${lotId}&kind=ship`, ['ship']],
    ['of a place', () => `placeId=${shelf}`, ['undo', 'move']],
    ['of a supplier', () => `partyId=${farm}`, ['receive']],
    ['of a consignee', () => `partyId=${shop}`, ['ship']],
    ['of a kind', () => 'kind=reverse', ['undo']],
    ['of a document', () => 'referenceType=order&referenceNumber=SO-1', ['ship']],
    ['of a number whatever the type', () => 'referenceNumber=PO-1', ['receive']],
    ['of a type of document', () => 'referenceType=purchase_order', ['receive']],
    ['by when they happened', () => `occurredFrom=${day('07:10')}&occurredTo=${day('07:50')}`, ['ship']],
    ['by when they were recorded', () => `recordedFrom=${day('07:50')}&kind=ship`, ['ship']],
    ['of a place and a product together, on one line', () => `placeId=${shelf}&productId=${bike}`, []],
  ])('%s', async (_, query, expected) => {
    expect(await listed(query())).toEqual(expected)
  })

  test('of a unit tell its line only', async () => {
    const [unit] = (await get('/stock/units?sku=BIKE&limit=1')).items
    const { items } = await get(`/movements?unitId=${unit.unitId}`)
    expect(items.map((one: { movementId: string; lines: unknown[]; lineCount: number }) => [named(one.movementId), one.lines.length, one.lineCount])).toEqual([['receive', 1, 2]])
    expect(items[0].lines[0]).toMatchObject({ sku: 'BIKE', quantity: '250', units: 250 })
  })

  test('tell who, when, why, from where to where and what undid them', async () => {
    const { items } = await get(`/movements?lotId=${lotId}`)
    expect(items.find((one: { movementId: string }) => one.movementId === ids['ship'])).toMatchObject({
      kind: 'ship', occurredAt: day('07:30'), businessDate: '2026-11-20', reason: 'order', actor: { kind: 'key', name: 'test owner' }, references: [{ type: 'order', number: 'SO-1', issuerId: null }], reversedBy: null, lineCount: 2,
      lines: [{ sku: 'MILK', lot: 'M-1', quantity: '1', uom: 'kg', from: { place: 'DOCK', kind: 'storage', party: null }, to: { kind: 'ship_to', party: 'Shop', partyId: shop } }],
    })
    expect(items.find((one: { movementId: string }) => one.movementId === ids['move'])).toMatchObject({ reversedBy: ids['undo'] })
    expect(items.find((one: { movementId: string }) => one.movementId === ids['undo'])).toMatchObject({ kind: 'reverse', reverses: ids['move'], reversal: 'undone', reason: 'wrong shelf' })
  })

  test.each([
    [`/movements?lotId=${nobody}`, 'not_found'], [`/movements?productId=${nobody}`, 'not_found'], [`/movements?unitId=${nobody}`, 'not_found'], [`/movements?placeId=${nobody}`, 'not_found'], [`/movements?partyId=${nobody}`, 'not_found'],
    [`/movements/${nobody}`, 'not_found'], [`/movements/${nobody}/units`, 'not_found'], [`/allocations?lotId=${nobody}`, 'not_found'], [`/allocations?productId=${nobody}`, 'not_found'],
    [`/movements?occurredFrom=${day('09:00')}&occurredTo=${day('08:00')}`, 'range_backwards'], [`/movements?recordedFrom=${day('09:00')}&recordedTo=${day('08:00')}`, 'range_backwards'],
    ['/movements?cursor=WzEsMiwzXQ', 'input_invalid'], ['/events?after=WzEsMl0', 'input_invalid'],
  ])('%s is refused as %s', async (path, code) => {
    expect(await refused(app.api('GET', path))).toMatchObject({ code })
  })

  test('one by one: all lines, the text that was hashed, its hash, and the units by pages', async () => {
    const movement = await get(`/movements/${ids['receive']}`)
    expect(movement).toMatchObject({
      kind: 'receive', note: 'wet pallet', references: [{ type: 'purchase_order', number: 'PO-1', issuerId: farm }], lineCount: 2, uses: [],
      lines: [{ lineNo: 1, sku: 'MILK', lot: 'M-1', quantity: '10', unitCost: '1.25', units: 0 }, { lineNo: 2, sku: 'BIKE', lot: null, quantity: '250', units: 250 }],
    })
    expect(createHash('sha256').update(movement.canonical, 'utf8').digest('hex')).toBe(movement.sha256)
    expect(JSON.parse(movement.canonical)).toMatchObject({ movementId: ids['receive'], kind: 'receive' })
    expect(movement.units).toHaveLength(200)
    const rest = await get(`/movements/${ids['receive']}/units?cursor=${movement.nextUnits}`)
    expect(rest.next).toBeNull()
    expect([...movement.units, ...rest.items].map((unit: { serial: string; quantity: string }) => `${unit.serial} ${unit.quantity}`)).toEqual(Array.from({ length: 250 }, (_, at) => `B${String(at).padStart(3, '0')} 1`))
  })

  test('that transform tell what each output used', async () => {
    const run = await post('/movements/transform', {
      inputs: [{ product: milk, lot: lotId, quantity: '2', from: dock }],
      outputs: [{ product: milk, lot: { code: 'M-2' }, quantity: '2', to: dock, uses: [{ input: 0, quantity: '1.5' }] }],
    })
    const movement = await get(`/movements/${run.movementId}`)
    expect(movement).toMatchObject({ run: 'production', runId: run.movementId, lines: [{ role: 'input' }, { role: 'output' }], uses: [{ outputLine: 2, inputMovementId: run.movementId, inputLine: 1, quantity: '1.5' }] })
    expect((await get(`/movements?runId=${run.movementId}`)).items).toHaveLength(1)
    await post(`/movements/${run.movementId}/reverse`, { meaning: 'never_happened', reason: 'test' })
  })
})

describe('the audit', () => {
  test('tells of a record who changed it when and why, from what to what, the latest first', async () => {
    const { version } = await get(`/products/${milk}`)
    await ok(app.api('PATCH', `/products/${milk}`, { name: 'Whole milk', reason: 'as on the label' }, { 'if-match': `"${version}"` }))
    const { items } = await get(`/audit?subjectId=${milk}`)
    expect(items).toMatchObject([
      { subject: 'product', subjectId: milk, which: 'Whole milk', before: { name: 'MILK' }, after: { name: 'Whole milk' }, reason: 'as on the label', actor: { kind: 'key', name: 'test owner' } },
      { subject: 'product', before: null },
    ])
    expect((await get(`/audit?subjectId=${ids['ship']}`)).items).toMatchObject([{ subject: 'movement', command: 'movement.ship', reason: 'order', after: { sha256: (await get(`/movements/${ids['ship']}`)).sha256 } }])
  })

  test('of everything comes in pages, and of nothing is empty', async () => {
    const whole = (await get('/audit?limit=500')).items
    const paged: unknown[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: unknown[]; next: string | null } = await get(`/audit?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`)
      paged.push(...page.items)
      cursor = page.next
    }
    expect(paged).toEqual(whole)
    expect(whole.length).toBeGreaterThan(7)
    expect((await get(`/audit?subjectId=${nobody}`)).items).toEqual([])
  })

  test('is narrowed to a kind of record, who did it, and a time', async () => {
    type Row = { subject: string; recordedAt: string; actor: { id: string } }
    const whole: Row[] = (await get('/audit?limit=500')).items
    const some = async (query: string): Promise<Row[]> => (await get(`/audit?limit=500&${query}`)).items
    expect(await some('subject=movement')).toEqual(whole.filter(({ subject }) => subject === 'movement'))
    const who = whole[0]?.actor.id
    expect(await some(`actorId=${who}`)).toEqual(whole.filter(({ actor }) => actor.id === who))
    expect(await some('actorId=nobody')).toEqual([])
    const middle = whole[Math.floor(whole.length / 2)]?.recordedAt ?? ''
    expect(await some(`recordedFrom=${middle}`)).toEqual(whole.filter(({ recordedAt }) => recordedAt >= middle))
    expect(await some(`recordedTo=${middle}&subject=product`)).toEqual(whole.filter(({ subject, recordedAt }) => subject === 'product' && recordedAt <= middle))
    expect((await app.api('GET', '/audit?recordedFrom=2026-02-01T00:00:00Z&recordedTo=2026-01-01T00:00:00Z')).body).toMatchObject({ code: 'range_backwards' })
  })
})

describe('the change feed', () => {
  test('gives every event once, in the order of writing, and waits for what is still being written', async () => {
    const seen: { eventId: string; type: string; subjectIds: string[] }[] = []
    let after = ''
    for (let more = true; more; ) {
      const answer: { items: typeof seen; next: string; more: boolean } = await get(`/events?limit=3${after === '' ? '' : `&after=${after}`}`)
      seen.push(...answer.items)
      ;({ next: after, more } = answer)
    }
    expect(new Set(seen.map((event) => event.eventId)).size).toBe(seen.length)
    expect(seen.filter((event) => event.type.startsWith('movement.')).map((event) => named(event.subjectIds[0] ?? '')).slice(0, 4)).toEqual(['receive', 'move', 'ship', 'undo'])
    expect(await get(`/events?after=${after}`)).toEqual({ items: [], next: after, more: false })

    // a transaction that began before and writes later: what commits in between must not be passed over
    const slow = await app.admin.connect()
    try {
      await slow.query('begin')
      await slow.query('select pg_current_xact_id()')
      const fast = await post('/movements/move', { lines: [{ product: milk, lot: lotId, quantity: '1', from: dock, to: shelf }] })
      expect(await get(`/events?after=${after}`)).toMatchObject({ items: [] })
      await slow.query(`insert into event (organization_id, event_id, type, subject_ids, occurred_at, recorded_at, data) values ($1, gen_random_uuid(), 'slow.v1', '{}', now(), now(), '{}')`, [app.organizationId])
      await slow.query('commit')
      // transactions of other databases of the same server, of tests beside this one, are waited for too
      const read = async (): Promise<{ type: string; subjectIds: string[] }[]> => (await get(`/events?after=${after}`)).items
      await expect.poll(async () => (await read()).map(({ type }) => type), { timeout: 120_000, interval: 200 }).toEqual(['slow.v1', 'movement.move.v1'])
      expect((await read())[1]?.subjectIds).toContain(fast.movementId)
    } finally {
      slow.release()
    }
  })
})

describe('promises', () => {
  test('are found by demand, by lot and by product, open ones unless all are asked for', async () => {
    const reserve = (number: string, quantity: string) => post('/allocations', { demand: { type: 'order', number }, lines: [{ product: milk, lot: lotId, quantity, from: dock }] })
    await reserve('A', '1')
    await reserve('A', '0.5')
    await reserve('B', '2')
    await post('/allocations/release', { demand: { type: 'order', number: 'B' } })
    const told = async (query: string) => (await get(`/allocations?${query}`)).items.map((one: Record<string, string>) => [one['demandNumber'], one['lot'], one['place'], one['quantity'], one['openQuantity'], one['closedBecause']])
    const open = [['A', 'M-1', 'DOCK', '1', '1', null], ['A', 'M-1', 'DOCK', '0.5', '0.5', null]]
    for (const query of ['demandType=order&demandNumber=A', `lotId=${lotId}`, `productId=${milk}`, '']) expect(await told(query), query).toEqual(open)
    expect(await told(`lotId=${lotId}&open=false`)).toEqual([...open, ['B', 'M-1', 'DOCK', '2', '0', 'released']])
    const first = await get('/allocations?limit=1')
    expect((await get(`/allocations?limit=1&cursor=${first.next}`)).items).toMatchObject([{ quantity: '0.5' }])
  })
})
