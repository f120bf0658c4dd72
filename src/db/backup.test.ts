import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { backUp, type TableSum } from './backup.ts'
import { foundOrganization } from '#src/app/access/setup.ts'
import { systemClock } from '#src/lib/time.ts'
import { connect, type Connection } from './connect.ts'
import { migrate, readMigrations } from './migrate.ts'
import { restore } from './restore.ts'

let app: TestApp
let source: Connection
let folder: string
let file: string
let sums: readonly TableSum[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lotwise-backup-'))
  chmodSync(folder, 0o711)
  file = join(folder, 'all.lotwise')
  app = await createTestApp()
  const other = await app.otherOrganization()
  await fill(app.api, 'A tab\tno, but a "quote", \\ and 日本')
  await fill(app.apiAs(other.key), 'Second company')
  await app.api('POST', '/people', { name: 'Olga', email: 'olga@example.com', password: 'a long password', role: 'operator' })
  source = await connect({ databaseUrl: app.url, name: 'test' })
  sums = await backUp(source, file)
}, 120_000)
afterAll(async () => {
  await source.close()
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

async function fill(api: TestApp['api'], note: string): Promise<void> {
  const done = async (answer: ReturnType<TestApp['api']>) => expect((await answer).body).not.toHaveProperty('code')
  await done(api('POST', '/products', { sku: '007', name: 'Käse', baseUom: 'kg', tracking: 'lot' }))
  await done(api('POST', '/places', { kind: 'facility', code: 'DOCK' }))
  await done(api('POST', '/movements/adjust', { reason: 'opening stock', note: note.replace('\t', ' '), lines: [{ product: { sku: '007' }, lot: { code: '1E10\\.' }, quantity: '12.5', place: { code: 'DOCK' }, direction: 'up' }] }))
}

/** A new database beside the source, as DATABASE_URL would name it. */
async function emptyDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const { admin, owner, template } = inject('testServer')
  const name = template.replace(/template$/, randomBytes(5).toString('hex'))
  const client = new pg.Client(admin)
  await client.connect()
  await client.query(`create database ${name} owner ${owner.user}`)
  return {
    url: app.url.replace(/\/[^/?]+(\?|$)/, `/${name}$1`),
    drop: async () => {
      await client.query(`drop database if exists ${name} with (force)`)
      await client.end()
    },
  }
}

async function restored<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const empty = await emptyDatabase()
  const connection = await connect({ databaseUrl: empty.url, name: 'test', migrate: false })
  try {
    return await work(connection)
  } finally {
    await connection.close()
    await empty.drop()
  }
}

describe('a backup', () => {
  test('is readable by its owner only, and shows what it is', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const head = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8').split('\n')[0] ?? '') as object
    expect(head).toMatchObject({ 'lotwise-backup': 1, organizations: 2 })
  })

  test('holds every table with rows but sessions and counted attempts', async () => {
    const { rows } = await app.admin.query<{ name: string }>(`
      select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'auth') order by 1`)
    expect(sums.map(({ table }) => table).toSorted()).toEqual(rows.map(({ name }) => name).filter((name) => !['public.migration', 'auth.session', 'auth."rateLimit"'].includes(name)).toSorted())
    expect(sums.find(({ table }) => table === 'public.movement')?.rows).toBe(2)
  })

  test('does not write over a file', async () => {
    await expect(backUp(source, file)).rejects.toThrow('is there already')
    expect(existsSync(`${file}.partial`)).toBe(false)
  })
})

