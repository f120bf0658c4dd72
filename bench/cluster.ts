import { createHash } from 'node:crypto'
import { readFileSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { foundOrganization } from '#src/app/access/setup.ts'
import { createApiKey } from '#src/app/api-key.ts'
import { connect, openPool, withSession } from '#src/db/connect.ts'
import { openEmbedded } from '#src/db/embedded.ts'
import { readMigrations } from '#src/db/migrate.ts'
import { rolePassword } from '#src/db/roles.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { systemClock } from '#src/lib/time.ts'

/** The benchmark's own PostgreSQL, started as the product starts its own, durable (fsync on), in `.cache/bench`. */
export interface Cluster {
  /** The postmaster; its children are the server's processes. */
  readonly postmaster: number
  /** The settings that the figures depend on. */
  readonly settings: { readonly [name: string]: string }
  readonly version: string
  /** Opens a database with one organisation in it: the migrated one, plus what `seed` puts in, made once and kept as a template. */
  open(seed: Seed): Promise<BenchDatabase>
  /** Statements of all databases are counted while `work` runs. */
  counting(work: () => Promise<void>): Promise<number>
  /** Writes dirty pages out, so that the rounds to come do not pay for those before. */
  checkpoint(): Promise<void>
  close(): Promise<void>
}

/** What a benchmark finds in its database before it begins. */
export interface Seed {
  readonly name: string
  /** Free disk it needs, twice: once kept, once to work on. */
  readonly gigabytes: number
  /** Changes with what it makes: the kept template is made anew where it differs. */
  readonly version: string
  /** Only read: the template itself is used and no copy made. */
  readonly readOnly?: boolean
  fill(admin: pg.Client, organizationId: OrganizationId): Promise<void>
}

export interface BenchDatabase {
  /** The owner's URL, as DATABASE_URL. */
  readonly url: string
  readonly organizationId: OrganizationId
  /** The owner's API key. */
  readonly key: string
  /** A superuser's pool. */
  readonly admin: pg.Pool
  /** Connections of the app's role with the organisation set for the whole session: plain SQL under the same row-level security. */
  plain(clients: number): Promise<pg.Client[]>
  close(): Promise<void>
}

/** LOTWISE_BENCH: another folder, where the repository's disk is not the one to measure. */
const folder = process.env['LOTWISE_BENCH'] || join(import.meta.dirname, '..', '.cache', 'bench')
const OWNER = 'lotwise_bench'

export async function openCluster(log: (line: string) => void): Promise<Cluster> {
  const embedded = await openEmbedded(folder, {
    role: 'owner', name: 'npm run bench', log,
    // counts statements where it is told to (`counting`); off, it costs nothing measurable
    settings: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track_utility': 'off' },
  })
  const admin = new pg.Client(withSession(embedded.adminConfig, 'bench'))
  await admin.connect()
  const password = rolePassword(String(embedded.adminConfig.password), OWNER)
  const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [OWNER])
  if (rowCount === 0) await admin.query(`create role ${OWNER} login createrole createdb password ${pg.escapeLiteral(password)}`)
  await admin.query('create extension if not exists pg_stat_statements')
  const names = ['shared_buffers', 'fsync', 'synchronous_commit', 'wal_compression', 'max_wal_size']
  const settings: Record<string, string> = {}
  for (const name of names) settings[name] = (await admin.query<Record<string, string>>(`show ${name}`)).rows[0]?.[name] ?? ''
  const version = (await admin.query<{ server_version: string }>('show server_version')).rows[0]?.server_version ?? ''
  const track = async (what: 'top' | 'none'): Promise<void> => {
    await admin.query(`alter system set pg_stat_statements.track = '${what}'`)
    await admin.query('select pg_reload_conf()')
    await new Promise((done) => setTimeout(done, 300))
  }
  await track('none')
  await dropWhere(admin, (name) => name.startsWith('work_'))
  return {
    postmaster: Number(readFileSync(join(folder, 'database', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]),
    settings, version,
    open: (seed) => openDatabase(embedded.adminConfig, password, admin, seed, log),
    checkpoint: async () => void (await admin.query('checkpoint')),
    counting: async (work) => {
      await track('top')
      await admin.query('select pg_stat_statements_reset()')
      await work()
      const { rows } = await admin.query<{ calls: string }>(`select coalesce(sum(calls), 0) as calls from pg_stat_statements s join pg_roles r on r.oid = s.userid where r.rolname = $1`, [`${OWNER}_app`])
      await track('none')
      return Number(rows[0]?.calls)
    },
    close: async () => {
      await dropWhere(admin, (name) => name.startsWith('work_'))
      await admin.end()
      await embedded.stop()
    },
  }
}

async function openDatabase(adminConfig: pg.PoolConfig, password: string, admin: pg.Client, seed: Seed, log: (line: string) => void): Promise<BenchDatabase> {
  const template = `seed_${seed.name}_${fingerprint(seed)}`
  const urlOf = (database: string): string => {
    const { host = '', port = 5432 } = adminConfig
    const at = host.startsWith('/') ? `localhost:${port}/${database}?host=${encodeURIComponent(host)}` : `${host}:${port}/${database}`
    return `postgres://${OWNER}:${encodeURIComponent(password)}@${at}`
  }
  await dropWhere(admin, (name) => name.startsWith(`seed_${seed.name}_`) && name !== template)
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [template])
  if (rowCount === 0) {
    checkDisk(seed)
    log(`making ${seed.name} ...`)
    const started = performance.now()
    await makeTemplate(adminConfig, urlOf, admin, template, seed)
    log(`made ${seed.name} in ${((performance.now() - started) / 1000).toFixed(0)} s`)
  }
  const database = seed.readOnly ? template : `work_${seed.name}`
  if (!seed.readOnly) await admin.query(`create database ${database} template ${template} owner ${OWNER} strategy file_copy`)
  const url = urlOf(database)
  const pool = openPool({ ...withSession({ ...adminConfig, database }, 'bench'), max: 2 })
  const { rows } = await pool.query<{ organization_id: OrganizationId; name: string }>(`select organization_id, name from organization where name like 'lw\\_%'`)
  const { organization_id: organizationId, name: key } = rows[0] ?? fail('the seed has no organisation')
  const app: pg.ClientConfig = { ...withSession({ ...adminConfig, database, user: `${OWNER}_app`, password: rolePassword(password, `${OWNER}_app`) }, 'plain SQL') }
  const open: pg.Client[] = []
  return {
    url, organizationId, key, admin: pool,
    plain: async (clients) => {
      const made = Array.from({ length: clients }, () => new pg.Client({ ...app, options: `${app.options} -c app.organization_id=${organizationId}` }))
      await Promise.all(made.map((client) => client.connect()))
      open.push(...made)
      return made
    },
    close: async () => {
      await Promise.all(open.map((client) => client.end()))
      await pool.end()
      if (!seed.readOnly) await admin.query(`drop database ${database} with (force)`)
    },
  }
}

