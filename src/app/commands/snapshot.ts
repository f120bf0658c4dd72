import { makeSnapshot } from '#src/stock/snapshots.ts'
import { systemClock } from '#src/lib/time.ts'
import { option, organizationOf, UsageError, withConnection, type Command } from './command.ts'

export const command: Command = {
  usage: `lotwise snapshot [--through 2026-11-30T23:59:59Z] [--organization O]

Keeps what stock was at an instant (now where none is given), so that questions of later instants need not read all
lines from the beginning. Once a month is enough; it changes no answer.`,
  options: { through: { type: 'string' }, organization: { type: 'string' } },
  run: async (given) => {
    const through = option(given, 'through')
    if (given.positionals.length > 0) throw new UsageError(command.usage)
    if (through !== undefined && Number.isNaN(Date.parse(through))) throw new UsageError(`--through ${through} is no instant, such as 2026-11-30T23:59:59Z.`)
    await withConnection(given.config, 'snapshot', async ({ database }) => {
      const organizationId = await organizationOf(database, option(given, 'organization'))
      const made = await makeSnapshot({ database, clock: systemClock }, organizationId, through === undefined ? undefined : new Date(through).toISOString())
      console.log(`Stock as of ${made.occurredThrough}, as known at ${made.recordedThrough}: ${made.rows} rows.`)
    })
  },
}
