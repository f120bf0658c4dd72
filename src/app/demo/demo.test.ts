import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyOrganization } from '#src/verify/verify.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { createTestApp, type TestApp } from '../../../test/support/app.ts'
import { ok, refused } from '../../../test/support/command.ts'
import { demoKeys, type DemoKey, type GuideStep, type MadeDemo } from './contract.ts'
import { guides } from '../../../web/locales/guide.de.ts'
import { createDemoMaker, foundDemo } from './make.ts'

/** A day on which the half years are told: the same every time, so that what comes of them is known. */
const NOW = '2026-11-23T15:00:00.000Z'
const clock = (): string => NOW
let app: TestApp
const made = new Map<DemoKey, MadeDemo>()

beforeAll(async () => {
  app = await createTestApp({ clock })
  for (const company of demoKeys) made.set(company, await makeThrough(company))
}, 240_000)
afterAll(() => app.close())

/** What each answers the set-up question with; what that sets is there (the fireworks' script names shifts that its answer defined). */
const tradesOf: { readonly [company in DemoKey]: readonly string[] } = { creamery: ['food'], yarn_mill: ['yarn'], e_bikes: ['automotive', 'electronics'], fireworks: ['fireworks'] }

/** Who got some of what went wrong in each company. */
const reached: { readonly [company in DemoKey]: readonly string[] } = {
  creamery: ['Corner Shop', 'Lakeview Hotel', 'Market Hall Co-op', 'Quay Street Deli', 'The Green Grocer'],
  yarn_mill: ['Flock Wool Shop', 'Purl & Plain', 'Skein Street', 'The Knot', 'The Yarn Loft'],
  e_bikes: ['City Bike Hub', 'Fietshuis Oost', 'Pedal Power', 'Spoke & Co', 'Van Dijk Rijwielen', 'Velo Nord'],
  fireworks: ['Big Sky Pyro', 'Lakeside Festival', 'Skyline Displays', 'Starlite Shows'],
}

describe.each(demoKeys)('the demo company %s', (company) => {
  test('has its guide in German too, step by step, with the same values', () => {
    const german = guides[company] ?? {}
    expect(Object.keys(german)).toEqual(demo().guide.map(({ key }) => key))
    const named = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
    for (const { key, values } of demo().guide) expect(named((german[key] ?? []).join()).filter((name) => !(name in values)), key).toEqual([])
  })

  const demo = (): MadeDemo => made.get(company) as MadeDemo
  const inside = async (): Promise<TestApp['api']> => app.apiAs(await app.keyOf('owner', demo().organizationId as OrganizationId))

  test('is ready, marked as a demo, and every invariant of the ledger holds in it', async () => {
    expect(demo()).toMatchObject({ state: 'ready', done: 182, total: 182 })
    const api = await inside()
    expect((await api('GET', '/organization')).body).toMatchObject({ demo: true, name: demo().name, preset: { trades: tradesOf[company], demo: { company, guide: demo().guide } } })
    expect(await verifyOrganization(app.database, demo().organizationId as OrganizationId)).toEqual({ ok: true, findings: [] })
  })

  test('has half a year of history up to now, some of it told late', async () => {
    const { rows: [span] } = await app.admin.query<{ first: string; last: string; days: number; ahead: number; late: number }>(`
      select min(occurred_at)::date::text as first, max(recorded_at)::date::text as last, count(distinct business_date)::int as days, count(*) filter (where recorded_at > $2)::int as ahead,
             count(*) filter (where occurred_at < recorded_at - interval '1 hour' and reverses is null)::int as late
      from movement where organization_id = $1`, [demo().organizationId, NOW])
    expect([span?.first, span?.ahead]).toEqual(['2026-05-25', 0])
    expect(span && span.last >= '2026-11-20' && span.last <= '2026-11-22').toBe(true)
    expect(span?.days).toBeGreaterThan(60)
    expect(span?.late).toBeGreaterThan(0)
  })

  test('has holds that stand and were released, promises, things taken back, and work for a person', async () => {
    const api = await inside()
    const count = async (path: string): Promise<number> => (await ok(api('GET', path))).items.length
    expect(await count('/holds?active=false')).toBeGreaterThan(0)
    expect(await count('/exceptions?open=true')).toBeGreaterThan(0)
    expect(await count('/exceptions?open=false')).toBeGreaterThan(0)
    const { rows: [row] } = await app.admin.query<{ reversed: number; hard: number; soft: number }>(`
      select (select count(distinct reversal)::int from movement where organization_id = $1 and reversal is not null) as reversed,
             (select count(*)::int from allocation where organization_id = $1 and firmness = 'hard' and closed_at is null) as hard,
             (select count(*)::int from allocation where organization_id = $1 and firmness = 'soft' and closed_at is null) as soft`, [demo().organizationId])
    expect(row?.reversed).toBeGreaterThan(0)
    expect([row?.hard, row?.soft].every((number) => Number(number) > 0)).toBe(true)
  })

  test('what went wrong in it is traced to everybody who has some', async () => {
    const api = await inside()
    const start = demo().guide.find((step) => step.link.kind === 'trace_forward')?.link.id
    const trace = await ok(api('GET', `/trace/forward?lotId=${start}`))
    expect(trace.consignees.map((one: { party: string }) => one.party)).toEqual(reached[company])
  })

  test('has a guide whose every step leads somewhere', async () => {
    const api = await inside()
    expect(demo().guide.length).toBeGreaterThanOrEqual(8)
    for (const { title, link } of demo().guide) {
      const path = pathOf(link)
      expect((await api('GET', path)).status, `${title}: ${path}`).toBe(200)
    }
  })
})

