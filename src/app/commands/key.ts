import { createKey } from '../access/keys.ts'
import { commandLineCaller, option, organizationOf, UsageError, withConnection, type Command } from './command.ts'

export const command: Command = {
  usage: `lotwise key create --name N [--role owner] [--organization O]

Makes an API key and prints it, once: it is stored nowhere. Send it as  Authorization: Bearer KEY`,
  options: { name: { type: 'string' }, role: { type: 'string' }, organization: { type: 'string' } },
  run: async (given) => {
    if (given.positionals[0] !== 'create') throw new UsageError(command.usage)
    const name = option(given, 'name', 'what the key is for')
    await withConnection(given.config, 'key', async ({ database }) => {
      const organizationId = await organizationOf(database, option(given, 'organization'))
      const { result } = await createKey(commandLineCaller(database, organizationId), { name, role: option(given, 'role') ?? 'owner' })
      console.log(result.key)
    })
  },
}
