import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type Answer, type TestApp } from '../../test/support/app.ts'
import { makeBusy } from '../../test/support/busy.ts'
import { mastersOf } from '../../test/support/masters.ts'
import { rebuildOrganization } from '#src/verify/rebuild.ts'
import { verifyOrganization } from '#src/verify/verify.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ poolSize: 20 })
  await makeBusy(app)
  await mastersOf(app.api).product('YARN', { uom: 'kg' })
}, 120_000)
afterAll(() => app.close())

async function done(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
const receive = (sku: string, lot: string, quantity: string, more: object = {}, supplier = 'Hill Farm') =>
  app.api('POST', '/movements/receive', { from: { supplier: { name: supplier } }, lines: [{ product: { sku }, lot: { code: lot }, quantity, to: { code: 'DOCK' }, ...more }] })
const ship = (sku: string, lot: string, quantity: string, more: object = {}) =>
  app.api('POST', '/movements/ship', { to: { customer: { name: 'Corner Shop' } }, lines: [{ product: { sku }, lot: { code: lot }, quantity, from: { code: 'DOCK' } }], ...more })
const lotOf = async (code: string): Promise<string> => (await app.admin.query('select lot_id from lot where code = $1 order by lot_id limit 1', [code])).rows[0].lot_id
const merge = (from: string, into: string, more: object = {}) => app.api('POST', `/lots/${from}/merge`, { into, reason: 'the same label', ...more })
const balances = async (...codes: string[]) => (await app.admin.query(
  `select l.code, p.code as place, trim_scale(b.on_hand)::text as on_hand, trim_scale(b.allocated)::text as allocated from balance b join lot l using (organization_id, lot_id) join place p using (organization_id, place_id) where l.code = any($1) order by 1, 2`, [codes])).rows

async function isSound(): Promise<void> {
  expect(await verifyOrganization(app.database, app.organizationId)).toEqual({ ok: true, findings: [] })
  expect(await rebuildOrganization(app.database, app.organizationId)).toEqual({ balances: 0, units: 0, runInputs: 0, runOutputs: 0, runUses: 0 })
}

test('stock, promises and holds of both lots are those of the one that stays, found by either code', async () => {
  await done(receive('YARN', 'A-1', '10'))
  await done(receive('YARN', 'A-01', '5'))
  await done(app.api('POST', '/allocations', { demand: { type: 'sales_order', number: 'Y-1' }, lines: [{ product: { sku: 'YARN' }, lot: { code: 'A-01' }, quantity: '2', from: { code: 'DOCK' } }] }))
  const [from, into] = [await lotOf('A-01'), await lotOf('A-1')]
  expect(await done(merge(from, into))).toEqual({ lotId: into, version: 2, mergedFrom: [from] })
  expect(await balances('A-1', 'A-01')).toEqual([{ code: 'A-1', place: 'DOCK', on_hand: '15', allocated: '2' }])
  await done(ship('YARN', 'A-01', '2', { demand: { type: 'sales_order', number: 'Y-1' } }))
  await done(ship('YARN', 'A-1', '12'))
  expect((await app.api('GET', `/lots/${from}`)).body).toMatchObject({ mergedInto: into })
  await isSound()
})

test('late entries and undoing reach back over a merge', async () => {
  const { movementId } = await done(receive('YARN', 'L-2', '10'))
  await done(receive('YARN', 'L-1', '3'))
  const [from, into] = [await lotOf('L-2'), await lotOf('L-1')]
  await done(merge(from, into))
  await done(ship('YARN', 'L-1', '12'))
  expect((await app.api('POST', `/movements/${movementId}/reverse`, { meaning: 'never_happened', reason: 'x' })).body).toMatchObject({ code: 'reversal_blocked' })
  await done(receive('YARN', 'L-2', '10'))
  await done(app.api('POST', `/movements/${movementId}/reverse`, { meaning: 'undone', reason: 'x' }))
  expect(await balances('L-1', 'L-2')).toMatchObject([{ code: 'L-1', on_hand: '1' }])
  await isSound()
})

test('a lot of cut pieces, runs, a tank and plates merges into another with identical projections', async () => {
  await done(receive('CREAM', 'C-1x', '1'))
  for (const [from, into] of [['C-1', 'C-1x'], ['T-1', 'T-2'], ['B-1', 'B-2'], ['B-5', 'B-7'], ['C-2', 'C-3']] as const) await done(merge(await lotOf(from), await lotOf(into)))
  await done(app.api('POST', '/movements/receive', { from: { supplier: { name: 'Hill Farm' } }, lines: [{ product: { sku: 'WHEEL' }, lot: { code: 'W-new' }, units: [{ serial: 'W-7', quantity: '3' }], to: { code: 'DOCK' } }] }))
  await done(merge(await lotOf('W'), await lotOf('W-new')))
  await done(app.api('POST', '/movements/destroy', { reason: 'old', lines: [{ product: { sku: 'WHEEL' }, units: [{ serial: 'W-2' }], from: { code: 'DOCK' } }] }))
  await isSound()
})

test('a merged lot is traced through both of its histories, and its own no longer stands alone', async () => {
  await done(receive('CREAM', 'M-1', '4'))
  await done(receive('CREAM', 'M-2', '4', {}, 'Dale Farm'))
  const run = (input: string, output: string) => app.api('POST', '/movements/transform', { inputs: [{ product: { sku: 'CREAM' }, lot: { code: input }, quantity: '2', from: { code: 'DOCK' } }], outputs: [{ product: { sku: 'BUTTER' }, lot: { code: output }, quantity: '1', to: { code: 'DOCK' } }] })
  await done(run('M-1', 'N-1'))
  await done(run('M-2', 'N-2'))
  const [from, into] = [await lotOf('M-2'), await lotOf('M-1')]
  const reaches = async (way: 'forward' | 'backward', lot: string) => {
    const { nodes, suppliers } = await done(app.api('GET', `/trace/${way}?lotId=${lot}`))
    return { lots: nodes.map((node: { lot: string }) => node.lot).sort(), suppliers: suppliers.map((one: { party: string }) => one.party).sort() }
  }
  expect([await reaches('forward', into), await reaches('forward', from)]).toMatchObject([{ lots: ['M-1', 'N-1'] }, { lots: ['M-2', 'N-2'] }])
  expect(await reaches('backward', await lotOf('N-2'))).toEqual({ lots: ['M-2', 'N-2'], suppliers: ['Dale Farm'] })
  await done(merge(from, into))
  expect([await reaches('forward', into), await reaches('forward', from)]).toMatchObject([{ lots: ['M-1', 'N-1', 'N-2'] }, { lots: ['M-1', 'N-1', 'N-2'] }])
  // that they are one is known now: either may have come from either supplier
  expect(await reaches('backward', await lotOf('N-2'))).toEqual({ lots: ['M-1', 'N-2'], suppliers: ['Dale Farm', 'Hill Farm'] })
})

test('merged again, every code leads to the last lot and none along a chain', async () => {
  for (const code of ['Z-1', 'Z-2', 'Z-3']) await done(receive('YARN', code, '1'))
  const [one, two, three] = [await lotOf('Z-1'), await lotOf('Z-2'), await lotOf('Z-3')]
  await done(merge(one, two))
  expect(await done(merge(two, three))).toMatchObject({ lotId: three, mergedFrom: [one, two].sort() })
  expect((await app.admin.query("select code, merged_into from lot where code like 'Z-_' order by code")).rows).toEqual([{ code: 'Z-1', merged_into: three }, { code: 'Z-2', merged_into: three }, { code: 'Z-3', merged_into: null }])
  await done(ship('YARN', 'Z-1', '3'))
  await isSound()
})

test('a hold on the lot that goes holds the one that stays', async () => {
  for (const code of ['H-1', 'H-2']) await done(receive('YARN', code, '5'))
  const { holdId } = await done(app.api('POST', '/holds', { subject: 'lot', lot: { code: 'H-2' }, product: { sku: 'YARN' }, reason: 'colour' }))
  const [from, into] = [await lotOf('H-2'), await lotOf('H-1')]
  await done(merge(from, into))
  expect((await ship('YARN', 'H-1', '1')).body).toMatchObject({ code: 'on_hold', params: { hold: holdId } })
  expect(await done(app.api('POST', '/holds', { subject: 'lot', lot: from, reason: 'smell' }))).toMatchObject({ subjectId: into })
  await isSound()
})

describe('lots that contradict each other', () => {
  let lots: string[]
  beforeAll(async () => {
    await done(receive('YARN', 'D-1', '1', { dates: { useBy: '2027-01-01', madeOn: '2026-01-01' }, family: 'BATH-1' }))
    await done(receive('YARN', 'D-2', '1', { dates: { useBy: '2027-02-01' }, family: 'BATH-2' }))
    lots = [await lotOf('D-2'), await lotOf('D-1')]
  })

  test('are refused by the name of the field', async () => {
    const [from = '', into = ''] = lots
    expect((await merge(from, into)).body).toMatchObject({ code: 'lot_merge_differs', params: { field: 'family' } })
    expect((await merge(from, into, { keep: { family: 'into' } })).body).toMatchObject({ code: 'lot_merge_differs', params: { field: 'useBy', ours: '2027-01-01', given: '2027-02-01' } })
  })

  test('are one where it is said which value stays', async () => {
    const [from = '', into = ''] = lots
    await done(merge(from, into, { keep: { family: 'into', useBy: 'from' } }))
    expect((await app.api('GET', `/lots/${into}`)).body).toMatchObject({ useBy: '2027-02-01', madeOn: '2026-01-01', family: { code: 'BATH-1' } })
  })
})

test('what cannot be one lot is refused', async () => {
  await done(receive('YARN', 'Q-1', '1'))
  await done(receive('YARN', 'Q-2', '1'))
  const [one, two, cream, merged] = [await lotOf('Q-1'), await lotOf('Q-2'), await lotOf('C-9'), await lotOf('Z-1')]
  const hidden = (await app.admin.query("select no_lot_id from product where sku = 'YARN'")).rows[0].no_lot_id as string
  const nobody = '0196a0a0-0000-7000-8000-000000000000'
  const codes = []
  for (const [from, into] of [[one, one], [one, cream], [merged, one], [one, merged], [hidden, one], [one, hidden], [nobody, one], [one, nobody]] as const) codes.push((await merge(from, into)).body.code)
  expect(codes).toEqual(['merge_into_itself', 'lot_of_other_product', 'merged_already', 'merged_already', 'lot_hidden', 'lot_hidden', 'not_found', 'not_found'])
  expect((await app.api('POST', `/lots/${one}/merge`, { into: two, reason: 'x' }, { 'if-match': '"9"' })).body).toMatchObject({ code: 'record_changed' })
  expect((await app.api('POST', `/lots/${one}/merge?dryRun=true`, { into: two, reason: 'x' })).status).toBe(200)
  expect((await app.api('GET', `/lots/${one}`)).body).toMatchObject({ mergedInto: null })
})

test('a merge in the middle of receipts, moves, promises and shipments of both lots loses nothing and tells nobody', async () => {
  await done(receive('YARN', 'R-1', '1000'))
  await done(receive('YARN', 'R-2', '1000'))
  const [from, into] = [await lotOf('R-1'), await lotOf('R-2')]
  let stop = false
  let total = 2000
  let posted = 0
  const client = async (n: number) => {
    const lot = n % 2 === 0 ? 'R-1' : 'R-2'
    while (!stop) {
      const line = { product: { sku: 'YARN' }, lot: { code: lot }, quantity: '1' }
      if (n < 2) { await done(receive('YARN', lot, '1')); total += 1 }
      else if (n < 4) { await done(ship('YARN', lot, '1')); total -= 1 }
      else if (n < 6) await done(app.api('POST', '/movements/move', { lines: [{ ...line, from: { code: 'DOCK' }, to: { code: 'STORE' } }] }))
      else {
        const demand = { type: 'sales_order', number: `R-${n}` }
        await done(app.api('POST', '/allocations', { demand, lines: [{ ...line, from: { code: 'DOCK' } }] }))
        await done(app.api('POST', '/allocations/release', { demand }))
      }
      posted += 1
    }
  }
  const clients = Array.from({ length: 8 }, (_, n) => client(n))
  while (posted < 30) await new Promise((resolve) => setTimeout(resolve, 5))
  await done(merge(from, into))
  const before = posted
  while (posted < before + 30) await new Promise((resolve) => setTimeout(resolve, 5))
  stop = true
  await Promise.all(clients)
  expect((await balances('R-1', 'R-2')).map(({ code, on_hand }) => [code, Number(on_hand)]).reduce((sum, [, n]) => sum + (n as number), 0)).toBe(total)
  await isSound()
})
