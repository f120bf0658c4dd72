import { randomBytes } from 'node:crypto'
import type { ParseArgsOptionsConfig } from 'node:util'
import type { Caller, CommandCaller } from '#src/audit/caller.ts'
import { connect, type Connection } from '#src/db/connect.ts'
import { sql } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { permissions } from '#src/lib/permissions.ts'
import { systemClock } from '#src/lib/time.ts'
import { createAuth, type Auth } from '../auth.ts'
import type { Config } from '../config.ts'

/** A command of the command line: its file in this folder exports one as `command`. */
export interface Command {
  /** What --help prints. */
  readonly usage: string
  /** As node:util's parseArgs wants them. */
  readonly options: ParseArgsOptionsConfig
  run(given: GivenArguments): Promise<void>
}

export interface GivenArguments {
  readonly values: { readonly [option: string]: string | boolean | (string | boolean)[] | undefined }
  readonly positionals: readonly string[]
  readonly config: Config
}

/** The command line was not understood; the message says what would be. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** The text of an option; throws a UsageError where it must be there and is not. */
export function option(given: GivenArguments, name: string): string | undefined
export function option(given: GivenArguments, name: string, wanted: string): string
export function option(given: GivenArguments, name: string, wanted?: string): string | undefined {
  const value = given.values[name]
  if (typeof value === 'string' && value !== '') return value
  if (wanted !== undefined) throw new UsageError(`--${name} is missing: ${wanted}`)
  return undefined
}

/** Opens the database beside a running server, or alone, and closes it after `work`. */
export async function withConnection<T>(config: Config, name: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await openConnection(config, `lotwise ${name}`, 'attach')
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

/** The database of the settings, migrated. `owner`: the one serving process of a data folder. */
export function openConnection(config: Config, name: string, role: 'owner' | 'attach', log: (line: string) => void = (line) => console.error(line)): Promise<Connection> {
  return connect({
    databaseUrl: config.databaseUrl ?? undefined, appUrl: config.databaseAppUrl ?? undefined, authUrl: config.databaseAuthUrl ?? undefined,
    dataFolder: config.dataFolder, role, name, log,
  })
}

/** People without sessions: nothing made on the command line is signed, so the secret does not matter. */
export function authWithoutSessions(connection: Connection, config: Config): Auth {
  return createAuth(connection.authPool, config, randomBytes(32).toString('base64url'))
}

/** The organisation an option names by id or name; without it the only one there is, demo companies aside. Throws a UsageError. */
export async function organizationOf(database: Database, named: string | undefined): Promise<OrganizationId> {
  const all = await listOrganizations(database)
  const found = named === undefined ? all.filter(({ demo }) => !demo) : all.filter(({ organizationId, name }) => organizationId === named || name === named)
  if (found.length === 1 && found[0]) return found[0].organizationId
  if (all.length === 0) throw new UsageError('There is no organisation yet: open Lotwise in a browser, or run lotwise user create.')
  const list = all.map(({ organizationId, name }) => `  ${organizationId}  ${name}`).join('\n')
  throw new UsageError(`${named === undefined ? 'Say which organisation with --organization' : found.length === 0 ? `There is no organisation ${named}` : `There are several organisations ${named}, name it by its id`}:\n${list}`)
}

export async function listOrganizations(database: Database): Promise<{ organizationId: OrganizationId; name: string; demo: boolean }[]> {
  const ids = await database.alone<{ organization_id: OrganizationId }>(sql`select organization_ids() as organization_id`)
  const all: { organizationId: OrganizationId; name: string; demo: boolean }[] = []
  for (const { organization_id: organizationId } of ids) {
    const row = await database.inTransaction(organizationId, (tx) => tx.row<{ name: string; demo: boolean }>(sql`select name, demo from organization where organization_id = ${organizationId}`))
    if (row) all.push({ organizationId, ...row })
  }
  return all
}

/** The command line as a caller: whoever may read the settings may everything. `key` makes a repeated command one. */
export function commandLineCaller(database: Database, organizationId: OrganizationId, options: { readonly key?: string; readonly dryRun?: boolean } = {}): CommandCaller {
  const actor = { kind: 'system', id: 'command line' } as const
  const caller: Caller = {
    database, clock: systemClock, organizationId, actor, permissions: new Set(permissions), requestId: newId(), ifMatch: null,
    read: (work) => database.inTransaction(organizationId, work),
  }
  return { ...caller, context: { database, clock: systemClock, organizationId, actor, key: options.key ?? newId(), dryRun: options.dryRun ?? false } }
}
