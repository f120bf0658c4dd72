import { resolve } from 'node:path'
import { connect } from '#src/db/connect.ts'
import { restore } from '#src/db/restore.ts'
import { verifyOrganization } from '#src/verify/verify.ts'
import { listOrganizations, UsageError, type Command } from './command.ts'

export const command: Command = {
  usage: `lotwise restore FILE

Fills an empty database (a new LOTWISE_DATA folder, or a new database that DATABASE_URL names) with what lotwise backup
wrote, compares it with the file and verifies it. A database with anything in it is refused. Everybody has to sign in again.`,
  options: { quiet: { type: 'boolean' } },
  run: async ({ positionals, values, config }) => {
    const [file, ...more] = positionals
    if (file === undefined || more.length > 0) throw new UsageError(command.usage)
    const log = values['quiet'] ? () => {} : (line: string) => console.error(line)
    const connection = await connect({
      databaseUrl: config.databaseUrl ?? undefined, appUrl: config.databaseAppUrl ?? undefined, authUrl: config.databaseAuthUrl ?? undefined,
      dataFolder: config.dataFolder, role: 'attach', name: 'lotwise restore', migrate: false, log,
    })
    try {
      const { head, tables } = await restore(connection, resolve(file), log)
      console.log(`Restored ${tables.reduce((sum, { rows }) => sum + rows, 0)} rows of ${head.organizations} organisations, as of ${head.madeAt}.`)
      for (const { organizationId, name } of await listOrganizations(connection.database)) {
        const { ok, findings } = await verifyOrganization(connection.database, organizationId)
        console.log(`${name}: ${ok ? 'every invariant holds' : `${findings.length} findings; lotwise verify tells them`}`)
        if (!ok) process.exitCode = 1
      }
    } finally {
      await connection.close()
    }
  },
}
