import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { exportCsv, exportKinds } from '#src/imports/export.ts'
import { option, organizationOf, UsageError, withConnection, type Command } from './command.ts'

export const command: Command = {
  usage: `lotwise export stock|products|lots|movements [--organization O] [--output FILE]

Writes a table as CSV, as of one instant, to FILE or to standard output. stock, products and lots can be imported again
as they are (lotwise import).`,
  options: { organization: { type: 'string' }, output: { type: 'string' } },
  run: async (given) => {
    const kind = exportKinds.find((one) => one === given.positionals[0])
    if (kind === undefined || given.positionals.length > 1) throw new UsageError(command.usage)
    const output = option(given, 'output')
    await withConnection(given.config, 'export', async ({ database }) => {
      const organizationId = await organizationOf(database, option(given, 'organization'))
      const csv = exportCsv({ database, organizationId }, kind)
      if (output === undefined) await pipeline(csv, process.stdout, { end: false }).catch(ignoreClosedPipe)
      else await pipeline(csv, createWriteStream(output))
    })
  },
}

/** `lotwise export stock | head`: who reads has had enough. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
