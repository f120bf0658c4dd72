import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createSimulatedClock, simulate } from './simulation.ts'

const clock = createSimulatedClock()
let app: TestApp
beforeAll(async () => { app = await createTestApp({ clock: clock.read, poolSize: 12 }) })
afterAll(() => app.close())

test.each([1, 2, 3, 4, 5])('a week of a small business agrees with the auditor, seed %i', { timeout: 600_000 }, async (seed) => {
  expect(await simulate(app, clock, { seed, weeks: 1 })).toMatchObject({ steps: expect.any(Number) })
})
