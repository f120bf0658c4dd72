import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { sha256 } from '#src/lib/canonical.ts'
import type { DatabaseRoles } from './roles.ts'

/** Where the numbered SQL files are. */
export const migrationsFolder = join(import.meta.dirname, '..', '..', 'db', 'migrations')

/** The database and the code do not fit together; the message names the file and what to do. */
export class MigrationError extends Error {
  override name = 'MigrationError'
}

export interface Migration {
  readonly number: number
  /** `0001_access.sql` */
  readonly name: string
  readonly text: string
  /** SHA-256 of the text, with line ends as LF. */
  readonly checksum: string
}

/** The migrations of a folder, in order. Throws where the numbers do not run 1, 2, 3 ... or a name is not `0001_words.sql`. */
export function readMigrations(folder = migrationsFolder): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql')).sort()
  return names.map((name, at) => {
    const number = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1])
    if (number !== at + 1) throw new MigrationError(`The migration ${name} should be named ${String(at + 1).padStart(4, '0')}_words.sql: the numbers run without gap or repetition.`)
    const text = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')
    return { number, name, text, checksum: sha256(text).toString('hex') }
  })
}

export interface MigrateOptions {
  readonly roles: DatabaseRoles
  readonly folder?: string
  /** The last migration to apply; all of them where not given (a backup is loaded into the schema it was made with). */
  readonly through?: number
  readonly log?: (line: string) => void
}

/**
 * Brings the database up to the code, over a connection of its owner: each file in a transaction of its own, one process
 * at a time. Gives the names of those applied now.
 *
 * Throws MigrationError where an applied file was changed, where the database is ahead of the code, and where a check
 * query at the end of a file is not true.
 */
export async function migrate(client: pg.ClientBase, options: MigrateOptions): Promise<string[]> {
  const migrations = readMigrations(options.folder)
  await client.query('select pg_advisory_lock(7415926, 3)')
  try {
    await client.query(`
      create table if not exists public.migration (
        number integer primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now()
      )`)
    await client.query(`comment on table public.migration is 'The numbered SQL files of db/migrations that this database has had, with the SHA-256 of each.'`)
    await client.query(fillIn('grant select on public.migration to {{app}}', options.roles))
    const applied = await appliedMigrations(client)
    const pending = compare(migrations, applied).filter(({ number }) => number <= (options.through ?? number))
    for (const migration of pending) {
      await apply(client, migration, options.roles)
      options.log?.(`migration ${migration.name} applied`)
    }
    return pending.map((migration) => migration.name)
  } finally {
    await client.query('select pg_advisory_unlock(7415926, 3)').catch(() => {})
  }
}

interface Applied {
  readonly number: number
  readonly name: string
  readonly checksum: string
}

async function appliedMigrations(client: pg.ClientBase): Promise<Applied[]> {
  const { rows } = await client.query<Applied>('select number, name, checksum from public.migration order by number')
  return rows
}

/** What is still to be done; throws where code and database do not fit. */
function compare(migrations: readonly Migration[], applied: readonly Applied[]): Migration[] {
  for (const done of applied) {
    const ours = migrations[done.number - 1]
    if (!ours) {
      throw new MigrationError(`The database is ahead of this Lotwise: it has had ${done.name}, which this version does not know. Run the newer Lotwise, or restore a backup made before it.`)
    }
    if (ours.checksum !== done.checksum) {
      const renamed = ours.name === done.name ? '' : ` (then named ${done.name})`
      throw new MigrationError(`The migration ${ours.name}${renamed} was changed after it was applied. Put the file back as it was and make the change in a new migration.`)
    }
  }
  return migrations.slice(applied.length)
}

async function apply(client: pg.ClientBase, migration: Migration, roles: DatabaseRoles): Promise<void> {
  const text = fillIn(migration.text, roles)
  try {
    await client.query('begin')
    await client.query(text)
    for (const check of checks(text)) {
      const { rows } = await client.query<unknown[]>({ text: check, rowMode: 'array' })
      if (rows.length !== 1 || rows[0]?.[0] !== true) throw new MigrationError(`The migration ${migration.name} does not hold what it promises: ${check}`)
    }
    await client.query('insert into public.migration (number, name, checksum) values ($1, $2, $3)', [migration.number, migration.name, migration.checksum])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    if (error instanceof MigrationError) throw error
    throw new MigrationError(`The migration ${migration.name} failed${place(error, text)}: ${(error as Error).message}`, { cause: error })
  }
}

function place(error: unknown, text: string): string {
  const position = Number((error as { position?: string }).position)
  return position > 0 ? ` at line ${text.slice(0, position).split('\n').length}` : ''
}

/** `-- check: select ...`, one line each, or going on in comment lines that are indented by two blanks more. */
function checks(text: string): string[] {
  return [...text.matchAll(/^-- check: (.+(?:\n-- {3,}.+)*)/gm)].map(([, query = '']) => query.replaceAll(/\n-- +/g, ' ').replace(/;\s*$/, ''))
}

/** Puts the roles' quoted names in: `grant select on lot to {{app}}`. */
function fillIn(text: string, roles: DatabaseRoles): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => {
    const role = (roles as unknown as Record<string, string | undefined>)[name]
    if (role === undefined) throw new MigrationError(`a migration names the placeholder ${whole}, which does not exist`)
    return `"${role.replaceAll('"', '""')}"`
  })
}

/** What /health tells: names of migrations the database has not had; throws MigrationError where the two do not fit. */
export async function pendingMigrations(client: pg.ClientBase | pg.Pool, folder?: string): Promise<string[]> {
  const { rows } = await client.query<Applied>('select number, name, checksum from public.migration order by number')
  return compare(readMigrations(folder), rows).map((migration) => migration.name)
}
