import { resolve } from 'node:path'
import { backUp } from '#src/db/backup.ts'
import { UsageError, withConnection, type Command } from './command.ts'

export const command: Command = {
  usage: `lotwise backup FILE

Writes everything there is (every organisation, people, keys) as of one instant to FILE, beside a running server or
alone; lotwise restore puts it into an empty database, of whichever kind. The file is gzipped text. It holds password
hashes and personal data and is made readable by its owner only: keep it so. Who is signed in is not in it.`,
  options: { quiet: { type: 'boolean' } },
  run: async ({ positionals, values, config }) => {
    const [file, ...more] = positionals
    if (file === undefined || more.length > 0) throw new UsageError(command.usage)
    const sums = await withConnection(config, 'backup', (connection) => backUp(connection, resolve(file), values['quiet'] ? () => {} : (line) => console.error(line)))
    console.log(`${file}: ${sums.reduce((sum, { rows }) => sum + rows, 0)} rows of ${sums.length} tables.`)
  },
}

