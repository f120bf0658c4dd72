import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

/**
 * `npm run simulate -- --seeds N --from S [--weeks W]`: N simulated weeks (or W weeks each) with the seeds S, S + 1 ...
 * It is a run of simulate.test.ts, which has the database; the journals are kept and named where something fails.
 */
const { values } = parseArgs({ options: { seeds: { type: 'string', default: '5' }, from: { type: 'string', default: '1' }, weeks: { type: 'string', default: '1' } } })
for (const [name, value] of Object.entries(values)) {
  if (!(Number(value) > 0)) throw new Error(`--${name} wants a number above zero, not ${value}`)
}
const { status } = spawnSync('vitest', ['run', 'test/simulation/simulate.test.ts', '--reporter=verbose'], {
  stdio: 'inherit', env: { ...process.env, LOTWISE_SIMULATE: [values.seeds, values.from, values.weeks].join(' ') },
})
process.exit(status ?? 1)
