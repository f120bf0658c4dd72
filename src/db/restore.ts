import { constants, createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { BACKUP_FORMAT, BackupError, COPY_SETTINGS, lastPosition, readTables, selectRows, Sum, type BackupHead, type BackupTable, type TableHead, type TableSum } from './backup.ts'
import { migrate, readMigrations } from './migrate.ts'
import type { DatabaseRoles } from './roles.ts'

/** A database as its owner sees it; nothing else is asked of it, so that it need not be migrated yet. */
export interface RestoreTarget {
  readonly configs: { readonly owner: pg.PoolConfig }
  readonly roles: DatabaseRoles
}

/**
 * Fills an empty database from a backup: brings the schema to where it was when the backup was made, loads every table in
 * one transaction, compares number and SHA-256 of the rows with the file, both as read and as they are in the tables
 * afterwards, and then applies the migrations that are newer than the backup.
 *
 * Throws BackupError, with nothing changed, where the database is not empty, where the file was made by a newer version
 * or is damaged or not one of ours.
 */
export async function restore(target: RestoreTarget, file: string, log: (line: string) => void = () => {}): Promise<{ head: BackupHead; tables: readonly TableSum[] }> {
  await access(file, constants.R_OK).catch((error: Error) => {
    throw new BackupError(`${file} cannot be read: ${error.message}`)
  })
  const client = new pg.Client(target.configs.owner)
  await client.connect()
  const lines = new Lines(file)
  try {
    const head = await readHead(lines)
    checkMigrations(head)
    await refuseFilled(client)
    await migrate(client, { roles: target.roles, through: head.migrations.length })
    await checkSchema(client, head)
    const tables = await load(client, lines, head, log)
    await migrate(client, { roles: target.roles })
    return { head, tables }
  } finally {
    lines.close()
    await client.end()
  }
}

async function readHead(lines: Lines): Promise<BackupHead> {
  const head = (await lines.json().catch(() => null)) as BackupHead | null
  if (typeof head?.['lotwise-backup'] !== 'number') throw new BackupError('This file is not a backup made by lotwise backup.')
  if (head['lotwise-backup'] > BACKUP_FORMAT) throw new BackupError('The backup was made by a newer Lotwise, in a format that this one does not know. Restore it with that one.')
  return head
}

/** The backup's schema is ours, or one that ours has grown from. */
function checkMigrations({ migrations }: BackupHead): void {
  const ours = readMigrations()
  for (const had of migrations) {
    const own = ours[had.number - 1]
    if (!own) throw new BackupError(`The backup was made by a newer Lotwise: it has had ${had.name}, which this version does not know. Restore it with that one.`)
    if (own.checksum !== had.checksum) throw new BackupError(`The backup rests on another ${had.name} than this Lotwise has. Restore it with the version that made it.`)
  }
}

/** Where the database has been migrated further than the backup, its schema cannot be taken back. */
async function checkSchema(client: pg.Client, { migrations }: BackupHead): Promise<void> {
  const { rows } = await client.query<{ number: number }>('select max(number) as number from public.migration')
  if (rows[0]?.number === migrations.length) return
  throw new BackupError(`The backup is older than the tables of this database (migration ${migrations.length} against ${rows[0]?.number}). Restore into a new database or data folder: it is brought up to date afterwards.`)
}

async function refuseFilled(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>("select to_regclass('public.organization') is not null as there")
  if (!rows[0]?.there) return
  const { rows: organizations } = await client.query("select 1 from organization_ids() union all select 1 from auth.\"user\" limit 1")
  if (organizations.length > 0) throw new BackupError('There is something in this database. Restore into an empty one: a new LOTWISE_DATA folder, or a new database for DATABASE_URL.')
}

async function load(client: pg.Client, lines: Lines, head: BackupHead, log: (line: string) => void): Promise<readonly TableSum[]> {
  try {
    await client.query('begin')
    await client.query(COPY_SETTINGS)
    const tables = await readTables(client)
    checkTables(tables, head)
    await setForced(client, tables, false)
    for (const table of tables) await checkEmpty(client, table)
    const sums: TableSum[] = []
    for (const name of head.tables) {
      const table = tables.find((one) => one.name === name)
      if (!table) throw new BackupError(`The backup names a table ${name} that is not there.`)
      sums.push(await loadTable(client, table, lines))
      log(`${name}: ${sums.at(-1)?.rows} rows`)
    }
    const end = (await lines.json()) as { end?: number }
    if (end.end !== sums.length) throw new BackupError('The backup is not complete: its last line is missing.')
    for (const sum of sums) await compare(client, tables, sum)
    await setForced(client, tables, true)
    await client.query('commit')
    await client.query('analyze')
    return sums
  } catch (error) {
    await client.query('rollback').catch(() => {})
    if (error instanceof BackupError || !(error instanceof Error)) throw error
    throw new BackupError(`The backup cannot be loaded: ${error.message}`, { cause: error })
  }
}

function checkTables(tables: readonly BackupTable[], head: BackupHead): void {
  const ours = new Set(tables.map(({ name }) => name))
  const missing = tables.filter(({ name }) => !head.tables.includes(name)).map(({ name }) => name)
  const unknown = head.tables.filter((name) => !ours.has(name))
  if (missing.length + unknown.length > 0) throw new BackupError(`The backup does not fit the tables of this version: ${[...missing, ...unknown].join(', ')}.`)
}

/** COPY FROM knows no row-level security, and it is forced on the owner too; inside this transaction nobody else sees the table. */
async function setForced(client: pg.Client, tables: readonly BackupTable[], forced: boolean): Promise<void> {
  for (const table of tables) if (table.forced) await client.query(`alter table ${table.name} ${forced ? '' : 'no '}force row level security`)
}

async function checkEmpty(client: pg.Client, table: BackupTable): Promise<void> {
  const { rows } = await client.query(`select 1 from ${table.name} limit 1`)
  if (rows.length > 0) throw new BackupError(`The table ${table.name} of this database is not empty. Restore into a new data folder or database.`)
}

async function loadTable(client: pg.Client, table: BackupTable, lines: Lines): Promise<TableSum> {
  const told = (await lines.json()) as TableHead
  const known = new Set(table.columns.map(({ name }) => name))
  if (told.table !== table.name || !told.columns.every((name) => known.has(name))) throw new BackupError(`The backup is damaged where ${table.name} begins.`)
  const sum = new Sum()
  const columns = told.columns.map((name) => pg.escapeIdentifier(name)).join(', ')
  await pipeline(Readable.from(lines.rows(sum)), client.query(copyFrom(`copy ${table.name} (${columns}) from stdin`)))
  const expected = (await lines.json()) as TableSum
  const found = sum.told(table.name)
  if (expected.rows !== found.rows || expected.sha256 !== found.sha256) throw new BackupError(`The backup is damaged: the rows of ${table.name} do not have the SHA-256 that is written with them.`)
  return found
}

/** What stands in the table now is what stood in the file. */
async function compare(client: pg.Client, tables: readonly BackupTable[], expected: TableSum): Promise<void> {
  const table = tables.find(({ name }) => name === expected.table)
  if (!table) return
  const sum = new Sum()
  const shift = table.name === 'public.event' ? await lastPosition(client, await organizationIds(client)) : '0'
  for await (const chunk of client.query(copyTo(`copy (${selectRows(table, null, shift)}) to stdout`))) sum.add(chunk as Buffer)
  const { rows, sha256 } = sum.told(table.name)
  if (rows !== expected.rows || sha256 !== expected.sha256) throw new BackupError(`What was loaded into ${table.name} differs from the backup: ${rows} rows of ${expected.rows}.`)
}

async function organizationIds(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>('select organization_ids()::text as id')
  return rows.map(({ id }) => id)
}

/** The text of a backup, read as it is needed: a line of JSON, or the rows up to `\.`. */
class Lines {
  readonly #chunks: AsyncIterator<Buffer>
  readonly #source: ReturnType<typeof createReadStream>
  #rest: Buffer = Buffer.alloc(0)
  constructor(file: string) {
    this.#source = createReadStream(file)
    const gunzip = createGunzip()
    this.#source.on('error', (error) => gunzip.destroy(error))
    this.#chunks = this.#source.pipe(gunzip)[Symbol.asyncIterator]()
  }

  async json(): Promise<unknown> {
    let end = this.#rest.indexOf(10)
    while (end < 0) {
      if (!(await this.#more())) throw new BackupError('The backup ends before it is complete.')
      if (this.#rest.length > 64 * 1024 * 1024) throw new BackupError('This file is not a backup made by lotwise backup.')
      end = this.#rest.indexOf(10)
    }
    const line = this.#rest.subarray(0, end).toString('utf8')
    this.#rest = this.#rest.subarray(end + 1)
    try {
      return JSON.parse(line)
    } catch {
      throw new BackupError('The backup is damaged: a line that should be JSON is not.')
    }
  }

  /** Whole rows, counted and hashed; the line `\.` after them is taken away. */
  async *rows(sum: Sum): AsyncGenerator<Buffer> {
    for (;;) {
      const end = endOfRows(this.#rest)
      if (end >= 0) {
        const last = this.#rest.subarray(0, end)
        this.#rest = this.#rest.subarray(end + END.length)
        if (last.length > 0) {
          sum.add(last)
          yield last
        }
        return
      }
      const whole = this.#rest.lastIndexOf(10) + 1
      if (whole > 0) {
        const part = this.#rest.subarray(0, whole)
        this.#rest = this.#rest.subarray(whole)
        sum.add(part)
        yield part
      }
      if (!(await this.#more())) throw new BackupError('The backup ends before it is complete.')
    }
  }

  async #more(): Promise<boolean> {
    let next: IteratorResult<Buffer>
    try {
      next = await this.#chunks.next()
    } catch (error) {
      if (error instanceof BackupError) throw error
      throw new BackupError(`This file is not a backup made by lotwise backup, or it is damaged: ${(error as Error).message}`)
    }
    if (next.done) return false
    this.#rest = Buffer.concat([this.#rest, next.value])
    return true
  }

  close(): void {
    this.#source.destroy()
  }
}

const END = Buffer.from('\\.\n')

/** Where the line `\.` begins: a row never does, since COPY writes a backslash as two. */
function endOfRows(text: Buffer): number {
  for (let at = text.indexOf(END); at >= 0; at = text.indexOf(END, at + 1)) if (at === 0 || text[at - 1] === 10) return at
  return -1
}
