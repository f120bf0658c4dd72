import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Connection } from '#src/db/connect.ts'
import { sql } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { verifyOrganization } from '#src/verify/verify.ts'
import { openClients } from '../support/http.ts'
import { beginStart, HANGS, lotwise, postgresOf, root, startProduct, type Product } from './product.ts'

const KILLS = 25
// the processes of a server are found by where they stand, which only Linux tells
const elsewhere = process.platform !== 'linux'

let folder = ''
let data = ''
let journalFile = ''
let apiKey = ''
let product: Product | undefined
let seed = 0

beforeAll(async () => {
  if (elsewhere) return
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lotwise-kill-')))
  chmodSync(folder, 0o711)
  data = join(folder, 'data')
  journalFile = join(folder, 'journal')
  lotwise(data, ['user', 'create', '--email', 'olga@example.com', '--name', 'Olga', '--organization', 'Meadow Dairy'], { LOTWISE_PASSWORD: 'a long password' })
  apiKey = lotwise(data, ['key', 'create', '--name', 'loader']).trim()
  product = await startProduct({ data })
  await fill(product.port)
}, HANGS * 2)

afterAll(async () => {
  await product?.killEverything()
  if (folder !== '') rmSync(folder, { recursive: true, force: true })
})

test.skipIf(elsewhere)(`everything killed ${KILLS} times under load: nothing acknowledged is lost, nothing is half done, and it starts again`, async () => {
  let acknowledged = 0
  let unanswered = 0
  for (let round = 0; round < KILLS; round += 1) {
    await loadUntil(async (running) => {
      await sleep(100 + ((round * 137) % 500))
      await running.killEverything()
    })
    // now and then it is killed again while it comes up, at another moment each time
    if (round % 3 === 0) {
      const starting = beginStart({ data })
      await sleep(100 + round * 40)
      await starting.killEverything()
    }
    product = await startProduct({ data })
    const checked = await checkJournal(product.port)
    acknowledged += checked.acknowledged
    unanswered += checked.unanswered
  }
  expect(acknowledged).toBeGreaterThan(KILLS * 10)
  expect(unanswered).toBeGreaterThan(KILLS)
}, HANGS * 8)

test.skipIf(elsewhere)('only Node killed: its PostgreSQL is adopted by the next start', async () => {
  for (let round = 0; round < 3; round += 1) {
    await loadUntil(async (running) => {
      await sleep(200)
      await running.killNode()
    })
    expect(postgresOf(data).length).toBeGreaterThan(0)
    product = await startProduct({ data })
    expect(product.said()).toContain('adopted')
    await checkJournal(product.port)
  }
}, HANGS * 4)

test.skipIf(elsewhere)('only PostgreSQL killed: Lotwise brings it back and answers again, without a restart', async () => {
  const running = product ?? expect.fail('not running')
  for (let round = 0; round < 3; round += 1) {
    await loadUntil(async () => {
      await sleep(200)
      running.killPostgres()
      await untilItAnswers(running.port)
    })
    await checkJournal(running.port)
  }
  expect(running.said()).toContain('starting it again')
}, HANGS * 4)

test.skipIf(elsewhere)('told to stop under load, it answers what it took, stops its PostgreSQL and leaves nothing behind', async () => {
  await loadUntil(async (running) => {
    await sleep(200)
    expect(await running.stop(), running.said()).toBe(0)
  })
  expect(postgresOf(data)).toEqual([])
  expect(existsSync(join(data, 'database', 'cluster', 'postmaster.pid'))).toBe(false)
  product = await startProduct({ data })
  await checkJournal(product.port)
}, HANGS * 2)

/** Runs the loader, and `kill` once it is under way; comes back when the loader has noticed. */
async function loadUntil(kill: (running: Product) => Promise<void>): Promise<void> {
  const running = product ?? expect.fail('not running')
  const before = readJournal().length
  seed += 1
  const loader = spawn(process.execPath, [join(root, 'test', 'kill', 'loader.ts'), String(running.port), apiKey, journalFile, String(seed)], { stdio: ['ignore', 'inherit', 'inherit'] })
  const loaderEnded = new Promise((done) => loader.once('exit', done))
  const deadline = Date.now() + HANGS
  while (readJournal().length < before + 40 && Date.now() < deadline) await sleep(20)
  await kill(running)
  // where the server went on, the loader is told by its end
  const told = setTimeout(() => loader.kill('SIGKILL'), 300)
  await loaderEnded
  clearTimeout(told)
}

interface Entry {
  readonly key: string
  readonly path?: string
  readonly body?: object
  readonly status?: number
  readonly answer?: { readonly movementId?: string; readonly lines?: readonly unknown[]; readonly code?: string }
}

function readJournal(): Entry[] {
  if (!existsSync(journalFile)) return []
  // the last line may be cut off where the loader was killed
  return readFileSync(journalFile, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line) as Entry)
}

