import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type Answer, type TestApp } from '../../test/support/app.ts'
import { mastersOf } from '../../test/support/masters.ts'
import { kindRules } from '#src/ledger/movement-kinds.ts'
import { stoppedKinds } from './contract.ts'

let app: TestApp
let freezer: string
beforeAll(async () => {
  app = await createTestApp({ poolSize: 20 })
  const masters = mastersOf(app.api)
  for (const sku of ['CREAM', 'MILK', 'WHEY', 'RACE', 'BUTTER']) await masters.product(sku, { uom: 'kg' })
  await masters.product('BIKE', { tracking: 'serial' })
  for (const party of ['Hill Farm', 'Corner Shop']) await masters.party(party)
  for (const place of ['DOCK', 'STORE']) await masters.place(place)
  freezer = await masters.place('FREEZER', 'zone')
  await done(app.api('POST', '/places', { code: 'F-1', kind: 'storage', parentId: freezer }))
  await masters.plate('P-1')
})
afterAll(() => app.close())

async function done(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

const of = (sku: string, lot: string, quantity: string, more: object = {}) => ({ product: { sku }, lot: { code: lot }, quantity, ...more })
const receive = (sku: string, lot: string, quantity: string, to = 'DOCK', more: object = {}) =>
  done(app.api('POST', '/movements/receive', { from: { supplier: { name: 'Hill Farm' } }, lines: [of(sku, lot, quantity, { to: { code: to }, ...more })] }))
const ship = (sku: string, lot: string, quantity: string, from = 'DOCK', more: object = {}) =>
  app.api('POST', '/movements/ship', { to: { customer: { name: 'Corner Shop' } }, lines: [of(sku, lot, quantity, { from: { code: from } })], ...more })
const hold = (body: object) => done(app.api('POST', '/holds', { reason: 'no certificate', ...body }))
const release = (holdId: string) => done(app.api('POST', `/holds/${holdId}/release`, { reason: 'certificate 881 arrived' }))
const ofLot = (sku: string, lot: string) => ({ subject: 'lot', product: { sku }, lot: { code: lot } })

test('a hold stops exactly the kinds of movement that use the goods they take', () => {
  expect([...stoppedKinds].sort()).toEqual(Object.entries(kindRules).filter(([, rule]) => rule.usesGoods).map(([kind]) => kind).sort())
})

describe('a lot on hold', () => {
  let held: Answer['body']
  beforeAll(async () => {
    await receive('CREAM', 'C-1', '40')
    await done(ship('CREAM', 'C-1', '3'))
    await done(app.api('POST', '/allocations', { demand: { type: 'sales_order', number: 'SO-1' }, lines: [of('CREAM', 'C-1', '5', { from: { code: 'DOCK' } })] }))
    held = await hold(ofLot('CREAM', 'C-1'))
  })

  test('tells what it reaches: on hand, promised, shipped before', () => {
    expect(held).toMatchObject({
      subject: 'lot', which: 'C-1', reason: 'no certificate', allows: [], releasedAt: null,
      scope: {
        onHand: [{ product: 'CREAM', lot: 'C-1', place: 'DOCK', quantity: '37', uom: 'kg' }], allocated: [{ demandNumber: 'SO-1', quantity: '5' }], unitCount: 0, more: false,
        shipped: [{ place: expect.any(String), lot: 'C-1', quantity: '3' }],
      },
    })
  })

  test('is neither shipped nor used nor promised nor sold where it stands', async () => {
    const used = await app.api('POST', '/movements/transform', { inputs: [of('CREAM', 'C-1', '1', { from: { code: 'DOCK' } })], outputs: [of('BUTTER', 'B-1', '1', { to: { code: 'DOCK' } })] })
    const promised = await app.api('POST', '/allocations', { demand: { type: 'sales_order', number: 'SO-2' }, lines: [of('CREAM', 'C-1', '1', { from: { code: 'DOCK' } })] })
    const sold = await app.api('POST', '/movements/change-owner', { reason: 'sold', lines: [of('CREAM', 'C-1', '1', { place: { code: 'DOCK' }, toOwner: { name: 'Corner Shop' } })] })
    const fulfilled = await ship('CREAM', 'C-1', '1', 'DOCK', { demand: { type: 'sales_order', number: 'SO-1' } })
    for (const answer of [await ship('CREAM', 'C-1', '1'), used, promised, sold, fulfilled]) expect(answer.body).toMatchObject({ code: 'on_hold', params: { subject: 'lot', which: 'C-1', reason: 'no certificate', hold: held.holdId } })
  })

  test('may be moved, packed, counted, sampled, destroyed and returned: that is how a hold gets decided', async () => {
    const line = of('CREAM', 'C-1', '1', { from: { code: 'DOCK' } })
    await done(app.api('POST', '/movements/move', { lines: [{ ...line, to: { code: 'STORE' } }] }))
    await done(app.api('POST', '/movements/sample', { reason: 'laboratory', lines: [line] }))
    await done(app.api('POST', '/movements/destroy', { reason: 'sour', lines: [line] }))
    await done(app.api('POST', '/movements/adjust', { reason: 'spilt', lines: [{ ...of('CREAM', 'C-1', '1'), place: { code: 'DOCK' }, direction: 'down' }] }))
    await done(app.api('POST', '/movements/return', { from: { customer: { name: 'Corner Shop' } }, lines: [of('CREAM', 'C-1', '1', { to: { code: 'DOCK' } })] }))
    await receive('CREAM', 'C-1', '1')
  })

  test('was shipped before the hold: the late fact is accepted and a person is told', async () => {
    await receive('CREAM', 'C-2', '10')
    const late = await hold(ofLot('CREAM', 'C-2'))
    expect((await ship('CREAM', 'C-2', '1', 'DOCK', { occurredAt: late.placedAt })).body).toMatchObject({ code: 'on_hold' })
    const before = new Date(Date.parse(late.placedAt) - 1).toISOString()
    const { exceptions, movementId } = await done(ship('CREAM', 'C-2', '1', 'DOCK', { occurredAt: before }))
    expect(exceptions).toHaveLength(1)
    const { rows } = await app.admin.query('select kind, subject, subject_id, movement_id, data from exception where exception_id = $1', [exceptions[0]])
    expect(rows).toEqual([{ kind: 'held_since', subject: 'lot', subject_id: late.subjectId, movement_id: movementId, data: expect.objectContaining({ hold: late.holdId, kind: 'ship' }) }])
  })

  test('is free again once every hold on it is released, each once and with its reason', async () => {
    const second = await hold({ ...ofLot('CREAM', 'C-1'), reason: 'colour' })
    expect((await app.api('GET', `/holds?active=true&subjectId=${held.subjectId}`)).body.items.map((one: { holdId: string }) => one.holdId)).toEqual([second.holdId, held.holdId])
    expect(await release(held.holdId)).toMatchObject({ holdId: held.holdId, releaseReason: 'certificate 881 arrived', releasedAt: expect.any(String) })
    expect((await ship('CREAM', 'C-1', '1')).body).toMatchObject({ code: 'on_hold', params: { reason: 'colour' } })
    await release(second.holdId)
    await done(ship('CREAM', 'C-1', '1'))
    expect((await app.api('POST', `/holds/${held.holdId}/release`, { reason: 'again' })).body).toMatchObject({ code: 'hold_released' })
    expect((await app.api('GET', `/holds?active=true&subjectId=${held.subjectId}`)).body.items).toEqual([])
    expect((await app.api('GET', `/holds?active=false&subjectId=${held.subjectId}`)).body.items).toHaveLength(2)
    expect((await app.api('GET', `/holds/${held.holdId}`)).body).toMatchObject({ which: 'C-1', scope: { onHand: expect.any(Array) } })
  })
})

test('a dry run tells what a hold would reach and places none', async () => {
  await receive('CREAM', 'C-3', '8')
  const { body } = await app.api('POST', '/holds?dryRun=true', { reason: 'x', ...ofLot('CREAM', 'C-3') })
  expect(body).toMatchObject({ scope: { onHand: [{ lot: 'C-3', quantity: '8' }] } })
  expect((await app.api('GET', `/holds?subjectId=${body.subjectId}`)).body.items).toEqual([])
  await done(ship('CREAM', 'C-3', '1'))
})

test('what a hold allows goes on', async () => {
  await receive('CREAM', 'C-4', '8')
  await hold({ ...ofLot('CREAM', 'C-4'), allows: ['transform'] })
  await done(app.api('POST', '/movements/transform', { inputs: [of('CREAM', 'C-4', '1', { from: { code: 'DOCK' } })], outputs: [of('BUTTER', 'B-2', '1', { to: { code: 'DOCK' } })] }))
  expect((await ship('CREAM', 'C-4', '1')).body).toMatchObject({ code: 'on_hold' })
})

test('a hold ends by itself at its end, which lies ahead', async () => {
  await receive('CREAM', 'C-5', '8')
  expect((await app.api('POST', '/holds', { reason: 'x', ...ofLot('CREAM', 'C-5'), until: '2020-01-01T00:00:00Z' })).body).toMatchObject({ code: 'hold_ends_before' })
  const { holdId } = await hold({ ...ofLot('CREAM', 'C-5'), until: '2999-01-01T00:00:00Z' })
  expect((await ship('CREAM', 'C-5', '1')).body).toMatchObject({ code: 'on_hold' })
  await app.admin.query("update hold set until = now() - interval '1 second' where hold_id = $1", [holdId])
  await done(ship('CREAM', 'C-5', '1'))
  expect((await app.api('GET', '/holds?active=true')).body.items.map((one: { holdId: string }) => one.holdId)).not.toContain(holdId)
})

test('a hold on a place covers every place inside it, and no other', async () => {
  await receive('CREAM', 'C-6', '8', 'F-1')
  await receive('CREAM', 'C-6', '8', 'DOCK')
  const { holdId, scope } = await hold({ subject: 'place', place: { code: 'FREEZER' }, reason: 'too warm' })
  expect(scope.onHand).toMatchObject([{ lot: 'C-6', place: 'F-1', quantity: '8' }])
  expect((await ship('CREAM', 'C-6', '1', 'F-1')).body).toMatchObject({ code: 'on_hold', params: { subject: 'place' } })
  await done(ship('CREAM', 'C-6', '1', 'DOCK'))
  await release(holdId)
  await done(ship('CREAM', 'C-6', '1', 'F-1'))
})

test('a hold on a family covers its lots of several products', async () => {
  await receive('CREAM', 'D-1', '5', 'DOCK', { family: 'DAY-7' })
  await receive('MILK', 'D-1', '5', 'DOCK', { family: 'DAY-7' })
  await receive('WHEY', 'D-2', '5')
  const { scope } = await hold({ subject: 'family', family: { code: 'DAY-7' }, reason: 'antibiotics' })
  expect(scope.onHand.map((one: { product: string }) => one.product)).toEqual(['CREAM', 'MILK'])
  expect((await ship('CREAM', 'D-1', '1')).body).toMatchObject({ code: 'on_hold', params: { subject: 'family' } })
  expect((await ship('MILK', 'D-1', '1')).body).toMatchObject({ code: 'on_hold' })
  await done(ship('WHEY', 'D-2', '1'))
})

test('a hold on a unit or a plate covers that one', async () => {
  await done(app.api('POST', '/movements/receive', { from: { supplier: { name: 'Hill Farm' } }, lines: [{ product: { sku: 'BIKE' }, units: ['S-1', 'S-2', 'S-3'].map((serial) => ({ serial })), to: { code: 'DOCK' } }] }))
  const bike = (serial: string) => app.api('POST', '/movements/ship', { to: { customer: { name: 'Corner Shop' } }, lines: [{ product: { sku: 'BIKE' }, units: [{ serial }], from: { code: 'DOCK' } }] })
  expect(await hold({ subject: 'unit', unit: { serial: 'S-1' }, product: { sku: 'BIKE' } })).toMatchObject({ which: 'S-1', scope: { unitCount: 1, units: [{ serial: 'S-1', place: 'DOCK' }] } })
  expect((await bike('S-1')).body).toMatchObject({ code: 'on_hold', params: { subject: 'unit', which: 'S-1' } })
  await done(bike('S-2'))
  await done(app.api('POST', '/movements/pack', { plate: { code: 'P-1' }, lines: [{ product: { sku: 'BIKE' }, units: [{ serial: 'S-3' }], place: { code: 'DOCK' } }] }))
  await hold({ subject: 'plate', plate: { code: 'P-1' } })
  expect((await bike('S-3')).body).toMatchObject({ code: 'on_hold', params: { subject: 'plate' } })
})

test.each([
  [{ subject: 'lot', lot: { code: 'NONE' }, product: { sku: 'CREAM' } }, 'lot_unknown'],
  [{ subject: 'unit', unit: { serial: 'NONE' } }, 'unit_unknown'],
  [{ subject: 'plate', plate: { code: 'NONE' } }, 'plate_unknown'],
  [{ subject: 'place', place: { code: 'NONE' } }, 'place_unknown'],
  [{ subject: 'place', place: '0196a0a0-0000-7000-8000-000000000000' }, 'place_unknown'],
  [{ subject: 'family', family: { code: 'NONE' } }, 'family_unknown'],
  [{ subject: 'lot', lot: { code: 'D-1' } }, 'lot_ambiguous'],
])('what is not known is not held: %j', async (body, code) => {
  expect((await app.api('POST', '/holds', { reason: 'x', ...body })).body).toMatchObject({ code })
})

describe('at once', () => {
  const doors: Record<string, (lot: string) => Promise<Answer>> = {
    ship: (lot) => ship('RACE', lot, '1'),
    transform: (lot) => app.api('POST', '/movements/transform', { inputs: [of('RACE', lot, '1', { from: { code: 'DOCK' } })], outputs: [of('BUTTER', `B-${lot}`, '1', { to: { code: 'DOCK' } })] }),
    reserve: (lot) => app.api('POST', '/allocations', { demand: { type: 'sales_order', number: `R-${lot}` }, lines: [of('RACE', lot, '1', { from: { code: 'DOCK' } })] }),
    change_owner: (lot) => app.api('POST', '/movements/change-owner', { reason: 'sold', lines: [of('RACE', lot, '1', { place: { code: 'DOCK' }, toOwner: { name: 'Corner Shop' } })] }),
  }
  const gate = () => `hashtextextended('${app.organizationId}/holds', 0)`
  const untilSomebodyWaits = async () => {
    for (;;) {
      const { rows } = await app.admin.query("select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())")
      if (rows.length > 0) return
    }
  }

  test.each(Object.keys(doors))('a %s that began before a hold and commits after it is refused', async (door) => {
    const lot = `X-${door}`
    await receive('RACE', lot, '10')
    const other = await app.admin.connect()
    await other.query('begin')
    await other.query(`select pg_advisory_xact_lock(${gate()})`)
    const answer = doors[door]?.(lot)
    await untilSomebodyWaits()
    await other.query(`insert into hold (organization_id, hold_id, subject, subject_id, reason, placed_at, placed_by, command_id)
      select organization_id, gen_random_uuid(), 'lot', lot_id, 'race', now(), 'x', gen_random_uuid() from lot where code = $1`, [lot])
    await other.query('commit')
    other.release()
    expect((await answer)?.body).toMatchObject({ code: 'on_hold' })
  })

  test('a hold waits for the shipment that is inside', async () => {
    await receive('RACE', 'X-1', '10')
    const other = await app.admin.connect()
    await other.query('begin')
    await other.query(`select pg_advisory_xact_lock_shared(${gate()})`)
    let answered = false
    const held = hold(ofLot('RACE', 'X-1')).then((body) => { answered = true; return body })
    await untilSomebodyWaits()
    expect(answered).toBe(false)
    await other.query('commit')
    other.release()
    expect(await held).toMatchObject({ which: 'X-1' })
  })

  test('no unit leaves a lot after its hold was answered, however many are shipping it', async () => {
    await receive('RACE', 'X-2', '5000')
    let stop = false
    let shipped = 0
    const client = async (n: number) => {
      while (!stop) {
        const answer = await (n % 3 === 0 ? doors['transform'] : doors['ship'])?.('X-2')
        if (answer?.status === 200) shipped += 1
        else expect(answer?.body).toMatchObject({ code: 'on_hold' })
      }
    }
    const onHand = async () => (await app.admin.query("select sum(on_hand)::text as n from balance join lot using (organization_id, lot_id) where code = 'X-2'")).rows[0].n as string
    const clients = Array.from({ length: 8 }, (_, n) => client(n))
    while (shipped < 20) await new Promise((resolve) => setTimeout(resolve, 5))
    await hold(ofLot('RACE', 'X-2'))
    const left = await onHand()
    await new Promise((resolve) => setTimeout(resolve, 200))
    stop = true
    await Promise.all(clients)
    expect(await onHand()).toBe(left)
    expect(Number(left)).toBe(5000 - shipped)
  })
})
