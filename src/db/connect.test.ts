import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { connect, type Connection } from './connect.ts'
import { sql } from './sql.ts'

let db: TestDatabase
const ours = newId<'organization'>()
const theirs = newId<'organization'>()

beforeAll(async () => {
  db = await createTestDatabase()
  const owner = new pg.Client(db.configs.owner)
  await owner.connect()
  await owner.query(`
    create table parcel (organization_id uuid not null, parcel_id uuid not null, weight numeric(27,9) not null, primary key (organization_id, parcel_id));
    alter table parcel enable row level security;
    alter table parcel force row level security;
    create policy parcel_of_organization on parcel using (organization_id = (select current_setting('app.organization_id', true)::uuid));
    grant select, insert, update on parcel to "${db.roles.app}"`)
  await owner.end()
})
afterAll(() => db.drop())

const add = (organization: OrganizationId, of = organization): Promise<number> =>
  db.database.inTransaction(organization, (tx) => tx.run(sql`insert into parcel values (${of}, ${newId()}, ${'1.5'})`))

describe('an organisation and its neighbour', () => {
  test('the app sees the rows of the organisation it works for, and no others', async () => {
    await add(ours)
    await add(theirs)
    const seen = await db.database.inTransaction(ours, (tx) => tx.rows<{ organization_id: string }>(sql`select organization_id from parcel`))
    expect(new Set(seen.map((row) => row.organization_id))).toEqual(new Set([ours]))
    const { rows } = await db.admin.query<{ n: string }>('select count(*) as n from parcel')
    expect(Number(rows[0]?.n)).toBeGreaterThanOrEqual(2)
  })

  test('the app cannot write a row for another organisation', async () => {
    await expect(add(ours, theirs)).rejects.toMatchObject({ code: '42501' })
  })

  test('outside a transaction the app is given nothing', async () => {
    await add(ours)
    const unset = new pg.Client(db.configs.app)
    await unset.connect()
    expect((await unset.query('select from parcel')).rowCount).toBe(0)
    await unset.end()
    // a connection that had an organisation keeps the setting as '', which is no uuid
    await expect(db.appPool.query('select from parcel')).rejects.toMatchObject({ code: '22P02' })
  })
})

describe('the roles', () => {
  const { admin, owner } = inject('testServer')
  const made: string[] = []
  afterAll(async () => {
    for (const role of made.reverse()) await asAdmin(`drop owned by ${role} cascade`).catch(() => {})
    for (const role of made) await asAdmin(`drop role if exists ${role}`)
  })

  /** In the test's own database, so that what the roles own goes with it. */
  const asAdmin = (text: string): Promise<unknown> => db.admin.query(text)
  const role = async (name: string, attributes: string): Promise<string> => {
    const full = `${db.url.match(/\/(lotwise_\w+)/)?.[1]}_${name}`
    await asAdmin(`create role ${full} login password 'pw' ${attributes}`)
    made.push(full)
    return full
  }
  const urlAs = (user: string, password: string): string => db.url.replace(/\/\/[^@]*@/, `//${user}:${encodeURIComponent(password)}@`)
  const refused = (settings: Parameters<typeof connect>[0]): Promise<string> => connect(settings).then((c: Connection) => c.close().then(() => 'not refused'), (error: Error) => `${error.name}: ${error.message}`)

  test('the app reaches neither the owner nor the sign-in tables, and the sign-in role none of ours', async () => {
    await expect(db.appPool.query(`set role "${owner.user}"`)).rejects.toMatchObject({ code: '42501' })
    await expect(db.appPool.query('create table mine (n int)')).rejects.toMatchObject({ code: '42501' })
    await expect(db.appPool.query('alter table parcel disable row level security')).rejects.toMatchObject({ code: '42501' })
    await expect(db.authPool.query('select from public.parcel')).rejects.toMatchObject({ code: '42501' })
  })

  test('better-auth is given Dates, since it compares them', async () => {
    const { rows } = await db.authPool.query<{ at: unknown }>(`select '2026-11-23T17:00:00Z'::timestamptz as at`)
    expect(rows[0]?.at).toEqual(new Date('2026-11-23T17:00:00Z'))
  })

  test('several processes may open one database at once', async () => {
    const opened = await Promise.all(Array.from({ length: 4 }, () => connect({ databaseUrl: db.url })))
    expect(new Set(opened.map((each) => each.roles.app))).toEqual(new Set([db.roles.app]))
    await Promise.all(opened.map((each) => each.close()))
  })

  test('follow the owner when its password changes', async () => {
    const name = await role('mover', 'createrole')
    await asAdmin(`grant create on schema public to ${name}; alter table migration owner to ${name}`)
    const before = await connect({ databaseUrl: urlAs(name, 'pw'), migrate: false })
    made.push(before.roles.app, before.roles.auth, before.roles.maintenance)
    await before.close()
    await asAdmin(`alter role ${name} password 'another'`)
    const after = await connect({ databaseUrl: urlAs(name, 'another'), migrate: false })
    expect((await after.appPool.query('select current_user as who')).rows).toEqual([{ who: before.roles.app }])
    await after.close()
    await asAdmin(`alter table migration owner to ${owner.user}`)
  })

  test('where the owner may not make any, are asked for by name', async () => {
    const plain = await role('plain', 'nocreaterole')
    expect(await refused({ databaseUrl: urlAs(plain, 'pw') })).toMatch(/DatabaseUnavailable: .*may not create roles.*DATABASE_APP_URL/)
    const app = await role('given', '')
    const connection = await connect({ databaseUrl: urlAs(plain, 'pw'), appUrl: urlAs(app, 'pw'), migrate: false })
    expect(connection.roles).toMatchObject({ owner: plain, app, auth: app })
    await connection.close()
  })

  test('a role that row-level security does not bind is refused as the app', async () => {
    const strong = await role('strong', 'bypassrls')
    expect(await refused({ databaseUrl: db.url, appUrl: urlAs(strong, 'pw') })).toMatch(/BYPASSRLS/)
    expect(await refused({ databaseUrl: db.url, appUrl: db.url })).toMatch(/owns the tables/)
    expect(await refused({ databaseUrl: db.url, appUrl: urlAs(admin.user, admin.password) })).toMatch(/superuser/)
  })

  test('a server that does not answer, or not to us, is named', async () => {
    expect(await refused({ databaseUrl: urlAs(owner.user, 'wrong') })).toMatch(/DatabaseUnavailable: The database at .* does not answer as lotwise_test: password/)
    expect(await refused({ databaseUrl: 'postgres://a:b@127.0.0.1:1/none' })).toMatch(/DatabaseUnavailable: .*127.0.0.1:1/)
  })
})

test('without a URL the product opens its own server, keeps what it wrote, and needs no second migration', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lotwise-connect-'))
  chmodSync(folder, 0o711)
  try {
    const first = await connect({ dataFolder: join(folder, 'data'), name: 'a test' })
    expect(first.migrated.length).toBeGreaterThan(0)
    expect(first.roles).toEqual({ owner: 'lotwise', app: 'lotwise_app', auth: 'lotwise_auth', maintenance: 'lotwise_maintenance' })
    expect((await first.appPool.query('select rolsuper from pg_roles where rolname = current_user')).rows).toEqual([{ rolsuper: false }])
    await expect(connect({ dataFolder: join(folder, 'data') })).rejects.toThrow('in use by a test')
    const command = await connect({ dataFolder: join(folder, 'data'), role: 'attach' })
    await command.close()
    await first.close()
    const second = await connect({ dataFolder: join(folder, 'data') })
    expect(second.migrated).toEqual([])
    await second.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
