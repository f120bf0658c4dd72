import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '#src/db/transaction.ts'
import { systemClock } from '#src/lib/time.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { readConfig } from './config.ts'
import { createServer } from './server.ts'
import { buildWeb } from './web-build.ts'

let app: TestApp
beforeAll(async () => {
  await buildWeb()
  app = await createTestApp()
})
afterAll(() => app.close())

/** A second server over the same database, with settings of its own. */
const serverWith = (options: Partial<Parameters<typeof createServer>[0]>) =>
  createServer({ config: { ...readConfig({}), requestsPerMinute: 0 }, database: app.database, auth: app.auth, clock: systemClock, maintenance: {}, ...options })

describe('the server', () => {
  test('answers a page that does not exist with a problem', async () => {
    const answer = await app.server.inject('/api/v1/nonsense?key=1')
    expect([answer.statusCode, answer.headers['content-type'], answer.json().title]).toEqual([404, 'application/problem+json; charset=utf-8', 'There is no page /api/v1/nonsense here.'])
    expect(answer.json().requestId).toBe(answer.headers['x-request-id'])
  })

  test.each(['/', '/lots/01a20000-0000-7000-8000-000000000001', '/icon.svg', '/api/v1/setup'])('lets %s load nothing inline and nothing from elsewhere', async (url) => {
    const answer = await app.server.inject({ url, headers: { accept: 'text/html' } })
    const policy = String(answer.headers['content-security-policy'])
    expect(answer.statusCode).toBe(200)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' })
  })

  test('the page holds no inline script or style, and its style sheets a nonce of this answer alone', async () => {
    const pages = await Promise.all(['/', '/lots/1'].map((url) => app.server.inject({ url, headers: { accept: 'text/html' } })))
    const nonces = pages.map(({ body, headers }) => {
      expect(body.match(/<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=/g)).toBeNull()
      const nonce = /nonce="([^"]+)"/.exec(body)?.[1] ?? ''
      expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}';`)
      expect(headers['cache-control']).toBe('no-store')
      return nonce
    })
    expect(new Set(nonces).size).toBe(2)
    expect(nonces[0]).toMatch(/^[\w+/]{22}==$/)
  })

  test('what is not a page or a file of the web app is told as a problem, also to a browser', async () => {
    for (const url of ['/api/nonsense', '/api/v1/nonsense', '/assets/nonsense.js', '/nonsense.js', '/metrics/nonsense', '/.vite/manifest.json']) {
      const answer = await app.server.inject({ url, headers: { accept: 'text/html' } })
      expect([url, answer.statusCode, answer.headers['content-type']]).toEqual([url, 404, 'application/problem+json; charset=utf-8'])
    }
    expect((await app.server.inject('/lots')).statusCode).toBe(404)
  })

  test('serves nothing of the folders around its pages', async () => {
    for (const url of ['/assets/../index.html', '/assets/..%2findex.html', '/%2e%2e/package.json', '/assets/%2e%2e/%2e%2e/index.html']) expect([url, (await app.server.inject(url)).statusCode]).toEqual([url, 404])
  })

  test('turns away who asks too often, and says how long to wait', async () => {
    const server = await serverWith({ config: { ...readConfig({}), requestsPerMinute: 3 } })
    const answers = []
    for (let at = 0; at < 4; at += 1) answers.push(await server.inject('/api/v1/setup'))
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 200, 429])
    expect(answers[3]?.json()).toMatchObject({ code: 'too_many_requests', params: { seconds: expect.any(Number) } })
    expect(answers[3]?.headers['retry-after']).toEqual(expect.any(String))
    await server.close()
  })

  test('writes neither keys nor cookies nor passwords into its log', async () => {
    let log = ''
    const server = await serverWith({ config: { ...readConfig({ LOTWISE_LOG_LEVEL: 'trace' }), requestsPerMinute: 0 }, logStream: { write: (line) => void (log += line) } })
    await server.inject({ method: 'POST', url: '/api/v1/setup', headers: { authorization: `Bearer ${app.key}`, cookie: 'lotwise.session_token=the-cookie' }, payload: { owner: { password: 'the password' } } })
    server.log.info({ req: { headers: { authorization: `Bearer ${app.key}`, cookie: 'the-cookie' } }, input: { password: 'the password', key: app.key } }, 'seen')
    await server.close()
    expect(log).toContain('[redacted]')
    for (const secret of [app.key, 'the-cookie', 'the password']) expect(log).not.toContain(secret)
  })

  test('a fault is in the log with its request id, and the answer tells only that id', async () => {
    let log = ''
    const database: Database = { ...app.database, alone: async () => Promise.reject(new Error('column "shoe_size" does not exist')) }
    const server = await serverWith({ database, logStream: { write: (line) => void (log += line) } })
    const answer = await server.inject({ url: '/api/v1/organization', headers: { authorization: `Bearer ${app.key}` } })
    await server.close()
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'fault'])
    expect(answer.body).not.toContain('shoe_size')
    const line = log.split('\n').find((one) => one.includes('shoe_size')) ?? ''
    expect(line).toContain(answer.json().requestId)
  })
})

describe('/health', () => {
  test('tells database, migrations and disk', async () => {
    const server = await serverWith({ pendingMigrations: async () => [] })
    const answer = await server.inject('/health')
    expect([answer.statusCode, answer.json()]).toEqual([200, expect.objectContaining({ status: 'ok', database: 'up', pendingMigrations: [], verification: null })])
    await server.close()
  })

  test.each([
    ['the database is down', { alone: async () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })) }, [], { database: 'down' }],
    ['the database is behind the code', {}, ['0009_next.sql'], { database: 'up', pendingMigrations: ['0009_next.sql'] }],
  ])('is 503 while %s', async (_, broken, pending, told) => {
    const server = await serverWith({ database: { ...app.database, ...broken }, pendingMigrations: async () => pending })
    const answer = await server.inject('/health')
    expect([answer.statusCode, answer.json()]).toMatchObject([503, { status: 'down', ...told }])
    await server.close()
  })
})

describe('/metrics', () => {
  test('counts requests by operation, never by id', async () => {
    await app.api('DELETE', '/api-keys/01a20000-0000-7000-8000-000000000009')
    const { body } = await app.server.inject('/metrics')
    expect(body).toContain('lotwise_http_request_seconds_count{method="DELETE",route="/api/v1/api-keys/:apiKeyId",status="404"} 1')
    expect(body).not.toContain('000000000009')
  })
})
