import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../test/support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

describe('the API', () => {
  test('a key tells its organisation', async () => {
    const { status, body } = await app.api('GET', '/organization')
    expect(body).toMatchObject({ organizationId: app.organizationId, name: 'Meadow Dairy', currency: 'EUR', version: 1 })
    expect(status).toBe(200)
  })
})
