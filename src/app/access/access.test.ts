import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { firstRoles } from '#src/lib/permissions.ts'
import { createTestApp, type TestApp } from '../../../test/support/app.ts'
import { commandLineCaller } from '../commands/command.ts'
import { createPerson } from './people.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const password = 'a long password'
async function addPerson(email: string, role: string): Promise<{ userId: string; cookie: string }> {
  const { status, body } = await app.api('POST', '/people', { name: email, email, password, role })
  expect([status, body]).toMatchObject([200, { email, role }])
  return { userId: body.userId, cookie: await signIn(email) }
}
async function signIn(email: string, withPassword = password) {
  const answer = await app.server.inject({ method: 'POST', url: '/api/auth/sign-in/email', headers: { host: 'localhost', origin: 'http://localhost' }, payload: { email, password: withPassword } })
  return String(answer.headers['set-cookie']).split(';')[0] ?? ''
}
async function withCookie(cookie: string, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object, more: Record<string, string> = {}) {
  const answer = await app.server.inject({ method, url: `/api/v1${path}`, headers: { cookie, host: 'localhost', origin: 'http://localhost', 'idempotency-key': randomUUID(), ...more }, ...(body ? { payload: body } : {}) })
  return { status: answer.statusCode, body: answer.json() }
}

describe('people', () => {
  test('sign in with the password an owner gave them, and may what their role may', async () => {
    const { cookie } = await addPerson('vera@example.com', 'viewer')
    const me = await withCookie(cookie, 'GET', '/me')
    expect(me.body).toMatchObject({ actor: { kind: 'user', name: 'vera@example.com' }, organizationId: app.organizationId, role: 'viewer' })
    expect(me.body.permissions.toSorted()).toEqual([...firstRoles.viewer].toSorted())
    expect((await withCookie(cookie, 'GET', '/people')).body).toMatchObject({ status: 403, code: 'not_permitted', params: { permission: 'people.manage' } })
  })

  test('whose membership has ended are out at once, and keep their name in the list', async () => {
    const { userId, cookie } = await addPerson('gone@example.com', 'operator')
    expect((await withCookie(cookie, 'GET', '/organization')).status).toBe(200)
    expect((await app.api('DELETE', `/people/${userId}`)).body).toMatchObject({ email: 'gone@example.com', endedAt: expect.any(String) })
    expect((await withCookie(cookie, 'GET', '/organization')).body).toMatchObject({ code: 'no_organization' })
    expect((await app.api('GET', '/people')).body.items).toContainEqual(expect.objectContaining({ email: 'gone@example.com', endedAt: expect.any(String) }))
    expect((await app.api('DELETE', `/people/${userId}`)).body).toMatchObject({ status: 404, code: 'not_found' })
  })

  test('are read one by one, also those who left; colleagues know each other by name alone', async () => {
    const { userId } = (await app.api('POST', '/people', { name: 'Nell', email: 'nell@example.com', password, role: 'viewer' })).body
    const viewer = app.apiAs(await app.keyOf('viewer'))
    expect((await app.api('GET', `/people/${userId}`)).body).toMatchObject({ email: 'nell@example.com', endedAt: null })
    expect((await viewer('GET', '/colleagues')).body.items).toContainEqual({ userId, name: 'Nell' })
    expect((await viewer('GET', `/people/${userId}`)).body).toMatchObject({ code: 'not_permitted' })
    await app.api('DELETE', `/people/${userId}`)
    expect((await app.api('GET', `/people/${userId}`)).body).toMatchObject({ endedAt: expect.any(String) })
    const listed = async (query: string) => (await app.api('GET', `/people?limit=500&${query}`)).body.items.map((one: { userId: string }) => one.userId)
    expect([(await listed('present=true')).includes(userId), (await listed('present=false')).includes(userId), (await listed('')).includes(userId)]).toEqual([false, true, true])
    expect((await app.api('GET', '/colleagues')).body.items.map((one: { userId: string }) => one.userId)).not.toContain(userId)
    const other = await app.otherOrganization()
    expect((await app.apiAs(other.key)('GET', `/people/${userId}`)).body).toMatchObject({ status: 404, code: 'not_found' })
  })

  test('are added once, and may come back', async () => {
    const { userId } = await addPerson('back@example.com', 'viewer')
    const again = { name: 'Back', email: 'Back@Example.com', password, role: 'operator' }
    expect((await app.api('POST', '/people', again)).body).toMatchObject({ code: 'person_already_here' })
    await app.api('DELETE', `/people/${userId}`)
    expect((await app.api('POST', '/people', again)).body).toMatchObject({ userId, role: 'operator', endedAt: null })
  })

  test('the same request twice adds one person', async () => {
    const key = { 'idempotency-key': randomUUID() }
    const person = { name: 'Twice', email: 'twice@example.com', password, role: 'viewer' }
    const [first, second] = [await app.api('POST', '/people', person, key), await app.api('POST', '/people', person, key)]
    expect(second.body).toEqual(first.body)
    expect(second.headers['idempotent-replayed']).toBe('true')
  })

  test('the last owner can neither leave nor become less', async () => {
    const { userId } = await addPerson('owner@example.com', 'owner')
    expect((await app.api('DELETE', `/people/${userId}`)).body).toMatchObject({ status: 409, code: 'last_owner' })
    expect((await app.api('PATCH', `/people/${userId}`, { role: 'viewer' })).body).toMatchObject({ status: 409, code: 'last_owner' })
    const second = await addPerson('second@example.com', 'owner')
    expect((await app.api('PATCH', `/people/${userId}`, { role: 'viewer' })).body).toMatchObject({ role: 'viewer', version: 2 })
    expect((await app.api('DELETE', `/people/${second.userId}`)).body).toMatchObject({ code: 'last_owner' })
  })

  test('of several organisations say which one they mean', async () => {
    const other = await app.otherOrganization()
    const person = { name: 'Both', email: 'both@example.com', password, role: 'viewer' }
    await app.api('POST', '/people', person)
    await createPerson(commandLineCaller(app.database, other.organizationId), app.auth, { ...person, password: 'another password', role: 'operator' })
    const cookie = await signIn('both@example.com')
    expect((await withCookie(cookie, 'GET', '/organization')).body).toMatchObject({ status: 400, code: 'organization_not_chosen' })
    const me = await withCookie(cookie, 'GET', '/me')
    expect(me.body).toMatchObject({ organizationId: null, organizations: [{ organizationId: app.organizationId, role: 'viewer' }, { organizationId: other.organizationId, role: 'operator' }] })
    expect((await withCookie(cookie, 'GET', '/organization', undefined, { 'lotwise-organization': other.organizationId })).body).toMatchObject({ organizationId: other.organizationId })
    expect((await withCookie(cookie, 'GET', '/organization', undefined, { 'lotwise-organization': randomUUID() })).body).toMatchObject({ status: 404, code: 'not_found' })
    expect(await signIn('both@example.com', 'another password')).toBe('undefined')
  })

  test('whose account another organisation made are not taken over: whoever made it may know its password', async () => {
    const other = await app.otherOrganization('Trap Ltd')
    const person = { name: 'Mia', email: 'mia@example.com', password: 'known to Trap Ltd', role: 'viewer' }
    const { userId } = (await app.apiAs(other.key)('POST', '/people', person)).body
    expect((await app.api('POST', '/people', { ...person, password })).body).toMatchObject({ status: 409, code: 'person_elsewhere' })
    expect(await signIn('mia@example.com', 'known to Trap Ltd')).toContain('session_token')

    await app.apiAs(other.key)('DELETE', `/people/${userId}`)
    expect((await app.api('POST', '/people', { ...person, password })).body).toMatchObject({ userId, role: 'viewer' })
    expect(await signIn('mia@example.com', 'known to Trap Ltd')).toBe('undefined')
    expect((await withCookie(await signIn('mia@example.com'), 'GET', '/organization')).body).toMatchObject({ organizationId: app.organizationId })
  })

  test('a wrong password tells nothing about the account', async () => {
    const answer = (email: string) => app.server.inject({ method: 'POST', url: '/api/auth/sign-in/email', headers: { host: 'localhost', origin: 'http://localhost' }, remoteAddress: '10.9.9.9', payload: { email, password: 'not it at all' } })
    const [known, unknown] = [await answer('vera@example.com'), await answer('nobody@example.com')]
    expect([known.statusCode, known.json().code]).toEqual([401, 'sign_in_wrong'])
    expect({ ...unknown.json(), requestId: '' }).toEqual({ ...known.json(), requestId: '' })
  })

  test('guessing passwords is slowed down', async () => {
    const tries = []
    for (let at = 0; at < 12; at += 1) {
      tries.push((await app.server.inject({ method: 'POST', url: '/api/auth/sign-in/email', headers: { host: 'localhost', origin: 'http://localhost', 'x-forwarded-for': `10.0.0.${at}` }, remoteAddress: '10.8.8.8', payload: { email: 'vera@example.com', password: `guess number ${at}` } })).statusCode)
    }
    expect(tries.slice(0, 10)).toEqual(Array(10).fill(401))
    expect(tries.slice(10)).toEqual([429, 429])
  })

  test('nobody signs up by himself', async () => {
    const answer = await app.server.inject({ method: 'POST', url: '/api/auth/sign-up/email', headers: { host: 'localhost', origin: 'http://localhost' }, payload: { name: 'Eve', email: 'eve@example.com', password } })
    expect(answer.statusCode).toBe(404)
    expect(await app.auth.personByEmail('eve@example.com')).toBeNull()
  })
})

