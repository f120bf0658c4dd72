import { createInterface } from 'node:readline'
import { z } from 'zod'
import { refuse } from '#src/lib/refusal.ts'
import { systemClock } from '#src/lib/time.ts'
import { createPerson as createPersonContract, newOwner } from '../access/contract.ts'
import { createPerson } from '../access/people.ts'
import { setUpInstallation } from '../access/setup.ts'
import { PASSWORD_LENGTH } from '../auth.ts'
import { InputError } from '../problem.ts'
import { authWithoutSessions, commandLineCaller, option, organizationOf, UsageError, withConnection, type Command, type GivenArguments } from './command.ts'

export const command: Command = {
  usage: `lotwise user create --email E --name N [--role owner] [--organization O] [--currency EUR] [--time-zone UTC]
lotwise user password --email E

create   the first time: sets the installation up, with this owner and the organisation O.
         Later: adds the person to the organisation O (its name or id; the only one where it is not given).
password sets a new password and ends the person's sessions.

The password is LOTWISE_PASSWORD, or the first line of standard input; at least ${PASSWORD_LENGTH.least} characters.`,
  options: {
    email: { type: 'string' }, name: { type: 'string' }, role: { type: 'string' }, organization: { type: 'string' }, currency: { type: 'string' }, 'time-zone': { type: 'string' },
  },
  run: async (given) => {
    const [action] = given.positionals
    if (action === 'create') return create(given)
    if (action === 'password') return setPassword(given)
    throw new UsageError(command.usage)
  },
}

async function create(given: GivenArguments): Promise<void> {
  const email = option(given, 'email', 'the address the person signs in with')
  const name = option(given, 'name', 'what the person is called')
  const password = await readPassword()
  await withConnection(given.config, 'user', async (connection) => {
    const { database } = connection
    const auth = authWithoutSessions(connection, given.config)
    if (!(await auth.isSetUp())) {
      const input = checked(z.object(newOwner), {
        owner: { name, email, password },
        organization: { name: option(given, 'organization', 'what the organisation is called'), currency: option(given, 'currency'), timeZone: option(given, 'time-zone') },
      })
      const { organizationId } = await setUpInstallation({ database, clock: systemClock }, auth, input)
      return console.log(`Set up: ${email} owns the organisation ${organizationId}.`)
    }
    const organizationId = await organizationOf(database, option(given, 'organization'))
    const input = checked(createPersonContract.body, { name, email, password, role: option(given, 'role') ?? 'viewer' })
    const { result } = await createPerson(commandLineCaller(database, organizationId), auth, input)
    console.log(`Added ${result.email} as ${result.role} to the organisation ${organizationId}.`)
  })
}

async function setPassword(given: GivenArguments): Promise<void> {
  const email = option(given, 'email', 'the address the person signs in with')
  const password = await readPassword()
  if (password.length < PASSWORD_LENGTH.least) throw new UsageError(`The password needs at least ${PASSWORD_LENGTH.least} characters.`)
  await withConnection(given.config, 'user', async (connection) => {
    const auth = authWithoutSessions(connection, given.config)
    const person = await auth.personByEmail(email)
    if (!person) throw refuse('not_found', { what: 'person', which: email })
    await auth.setPassword(person.userId, password)
    console.log(`${email} has a new password; every session of theirs has ended.`)
  })
}

function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new UsageError(new InputError('body', result.error).errors.map(({ path, why }) => `${path.replace(/^\$\./, '')}: ${why}`).join('\n'))
}

/** Never an option: the list of processes shows those to everybody. */
async function readPassword(): Promise<string> {
  const fromEnvironment = process.env['LOTWISE_PASSWORD']
  if (fromEnvironment) return fromEnvironment
  if (process.stdin.isTTY) process.stderr.write('Password: ')
  for await (const line of createInterface({ input: process.stdin })) return line
  throw new UsageError('There is no password: set LOTWISE_PASSWORD, or write it to standard input.')
}
