import { readFileSync } from 'node:fs'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import fastify, { LogController, type FastifyInstance } from 'fastify'
import type { PoolConfig } from 'pg'
import type { Database } from '#src/db/transaction.ts'
import type { Endpoint } from '#src/lib/contract.ts'
import { newId } from '#src/lib/id.ts'
import { refusal, refuse } from '#src/lib/refusal.ts'
import type { Clock } from '#src/lib/time.ts'
import { ADDRESS_HEADER, type Auth } from './auth.ts'
import { createBind } from './bind.ts'
import type { Config } from './config.ts'
import { createDemoMaker, type DemoMaker } from './demo/make.ts'
import { registerDocs } from './docs.ts'
import { bindAll } from './endpoints.ts'
import { registerHealth, type HealthServices } from './health.ts'
import { registerMetrics } from './metrics.ts'
import { openapi } from './openapi.ts'
import { checkOrigin } from './origin.ts'
import { isPage, registerPages, sendPage } from './pages.ts'
import { refusalToProblem, sendError, sendProblem } from './problem.ts'
import { createAuthenticator } from './sign-in.ts'

export interface ServerServices extends HealthServices {
  readonly config: Config
  readonly database: Database
  readonly auth: Auth
  readonly clock: Clock
  /** Of the role that may purge a demo company; nothing is opened before one is. */
  readonly maintenance: PoolConfig
  /** What the console printed; needed to set up from another machine. */
  readonly setupToken?: string | null
  /** Where the log goes, JSON lines; nothing is logged where it is not given (tests). */
  readonly logStream?: { write(line: string): void }
}

export interface Server extends FastifyInstance {
  /** Every operation of the API, as bound. */
  readonly endpoints: readonly Endpoint[]
  /** What makes demo companies here; jobs have it go on with those that a restart left. */
  readonly demos: DemoMaker
}

/** Paths of credentials that a log must never hold. */
const redacted = ['req.headers.authorization', 'req.headers.cookie', 'req.headers["x-api-key"]', 'res.headers["set-cookie"]', '*.password', '*.secret', '*.key', '*.token']

const BODY_LIMIT = 8 * 1024 * 1024

/** The whole HTTP side over a database and better-auth; it keeps no state of its own. Not listening yet: `server.listen()` or `server.inject()`. */
export async function createServer(services: ServerServices): Promise<Server> {
  const { config, database, auth, clock, setupToken = null, logStream } = services
  const app = fastify({
    logger: logStream ? { level: config.logLevel, redact: { paths: redacted, censor: '[redacted]' }, stream: logStream } : false,
    ...(config.tls ? { https: { key: readFileSync(config.tls.keyFile), cert: readFileSync(config.tls.certFile) } } : {}),
    genReqId: () => newId(),
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: 'idle',
    // the whole of a request has to arrive within it; a large import over a slow line does
    requestTimeout: 300_000,
    // one line a request is for debugging; faults are always logged (problem.ts)
    logController: new LogController({ disableRequestLogging: config.logLevel !== 'debug' && config.logLevel !== 'trace' }),
    routerOptions: { maxParamLength: 300 },
  }) as unknown as FastifyInstance

  app.setErrorHandler(sendError)
  app.setNotFoundHandler((request, reply) => {
    if (isPage(request)) return sendPage(reply)
    return sendProblem(refusalToProblem(refusal('not_found', { what: 'page', which: request.url.split('?')[0] ?? '' }), request.id), reply)
  })
  app.addHook('onSend', async (request, reply) => void reply.header('x-request-id', request.id))
  addParsers(app)
  await addGuards(app, config)

  const endpoints: Endpoint[] = []
  const bind = createBind(app, { database, clock, authenticator: createAuthenticator(database, auth, clock) }, endpoints)
  registerMetrics(app)
  const maker = createDemoMaker({ database, clock }, (line) => app.log.error(line))
  app.addHook('onClose', () => maker.stop())
  bindAll(bind, { auth, setupToken, maker, maintenance: services.maintenance })
  mountAuth(app, auth, config)
  registerHealth(app, services)
  registerPages(app)
  registerDocs(app, () => openapi(endpoints))
  await app.ready()
  return Object.assign(app, { endpoints, demos: maker })
}