test('the creamery has goods past their date on the shelf, and they cannot be shipped', async () => {
  const { organizationId } = made.get('creamery') as MadeDemo
  const api = app.apiAs(await app.keyOf('owner', organizationId as OrganizationId))
  const { rows: [old] } = await app.admin.query<{ code: string; place: string }>(`
    select l.code, b.place_id as place from balance b join lot l using (organization_id, lot_id) join product p on p.organization_id = b.organization_id and p.product_id = b.product_id
    where b.organization_id = $1 and p.sku = 'CREAM-CUP' and l.use_by < '2026-11-23' and b.on_hand - b.allocated > 0 limit 1`, [organizationId])
  expect(await refused(api('POST', '/movements/ship', { to: { customer: { code: 'DELI' } }, lines: [{ product: { sku: 'CREAM-CUP' }, lot: { code: old?.code }, quantity: '1', from: old?.place }] }))).toMatchObject({ code: 'lot_past_date' })
})

test('one that was interrupted is gone on with, and is the same in the end', async () => {
  const organizationId = newId<'organization'>()
  const services = { database: app.database, clock }
  await foundDemo(services, { organizationId, company: 'fireworks', madeIn: app.organizationId, ownerIds: ['ann'] })
  const first = createDemoMaker(services)
  first.begin(organizationId)
  const progress = async () => (await app.admin.query<{ state: string; done: number }>('select state, done from demo_company where organization_id = $1', [organizationId])).rows[0]
  while (((await progress())?.done ?? 0) < 20) await new Promise((resolve) => setTimeout(resolve, 20))
  await first.stop()
  const half = await progress()
  expect(half?.state).toBe('making')
  expect(half?.done).toBeLessThan(182)
  // as a killed process leaves it: claimed, and not heard of for a minute
  await app.admin.query('update demo_company set worker = $2, heartbeat_at = $3 where organization_id = $1', [organizationId, newId(), '2026-11-23T14:59:00Z'])
  const second = createDemoMaker(services)
  await second.resume()
  await second.finish(organizationId)
  expect(await progress()).toEqual({ state: 'ready', done: 182 })
  expect(await historyOf(organizationId)).toEqual(await historyOf(String(made.get('fireworks')?.organizationId)))
  const { rows } = await app.admin.query('select user_id, role from membership where organization_id = $1', [organizationId])
  expect(rows).toEqual([{ user_id: 'ann', role: 'owner' }])
}, 60_000)

