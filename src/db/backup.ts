import { createHash, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { Readable, Transform, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { systemClock } from '#src/lib/time.ts'
import type { Connection } from './connect.ts'

/**
 * A backup is one gzipped text file: a line of JSON that says what it is, then for each table a line of JSON with its
 * name and columns, its rows in PostgreSQL's COPY text, the line `\.`, and a line of JSON with their number and
 * SHA-256; a last line names every table. So `zcat` shows it, and it fits any PostgreSQL from 15 on.
 */
export const BACKUP_FORMAT = 1

/** The backup cannot be made, or this file cannot be restored here; the message says what to do. */
export class BackupError extends Error {
  override name = 'BackupError'
}

export interface BackupHead {
  readonly 'lotwise-backup': number
  readonly madeAt: string
  readonly organizations: number
  /** The schema that the rows fit: the migrations it has had, with their checksums. */
  readonly migrations: readonly { readonly number: number; readonly name: string; readonly checksum: string }[]
  /** Number and names of the tables, in the order in which they can be loaded. */
  readonly tables: readonly string[]
}

export interface TableHead {
  readonly table: string
  readonly columns: readonly string[]
}

export interface TableSum {
  readonly table: string
  readonly rows: number
  readonly sha256: string
}

/** Sessions and counted sign-in attempts are of the running installation, not of the company: everybody signs in again. */
const LEFT_OUT = new Set(['public.migration', 'auth.session', 'auth."rateLimit"'])

/**
 * Writes the whole installation (every organisation, people with their password hashes, keys as hashes) to `file`, as
 * it was at one instant, beside a running server or alone. The file is made with mode 0600 and has its name only when
 * it is complete. Throws BackupError where the file is there already.
 */
export async function backUp(connection: Connection, file: string, log: (line: string) => void = () => {}): Promise<readonly TableSum[]> {
  await refuseExisting(file)
  const partial = `${file}.partial`
  await rm(partial, { force: true })
  const client = new pg.Client(connection.configs.owner)
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    await client.query(COPY_SETTINGS)
    const tables = await readTables(client)
    const sums: TableSum[] = []
    const out = createWriteStream(partial, { mode: 0o600, flags: 'wx', flush: true })
    await pipeline(Readable.from(write(client, tables, sums, log)), createGzip({ level: 4 }), out)
    await client.query('commit')
    await rename(partial, file)
    return sums
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  } finally {
    await client.end()
  }
}

async function refuseExisting(file: string): Promise<void> {
  const there = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new BackupError(`${file} cannot be written: ${error.message}`)
  })
  if (!there) return
  await there.close()
  throw new BackupError(`${file} is there already. Name another file, or remove that one.`)
}

/** What the texts of COPY depend on. */
export const COPY_SETTINGS = "set local datestyle = 'ISO'; set local timezone = 'UTC'; set local intervalstyle = 'iso_8601'; set local bytea_output = 'hex'; set local client_encoding = 'UTF8'"

async function* write(client: pg.Client, tables: readonly BackupTable[], sums: TableSum[], log: (line: string) => void): AsyncGenerator<Buffer | string> {
  const migrations = await client.query<BackupHead['migrations'][number]>('select number, name, checksum from public.migration order by number')
  const organizations = await client.query<{ id: string }>('select organization_ids()::text as id')
  const ids = organizations.rows.map(({ id }) => id)
  const head: BackupHead = { 'lotwise-backup': BACKUP_FORMAT, madeAt: systemClock(), organizations: ids.length, migrations: migrations.rows, tables: tables.map(({ name }) => name) }
  yield `${JSON.stringify(head)}\n`
  const shift = await lastPosition(client, ids)
  for (const table of tables) {
    yield `${JSON.stringify({ table: table.name, columns: table.columns.map(({ name }) => name) } satisfies TableHead)}\n`
    const sum = new Sum()
    for (const organization of table.byOrganization ? ids : [null]) {
      if (organization !== null) await client.query("select set_config('app.organization_id', $1, true)", [organization])
      yield* client.query(copyTo(`copy (${selectRows(table, organization, shift)}) to stdout`)).pipe(sum.counting())
    }
    const told = sum.told(table.name)
    sums.push(told)
    log(`${told.table}: ${told.rows} rows`)
    yield `\\.\n${JSON.stringify(told)}\n`
  }
  yield `${JSON.stringify({ end: sums.length, tables: sums })}\n`
}

