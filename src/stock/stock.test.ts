import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRandom } from '#src/lib/random.ts'
import { formatQuantity, quantity, type Quantity } from '#src/lib/quantity.ts'
import { sql } from '#src/db/sql.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { ok, refused } from '../../test/support/command.ts'
import { mastersOf, type Masters } from '../../test/support/masters.ts'
import { findSnapshot } from './as-of.ts'
import { makeSnapshot } from './snapshots.ts'

let app: TestApp
let scene: Masters
beforeAll(async () => {
  app = await createTestApp()
  scene = mastersOf(app.api)
})
afterAll(() => app.close())

const get = (path: string) => ok(app.api('GET', path))
const post = (path: string, body: object) => ok(app.api('POST', path, body))

describe('on hand', () => {
  let cream = '', farm = '', dock = '', shelf = '', pallet = '', facility = ''
  let lots: Record<string, string> = {}

  beforeAll(async () => {
    cream = await scene.product('CREAM', { uom: 'kg', scale: 3, tracking: 'lot', dateKind: 'use_by', blocksAfterDate: true })
    farm = await scene.party('Hill Farm')
    dock = await scene.place('DOCK')
    shelf = await scene.place('SHELF')
    pallet = await scene.plate('P-1')
    const receipt = await post('/movements/receive', { from: { supplier: farm }, lines: [
      { product: cream, lot: { code: 'C-1' }, quantity: '40', to: dock, dates: { useBy: '2099-01-01' } },
      { product: cream, lot: { code: 'C-1' }, quantity: '2.5', to: shelf },
      { product: cream, lot: { code: 'C-1' }, quantity: '7', to: shelf, plate: pallet },
      { product: cream, lot: { code: 'C-OLD' }, quantity: '3', to: dock, dates: { useBy: '2020-01-01' } },
    ] })
    lots = { 'C-1': receipt.lines[0].lotId, 'C-OLD': receipt.lines[3].lotId }
    facility = (await get('/stock?by=facility')).items[0].facilityId
  })

  test('is broken down by lot and place unless something else is asked for', async () => {
    const { items, next } = await get(`/stock?lotId=${lots['C-1']}`)
    expect(next).toBeNull()
    expect(items.map((row: Record<string, string>) => [row['sku'], row['lot'], row['place'], row['onHand'], row['uom']]).sort()).toEqual([
      ['CREAM', 'C-1', 'DOCK', '40', 'kg'], ['CREAM', 'C-1', 'SHELF', '9.5', 'kg'],
    ])
  })

  test.each([
    ['product', [{ onHand: '52.5' }]],
    ['facility', [{ facility: 'MAIN', onHand: '52.5' }]],
    ['lot', [{ lot: 'C-1', onHand: '49.5' }, { lot: 'C-OLD', onHand: '3' }]],
    ['plate', [{ plate: null, plateId: null, onHand: '45.5' }, { plate: 'P-1', onHand: '7' }]],
    ['owner', [{ onHand: '52.5' }]],
    ['lot, place,plate', [{ lot: 'C-1', place: 'DOCK', onHand: '40' }, { lot: 'C-1', place: 'SHELF', plate: null, onHand: '2.5' }, { lot: 'C-1', place: 'SHELF', plate: 'P-1', onHand: '7' }, { lot: 'C-OLD', onHand: '3' }]],
  ])('by %s adds up over everything else', async (by, expected) => {
    const { items } = await get(`/stock?sku=CREAM&by=${encodeURIComponent(by)}`)
    expect(items).toHaveLength(expected.length)
    expect(items).toEqual(expect.arrayContaining(expected.map((row) => expect.objectContaining({ productId: cream, ...row }))))
    const then = await get(`/stock?sku=CREAM&by=${encodeURIComponent(by)}&at=${new Date().toISOString()}`)
    expect(then.items).toEqual(items.map((row: object) => ({ ...row, allocated: null, available: null })))
  })

  test('of a place includes the places below it, and of a plate only what is on it', async () => {
    expect((await get(`/stock?by=product&placeId=${shelf}`)).items).toMatchObject([{ onHand: '9.5' }])
    expect((await get(`/stock?by=product&placeId=${facility}`)).items).toMatchObject([{ onHand: '52.5' }])
    expect((await get(`/stock?by=product&plateId=${pallet}`)).items).toMatchObject([{ onHand: '7' }])
    expect((await get(`/stock?by=product&ownerId=${farm}`)).items).toEqual([])
  })

  test('comes in pages that neither lose nor repeat a row', async () => {
    const whole = (await get('/stock?by=lot,place,plate')).items
    for (const [at, paged] of [['', await allPages('/stock?by=lot,place,plate&limit=1')], ['then', await allPages(`/stock?by=lot,place,plate&limit=1&at=${new Date().toISOString()}`)]] as const) {
      expect(paged.map(place), at).toEqual(whole.map(place))
    }
  })

  test('is available as far as it is not promised, not past a date that blocks and not on hold', async () => {
    const allocation = await post('/allocations', { demand: { type: 'order', number: '1' }, lines: [{ product: cream, lot: lots['C-1'], quantity: '15', from: dock }] })
    expect(allocation.allocations).toHaveLength(1)
    const rows = (await get(`/stock?productId=${cream}`)).items
    expect(rows.map((row: Record<string, string>) => [row['lot'], row['place'], row['onHand'], row['allocated'], row['available']]).sort()).toEqual([
      ['C-1', 'DOCK', '40', '15', '25'], ['C-1', 'SHELF', '9.5', '0', '9.5'], ['C-OLD', 'DOCK', '3', '0', '0'],
    ])
    for (const [subject, subjectId, available] of [['lot', lots['C-1'], '0'], ['place', shelf, '25'], ['place', facility, '0'], ['plate', pallet, '27.5']] as const) {
      await app.admin.query(`insert into hold (organization_id, hold_id, subject, subject_id, reason, placed_at, placed_by, command_id) values ($1, gen_random_uuid(), $2, $3, 'look', now(), 'test', gen_random_uuid())`, [app.organizationId, subject, subjectId])
      expect((await get(`/stock?by=lot&lotId=${lots['C-1']}`)).items, subject).toMatchObject([{ onHand: '49.5', allocated: '15', available }])
      await app.admin.query(`update hold set released_at = now() where organization_id = $1`, [app.organizationId])
    }
  })

  test('of a lot that was found to be another is told with that other', async () => {
    const receipt = await post('/movements/receive', { from: { supplier: farm }, lines: [{ product: cream, lot: { code: 'C 1' }, quantity: '1', to: dock }] })
    const double = receipt.lines[0].lotId
    const at = new Date().toISOString()
    await app.admin.query(`update lot set merged_into = $2 where lot_id = $1`, [double, lots['C-1']])
    for (const lot of [double, lots['C-1']]) expect((await get(`/stock?by=lot&lotId=${lot}&at=${at}`)).items, lot).toMatchObject([{ lotId: lots['C-1'], lot: 'C-1', onHand: '50.5' }])
    await app.admin.query(`update lot set merged_into = null where lot_id = $1`, [double])
  })

  test.each([
    ['/stock?lotId=ID', 'not_found'], ['/stock?productId=ID', 'not_found'], ['/stock?placeId=ID', 'not_found'], ['/stock?ownerId=ID', 'not_found'], ['/stock?plateId=ID', 'not_found'], ['/stock/units?unitId=ID', 'not_found'],
    ['/stock?sku=NONE', 'product_unknown'], ['/stock?at=2099-01-01T00:00:00Z', 'asked_of_future'], ['/stock/units?known=2099-01-01T00:00:00Z', 'asked_of_future'], ['/stock?by=colour', 'input_invalid'], ['/stock?cursor=abc', 'input_invalid'],
  ])('%s is refused as %s', async (path, code) => {
    expect(await refused(app.api('GET', path.replace('ID', '01890000-0000-7000-8000-000000000000')))).toMatchObject({ code })
  })

  const place = (row: Record<string, string>): unknown => [row['lot'], row['place'], row['plate'], row['onHand']]
})

