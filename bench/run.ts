import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { openCluster, type Cluster } from './cluster.ts'
import { growth } from './growth.ts'
import { posting } from './posting.ts'
import { asOf, onHand } from './reads.ts'
import { toTable, type Result } from './report.ts'
import { serials } from './serials.ts'
import { traces } from './traces.ts'

interface Options {
  readonly large: boolean
}

/** In the order in which they are run. */
const benchmarks: { readonly [name: string]: (cluster: Cluster, options: Options) => Promise<Result[]> } = { posting, serials, traces, 'on-hand': onHand, 'as-of': asOf, growth }

const usage = `npm run bench -- [--only ${Object.keys(benchmarks).join('|')}] [--json FILE] [--large]

Measures Lotwise over HTTP beside plain SQL writing or reading the same rows, in the same run. Data is made once and kept
in .cache/bench. --large: growth up to 10,000,000 lines (20 GB of disk).`

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, json: { type: 'string' }, large: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } })
const chosen = values.only?.flatMap((names) => names.split(',')) ?? Object.keys(benchmarks)
const unknown = chosen.filter((name) => !(name in benchmarks))
if (values.help || unknown.length > 0) {
  console.log(unknown.length > 0 ? `there is no benchmark ${unknown.join(', ')}\n\n${usage}` : usage)
  process.exit(unknown.length > 0 ? 2 : 0)
}

const say = (line: string): void => console.error(line)
const cluster = await openCluster(say)
process.once('SIGINT', () => void cluster.close().finally(() => process.exit(130)))
const results: Result[] = []
const started = new Date().toISOString()
try {
  for (const name of chosen) {
    say(`${name} ...`)
    try {
      const made = (await benchmarks[name]?.(cluster, { large: values.large })) ?? []
      results.push(...made)
      say(toTable(made))
    } catch (error) {
      // the others still tell something; the run has failed all the same
      process.exitCode = 1
      say(`${name} failed: ${(error as Error).stack}`)
    }
  }
} finally {
  await cluster.close()
}
const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30), node: process.versions.node, postgresql: cluster.version, settings: cluster.settings }
console.log(`\n${started}, ${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, PostgreSQL ${machine.postgresql}, ${Object.entries(machine.settings).map((pair) => pair.join(' ')).join(', ')}\n`)
console.log(toTable(results))
if (values.json) writeFileSync(values.json, `${JSON.stringify({ started, machine, results }, null, 2)}\n`)
