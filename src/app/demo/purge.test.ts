import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { purgeOrganization } from '#src/db/purge.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { createTestApp, type TestApp } from '../../../test/support/app.ts'
import { ok, refused } from '../../../test/support/command.ts'
import { fillOrganization } from '../../../test/support/fill.ts'
import { createDemoMaker, foundDemo } from './make.ts'

let app: TestApp
let tables: string[]

beforeAll(async () => {
  app = await createTestApp()
  await fillOrganization(app.api, 'REAL-1')
  tables = (await app.admin.query<{ name: string }>(`
    select quote_ident(c.relname) as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`)).rows.map((row) => row.name)
}, 60_000)
afterAll(() => app.close())

test('a purged demo company leaves no row in any table, and no other organisation notices', async () => {
  const other = await app.otherOrganization()
  await fillOrganization(app.apiAs(other.key), 'OTHER-1')
  const kept = await demo()
  const gone = await demo()
  await fillOrganization(app.apiAs(await app.keyOf('owner', gone)), 'DEMO-1')
  const others = [other.organizationId, kept]
  const before = await Promise.all(others.map((id) => stateOf(id)))
  const ours = await stateOf(app.organizationId, ['command', 'audit', 'api_key', 'event'])
  expect((await rowsOf(gone)).length).toBeGreaterThan(25)

  const answer = await ok(app.api('DELETE', `/demo-companies/${gone}`))
  expect(answer.rows).toBeGreaterThan(1000)
  expect(await rowsOf(gone)).toEqual([])
  expect(await Promise.all(others.map((id) => stateOf(id)))).toEqual(before)
  expect(await stateOf(app.organizationId, ['command', 'audit', 'api_key', 'event'])).toEqual(ours)
  // what is left is that it was done, where it was asked for
  const { rows } = await app.admin.query(`select name from command where organization_id = $1 and name like 'demo.%'`, [app.organizationId])
  expect(rows).toEqual([{ name: 'demo.purge' }])
  expect(await refused(app.api('DELETE', `/demo-companies/${gone}`))).toMatchObject({ code: 'not_found' })
}, 120_000)

test('an organisation that is no demo is not purged: not through the API, not by the function, not by the role itself', async () => {
  const before = await stateOf(app.organizationId, ['api_key'])
  expect(await refused(app.api('DELETE', `/demo-companies/${app.organizationId}`))).toMatchObject({ code: 'organization_not_demo', status: 409 })
  expect(await purgeOrganization(app.configs.maintenance, app.organizationId)).toBe('not_demo')
  const client = new pg.Client(app.configs.maintenance)
  await client.connect()
  for (const table of tables) {
    await client.query('begin')
    await client.query("select set_config('app.organization_id', $1, true)", [app.organizationId])
    expect((await client.query(`delete from ${table} where organization_id = $1`, [app.organizationId])).rowCount, table).toBe(0)
    await client.query('commit')
  }
  await client.end()
  expect(await stateOf(app.organizationId, ['api_key'])).toEqual(before)
})

test('what is no demo of mine is not there for me', async () => {
  const { organizationId, key } = await app.otherOrganization()
  const theirs = await demo(organizationId)
  expect(await refused(app.api('DELETE', `/demo-companies/${organizationId}`))).toMatchObject({ code: 'not_found' })
  expect(await refused(app.api('DELETE', `/demo-companies/${theirs}`))).toMatchObject({ code: 'not_found' })
  expect(await refused(app.apiAs(await app.keyOf('manager', organizationId))('DELETE', `/demo-companies/${theirs}`))).toMatchObject({ code: 'not_permitted' })
  await ok(app.apiAs(key)('DELETE', `/demo-companies/${theirs}`))
  expect(await rowsOf(theirs)).toEqual([])
}, 60_000)

test('the roles of the app and of the owner delete nothing of a demo company either', async () => {
  const company = await demo()
  for (const [config, code] of [[app.configs.app, '42501'], [app.configs.owner, '23001']] as const) {
    const client = new pg.Client(config)
    await client.connect()
    await client.query("select set_config('app.organization_id', $1, false)", [company])
    await expect(client.query('delete from movement_line where organization_id = $1', [company])).rejects.toMatchObject({ code })
    await client.end()
  }
}, 60_000)

/** A demo company with its first weeks: enough to have rows in most tables. */
async function demo(madeIn: string = app.organizationId): Promise<OrganizationId> {
  const organizationId = newId<'organization'>()
  const services = { database: app.database, clock: () => '2026-11-23T15:00:00.000Z' }
  await foundDemo(services, { organizationId, company: 'e_bikes', madeIn: madeIn as OrganizationId, ownerIds: ['ann'] })
  const maker = createDemoMaker(services)
  maker.begin(organizationId)
  while (((await app.admin.query<{ done: number }>('select done from demo_company where organization_id = $1', [organizationId])).rows[0]?.done ?? 0) < 40) await new Promise((resolve) => setTimeout(resolve, 20))
  await maker.stop()
  return organizationId
}

/** Tables that hold rows of an organisation. */
async function rowsOf(organizationId: string): Promise<string[]> {
  const found: string[] = []
  for (const table of tables) {
    const { rows } = await app.admin.query<{ number: number }>(`select count(*)::int as number from ${table} where organization_id = $1`, [organizationId])
    if ((rows[0]?.number ?? 0) > 0) found.push(table)
  }
  return found
}

/** A hash of every table's rows of an organisation. */
async function stateOf(organizationId: string, except: readonly string[] = []): Promise<string[]> {
  const state: string[] = []
  for (const table of tables.filter((name) => !except.includes(name))) {
    const { rows } = await app.admin.query<{ hash: string }>(`select coalesce(md5(string_agg(r::text, '|' order by r::text)), '') as hash from (select to_jsonb(t) as r from ${table} t where organization_id = $1) x`, [organizationId])
    state.push(`${table} ${rows[0]?.hash}`)
  }
  return state
}