describe('roles', () => {
  test('nobody can give what he does not hold', async () => {
    expect((await app.api('PUT', '/roles/personnel', { permissions: ['people.manage', 'keys.manage', 'organization.read'] })).body).toMatchObject({ name: 'personnel', version: 1 })
    const personnel = app.apiAs(await app.keyOf('personnel'))
    const beyond = { status: 403, code: 'role_beyond_yours' }
    expect((await personnel('POST', '/people', { name: 'X', email: 'x@example.com', password, role: 'owner' })).body).toMatchObject(beyond)
    expect((await personnel('POST', '/api-keys', { name: 'X', role: 'manager' })).body).toMatchObject(beyond)
    expect((await personnel('PUT', '/roles/personnel', { permissions: ['people.manage', 'movements.ship'] })).body).toMatchObject({ ...beyond, params: { permissions: ['movements.ship'] } })
    const { userId } = await addPerson('boss@example.com', 'owner')
    expect((await personnel('DELETE', `/people/${userId}`)).body).toMatchObject(beyond)
    expect(await app.auth.personByEmail('x@example.com')).toBeNull()
  })

  test('the owner role is always whole', async () => {
    expect((await app.api('PUT', '/roles/owner', { permissions: [] })).body).toMatchObject({ status: 409, code: 'role_fixed' })
  })

  test('a role that does not exist is refused naming those that do', async () => {
    expect((await app.api('POST', '/api-keys', { name: 'X', role: 'boss' })).body).toMatchObject({ status: 422, code: 'role_unknown', title: 'There is no role boss.' })
  })

  test('each has its own history', async () => {
    const { body: first } = await app.api('PUT', '/roles/packer', { permissions: ['stock.read'] })
    await app.api('PUT', '/roles/packer', { permissions: ['stock.read', 'movements.pack'], reason: 'packs now' })
    await app.api('PUT', '/roles/picker', { permissions: ['stock.read'] })
    expect((await app.api('GET', '/roles')).body.items).toContainEqual(expect.objectContaining({ name: 'packer', roleId: first.roleId }))
    const { items } = (await app.api('GET', `/audit?subjectId=${first.roleId}`)).body
    expect(items).toMatchObject([{ subject: 'role', before: { permissions: ['stock.read'] }, after: { name: 'packer', permissions: ['stock.read', 'movements.pack'] }, reason: 'packs now' }, { before: null }])
  })

  test('a changed role counts at once', async () => {
    await app.api('PUT', '/roles/reader', { permissions: ['organization.read'] })
    const reader = app.apiAs(await app.keyOf('reader'))
    expect((await reader('GET', '/organization')).status).toBe(200)
    await app.api('PUT', '/roles/reader', { permissions: [] })
    expect((await reader('GET', '/organization')).body).toMatchObject({ code: 'not_permitted' })
  })
})

