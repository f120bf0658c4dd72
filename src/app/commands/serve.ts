import { randomBytes } from 'node:crypto'
import { pendingMigrations } from '#src/db/migrate.ts'
import { systemClock } from '#src/lib/time.ts'
import { createAuth, loadSecret } from '../auth.ts'
import type { Config } from '../config.ts'
import { startJobs } from '../jobs.ts'
import { createServer } from '../server.ts'
import { buildWeb } from '../web-build.ts'
import { openConnection, UsageError, type Command } from './command.ts'

export const command: Command = {
  usage: `lotwise serve

Runs the server until it is told to stop (Ctrl-C, SIGTERM). Settings are environment variables:
  HOST, PORT                     where to listen (127.0.0.1, 3000)
  LOTWISE_DATA                   folder of its own database (./data)
  DATABASE_URL                   a PostgreSQL server instead, 15 or newer; with LOTWISE_SECRET
  DATABASE_APP_URL, DATABASE_AUTH_URL   roles without privileges, where DATABASE_URL's may not create them
  LOTWISE_SECRET                 signs the sessions, 32 characters or more
  LOTWISE_TLS_KEY, LOTWISE_TLS_CERT     files in PEM, to serve HTTPS
  LOTWISE_URL                    how browsers reach it through a proxy
  LOTWISE_TRUSTED_PROXIES        addresses of proxies whose X-Forwarded-For is believed
  LOTWISE_LOG_LEVEL              info
  LOTWISE_REQUESTS_PER_MINUTE    from one address, 60000; 0 for no limit`,
  options: {},
  run: ({ config }) => serve(config),
}

/** Up until SIGINT or SIGTERM; then requests being answered are answered, and the database is left last. */
async function serve(config: Config): Promise<void> {
  await prepareWeb()
  const connection = await openConnection(config, 'lotwise serve', 'owner')
  try {
    const { database, authPool, appPool } = connection
    const auth = createAuth(authPool, config, await loadSecret(config))
    const setupToken = (await auth.isSetUp()) ? null : randomBytes(16).toString('base64url')
    const server = await createServer({ config, database, auth, clock: systemClock, maintenance: connection.configs.maintenance, setupToken, logStream: process.stderr, pendingMigrations: () => pendingMigrations(appPool) })
    await listen(server, config)
    const [address] = server.addresses()
    sayWhere(config, typeof address === 'object' ? address.port : config.port, setupToken)
    const jobs = startJobs({ database, clock: systemClock, log: (line) => server.log.error(line) }, server.demos)
    const signal = await untilToldToStop()
    server.log.info(`${signal}: stopping`)
    await Promise.all([jobs.stop(), server.close()])
  } finally {
    await connection.close()
  }
}

/** The API is worth serving without pages too. */
async function prepareWeb(): Promise<void> {
  try {
    const done = await buildWeb()
    if (done === 'impossible') console.error('The web app cannot be brought up to date here: npm ci, without leaving out what it is developed with, would build it.')
  } catch (error) {
    console.error(`The web app could not be built: ${String(error)}`)
  }
}

async function listen(server: Awaited<ReturnType<typeof createServer>>, { host, port }: Config): Promise<void> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    await server.close()
    const { code } = error as { code?: string }
    if (code === 'EADDRINUSE') throw new UsageError(`Port ${port} of ${host} is taken by another program. Stop that one, or choose another with PORT.`)
    if (code === 'EACCES') throw new UsageError(`Port ${port} may be used by an administrator only. Choose one above 1023 with PORT.`)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') throw new UsageError(`HOST=${host} is no address of this machine.`)
    throw error
  }
}

function sayWhere(config: Config, port: number, setupToken: string | null): void {
  const host = config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host
  console.log(`Lotwise is at ${config.publicUrl ?? `${config.tls ? 'https' : 'http'}://${host}:${port}`}`)
  if (setupToken !== null) {
    console.log('Open it to make the first account.')
    console.log(`From another machine that needs this token: ${setupToken}`)
  }
}

/** A second signal does not wait. */
function untilToldToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.on(signal, () => process.exit(1))
        resolve(signal)
      })
    }
  })
}