/** JSON, where an empty body is no body; and bytes for the operations that take a file. Everything else is refused. */
function addParsers(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parseJson(request, body as string, done)
  })
  app.addContentTypeParser(['text/csv', 'text/tab-separated-values', 'application/octet-stream', 'application/x-ndjson'], { parseAs: 'buffer' }, (_, body, done) => done(null, body))
}

/** Headers, rate limit and same-origin check, in front of everything. */
async function addGuards(app: FastifyInstance, config: Config): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'", 'data:'], connectSrc: ["'self'"], fontSrc: ["'self'"],
        manifestSrc: ["'self'"], formAction: ["'self'"], frameAncestors: ["'none'"], baseUri: ["'none'"],
      },
    },
    // only where browsers come by HTTPS: it would lock a plain http://192.168... out for half a year
    strictTransportSecurity: config.tls !== null || config.publicUrl?.startsWith('https:') === true ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
  })
  if (config.requestsPerMinute > 0) {
    await app.register(rateLimit, { global: false })
    const count = app.createRateLimit({ max: config.requestsPerMinute, timeWindow: 60_000, keyGenerator: (request) => request.ip })
    app.addHook('onRequest', async (request, reply) => {
      const counted = await count(request)
      if (counted.isAllowed || !counted.isExceeded) return
      reply.header('retry-after', counted.ttlInSeconds)
      throw refuse('too_many_requests', { seconds: counted.ttlInSeconds })
    })
  }
  app.addHook('onRequest', async (request) => checkOrigin(request, config.publicUrl))
}

/** better-auth speaks web Requests, and its own kind of error; here both are as everywhere else. */
function mountAuth(app: FastifyInstance, auth: Auth, config: Config): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/api/auth/*',
    bodyLimit: 64 * 1024,
    handler: async (request, reply) => {
      const headers = new Headers({ 'content-type': 'application/json', [ADDRESS_HEADER]: request.ip })
      for (const name of ['cookie', 'origin', 'user-agent', 'referer'] as const) {
        const value = request.headers[name]
        if (value !== undefined) headers.set(name, value)
      }
      const url = new URL(request.url, config.publicUrl ?? `${config.tls ? 'https' : 'http'}://${config.host}:${config.port}`)
      const answer = await auth.handle(new Request(url, { method: request.method, headers, ...(request.method === 'POST' ? { body: JSON.stringify(request.body ?? {}) } : {}) }))
      const text = await answer.text()
      for (const cookie of answer.headers.getSetCookie()) reply.header('set-cookie', cookie)
      if (!answer.ok) throw authRefusal(answer, text, request.url)
      return reply.code(answer.status).header('cache-control', 'no-store').type('application/json; charset=utf-8').send(withoutToken(text))
    },
  })
}

function authRefusal(answer: Response, text: string, url: string): Error {
  if (answer.status === 429) return refuse('too_many_requests', { seconds: Number(answer.headers.get('x-retry-after') ?? 60) })
  if (answer.status === 404) return refuse('not_found', { what: 'page', which: url.split('?')[0] ?? '' })
  const { code, message } = readJson(text)
  if (code === 'INVALID_EMAIL_OR_PASSWORD' || code === 'INVALID_PASSWORD') return refuse('sign_in_wrong')
  if (answer.status === 401) return refuse('not_signed_in')
  if (answer.status < 500) return refuse('input_invalid', { field: '$', why: message ?? 'not understood' })
  return new Error(`better-auth answered ${answer.status}: ${text}`)
}

/** The session's token belongs in a cookie that scripts cannot read, and nowhere else. */
function withoutToken(text: string): string {
  return JSON.stringify(JSON.parse(text === '' ? 'null' : text, (name, value: unknown) => (name === 'token' ? undefined : value)))
}

function readJson(text: string): { code?: string; message?: string } {
  try {
    return JSON.parse(text) as { code?: string; message?: string }
  } catch {
    return {}
  }
}
