import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { migrate, pendingMigrations, readMigrations } from './migrate.ts'
import { ensureRoles, rolesOf } from './roles.ts'

const { admin, owner } = inject('testServer')
const roles = rolesOf(owner.user)
const name = `${inject('testServer').template.replace(/template$/, '')}migrate`
let folder = ''
let client: pg.Client

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lotwise-migrations-'))
  await asAdmin(`create database ${name} owner ${owner.user}`)
  client = await ownerClient()
})
afterEach(async () => {
  await client.end()
  await asAdmin(`drop database ${name} with (force)`)
  rmSync(folder, { recursive: true })
})

async function asAdmin(text: string): Promise<void> {
  const superuser = new pg.Client(admin)
  await superuser.connect()
  await superuser.query(text)
  await superuser.end()
}

async function ownerClient(): Promise<pg.Client> {
  const connected = new pg.Client({ ...admin, ...owner, database: name })
  await connected.connect()
  return connected
}

const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)
const run = (on = client): Promise<string[]> => migrate(on, { roles, folder })
const tables = async (): Promise<string[]> => (await client.query<{ name: string }>(`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`)).rows.map((row) => row.name)

test('applies each file once, in order, and then nothing more', async () => {
  write('0001_first.sql', 'create table one (n int);')
  expect(await run()).toEqual(['0001_first.sql'])
  write('0002_second.sql', 'alter table one add column m int;')
  expect(await pendingMigrations(client, folder)).toEqual(['0002_second.sql'])
  expect(await run()).toEqual(['0002_second.sql'])
  expect(await run()).toEqual([])
  expect(await pendingMigrations(client, folder)).toEqual([])
})

test('puts the quoted names of the roles in, and refuses a placeholder that does not exist', async () => {
  await ensureRoles(client, roles, owner.password)
  write('0001_first.sql', `create table one (n int); grant select on one to {{app}};\n-- check: select has_table_privilege('{{app}}'::regrole, 'one', 'select')`)
  await run()
  expect((await client.query('select has_table_privilege($1, $2, $3) as may', [roles.app, 'one', 'select'])).rows).toEqual([{ may: true }])
  write('0002_second.sql', 'grant select on one to {{nobody}};')
  await expect(run()).rejects.toThrow('{{nobody}}')
})

test('runs several processes at once as one', async () => {
  for (let n = 1; n <= 5; n += 1) write(`000${n}_step.sql`, `create table t${n} (n int); select pg_sleep(0.02);`)
  const others = await Promise.all([ownerClient(), ownerClient(), ownerClient()])
  const applied = await Promise.all([client, ...others].map((each) => run(each)))
  await Promise.all(others.map((each) => each.end()))
  expect(applied.flat().sort()).toEqual([1, 2, 3, 4, 5].map((n) => `000${n}_step.sql`))
})

test('refuses a file that was changed after it was applied, whatever its line ends', async () => {
  write('0001_first.sql', 'create table one (n int);\n')
  await run()
  write('0001_first.sql', 'create table one (n int);\r\n')
  expect(await run()).toEqual([])
  write('0001_first.sql', 'create table one (n bigint);\n')
  await expect(run()).rejects.toThrow(/0001_first.sql was changed after it was applied. Put the file back/)
})

test('refuses a database that is ahead of the code, naming what it has had', async () => {
  write('0001_first.sql', 'create table one (n int);')
  write('0002_later.sql', 'create table two (n int);')
  await run()
  rmSync(join(folder, '0002_later.sql'))
  await expect(run()).rejects.toThrow(/ahead of this Lotwise: it has had 0002_later.sql/)
  await expect(pendingMigrations(client, folder)).rejects.toThrow(/ahead/)
})

test('takes a file that fails back whole, tells where, and keeps those before it', async () => {
  write('0001_first.sql', 'create table one (n int);')
  write('0002_second.sql', 'create table two (n int);\n\ncreate tabel three (n int);')
  await expect(run()).rejects.toThrow(/0002_second.sql failed at line 3: syntax error/)
  expect(await tables()).toEqual(['migration', 'one'])
  write('0002_second.sql', 'create table two (n int);')
  expect(await run()).toEqual(['0002_second.sql'])
})

test.each([
  ['is false', '-- check: select exists (select from one)'],
  ['is null', '-- check: select null::boolean'],
  ['gives nothing', '-- check: select true where false'],
  ['goes on over lines', '-- check: select count(*) = 1\n--   from one'],
])('takes a file back whose check %s', async (_, check) => {
  write('0001_first.sql', `create table one (n int);\n${check}\n`)
  await expect(run()).rejects.toThrow(/0001_first.sql does not hold what it promises: select/)
  expect(await tables()).toEqual(['migration'])
})

test('keeps a file whose checks are true', async () => {
  write('0001_first.sql', 'create table one (n int);\n-- check: select count(*) = 0 from one\n-- check: select true\n')
  expect(await run()).toEqual(['0001_first.sql'])
})

test.each(['0003_gap.sql', '2_short.sql', '0001_again.sql'])('refuses a folder with %s in it', (file) => {
  write('0001_first.sql', '')
  write(file, '')
  expect(() => readMigrations(folder)).toThrow(/should be named 000\d_words.sql/)
})
