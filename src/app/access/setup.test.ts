import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/support/app.ts'

const token = 'the-token-of-the-console'
const elsewhere = { remoteAddress: '192.168.1.20', headers: { host: 'stock.local:3000' } }
const here = { remoteAddress: '127.0.0.1', headers: { host: 'localhost:3000' } }
const wanted = { owner: { name: 'Ann', email: 'Ann@Example.com', password: 'a long password' }, organization: { name: 'Hill Farm', currency: 'EUR', timeZone: 'Europe/Vienna' } }

let app: TestApp
beforeEach(async () => {
  app = await createTestApp({ setupToken: token })
})
afterEach(() => app.close())

const setUp = async (from: typeof here, body: object = {}) => {
  const answer = await app.server.inject({ method: 'POST', url: '/api/v1/setup', ...from, payload: { ...wanted, ...body } })
  return { status: answer.statusCode, ...answer.json() }
}

describe('setting up', () => {
  test('makes the owner and the organisation, and the owner signs in', async () => {
    expect((await app.server.inject({ url: '/api/v1/setup', ...here })).json()).toEqual({ needed: true, tokenNeeded: false })
    const { userId, organizationId } = await setUp(here)
    const signedIn = await app.server.inject({ method: 'POST', url: '/api/auth/sign-in/email', headers: { host: 'localhost', origin: 'http://localhost' }, payload: { email: 'ann@example.com', password: 'a long password' } })
    expect(signedIn.json()).not.toHaveProperty('token')
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
    expect(String(signedIn.headers['set-cookie'])).toContain('HttpOnly')
    const me = await app.server.inject({ url: '/api/v1/me', headers: { cookie } })
    expect(me.json()).toMatchObject({ actor: { id: userId, email: 'ann@example.com' }, organizationId, role: 'owner', organizations: [{ name: 'Hill Farm' }] })
  })

  test('happens once', async () => {
    await setUp(here)
    expect(await setUp(here, { owner: { ...wanted.owner, email: 'eve@example.com' } })).toMatchObject({ status: 409, code: 'set_up_already' })
    expect(await setUp(elsewhere, { token })).toMatchObject({ status: 409, code: 'set_up_already' })
    expect((await app.server.inject({ url: '/api/v1/setup', ...elsewhere })).json()).toEqual({ needed: false, tokenNeeded: false })
  })

  test('five at once make one owner and one organisation', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, (_, at) => setUp(here, { owner: { ...wanted.owner, email: `ann${at}@example.com` } })))
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 409, 409, 409, 409])
    const { rows } = await app.admin.query(`select (select count(*) from auth."user")::int as people, (select count(*) from organization where name = 'Hill Farm')::int as organizations`)
    expect(rows).toEqual([{ people: 1, organizations: 1 }])
  })

  test('from another machine wants the token of the console', async () => {
    expect((await app.server.inject({ url: '/api/v1/setup', ...elsewhere })).json()).toEqual({ needed: true, tokenNeeded: true })
    expect(await setUp(elsewhere)).toMatchObject({ status: 403, code: 'setup_token_wrong' })
    expect(await setUp(elsewhere, { token: 'a guess' })).toMatchObject({ status: 403, code: 'setup_token_wrong' })
    expect(await setUp(elsewhere, { token })).toMatchObject({ status: 200 })
  })

  test.each([
    ['through a proxy on this machine', { ...here, headers: { ...here.headers, 'x-forwarded-for': '203.0.113.9' } }],
    ['by a foreign name that points at this machine', { ...here, headers: { host: 'evil.example:3000' } }],
  ])('wants the token too when it comes %s', async (_, from) => {
    expect(await setUp(from)).toMatchObject({ status: 403, code: 'setup_token_wrong' })
  })

  test('from a page of another site is refused', async () => {
    expect(await setUp({ ...here, headers: { ...here.headers, origin: 'https://evil.example' } as typeof here.headers })).toMatchObject({ status: 403, code: 'origin_not_allowed' })
  })

  test('goes on where a kill left it: the account was made, the organisation not', async () => {
    await app.auth.createPerson({ ...wanted.owner, password: 'the first password' })
    expect(await setUp(here)).toMatchObject({ status: 200 })
    const { rows } = await app.admin.query(`select count(*)::int as people from auth."user"`)
    expect(rows).toEqual([{ people: 1 }])
  })

  test('refuses a short password by its field', async () => {
    expect(await setUp(here, { owner: { ...wanted.owner, password: 'short' } })).toMatchObject({ status: 400, code: 'input_invalid', errors: [{ path: '$.owner.password' }] })
  })
})