/** What the journal says against what is there; the requests of the last load one by one, the earlier ones as a whole. */
async function checkJournal(port: number): Promise<{ acknowledged: number; unanswered: number }> {
  const asked = new Map<string, Entry>()
  const answered = new Map<string, Entry>()
  for (const entry of readJournal()) (entry.path === undefined ? answered : asked).set(entry.key, entry)
  const acknowledged = [...answered.values()].filter(({ status }) => status === 200)
  // of a lot that nobody received yet (422), or too little of it (409)
  const refused = [...answered.values()].filter(({ status }) => status === 409 || status === 422)
  // 503 says that the database does not answer: it may have been done or not
  const unanswered = [...asked.values()].filter(({ key }) => (answered.get(key)?.status ?? 500) >= 500)
  expect([...answered.values()].filter(({ status = 0 }) => ![200, 409, 422, 503].includes(status))).toEqual([])

  const connection = await connect({ dataFolder: data, role: 'attach', migrate: false, name: 'the test' })
  try {
    const organizationId = await onlyOrganization(connection)
    const stored = await storedResults(connection, organizationId)
    expect(acknowledged.filter(({ key, answer }) => !isDeepStrictEqual(stored.get(key), answer)), 'was acknowledged').toEqual([])
    expect(refused.filter(({ key }) => stored.has(key)), 'was refused').toEqual([])
    await nothingIsHalfDone(connection, organizationId)
    await repeat(port, unanswered.filter(({ key }) => key.startsWith(`${seed}/`)), stored)
    await repeat(port, acknowledged.slice(-10).flatMap(({ key }) => asked.get(key) ?? []), stored)
    expect(await verifyOrganization(connection.database, organizationId)).toEqual({ ok: true, findings: [] })
  } finally {
    await connection.close()
  }
  const ofThisLoad = (entries: readonly Entry[]): number => entries.filter(({ key }) => key.startsWith(`${seed}/`)).length
  return { acknowledged: ofThisLoad(acknowledged), unanswered: ofThisLoad(unanswered) }
}

async function onlyOrganization({ database }: Connection): Promise<OrganizationId> {
  const [row] = await database.alone<{ id: OrganizationId }>(sql`select organization_ids() as id`)
  return row?.id ?? expect.fail('the organisation is gone')
}

async function storedResults({ database }: Connection, organizationId: OrganizationId): Promise<Map<string, unknown>> {
  const rows = await database.inTransaction(organizationId, (tx) => tx.rows<{ key: string; result: string }>(sql`select key, result::text as result from command`))
  return new Map(rows.map(({ key, result }) => [key, JSON.parse(result)]))
}

/** A movement without its command, lines, event or audit row, or one of these without it. */
async function nothingIsHalfDone({ database }: Connection, organizationId: OrganizationId): Promise<void> {
  const half = await database.inTransaction(organizationId, (tx) => tx.rows(sql`
    select m.movement_id, m.kind from movement m left join command c using (organization_id, command_id)
    where c.key is null or not exists (select from movement_line l where l.movement_id = m.movement_id)
      or not exists (select from event e where e.type like 'movement.%' and e.subject_ids[1] = m.movement_id) or not exists (select from audit a where a.subject_id = m.movement_id)
    union all
    select c.command_id, c.name from command c where c.name like 'movement.%' and not exists (select from movement m where m.command_id = c.command_id)
    union all
    select l.movement_id, 'line' from movement_line l where not exists (select from movement m where m.movement_id = l.movement_id)
    union all
    select u.movement_id, 'unit of a line' from line_unit u where not exists (select from movement_line l where l.movement_id = u.movement_id and l.line_no = u.line_no)
    union all
    select e.event_id, e.type from event e where e.type like 'movement.%' and not exists (select from movement m where m.movement_id = e.subject_ids[1])`))
  expect(half).toEqual([])
}

/** The same key again: what was done answers as it did, what was not is done now, once. */
async function repeat(port: number, entries: readonly Entry[], stored: ReadonlyMap<string, unknown>): Promise<void> {
  const clients = openClients({ host: '127.0.0.1', port }, apiKey, { connections: 4 })
  try {
    for (const { key, path = '', body } of entries) {
      const first = await clients.ask('POST', path, body, key)
      expect([200, 409, 422], JSON.stringify(first.body)).toContain(first.status)
      if (stored.has(key)) expect(first, `${key} was done`).toEqual({ status: 200, body: stored.get(key) })
      if (first.status === 200) expect(await clients.ask('POST', path, body, key)).toEqual(first)
    }
  } finally {
    clients.close()
  }
}

async function untilItAnswers(port: number): Promise<void> {
  const clients = openClients({ host: '127.0.0.1', port }, apiKey, { connections: 1, timeout: 10_000 })
  const deadline = Date.now() + HANGS
  try {
    for (;;) {
      const status = await clients.ask('GET', '/products').then((answer) => answer.status, () => 0)
      if (status === 200) return
      if (Date.now() > deadline) throw new Error(`it does not answer again: ${status} ${product?.said()}`)
      await sleep(50)
    }
  } finally {
    clients.close()
  }
}

async function fill(port: number): Promise<void> {
  const clients = openClients({ host: '127.0.0.1', port }, apiKey, { connections: 1 })
  const done = async (path: string, body: object): Promise<void> => {
    const answer = await clients.ask('POST', path, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  }
  for (const code of ['DOCK', 'SHELF', 'TANK']) await done('/places', { code, name: code, kind: 'facility', commingled: code === 'TANK' })
  await done('/parties', { code: 'FARM', name: 'Hill Farm', roles: ['supplier'] })
  await done('/parties', { code: 'SHOP', name: 'Corner Shop', roles: ['customer'] })
  for (const [sku, tracking] of [['CREAM', 'lot'], ['BUTTER', 'lot'], ['BIKE', 'serial']]) await done('/products', { sku, name: sku, baseUom: 'each', scale: 3, tracking })
  clients.close()
}
