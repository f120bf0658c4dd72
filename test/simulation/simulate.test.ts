import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createSimulatedClock, replayJournal, simulate } from './simulation.ts'

const clock = createSimulatedClock()
let app: TestApp
beforeAll(async () => { app = await createTestApp({ clock: clock.read, poolSize: 12 }) })
afterAll(() => app.close())

/** Five weeks and a month, or what `npm run simulate` asks for: number of seeds, the first seed, weeks of each; or a journal. */
const [seeds, from, weeks] = (process.env['LOTWISE_SIMULATE'] ?? '').split(' ').map(Number)
const journal = process.env['LOTWISE_REPLAY'] ?? ''
const asked = seeds && from && weeks ? Array.from({ length: seeds }, (_, at) => ({ seed: from + at, weeks })) : [...[1, 2, 3, 4, 5].map((seed) => ({ seed, weeks: 1 })), { seed: 6, weeks: 4 }]
const lives = journal === ''
  ? asked.map((one) => ({ name: `seed ${one.seed}, ${one.weeks} week(s): the small business`, live: () => simulate(app, clock, one) }))
  : [{ name: `the business of ${journal}`, live: () => replayJournal(app, clock, journal) }]

test.each(lives)('$name leaves behind what the auditor says', { timeout: 24 * 60 * 60 * 1000 }, async ({ live }) => {
  const { steps, accepted, refused, journal: kept } = await live()
  // a workload that is turned away, or never is, proves nothing
  expect(accepted, kept).toBeGreaterThan(steps / 3)
  expect(Object.keys(refused).length, kept).toBeGreaterThan(5)
})
