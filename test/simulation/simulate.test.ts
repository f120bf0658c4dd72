import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createSimulatedClock, replayJournal, simulate } from './simulation.ts'

/** Five weeks and a month, or what `npm run simulate` asks for: number of seeds, the first seed, weeks of each. */
const [seeds, from, weeks] = (process.env['LOTWISE_SIMULATE'] ?? '').split(' ').map(Number)
const plan = seeds && from && weeks
  ? Array.from({ length: seeds }, (_, at) => ({ seed: from + at, weeks }))
  : [...[1, 2, 3, 4, 5].map((seed) => ({ seed, weeks: 1 })), { seed: 6, weeks: 4 }]

const clock = createSimulatedClock()
let app: TestApp
beforeAll(async () => { app = await createTestApp({ clock: clock.read, poolSize: 12 }) })
afterAll(() => app.close())

const journal = process.env['LOTWISE_REPLAY']
if (journal) {
  test('the journal, lived through again', { timeout: 24 * 60 * 60 * 1000 }, async () => {
    expect((await replayJournal(app, clock, journal)).replayed).toBeGreaterThan(0)
  })
} else {
  test.each(plan)('seed $seed: what $weeks week(s) of a small business leave behind is what the auditor says', { timeout: 24 * 60 * 60 * 1000 }, async ({ seed, weeks: long }) => {
    const { steps, accepted, refused, journal: kept } = await simulate(app, clock, { seed, weeks: long })
    // a workload that is turned away, or never is, proves nothing
    expect(accepted, kept).toBeGreaterThan(steps / 3)
    expect(Object.keys(refused).length, kept).toBeGreaterThan(5)
  })
}