describe('API keys', () => {
  test('are shown once: the list, the audit and a repeated request do not hold them', async () => {
    const idempotency = { 'idempotency-key': randomUUID() }
    const made = await app.api('POST', '/api-keys', { name: 'Scanner', role: 'operator' }, idempotency)
    expect(made.body.key).toMatch(/^lw_[\w-]{86}$/)
    expect((await app.apiAs(made.body.key)('GET', '/me')).body).toMatchObject({ actor: { kind: 'key', name: 'Scanner' }, role: 'operator' })
    const again = await app.api('POST', '/api-keys', { name: 'Scanner', role: 'operator' }, idempotency)
    expect(again.body).toEqual({ ...made.body, key: null })
    const secret = Buffer.from(made.body.key.slice(3), 'base64url').subarray(32)
    const { rows } = await app.admin.query(`select (select string_agg(command::text, '') from command) || (select string_agg(audit::text, '') from audit) || (select string_agg(api_key::text, '') from api_key) as everything`)
    expect(rows[0].everything).not.toContain(made.body.key)
    expect(rows[0].everything).not.toContain(secret.toString('hex'))
    expect(JSON.stringify((await app.api('GET', '/api-keys')).body)).not.toContain(made.body.key)
  })

  test('that are revoked, expired, changed or of nobody do not open anything', async () => {
    const { body: revoked } = await app.api('POST', '/api-keys', { name: 'Lost', role: 'viewer' })
    await app.api('DELETE', `/api-keys/${revoked.apiKeyId}`)
    const { body: expired } = await app.api('POST', '/api-keys', { name: 'Old', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' })
    const bytes = Buffer.from(app.key.slice(3), 'base64url')
    bytes[40] = (bytes[40] ?? 0) ^ 1
    const foreign = Buffer.concat([Buffer.from((await app.otherOrganization()).organizationId.replaceAll('-', ''), 'hex'), Buffer.from(app.key.slice(3), 'base64url').subarray(16)])
    const listed = async (query: string) => (await app.api('GET', `/api-keys?limit=500&${query}`)).body.items.map((one: { name: string }) => one.name)
    expect(await listed('active=false')).toEqual(['Old', 'Lost'])
    expect(await listed('active=true')).not.toContain('Lost')
    for (const key of [revoked.key, expired.key, `lw_${bytes.toString('base64url')}`, `lw_${foreign.toString('base64url')}`, 'lw_', '']) {
      expect((await app.apiAs(key)('GET', '/organization')).body).toMatchObject({ status: 401, code: 'not_signed_in' })
    }
  })

  test('are read one by one, with who made them', async () => {
    const { body } = await app.api('POST', '/api-keys', { name: 'Shop', role: 'viewer' })
    const made = (await app.api('GET', `/api-keys/${body.apiKeyId}`)).body
    expect({ ...made, key: body.key }).toEqual(body)
    expect(made).toMatchObject({ createdBy: expect.any(String), createdByName: 'test owner' })
    expect((await app.api('GET', `/api-keys/${randomUUID()}`)).body).toMatchObject({ status: 404, code: 'not_found' })
  })

  test('say when they were last used', async () => {
    const { body } = await app.api('POST', '/api-keys', { name: 'Used', role: 'viewer' })
    expect(body.lastUsedAt).toBeNull()
    await app.apiAs(body.key)('GET', '/organization')
    const { items } = (await app.api('GET', '/api-keys?limit=500')).body
    expect(items.find((key: { apiKeyId: string }) => key.apiKeyId === body.apiKeyId).lastUsedAt).toEqual(expect.any(String))
  })

  test('are listed page by page, each once', async () => {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: { items: { apiKeyId: string }[]; next: string | null } = (await app.api('GET', `/api-keys?limit=3${cursor ? `&cursor=${cursor}` : ''}`)).body
      seen.push(...page.items.map((key) => key.apiKeyId))
      cursor = page.next
    } while (cursor !== null)
    expect(seen).toEqual((await app.api('GET', '/api-keys?limit=500')).body.items.map((key: { apiKeyId: string }) => key.apiKeyId))
  })
})

describe('the organisation', () => {
  test('is changed with who, before and after in the audit', async () => {
    const before = (await app.api('GET', '/organization')).body
    const { body, headers } = await app.api('PATCH', '/organization', { name: 'Meadow & Sons', reason: 'new owners' })
    expect([body.name, body.version, headers['etag']]).toEqual(['Meadow & Sons', before.version + 1, `"${before.version + 1}"`])
    const { rows } = await app.admin.query(`select a.before->>'name' as before, a.after->>'name' as after, c.reason from audit a join command c using (organization_id, command_id) where c.name = 'organization.update'`)
    expect(rows).toEqual([{ before: before.name, after: 'Meadow & Sons', reason: 'new owners' }])
  })

  test('is not changed by somebody who read an older version', async () => {
    const { version } = (await app.api('GET', '/organization')).body
    expect((await app.api('PATCH', '/organization', { currency: 'CHF' }, { 'if-match': `"${version - 1}"` })).body).toMatchObject({ status: 412, code: 'record_changed' })
    expect((await app.api('PATCH', '/organization', { currency: 'CHF' }, { 'if-match': `"${version}"` })).body).toMatchObject({ currency: 'CHF' })
  })

  test('says what a dry run would do, and does nothing', async () => {
    expect((await app.api('PATCH', '/organization?dryRun=true', { name: 'Never' })).body).toMatchObject({ name: 'Never' })
    expect((await app.api('GET', '/organization')).body.name).not.toBe('Never')
  })

  test('refuses a time zone or currency that does not exist', async () => {
    expect((await app.api('PATCH', '/organization', { timeZone: 'Mars/Olympus', currency: 'euro' })).body.errors.map((error: { path: string }) => error.path)).toEqual(['$.currency', '$.timeZone'])
  })
})

describe('a request from another site', () => {
  const site = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  test.each([
    ['by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site', origin: 'http://localhost' }],
    ['from a sibling site', { 'sec-fetch-site': 'same-site', origin: 'http://localhost' }],
    ['by Origin', { origin: 'https://evil.example' }],
    ['by Origin null', { origin: 'null' }],
  ])('cannot write with the cookie of somebody signed in: %s', async (_, headers) => {
    const cookie = await signIn('second@example.com')
    const answer = await withCookie(cookie, 'PATCH', '/organization', { name: 'Stolen' }, headers)
    expect(answer.body).toMatchObject({ status: 403, code: 'origin_not_allowed' })
  })

  test('cannot sign somebody in or out', async () => {
    const answer = await app.server.inject({ method: 'POST', url: '/api/auth/sign-out', headers: { host: 'localhost', cookie: 'lotwise.session_token=x', ...site }, payload: {} })
    expect(answer.json()).toMatchObject({ status: 403, code: 'origin_not_allowed' })
  })

  test('with a cookie and no word of where it comes from cannot write either', async () => {
    const answer = await app.server.inject({ method: 'PATCH', url: '/api/v1/organization', headers: { cookie: 'lotwise.session_token=x', 'idempotency-key': 'k' }, payload: { name: 'Stolen' } })
    expect(answer.json()).toMatchObject({ status: 403, code: 'origin_not_allowed' })
  })

  test('a program with a key needs no origin', async () => {
    expect((await app.api('PATCH', '/organization?dryRun=true', { name: 'Fine' })).status).toBe(200)
  })
})

