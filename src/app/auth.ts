import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { betterAuth } from 'better-auth'
import type { Pool } from 'pg'
import { newId } from '#src/lib/id.ts'
import type { Instant } from '#src/lib/time.ts'
import { ConfigError, type Config } from './config.ts'

/** People and their sessions. Everything of better-auth that the rest of the product sees. */
export interface Auth {
  /** Answers a request to /api/auth/* (sign-in, sign-out, sessions, password). */
  handle(request: Request): Promise<Response>
  /** Who the cookies of a request belong to; null for nobody. */
  session(headers: IncomingHttpHeaders): Promise<Person | null>
  personByEmail(email: string): Promise<Person | null>
  /** A new person with a password; the e-mail address is nobody's yet. */
  createPerson(person: { name: string; email: string; password: string }): Promise<Person>
  /** Sets a password anew and ends that person's sessions. */
  setPassword(userId: string, password: string): Promise<void>
  isSetUp(): Promise<boolean>
  /** Runs the set-up, one at a time over all app processes; `work` is told whether it has been done. */
  settingUp<T>(work: (isDone: boolean, done: (at: Instant) => Promise<void>) => Promise<T>): Promise<T>
}

export interface Person {
  readonly userId: string
  readonly name: string
  readonly email: string
}

export const PASSWORD_LENGTH = { least: 10, most: 128 }

/** Where the client's address is handed to better-auth, which only reads headers; set by us, whatever came in. */
export const ADDRESS_HEADER = 'x-lotwise-client-address'

const SET_UP_LOCK = 7_311_001

/**
 * better-auth over a pool of the auth role, whose search_path is the schema `auth`. Nobody signs up by himself: people
 * are made by set-up, by an owner, or on the command line.
 */
export function createAuth(pool: Pool, config: Pick<Config, 'publicUrl' | 'tls' | 'host' | 'port'>, secret: string): Auth {
  const baseURL = config.publicUrl ?? `${config.tls ? 'https' : 'http'}://${config.host}:${config.port}`
  const better = betterAuth({
    appName: 'Lotwise',
    baseURL,
    basePath: '/api/auth',
    secret,
    database: pool,
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: PASSWORD_LENGTH.least, maxPasswordLength: PASSWORD_LENGTH.most, revokeSessionsOnPasswordReset: true },
    session: { expiresIn: 60 * 60 * 24 * 7, updateAge: 60 * 60 * 24 },
    rateLimit: {
      enabled: true, storage: 'database', window: 60, max: 120,
      customRules: { '/sign-in/email': { window: 60, max: 10 }, '/change-password': { window: 60, max: 5 } },
    },
    // server.ts has compared Origin with the request's own host before a request gets here
    trustedOrigins: (request) => [request?.headers.get('origin') ?? baseURL],
    disabledPaths: ['/sign-up/email', '/delete-user', '/update-user', '/change-email', '/request-password-reset', '/reset-password', '/send-verification-email', '/verify-email', '/sign-in/social', '/link-social', '/revoke-session'],
    advanced: {
      cookiePrefix: 'lotwise',
      useSecureCookies: baseURL.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: () => newId() },
    },
    telemetry: { enabled: false },
    logger: { disabled: true },
  })

  const oneByOne = queue()
  return {
    handle: (request) => better.handler(request),
    session: async (headers) => {
      // every request of a browser comes by here; one without our cookie costs nothing
      if (!headers.cookie?.includes('lotwise.')) return null
      const found = await better.api.getSession({ headers: new Headers({ cookie: headers.cookie }) })
      return found ? toPerson(found.user) : null
    },
    personByEmail: async (email) => {
      const { internalAdapter } = await better.$context
      const found = await internalAdapter.findUserByEmail(email.toLowerCase())
      return found ? toPerson(found.user) : null
    },
    createPerson: async ({ name, email, password }) => {
      const { internalAdapter, password: hasher } = await better.$context
      const hash = await hasher.hash(password)
      const user = await internalAdapter.createUser({ name, email: email.toLowerCase(), emailVerified: false }, { method: 'email-password' })
      await internalAdapter.linkAccount({ userId: user.id, accountId: user.id, providerId: 'credential', password: hash })
      return toPerson(user)
    },
    setPassword: async (userId, password) => {
      const { internalAdapter, password: hasher } = await better.$context
      const hash = await hasher.hash(password)
      const accounts = await internalAdapter.findAccounts(userId)
      if (accounts.some((account) => account.providerId === 'credential')) await internalAdapter.updatePassword(userId, hash)
      else await internalAdapter.linkAccount({ userId, accountId: userId, providerId: 'credential', password: hash })
      await internalAdapter.deleteUserSessions(userId)
    },
    isSetUp: async () => {
      const { rowCount } = await pool.query('select from auth.installation')
      return rowCount === 1
    },
    settingUp: (work) => oneByOne(async () => {
      const client = await pool.connect()
      try {
        await client.query('begin')
        await client.query('select pg_advisory_xact_lock($1)', [SET_UP_LOCK])
        const { rowCount } = await client.query('select from auth.installation')
        const result = await work(rowCount === 1, async (at) => void (await client.query('insert into auth.installation (set_up_at) values ($1)', [at])))
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback').catch(() => undefined)
        throw error
      } finally {
        client.release()
      }
    }),
  }
}

/** One after the other in this process: waiting for the lock each in a connection of its own would leave none to work with. */
function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work, work)
    last = turn
    return turn
  }
}

/** The secret that signs sessions: the setting, or one made once and kept in the data folder, readable by us alone. */
export async function loadSecret(config: Pick<Config, 'secret' | 'dataFolder' | 'databaseUrl'>): Promise<string> {
  if (config.secret !== null) return config.secret
  if (config.databaseUrl !== null) throw new ConfigError(['LOTWISE_SECRET: needed with DATABASE_URL, the same for every app process, for example from: openssl rand -base64 32'])
  await mkdir(config.dataFolder, { recursive: true })
  const path = join(config.dataFolder, 'secret')
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(randomBytes(32).toString('base64url'))
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const secret = (await readFile(path, 'utf8')).trim()
  if (secret.length < 32) throw new Error(`${path} holds no secret; remove it and start again (everybody has to sign in anew)`)
  return secret
}

function toPerson(user: { id: string; name: string; email: string }): Person {
  return { userId: user.id, name: user.name, email: user.email }
}
