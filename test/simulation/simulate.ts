import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

/**
 * `npm run simulate -- --seeds N --from S [--weeks W]`: N simulated weeks (or W weeks each) with the seeds S, S + 1 ...
 * `npm run simulate -- --replay FILE`: the journal of a failure, lived through again, one request after the other.
 * It is a run of simulate.test.ts, which has the database; the journals are kept and named where something fails.
 */
const { values } = parseArgs({ options: { replay: { type: 'string', default: '' }, seeds: { type: 'string', default: '5' }, from: { type: 'string', default: '1' }, weeks: { type: 'string', default: '1' } } })
for (const [name, value] of Object.entries(values)) {
  if (name !== 'replay' && !(Number(value) > 0)) throw new Error(`--${name} wants a number above zero, not ${value}`)
}
const { status } = spawnSync('vitest', ['run', 'test/simulation/simulate.test.ts', '--reporter=verbose'], {
  stdio: 'inherit', env: { ...process.env, LOTWISE_SIMULATE: [values.seeds, values.from, values.weeks].join(' '), LOTWISE_REPLAY: values.replay },
})
process.exit(status ?? 1)
