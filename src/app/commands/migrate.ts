import { withConnection, type Command } from './command.ts'

export const command: Command = {
  usage: 'lotwise migrate\n\nBrings the database up to this version and stops; serve does the same when it starts.',
  options: {},
  run: ({ config }) => withConnection(config, 'migrate', async ({ migrated }) => {
    console.log(migrated.length === 0 ? 'The database is up to date.' : `Applied: ${migrated.join(', ')}`)
  }),
}
