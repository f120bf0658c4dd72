import { verifyAndRecord } from '#src/verify/verification.ts'
import { commandLineCaller, listOrganizations, option, organizationOf, withConnection, type Command } from './command.ts'

export const command: Command = {
  usage: `lotwise verify [--organization O]

Checks every invariant over everything posted, in all organisations or in O (its name or id); beside a running server or
alone. Prints what is broken and ends with 1 where something is. A product or lot with a confirmed break is frozen for
posting until lotwise resume frees it.`,
  options: { organization: { type: 'string' } },
  run: (given) => withConnection(given.config, 'verify', async ({ database }) => {
    const named = option(given, 'organization')
    const all = await listOrganizations(database)
    const only = named === undefined ? undefined : await organizationOf(database, named)
    for (const { organizationId, name } of all) {
      if (only !== undefined && organizationId !== only) continue
      const { result } = await verifyAndRecord(commandLineCaller(database, organizationId))
      console.log(`${name}: ${result.ok ? 'every invariant holds' : `${result.findings.length} findings, ${result.freezeIds.length} newly frozen`}`)
      for (const { invariant, what, productId, lotId, key, expected, found } of result.findings) {
        console.log(`  ${invariant} ${what}: ${key}, product ${productId ?? '-'}, lot ${lotId ?? '-'}: expected ${expected}, found ${found}`)
      }
      if (!result.ok) process.exitCode = 1
    }
  }),
}