describe('units on hand', () => {
  test('are told one by one with where each is and what is left of it', async () => {
    const bike = await scene.product('BIKE', { tracking: 'serial' })
    const cloth = await scene.product('CLOTH', { uom: 'm', scale: 1, tracking: 'serial', measured: true })
    const maker = await scene.party('Maker'), hall = await scene.place('HALL'), yard = await scene.place('YARD')
    await post('/movements/receive', { from: { supplier: maker }, lines: [
      { product: bike, units: [{ serial: 'B1' }, { serial: 'B2' }, { serial: 'B3' }], to: hall }, { product: cloth, units: [{ serial: 'R1', quantity: '40' }], to: hall },
    ] })
    const before = new Date().toISOString()
    await new Promise((resolve) => setTimeout(resolve, 5))
    await post('/movements/move', { lines: [{ product: bike, units: [{ serial: 'B2' }], from: hall, to: yard }] })
    await post('/movements/ship', { to: { customer: maker }, lines: [{ product: bike, units: [{ serial: 'B3' }], from: hall }] })
    await post('/movements/sample', { reason: 'test', lines: [{ product: cloth, units: [{ serial: 'R1', quantity: '1.5' }], from: hall }] })
    const seen = async (path: string) => (await allPages(path)).map((row) => [row['serial'], row['place'], row['measure']])
    expect(await seen('/stock/units?limit=2')).toEqual([['B1', 'HALL', '1'], ['B2', 'YARD', '1'], ['R1', 'HALL', '38.5']])
    expect(await seen(`/stock/units?limit=2&at=${before}`)).toEqual([['B1', 'HALL', '1'], ['B2', 'HALL', '1'], ['B3', 'HALL', '1'], ['R1', 'HALL', '40']])
    expect(await seen(`/stock/units?placeId=${yard}`)).toEqual([['B2', 'YARD', '1']])
    expect(await seen('/stock/units?sku=CLOTH')).toEqual([['R1', 'HALL', '38.5']])

    const [held] = (await get('/stock/units?sku=CLOTH')).items
    await app.admin.query(`insert into hold (organization_id, hold_id, subject, subject_id, reason, placed_at, placed_by, command_id) values ($1, gen_random_uuid(), 'unit', $2, 'look', now(), 'test', gen_random_uuid())`, [app.organizationId, held.unitId])
    expect((await get('/stock?by=product&sku=CLOTH')).items).toMatchObject([{ onHand: '38.5', available: '0' }])
    expect((await get('/stock?by=product&sku=BIKE')).items).toMatchObject([{ onHand: '2', available: '2' }])
    await app.admin.query('update hold set released_at = now() where organization_id = $1', [app.organizationId])
  })
})

