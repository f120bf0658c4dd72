import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { traceToText } from '#src/trace/as-text.ts'
import { traceCsv } from '#src/trace/csv.ts'
import { findStart } from '#src/trace/find-start.ts'
import { trace } from '#src/trace/trace.ts'
import { commandLineCaller, option, organizationOf, UsageError, withConnection, type Command } from './command.ts'

export const command: Command = {
  usage: `lotwise trace forward|backward WHAT... [--product SKU] [--csv] [--output FILE] [--organization O]

Follows lots and units: forward to what was made of them, where that is and who got it; backward to what they were made
of and from whom. WHAT is the code of a lot, a serial, or an id; --product says of which product where several use it.

--csv     everything reached as CSV, to standard output or to FILE; otherwise the first 500 in plain words.`,
  options: { product: { type: 'string' }, csv: { type: 'boolean' }, output: { type: 'string' }, organization: { type: 'string' } },
  run: async (given) => {
    const [direction, ...named] = given.positionals
    if ((direction !== 'forward' && direction !== 'backward') || named.length === 0) throw new UsageError(command.usage)
    const output = option(given, 'output')
    if (output !== undefined && given.values['csv'] !== true) throw new UsageError('--output goes with --csv.')
    await withConnection(given.config, 'trace', async ({ database }) => {
      const organizationId = await organizationOf(database, option(given, 'organization'))
      const caller = commandLineCaller(database, organizationId)
      const start = await caller.read((tx) => findStart(tx, organizationId, named, option(given, 'product')))
      if (given.values['csv'] !== true) return console.log(traceToText(await trace(caller, direction, { ...start, limit: 500 })))
      const csv = await traceCsv(caller, direction, start)
      if (output === undefined) await pipeline(csv, process.stdout, { end: false })
      else await pipeline(csv, createWriteStream(output))
    })
  },
}