async function makeTemplate(adminConfig: pg.PoolConfig, urlOf: (database: string) => string, admin: pg.Client, template: string, seed: Seed): Promise<void> {
  const making = 'work_making'
  await admin.query(`drop database if exists ${making} with (force)`)
  await admin.query(`create database ${making} owner ${OWNER}`)
  const connection = await connect({ databaseUrl: urlOf(making), name: 'bench' })
  let organizationId: OrganizationId
  try {
    organizationId = await foundOrganization({ database: connection.database, clock: systemClock }, null, { name: 'Bench', currency: 'EUR', timeZone: 'UTC' })
  } finally {
    await connection.close()
  }
  const filler = new pg.Client(withSession({ ...adminConfig, database: making }, 'bench'))
  await filler.connect()
  try {
    const key = createApiKey(organizationId, newId())
    await filler.query(`insert into api_key (organization_id, api_key_id, name, role, secret_hash, created_by, created_at, last_used_at) values ($1, $2, 'bench', 'owner', $3, 'bench', now(), now() + interval '1 year')`, [organizationId, key.apiKeyId, key.secretHash])
    // a benchmark's database keeps its key where it is found again
    await filler.query('update organization set name = $2 where organization_id = $1', [organizationId, key.text])
    await filler.query('set session_replication_role = replica')
    await filler.query(`set maintenance_work_mem = '512MB'; set work_mem = '256MB'; set synchronous_commit = off`)
    await seed.fill(filler, organizationId)
    await filler.query('vacuum (freeze, analyze)')
    await filler.query('checkpoint')
  } finally {
    await filler.end()
  }
  await admin.query(`alter database ${making} rename to ${template}`)
}

function fingerprint(seed: Seed): string {
  const hash = createHash('sha256').update(seed.version)
  for (const migration of readMigrations()) hash.update(migration.checksum)
  for (const file of ['seeds.ts', 'cluster.ts']) hash.update(file)
  return hash.digest('hex').slice(0, 10)
}

/** Seeds are large: never fill somebody's disk. */
function checkDisk(seed: Seed): void {
  const { bavail, bsize } = statfsSync(join(folder, 'database'))
  const free = (bavail * bsize) / 2 ** 30
  const needed = seed.gigabytes * (seed.readOnly ? 1 : 2) + 5
  if (free < needed) throw new Error(`${seed.name} needs ${needed} GB of free disk, there are ${free.toFixed(0)}: make room, or leave it out with --only`)
}

async function dropWhere(admin: pg.Client, isOld: (name: string) => boolean): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>('select datname from pg_database')
  for (const { datname } of rows) if (isOld(datname)) await admin.query(`drop database if exists ${pg.escapeIdentifier(datname)} with (force)`)
}

function fail(why: string): never {
  throw new Error(why)
}