describe('stock as of T, as known at K', () => {
  test.each([1, 2, 3])('equals a replay of the lines that occurred by T and were recorded by K, with snapshots and without (seed %i)', { timeout: 120_000 }, async (seed) => {
    const random = createRandom(seed)
    let now = Date.parse('2026-03-01T08:00:00.000Z')
    const own = await createTestApp({ clock: () => new Date(now).toISOString() })
    try {
      const masters = mastersOf(own.api)
      const products = [await masters.product('A', { tracking: 'lot' }), await masters.product('B', { tracking: 'lot_and_serial' })]
      const party = await masters.party('Partner')
      const places = [await masters.place('P1'), await masters.place('P2'), await masters.place('P3')]
      const posted: string[] = []
      let serial = 0
      for (let step = 0; step < 120; step += 1) {
        now += random.whole(1, 3600) * 1000
        if (step % 40 === 39) await makeSnapshot({ database: own.database, clock: () => new Date(now).toISOString() }, own.organizationId, random.whole(0, 1) === 0 ? undefined : new Date(now - random.whole(0, 100_000_000)).toISOString())
        const units = random.whole(0, 2) === 0
        const [from, to] = [places[random.whole(0, 2)], places[random.whole(0, 2)]]
        const lot = { code: `L${random.whole(1, 3)}` }
        const what = { product: products[units ? 1 : 0], lot, ...(units ? { units: [{ serial: `${random.whole(1, Math.max(serial, 1))}-${lot.code}` }] } : { quantity: String(random.whole(1, 20)) }) }
        const header = random.whole(0, 2) === 0 ? { occurredAt: new Date(now - random.whole(0, 172_800) * 1000).toISOString() } : {}
        const made = units ? { ...what, units: [{ serial: `${(serial += 1)}-${lot.code}` }] } : what
        const asked: [string, object][] = [
          ['/movements/receive', { ...header, from: { supplier: party }, lines: [{ ...made, to }, { product: products[0], lot, quantity: '5', to: from }] }],
          ['/movements/receive', { ...header, from: { supplier: party }, lines: [{ ...made, to }] }],
          ['/movements/move', { ...header, lines: [{ ...what, from, to }] }],
          ['/movements/move', { ...header, lines: [{ ...what, from, to }] }],
          ['/movements/ship', { ...header, to: { customer: party }, lines: [{ ...what, from }] }],
          ['/movements/return', { ...header, from: { customer: party }, lines: [{ ...what, to }] }],
          ['/movements/adjust', { ...header, reason: 'count', lines: [{ ...what, place: from, direction: 'down' }] }],
          ...(posted.length === 0 ? [] : [[`/movements/${posted[random.whole(0, posted.length - 1)]}/reverse`, { meaning: random.whole(0, 1) === 0 ? 'undone' : 'never_happened', reason: 'wrong' }] as [string, object]]),
        ]
        const [path, body] = asked[random.whole(0, asked.length - 1)] as [string, object]
        const answer = await own.api('POST', path, body)
        if (answer.status === 200) posted.push(answer.body.movementId)
      }
      expect(posted.length).toBeGreaterThan(40)

      const { rows: lines } = await own.admin.query<LineRow>(`
        select l.*, array(select x.unit_id::text || '/' || x.quantity from line_unit x where x.movement_id = l.movement_id and x.line_no = l.line_no) as units from movement_line l`)
      const begin = Date.parse('2026-02-27T08:00:00.000Z')
      const questions = Array.from({ length: 25 }, () => ({ at: new Date(random.whole(begin, now)), known: new Date(random.whole(begin, now)) }))
      questions.push({ at: new Date(now), known: new Date(now) })
      const ask = async (path: string, { at, known }: { at: Date; known: Date }) => {
        const items: Record<string, string>[] = []
        for (let cursor: string | null = ''; cursor !== null; ) {
          const page = await ok(own.api('GET', `${path}&at=${at.toISOString()}&known=${known.toISOString()}&limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`))
          items.push(...page.items)
          cursor = page.next
        }
        return items
      }
      let snapshots = 0
      const answers = async () => {
        const all: unknown[] = []
        for (const question of questions) {
          const expected = replay(lines, question)
          const stock = await ask('/stock?by=lot,place,owner,plate', question)
          expect(new Map(stock.map((row) => [`${row['productId']}/${row['lotId']}/${row['placeId']}/${row['ownerId']}`, row['onHand']])), JSON.stringify(question)).toEqual(expected.stock)
          const units = await ask('/stock/units?sku=B', question)
          expect(new Map(units.map((row) => [`${row['unitId']}/${row['placeId']}`, row['measure']])), JSON.stringify(question)).toEqual(expected.units)
          all.push(stock)
          const used = await own.database.inTransaction(own.organizationId, (tx) => findSnapshot(tx, own.organizationId, question.at.toISOString(), question.known.toISOString()))
          if (used) snapshots += 1
        }
        return all
      }
      const withSnapshots = await answers()
      expect(snapshots).toBeGreaterThan(0)
      await own.admin.query('truncate stock_snapshot, stock_snapshot_row')
      snapshots = 0
      expect(await answers()).toEqual(withSnapshots)
      expect(snapshots).toBe(0)
      const balances = (await ok(own.api('GET', '/stock?by=lot,place,owner,plate&limit=500'))).items
      expect((withSnapshots.at(-1) as { onHand: string }[]).map((row) => row.onHand)).toEqual(balances.map((row: { onHand: string }) => row.onHand))
    } finally {
      await own.close()
    }
  })

  test('is provisional while a posting recorded by K is still open', async () => {
    const now = (): string => new Date().toISOString()
    const before = now()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const open = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const posting = app.database.inTransaction(app.organizationId, async (tx) => {
      await tx.run(sql`select pg_advisory_xact_lock(4711)`)
      begun.resolve()
      await open.promise
    })
    await begun.promise
    expect(await get('/stock?by=product')).toMatchObject({ provisional: true })
    expect(await get(`/stock?by=product&known=${before}`)).toMatchObject({ provisional: false })
    const early = await makeSnapshot({ database: app.database, clock: now }, app.organizationId)
    open.resolve()
    await posting
    expect(await get(`/stock?by=product&known=${before}`)).toMatchObject({ provisional: false })
    expect(await get('/stock?by=product')).toMatchObject({ provisional: false })
    expect(Date.parse(early.recordedThrough)).toBeLessThan(Date.parse(now()))
    expect(Date.parse(early.recordedThrough)).toBeGreaterThanOrEqual(Date.parse(before))
  })
})