/** Counts and hashes rows of COPY text that pass, over any number of streams. */
export class Sum {
  rows = 0
  readonly #hash: Hash = createHash('sha256')
  add(chunk: Buffer): void {
    this.#hash.update(chunk)
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) this.rows += 1
  }
  counting(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _: BufferEncoding, done: TransformCallback) => {
        this.add(chunk)
        done(null, chunk)
      },
    })
  }
  told(table: string): TableSum {
    return { table, rows: this.rows, sha256: this.#hash.digest('hex') }
  }
}

export interface BackupTable {
  /** As SQL names it: `public.lot`, `auth."user"`. */
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly text: boolean }[]
  readonly key: readonly string[]
  readonly byOrganization: boolean
  readonly forced: boolean
}

/** Every table of ours, those that others refer to first. */
export async function readTables(client: pg.Client): Promise<BackupTable[]> {
  const { rows } = await client.query<BackupTable & { refers_to: string[] }>(`
    select format('%I.%I', n.nspname, c.relname) as name, c.relforcerowsecurity as forced,
      (select jsonb_agg(jsonb_build_object('name', a.attname, 'text', a.atttypid in ('text'::regtype, 'varchar'::regtype)) order by a.attnum)
         from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      (select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum)) from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey::int2[])
         where i.indrelid = c.oid and i.indisprimary) as key,
      exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped) as "byOrganization",
      array(select format('%I.%I', m.nspname, r.relname) from pg_constraint o join pg_class r on r.oid = o.confrelid join pg_namespace m on m.oid = r.relnamespace
            where o.conrelid = c.oid and o.contype = 'f' and o.confrelid <> c.oid) as refers_to
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'auth') and c.relkind = 'r'
    order by n.nspname collate "C", c.relname collate "C"`)
  const left = rows.filter(({ name }) => !LEFT_OUT.has(name))
  const ordered: BackupTable[] = []
  while (left.length > 0) {
    const at = left.findIndex((table) => !left.some((other) => other !== table && table.refers_to.includes(other.name)))
    const [table] = left.splice(at < 0 ? fail('the tables refer to each other in a circle') : at, 1)
    if (table) ordered.push(table)
  }
  return ordered
}

/**
 * The rows in one order on every server (codes compared byte for byte), so that equal rows have equal hashes.
 * Positions of events count transactions of this server, so they are told from the last one down: 0, -1 ...
 */
export function selectRows(table: BackupTable, organization: string | null, shift: string): string {
  const columns = table.columns.map(({ name }) => (table.name === 'public.event' && name === 'position' ? `position - (${shift}) as position` : pg.escapeIdentifier(name)))
  const where = organization === null ? '' : ` where organization_id = ${pg.escapeLiteral(organization)}`
  const isText = new Set(table.columns.filter(({ text }) => text).map(({ name }) => name))
  const key = table.byOrganization ? ['organization_id', ...table.key.filter((name) => name !== 'organization_id')] : table.key
  const order = key.map((name) => `${pg.escapeIdentifier(name)}${isText.has(name) ? ' collate "C"' : ''}`)
  return `select ${columns.join(', ')} from ${table.name}${where} order by ${order.join(', ')}`
}

/** The highest position any event has, or 0. */
export async function lastPosition(client: pg.Client, organizations: readonly string[]): Promise<string> {
  let last: bigint | null = null
  for (const organization of organizations) {
    await client.query("select set_config('app.organization_id', $1, true)", [organization])
    const { rows } = await client.query<{ position: string }>('select position::text from event where organization_id = $1 order by position desc limit 1', [organization])
    const position = rows[0] && BigInt(rows[0].position)
    if (position !== undefined && (last === null || position > last)) last = position
  }
  return (last ?? 0n).toString()
}

function fail(message: string): never {
  throw new Error(message)
}