test('two makers do not both make it', async () => {
  const organizationId = newId<'organization'>()
  const services = { database: app.database, clock }
  await foundDemo(services, { organizationId, company: 'e_bikes', madeIn: app.organizationId, ownerIds: [] })
  const first = createDemoMaker(services)
  first.begin(organizationId)
  while (((await app.admin.query<{ done: number }>('select done from demo_company where organization_id = $1', [organizationId])).rows[0]?.done ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  await createDemoMaker(services).finish(organizationId)
  const { rows } = await app.admin.query('select state from demo_company where organization_id = $1', [organizationId])
  expect(rows).toEqual([{ state: 'making' }])
  await first.stop()
  await ok(app.api('DELETE', `/demo-companies/${organizationId}`))
}, 60_000)

test('the same request makes one company, another role none, and a dry run none', async () => {
  const before = (await ok(app.api('GET', '/demo-companies'))).companies.length
  expect((await app.api('POST', '/demo-companies?dryRun=true', { company: 'fireworks' })).body).toMatchObject({ state: 'making', done: 0 })
  expect(await refused(app.apiAs(await app.keyOf('manager'))('POST', '/demo-companies', { company: 'fireworks' }))).toMatchObject({ code: 'not_permitted' })
  const key = { 'idempotency-key': 'one-demo' }
  const one = await ok(app.api('POST', '/demo-companies', { company: 'fireworks' }, key))
  expect((await ok(app.api('POST', '/demo-companies', { company: 'fireworks' }, key))).organizationId).toBe(one.organizationId)
  expect((await ok(app.api('GET', '/demo-companies'))).companies.length).toBe(before + 1)
  await ok(app.api('DELETE', `/demo-companies/${one.organizationId}`))
  expect((await ok(app.api('GET', '/demo-companies'))).companies.length).toBe(before)
})

test('another organisation sees nothing of it, and the four kinds it could make', async () => {
  const { key } = await app.otherOrganization()
  const list = await ok(app.apiAs(key)('GET', '/demo-companies'))
  expect(list.companies).toEqual([])
  expect(list.kinds.map((kind: { company: string }) => kind.company)).toEqual(demoKeys)
})

async function makeThrough(company: DemoKey): Promise<MadeDemo> {
  const { organizationId } = await ok(app.api('POST', '/demo-companies', { company }))
  for (;;) {
    const list = (await ok(app.api('GET', '/demo-companies'))).companies as MadeDemo[]
    const found = list.find((one) => one.organizationId === organizationId)
    if (found?.state === 'ready') return found
    const { rows } = await app.admin.query<{ fault: string | null }>('select fault from demo_company where organization_id = $1', [organizationId])
    if (rows[0]?.fault) throw new Error(rows[0].fault)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** What happened, in words that are the same however often it is told. */
async function historyOf(organizationId: string): Promise<string[]> {
  const { rows } = await app.admin.query<{ line: string }>(`
    select concat_ws(' ', m.kind, m.occurred_at, m.recorded_at, m.reason, p.sku, l.code, f.code, t.code, n.quantity) as line
    from movement m join movement_line n using (organization_id, movement_id)
    join product p on p.organization_id = m.organization_id and p.product_id = n.product_id join lot l on l.organization_id = m.organization_id and l.lot_id = n.lot_id
    join place f on f.organization_id = m.organization_id and f.place_id = n.from_place_id join place t on t.organization_id = m.organization_id and t.place_id = n.to_place_id
    where m.organization_id = $1 order by m.occurred_at, m.recorded_at, n.line_no, 1`, [organizationId])
  return rows.map((row) => row.line)
}

function pathOf(link: GuideStep['link']): string {
  switch (link.kind) {
    case 'exceptions': case 'holds': case 'stock': return `/${link.kind}`
    case 'trace_forward': case 'trace_backward': return `/trace/${link.kind.slice(6)}?lotId=${link.id}`
    case 'family': return `/lot-families/${link.id}`
    case 'party': return `/parties/${link.id}`
    default: return `/${link.kind}s/${link.id}`
  }
}
