import { medianOf, percentile, spreadOf, type Sample, type Spread } from './measure.ts'

/** One side of a pair over all rounds. */
export interface Figures {
  /** Operations a second. */
  readonly rate: Spread
  /** Milliseconds, median over the rounds. */
  readonly p50: number
  readonly p95: number
  /** CPU milliseconds an operation: Node (ours: the server; plain SQL: the client), PostgreSQL. */
  readonly node: number | null
  readonly postgres: number | null
  readonly statements: number | null
}

export interface Result {
  readonly name: string
  /** `rate`: ours / plain SQL in operations a second, more is better. `time`: in milliseconds, less is better. `growth`: of the 95th percentile, less is better. */
  readonly measure: 'rate' | 'time' | 'growth'
  readonly ours: Figures
  readonly plain: Figures
  readonly ratio: Spread
  /** How plain SQL grew. */
  readonly plainRatio?: Spread
  readonly atLeast?: number
  readonly atMost?: number
  /** What is wanted after the aim. */
  readonly later?: number
  /** The median ratio against the aim; null where there is none. */
  readonly reached: boolean | null
}

export interface Stated {
  readonly name: string
  readonly measure: 'rate' | 'time'
  readonly atLeast?: number
  readonly atMost?: number
  readonly later?: number
  readonly statements?: { readonly ours: number; readonly plain: number }
}

/** Pairs of one round are compared with each other: what disturbed the machine disturbed both. */
export function toResult({ statements, ...stated }: Stated, samples: { readonly ours: readonly Sample[]; readonly plain: readonly Sample[] }): Result {
  const ratio = spreadOf(samples.ours.map((ours, round) => {
    const plain = samples.plain[round] as Sample
    return stated.measure === 'rate' ? rateOf(ours) / rateOf(plain) : rateOf(plain) / rateOf(ours)
  }))
  return { ...stated, ours: toFigures(samples.ours, statements?.ours), plain: toFigures(samples.plain, statements?.plain), ratio, reached: isReached(stated, ratio.median) }
}

export function isReached({ atLeast, atMost }: { readonly atLeast?: number; readonly atMost?: number }, ratio: number): boolean | null {
  if (atLeast !== undefined) return ratio >= atLeast
  return atMost === undefined ? null : ratio <= atMost
}

function rateOf({ operations, seconds }: Sample): number {
  return operations / seconds
}

export function toFigures(samples: readonly Sample[], statements: number | undefined): Figures {
  return {
    rate: spreadOf(samples.map(rateOf)),
    p50: spreadOf(samples.map(({ latencies }) => percentile(latencies, 50))).median, p95: spreadOf(samples.map(({ latencies }) => percentile(latencies, 95))).median,
    node: medianOf(samples.map(({ node }) => node)), postgres: medianOf(samples.map(({ postgres }) => postgres)), statements: statements ?? null,
  }
}

/** The results as a Markdown table, which reads on a console too. */
export function toTable(results: readonly Result[]): string {
  const rows = results.flatMap((result) => [
    [result.name, 'Lotwise', ...figures(result.ours), `**${number(result.ratio.median)}** (${range(result.ratio)})`, aimOf(result)],
    ['', 'plain SQL', ...figures(result.plain), result.plainRatio ? `${number(result.plainRatio.median)} (${range(result.plainRatio)})` : '', ''],
  ])
  const all = [['what', 'side', 'a second', 'p50 ms', 'p95 ms', 'Node CPU ms', 'PostgreSQL CPU ms', 'statements', 'ratio, median (min - max)', 'aim'], ...rows]
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length))) ?? []
  const lines = all.map((row) => `| ${row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`)
  lines.splice(1, 0, `|${widths.map((width, column) => (column < 2 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`)
  return lines.join('\n')
}

function figures({ rate, p50, p95, node, postgres, statements }: Figures): string[] {
  return [number(rate.median), number(p50), number(p95), number(node), number(postgres), statements === null ? '' : number(statements)]
}

function range({ min, max }: Spread): string {
  return `${number(min)} - ${number(max)}`
}

function aimOf({ atLeast, atMost, later, reached }: Result): string {
  if (reached === null) return ''
  const aim = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}${later === undefined ? '' : `, then ${later}`}`
  return `${aim}: ${reached ? 'reached' : 'not reached'}`
}

/** Three figures are all that such a measurement has. */
export function number(value: number | null): string {
  if (value === null || Number.isNaN(value)) return ''
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
