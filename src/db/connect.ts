import pg from 'pg'
import { DatabaseUnavailable, openEmbedded, type EmbeddedServer } from './embedded.ts'
import { migrate } from './migrate.ts'
import { ensureRoles, resetPassword, rolePassword, rolesOf, type DatabaseRoles } from './roles.ts'
import { createDatabase, type Database } from './transaction.ts'
import { sessionOptions, valueTypes } from './values.ts'

export interface ConnectionSettings {
  /** A PostgreSQL server (15 or newer), as the owner of the tables. Without it the product runs its own under `dataFolder`. */
  readonly databaseUrl?: string | undefined
  /** The app's role, where the owner of `databaseUrl` may not create roles. */
  readonly appUrl?: string | undefined
  /** better-auth's role; the app's where only that is given. */
  readonly authUrl?: string | undefined
  readonly dataFolder?: string | undefined
  /** `owner` for the serving process, `attach` for a command beside it or alone; only the embedded server asks. */
  readonly role?: 'owner' | 'attach'
  /** Who we are, in the server's list of connections and in the refusal of a second owner: `lotwise serve`. */
  readonly name?: string
  /** Connections of the app's pool; 10 where not given. */
  readonly poolSize?: number
  /** false: leaves the schema as it is. */
  readonly migrate?: boolean
  readonly log?: (line: string) => void
}

/** A database that is migrated and open. */
export interface Connection {
  readonly database: Database
  /** The app's role. Outside a transaction of `database` no organisation is set and row-level security shows nothing. */
  readonly appPool: pg.Pool
  /** better-auth's role, `search_path` auth; instants are Dates here, for that is what better-auth compares. */
  readonly authPool: pg.Pool
  /** To open connections of one's own (jobs, backup); all with the same texts for exact values. */
  readonly configs: { readonly owner: pg.PoolConfig; readonly app: pg.PoolConfig; readonly auth: pg.PoolConfig; readonly maintenance: pg.PoolConfig }
  readonly roles: DatabaseRoles
  /** Names of the migrations that were applied now. */
  readonly migrated: readonly string[]
  /** Undefined on a server of `databaseUrl`. */
  readonly embedded: EmbeddedServer | undefined
  close(): Promise<void>
}

/**
 * Opens the database: starts or joins the embedded server or dials the one of `databaseUrl`, makes the roles, migrates,
 * and proves that the app's role is confined. Throws DatabaseUnavailable or MigrationError with what to do.
 */
export async function connect(settings: ConnectionSettings): Promise<Connection> {
  const log = settings.log ?? (() => {})
  const embedded = settings.databaseUrl === undefined
    ? await openEmbedded(settings.dataFolder ?? './data', { role: settings.role ?? 'owner', log, ...(settings.name === undefined ? {} : { name: settings.name }) })
    : undefined
  const pools: pg.Pool[] = []
  try {
    const owner = embedded ? await embeddedOwner(embedded) : fromUrl(settings.databaseUrl ?? '')
    const prepared = await prepare(owner, settings, log)
    const { app, auth } = prepared.configs
    const appPool = openPool({ ...app, max: settings.poolSize ?? 10, pipeline: true, idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION }, log)
    const authPool = openPool({ ...auth, max: 4 }, log)
    pools.push(appPool, authPool)
    await proveConfined(appPool)
    return {
      ...prepared, database: createDatabase(appPool), appPool, authPool, embedded,
      close: async () => {
        await Promise.all(pools.filter((pool) => !pool.ending).map((pool) => pool.end()))
        await embedded?.stop()
      },
    }
  } catch (error) {
    await Promise.all(pools.map((pool) => pool.end()))
    await embedded?.stop()
    throw error
  }
}

/** Milliseconds after which the server ends a transaction that a hung process left open, with its locks. */
const IDLE_IN_TRANSACTION = 300_000
const EMBEDDED_OWNER = 'lotwise'

/** On the embedded server too the tables' owner is no superuser, so that migrations behave as they do on a server. */
async function embeddedOwner(embedded: EmbeddedServer): Promise<pg.PoolConfig> {
  const admin = embedded.adminConfig
  const password = rolePassword(String(admin.password), EMBEDDED_OWNER)
  const client = new pg.Client(admin)
  await client.connect()
  try {
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      'select exists (select from pg_roles where rolname = $1) as role, exists (select from pg_database where datname = $1) as database', [EMBEDDED_OWNER])
    if (!rows[0]?.role) await client.query(`create role ${EMBEDDED_OWNER} login createrole createdb password ${pg.escapeLiteral(password)}`)
    if (!rows[0]?.database) await client.query(`create database ${EMBEDDED_OWNER} owner ${EMBEDDED_OWNER}`)
  } finally {
    await client.end()
  }
  return { host: admin.host, port: admin.port, user: EMBEDDED_OWNER, password, database: EMBEDDED_OWNER }
}

/** The parts of a URL (and of the PG* environment it leaves open), so that another role's can be put in. */
function fromUrl(url: string): pg.PoolConfig {
  let client: pg.Client & { connectionParameters?: { options?: string } }
  try {
    client = new pg.Client({ connectionString: url })
  } catch (error) {
    throw new DatabaseUnavailable(`The database's URL cannot be read: ${(error as Error).message}`)
  }
  const options = client.connectionParameters?.options
  return { host: client.host, port: client.port, user: client.user, password: client.password, database: client.database, ssl: client.ssl, ...(options ? { options } : {}) }
}