interface LineRow {
  product_id: string; lot_id: string; quantity: string; occurred_at: string; recorded_at: string
  from_internal: boolean; from_place_id: string; from_owner_id: string; from_plate_id: string; to_internal: boolean; to_place_id: string; to_owner_id: string; to_plate_id: string
  /** `unit id/quantity` */
  units: string[]
}

/** The obvious way: every line by itself. */
function replay(lines: readonly LineRow[], { at, known }: { at: Date; known: Date }) {
  const stock = new Map<string, bigint>()
  const units = new Map<string, bigint>()
  const add = (sums: Map<string, bigint>, key: string, by: bigint): void => void sums.set(key, (sums.get(key) ?? 0n) + by)
  for (const line of lines) {
    if (new Date(line.occurred_at) > at || new Date(line.recorded_at) > known) continue
    const sides = [{ internal: line.to_internal, place: line.to_place_id, owner: line.to_owner_id, sign: 1n }, { internal: line.from_internal, place: line.from_place_id, owner: line.from_owner_id, sign: -1n }]
    for (const { place, owner, sign } of sides.filter((side) => side.internal)) {
      add(stock, `${line.product_id}/${line.lot_id}/${place}/${owner}`, sign * quantity(line.quantity))
      for (const unit of line.units) add(units, `${unit.split('/')[0]}/${place}`, sign * quantity(unit.split('/')[1] ?? ''))
    }
  }
  const told = (sums: Map<string, bigint>) => new Map([...sums].filter(([, sum]) => sum !== 0n).map(([key, sum]) => [key, formatQuantity(sum as Quantity)]))
  return { stock: told(stock), units: told(units) }
}

async function allPages(path: string): Promise<Record<string, string>[]> {
  const items: Record<string, string>[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: Record<string, string>[]; next: string | null } = await get(`${path}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    items.push(...page.items)
    cursor = page.next
  }
  return items
}
