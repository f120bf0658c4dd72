import { createDemo, listDemos, purgeDemo } from '../demo/demos.ts'
import { demoKeys, type DemoKey } from '../demo/contract.ts'
import { createDemoMaker } from '../demo/make.ts'
import { systemClock } from '#src/lib/time.ts'
import { commandLineCaller, listOrganizations, option, organizationOf, UsageError, withConnection, type Command } from './command.ts'

export const command: Command = {
  usage: `lotwise demo create COMPANY [--organization O]
lotwise demo list [--organization O]
lotwise demo purge DEMO [--organization O]

create  makes a demo company (${demoKeys.join(', ')}) with half a year of history: an organisation of its own,
        which the owners of the organisation O (its name or id; the only one where it is not given) own too.
list    the demo companies made in O, and those there can be.
purge   deletes the demo company DEMO (its id) with everything in it. Nothing but a demo company can be deleted.`,
  options: { organization: { type: 'string' } },
  run: (given) => withConnection(given.config, 'demo', async ({ database, configs }) => {
    const [action, which] = given.positionals
    const services = { maker: createDemoMaker({ database, clock: systemClock }, (line) => console.error(line)), maintenance: configs.maintenance }
    const callerOf = async () => commandLineCaller(database, await organizationOf(database, option(given, 'organization')))
    if (action === 'create' && demoKeys.includes(which as DemoKey)) {
      const { result } = await createDemo(await callerOf(), services, which as DemoKey)
      await services.maker.finish(result.organizationId as never)
      const made = (await listDemos(await callerOf(), services)).companies.find(({ organizationId }) => organizationId === result.organizationId)
      if (made?.state !== 'ready') throw new Error('The demo company was not finished; lotwise demo list goes on with it, or lotwise demo purge takes it away.')
      for (const { title, text } of made.guide) console.log(`- ${title}: ${text}`)
      return console.log(made.organizationId)
    }
    if (action === 'list') {
      const { kinds, companies } = await listDemos(await callerOf(), services)
      for (const { organizationId, name, state, done, total } of companies) {
        await services.maker.finish(organizationId as never)
        console.log(`${organizationId}  ${name}  ${state === 'making' ? `${done} of ${total} days` : state}`)
      }
      for (const { company, name, shows } of kinds) console.log(`${company}: ${name}. ${shows}`)
      return
    }
    if (action === 'purge' && which !== undefined) {
      const known = (await listOrganizations(database)).find(({ organizationId }) => organizationId === which.toLowerCase())
      if (!known) throw new UsageError(`There is no organisation ${which}; lotwise demo list tells the ids.`)
      const { rows } = await purgeDemo(commandLineCaller(database, known.organizationId), services, known.organizationId)
      return console.log(`${known.name} is gone, with ${rows} rows.`)
    }
    throw new UsageError(command.usage)
  }),
}