type Prepared = Pick<Connection, 'configs' | 'roles' | 'migrated'>

/** Roles and schema, over the owner's connection, which is closed again. */
async function prepare(ownerConfig: pg.PoolConfig, settings: ConnectionSettings, log: (line: string) => void): Promise<Prepared> {
  const owner = withSession(ownerConfig, settings.name)
  const client = new pg.Client(owner)
  try {
    await client.connect()
  } catch (error) {
    throw new DatabaseUnavailable(`The database at ${owner.host}:${owner.port} does not answer as ${owner.user}: ${(error as Error).message}`, { cause: error })
  }
  client.on('error', () => {})
  try {
    const { rows } = await client.query<{ version: number; may_create: boolean }>(
      `select current_setting('server_version_num')::int as version, rolcreaterole or rolsuper as may_create from pg_roles where rolname = current_user`)
    const { version = 0, may_create = false } = rows[0] ?? {}
    if (version < 150_000) throw new DatabaseUnavailable(`PostgreSQL 15 or newer is needed; the server at ${owner.host} is ${Math.floor(version / 10_000)}.`)
    const { configs, roles } = settings.appUrl === undefined ? await derived(client, owner, may_create) : given(owner, settings.appUrl, settings.authUrl)
    const migrated = settings.migrate === false ? [] : await migrate(client, { roles, log })
    return { configs, roles, migrated }
  } finally {
    await client.end()
  }
}

/** Roles of our own making. */
async function derived(client: pg.Client, owner: pg.PoolConfig, mayCreate: boolean): Promise<Pick<Prepared, 'configs' | 'roles'>> {
  const user = String(owner.user)
  const password = typeof owner.password === 'string' ? owner.password : ''
  if (!mayCreate || password === '') {
    const why = mayCreate ? 'DATABASE_URL holds no password to derive theirs from' : `${user} may not create roles`
    throw new DatabaseUnavailable(`The app must not connect as the owner of the tables, and ${why}. Create a login role without privileges and name it in DATABASE_APP_URL (and, better, another in DATABASE_AUTH_URL).`)
  }
  const roles = rolesOf(user)
  await ensureRoles(client, roles, password)
  const as = (role: string): pg.PoolConfig => ({ ...owner, user: role, password: rolePassword(password, role) })
  const configs = { owner, app: as(roles.app), auth: onAuthSchema(as(roles.auth)), maintenance: as(roles.maintenance) }
  for (const [role, config] of [[roles.app, configs.app], [roles.auth, configs.auth], [roles.maintenance, configs.maintenance]] as const) {
    if ((await tryLogin(config)) === '28P01') await resetPassword(client, role, password)
  }
  return { configs, roles }
}

/** Roles that the operator made. */
function given(owner: pg.PoolConfig, appUrl: string, authUrl: string | undefined): Pick<Prepared, 'configs' | 'roles'> {
  const app = withSession(fromUrl(appUrl), undefined)
  const auth = authUrl === undefined ? app : withSession(fromUrl(authUrl), undefined)
  const roles = { owner: String(owner.user), app: String(app.user), auth: String(auth.user), maintenance: String(owner.user) }
  return { configs: { owner, app, auth: onAuthSchema(auth), maintenance: owner }, roles }
}

/** The code of a login's failure. */
async function tryLogin(config: pg.ClientConfig): Promise<string | undefined> {
  const client = new pg.Client(config)
  client.on('error', () => {})
  try {
    await client.connect()
    return undefined
  } catch (error) {
    return (error as { code?: string }).code ?? 'unknown'
  } finally {
    await client.end().catch(() => {})
  }
}

/** The session settings and types of every connection of ours. */
export function withSession(config: pg.PoolConfig, name: string | undefined): pg.PoolConfig {
  return {
    ...config, types: valueTypes, keepAlive: true,
    application_name: (name ?? 'lotwise').slice(0, 63),
    options: config.options ? `${config.options} ${sessionOptions}` : sessionOptions,
  }
}

function onAuthSchema(config: pg.PoolConfig): pg.PoolConfig {
  const { types: _, ...rest } = config
  return { ...rest, options: `${config.options ?? ''} -c search_path=auth` }
}

/** A pool that drops a connection which breaks while idle instead of ending the process. */
export function openPool(config: pg.PoolConfig, log: (line: string) => void = () => {}): pg.Pool {
  const pool = new pg.Pool({ connectionTimeoutMillis: 30_000, idleTimeoutMillis: 60_000, ...config })
  pool.on('error', (error) => log(`a database connection was lost: ${error.message}`))
  return pool
}

/** Row-level security binds neither superusers, nor who may bypass it, nor members of the owner: refuse to run as one. */
async function proveConfined(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ role: string; why: string | null }>(`
    select current_user as role, case
      when r.rolsuper then 'is a superuser'
      when r.rolbypassrls then 'has BYPASSRLS'
      when exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and pg_has_role(r.oid, c.relowner, 'member')) then 'owns the tables, or is a member of their owner'
    end as why
    from pg_roles r where r.rolname = current_user`)
  const { role, why } = rows[0] ?? {}
  if (why != null) throw new DatabaseUnavailable(`The app's role ${role} ${why}, so it would see every organisation. Give it a plain login role.`)
}