describe('a restored installation', () => {
  test('has the very rows, also when it is backed up again, and goes on working', async () => {
    await restored(async (connection) => {
      const { tables } = await restore(connection, file)
      expect(tables).toEqual(sums)
      const again = await backUp(connection, join(folder, 'again.lotwise'))
      expect(again).toEqual(sums)
      const { rows } = await connection.appPool.query<{ name: string }>('select relname as name from pg_class where relrowsecurity and not relforcerowsecurity')
      expect(rows).toEqual([])
      const onHand = await connection.database.inTransaction(app.organizationId, (tx) => tx.rows({ text: "select on_hand::text from balance where on_hand > 0", values: [] }))
      expect(onHand).toEqual([{ on_hand: '12.500000000' }])
    })
  })

  test('has every event at or below 0 and in the old order, so that no reader meets them after new ones', async () => {
    await restored(async (connection) => {
      await restore(connection, file)
      const positions = await connection.database.inTransaction(app.organizationId, (tx) => tx.rows<{ event_id: string; position: string }>({ text: 'select event_id, position from event order by position, event_id', values: [] }))
      const before = await app.admin.query<{ event_id: string }>('select event_id from event where organization_id = $1 order by position, event_id', [app.organizationId])
      expect(positions.map(({ event_id }) => event_id)).toEqual(before.rows.map(({ event_id }) => event_id))
      expect(positions.every(({ position }) => BigInt(position) <= 0n)).toBe(true)
    })
  })

  test('on an embedded server of its own, and from there on a server again, is the same', async () => {
    const embedded = await connect({ dataFolder: join(folder, 'data'), role: 'attach', name: 'test', migrate: false })
    const second = join(folder, 'second.lotwise')
    try {
      expect((await restore(embedded, file)).tables).toEqual(sums)
      await backUp(embedded, second)
    } finally {
      await embedded.close()
    }
    await restored(async (connection) => expect((await restore(connection, second)).tables).toEqual(sums))
  }, 120_000)
})

test('a backup of an older version is restored into its own schema and brought up to date then', async () => {
  const older = await emptyDatabase()
  const old = await connect({ databaseUrl: older.url, name: 'test', migrate: false })
  const path = join(folder, 'older.lotwise')
  const newest = readMigrations().length
  try {
    const owner = new pg.Client(old.configs.owner)
    await owner.connect()
    await migrate(owner, { roles: old.roles, through: newest - 1 })
    await owner.end()
    await foundOrganization({ database: old.database, clock: systemClock }, null, { name: 'Old Dairy', currency: 'EUR', timeZone: 'UTC' })
    await backUp(old, path)
  } finally {
    await old.close()
    await older.drop()
  }
  await restored(async (connection) => {
    const { head } = await restore(connection, path)
    expect(head.migrations).toHaveLength(newest - 1)
    const { rows } = await connection.appPool.query<{ number: number }>('select max(number) as number from migration')
    expect(rows).toEqual([{ number: newest }])
  })
  const current = await emptyDatabase()
  const migrated = await connect({ databaseUrl: current.url, name: 'test' })
  await expect(restore(migrated, path)).rejects.toThrow('older than the tables of this database')
  await migrated.close()
  await current.drop()
})

describe('restoring is refused', () => {
  const refused = (path: string) => restored(async (connection) => {
    const error = await restore(connection, path).then(() => null, (reason: Error) => reason)
    const { rows } = await connection.appPool.query<{ there: boolean }>("select exists (select from pg_class where relname = 'organization') as there")
    const left = rows[0]?.there ? (await connection.appPool.query('select organization_ids()')).rows.length : 0
    return `${error?.name}: ${error?.message}; ${left} organisations`
  })
  const changed = (name: string, change: (text: string) => string): string => {
    const path = join(folder, name)
    writeFileSync(path, gzipSync(change(gunzipSync(readFileSync(file)).toString('utf8'))))
    return path
  }

  test('into a database that has an organisation', async () => {
    await expect(restore(source, file)).rejects.toThrow('There is something in this database')
  })

  test.each([
    ['where a quantity was changed', (text: string) => text.replace('12.500000000', '99.500000000'), 'do not have the SHA-256'],
    ['where it ends too early', (text: string) => text.slice(0, text.length / 2), 'before it is complete'],
    ['where the last line is missing', (text: string) => `${text.split('\n').slice(0, -2).join('\n')}\n`, 'before it is complete'],
    ['where a newer version made it', (text: string) => text.replace(/("migrations":\[.*?)\]/, '$1,{"number":999,"name":"0999_new.sql","checksum":"x"}]'), 'made by a newer Lotwise'],
    ['where its migrations are others', (text: string) => text.replace(/"checksum":"..../, '"checksum":"0000'), 'rests on another 0001_access.sql'],
    ['where it is something else', () => 'name,amount\na,1\n', 'not a backup'],
  ])('%s', async (name, change, why) => {
    const said = await refused(changed(`${name.replaceAll(' ', '-')}.lotwise`, change))
    expect(said).toContain(why)
    expect(said).toMatch(/^BackupError.*; 0 organisations$/)
  })

  test('where there is no such file', async () => {
    expect(await refused(join(folder, 'missing'))).toContain('cannot be read')
  })

  test('where it is no gzip at all', async () => {
    const path = join(folder, 'plain')
    writeFileSync(path, 'hello')
    expect(await refused(path)).toContain('not a backup')
  })
})
