import { rebuildAndRecord } from '#src/verify/verification.ts'
import { commandLineCaller, listOrganizations, option, organizationOf, withConnection, type Command } from './command.ts'

export const command: Command = {
  usage: `lotwise rebuild [--organization O]

Makes balances, unit states and genealogy again from the lines and promises, in all organisations or in O (its name or
id); beside a running server or alone. Prints how many rows were not as they must be; none is the normal answer.`,
  options: { organization: { type: 'string' } },
  run: (given) => withConnection(given.config, 'rebuild', async ({ database }) => {
    const named = option(given, 'organization')
    const only = named === undefined ? undefined : await organizationOf(database, named)
    for (const { organizationId, name } of await listOrganizations(database)) {
      if (only !== undefined && organizationId !== only) continue
      const { balances, units, runInputs, runOutputs, runUses } = await rebuildAndRecord(commandLineCaller(database, organizationId))
      console.log(`${name}: put right ${balances} balances, ${units} units, ${runInputs + runOutputs + runUses} rows of genealogy`)
    }
  }),
}
