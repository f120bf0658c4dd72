import { listFreezes, resumeFreeze } from '#src/verify/verification.ts'
import { commandLineCaller, option, organizationOf, UsageError, withConnection, type Command } from './command.ts'

export const command: Command = {
  usage: `lotwise resume [FREEZE] --reason R [--organization O]

Lets a frozen product or lot be posted again. Without FREEZE: lists what is frozen.`,
  options: { reason: { type: 'string' }, organization: { type: 'string' } },
  run: (given) => withConnection(given.config, 'resume', async ({ database }) => {
    const caller = commandLineCaller(database, await organizationOf(database, option(given, 'organization')))
    const [freezeId] = given.positionals
    if (freezeId === undefined) {
      const { items } = await listFreezes(caller, { limit: 500, open: true })
      for (const { freezeId: id, product, lot, invariant, finding, frozenAt } of items) console.log(`${id}  ${product} ${lot ?? ''}  ${invariant} ${finding.what}: expected ${finding.expected}, found ${finding.found}  since ${frozenAt}`)
      return console.log(`${items.length} frozen`)
    }
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(freezeId)) throw new UsageError(`${freezeId} is not the id of a freeze; lotwise resume lists them.`)
    const { result } = await resumeFreeze(caller, freezeId, option(given, 'reason', 'why it may go on'))
    console.log(`${result.product} ${result.lot ?? ''} may be posted again.`)
  }),
}
