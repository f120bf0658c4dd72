import { readdirSync, readFileSync } from 'node:fs'

/** CPU seconds a process has used, with those of its children that have ended; null where /proc does not tell (not Linux). */
function cpuOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // utime, stime, cutime, cstime (proc(5): fields 14 to 17), in ticks of 1/100 s
    return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) / 100
  } catch {
    return null
  }
}

/** CPU seconds of a PostgreSQL server: the postmaster, its living children and those it has reaped. */
function cpuOfServer(postmaster: number): number | null {
  const own = cpuOf(postmaster)
  if (own === null) return null
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => parentOf(pid) === postmaster)
  return children.reduce((sum, pid) => sum + (cpuOf(Number(pid)) ?? 0), own)
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return 0
  }
}

/** What one side of a pair did in one round. */
export interface Sample {
  readonly operations: number
  readonly seconds: number
  /** Milliseconds of each operation, sorted. */
  readonly latencies: readonly number[]
  /** CPU milliseconds an operation: of the Node process that does the work (the server; for plain SQL the client), and of PostgreSQL. */
  readonly node: number | null
  readonly postgres: number | null
}

/** Where CPU is read: the Node process and the postmaster. */
export interface Meter {
  readonly node: number
  readonly postmaster: number
}

/** Runs the operations from so many clients at once, each its next one when its last is answered. */
export async function sample(meter: Meter, clients: number, operations: number, run: (client: number, operation: number) => Promise<void>): Promise<Sample> {
  const latencies: number[] = []
  const node = cpuOf(meter.node)
  const postgres = cpuOfServer(meter.postmaster)
  const started = performance.now()
  let next = 0
  await Promise.all(Array.from({ length: clients }, async (_, client) => {
    while (next < operations) {
      const operation = next
      next += 1
      const begun = performance.now()
      await run(client, operation)
      latencies.push(performance.now() - begun)
    }
  }))
  const seconds = (performance.now() - started) / 1000
  const used = (before: number | null, after: number | null): number | null => (before === null || after === null ? null : ((after - before) * 1000) / operations)
  return { operations, seconds, latencies: latencies.sort((a, b) => a - b), node: used(node, cpuOf(meter.node)), postgres: used(postgres, cpuOfServer(meter.postmaster)) }
}

/** The two sides in turn, beginning with the other one each round, so that neither always runs in the other's wake. */
export async function inTurn(rounds: number, ours: (round: number) => Promise<Sample>, plain: (round: number) => Promise<Sample>): Promise<{ ours: Sample[]; plain: Sample[] }> {
  const result = { ours: [] as Sample[], plain: [] as Sample[] }
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) result.ours.push(await ours(round))
    result.plain.push(await plain(round))
    if (round % 2 === 1) result.ours.push(await ours(round))
  }
  return result
}

export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  return { min: sorted[0] ?? NaN, median: percentile(sorted, 50), max: sorted.at(-1) ?? NaN }
}

/** Of sorted values, the nearest rank. */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN
}

export function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : spreadOf(known).median
}
