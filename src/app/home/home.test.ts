import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/support/app.ts'
import { ok, refused } from '../../../test/support/command.ts'
import { fillOrganization } from '../../../test/support/fill.ts'

const NOW = '2026-11-23T12:00:00.000Z'
let app: TestApp
let now = NOW
beforeAll(async () => void (app = await createTestApp({ clock: () => now })))
afterAll(() => app.close())

const nothing = { items: [], more: false }

describe('home', () => {
  test('of an organisation in which nothing happened is empty, with its 14 days', async () => {
    const home = await ok(app.apiAs((await app.otherOrganization()).key)('GET', '/home'))
    expect(home).toMatchObject({ frozen: nothing, exceptions: nothing, imports: nothing, due: nothing, holds: nothing, movements: nothing })
    expect(home.days.map(({ day }: { day: string }) => day)).toEqual(Array.from({ length: 14 }, (_, at) => `2026-11-${String(10 + at).padStart(2, '0')}`))
    expect(home.days.every((one: object) => JSON.stringify({ ...one, day: '' }) === '{"day":"","came":0,"stayed":0,"left":0}')).toBe(true)
  })

  test('tells what waits and what happened, and of what the role may not read nothing', async () => {
    const { key, organizationId } = await app.otherOrganization()
    const api = app.apiAs(key)
    await fillOrganization(api, 'DAIRY')
    await ok(api('POST', '/imports', 'SKU,Lot,Qty,Where\nX,1,2,MAIN\n', { 'content-type': 'text/csv' }))
    await app.admin.query(`insert into stock_freeze (organization_id, freeze_id, product_id, invariant, detail, frozen_at) select organization_id, gen_random_uuid(), product_id, 'I1', '{"invariant":"I1","what":"x","productId":null,"lotId":null,"key":"x","expected":"1","found":"2"}', now() from product where organization_id = $1 limit 1`, [organizationId])
    const home = await ok(api('GET', '/home'))
    expect(home).toMatchObject({ frozen: { items: [{ invariant: 'I1' }] }, exceptions: { items: [{ kind: 'found_here' }] }, holds: { items: [{ which: 'DAIRY' }] } })
    expect(home.imports.items.map(({ status }: { status: string }) => status)).toEqual(['asking', 'asking'])
    expect(home.movements.items.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual(['adjust', 'move', 'receive', 'ship'])
    expect(home.days.at(-1)).toEqual({ day: '2026-11-23', came: 1, stayed: 2, left: 1 })

    await app.admin.query(`insert into role (organization_id, name, permissions) values ($1, 'guest', '{organization.read}')`, [organizationId])
    const guest = app.apiAs(await app.keyOf('guest', organizationId as never))
    expect(await ok(guest('GET', '/home'))).toEqual({ frozen: nothing, exceptions: nothing, imports: nothing, due: nothing, holds: nothing, movements: nothing, days: [] })
  })

  test('has what is past its day and what is near it, by product, and not what has long', async () => {
    const api = app.apiAs((await app.otherOrganization()).key)
    await ok(api('POST', '/places', { kind: 'facility', code: 'MAIN' }))
    await ok(api('POST', '/products', { sku: 'MILK', name: 'Milk', dateKind: 'use_by' }))
    await ok(api('POST', '/parties', { name: 'Hill', code: 'HILL', roles: ['supplier'] }))
    const lines = [['OVER', '2026-11-20'], ['OVER2', '2026-11-22'], ['NEAR', '2026-12-07'], ['FAR', '2026-12-08']].map(([code, useBy]) => ({ product: { sku: 'MILK' }, lot: { code }, dates: { useBy }, quantity: '1', to: { code: 'MAIN' } }))
    await ok(api('POST', '/movements/receive', { from: { supplier: { code: 'HILL' } }, lines }))
    const { due } = await ok(api('GET', '/home'))
    expect(due).toMatchObject({ items: [{ sku: 'MILK', past: true, lots: 2, day: '2026-11-20', lot: null, lotId: null, onHand: '2' }, { past: false, lots: 1, day: '2026-12-07', lot: 'NEAR', onHand: '1' }], more: false })
  })

  test('puts the exceptions of who asks before the others', async () => {
    const { key, organizationId } = await app.otherOrganization()
    const raise = (at: number, to: string | null) => app.admin.query(
      `insert into exception (organization_id, exception_id, kind, subject, subject_id, data, raised_at, assigned_to) values ($1, ('01890000-0000-7000-8000-00000000000' || $2)::uuid, 'found_here', 'lot', gen_random_uuid(), '{}', now(), $3)`, [organizationId, String(at), to])
    const { actor } = await ok(app.apiAs(key)('GET', '/me'))
    for (const [at, to] of [[1, actor.id], [2, null], [3, 'somebody'], [4, null], [5, null], [6, null], [7, null]] as const) await raise(at, to)
    const { exceptions } = await ok(app.apiAs(key)('GET', '/home'))
    expect([exceptions.items.map(({ exceptionId }: { exceptionId: string }) => Number(exceptionId.slice(-1))), exceptions.more]).toEqual([[1, 7, 6, 5, 4], true])
  })

  test('counts days where the caller is: one movement, two days', async () => {
    const api = app.apiAs((await app.otherOrganization()).key)
    await ok(api('POST', '/places', { kind: 'facility', code: 'MAIN' }))
    await ok(api('POST', '/products', { sku: 'A', name: 'A', tracking: 'none' }))
    await ok(api('POST', '/movements/adjust', { occurredAt: '2026-11-21T23:30:00Z', reason: 'found', lines: [{ product: { sku: 'A' }, quantity: '5', place: { code: 'MAIN' }, direction: 'up' }] }))
    const dayIn = async (timeZone: string) => (await ok(api('GET', `/home?timeZone=${timeZone}`))).days.filter(({ stayed }: { stayed: number }) => stayed > 0).map(({ day }: { day: string }) => day)
    expect([await dayIn('UTC'), await dayIn('Asia/Tokyo'), await dayIn('America/Chicago')]).toEqual([['2026-11-21'], ['2026-11-22'], ['2026-11-21']])
    expect(await refused(api('GET', '/home?timeZone=Meadow'))).toMatchObject({ code: 'input_invalid' })
    now = '2026-12-06T12:00:00.000Z'
    expect(await dayIn('UTC')).toEqual([])
    now = NOW
  })
})

test('the first steps are done by what is there', async () => {
  const api = app.apiAs((await app.otherOrganization()).key)
  const steps = () => ok(api('GET', '/first-steps'))
  const none = { question: false, place: false, product: false, movement: false, people: false }
  expect(await steps()).toEqual(none)
  await ok(api('PATCH', '/organization', { preset: { trades: ['other'] } }))
  expect(await steps()).toEqual({ ...none, question: true })
  await fillOrganization(api, 'STEPS')
  expect(await steps()).toEqual({ question: true, place: true, product: true, movement: true, people: false })
  await ok(api('POST', '/people', { name: 'Two', email: 'two-steps@example.com', password: 'a long password', role: 'viewer' }))
  expect(await steps()).toMatchObject({ people: true })
})
