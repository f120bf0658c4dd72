import { newId } from '#src/lib/id.ts'
import type { Cluster } from './cluster.ts'
import { percentile, sample, spreadOf, type Sample } from './measure.ts'
import { moveRequest, plainValues, postMove, randomMoves, take, textsOfLastMove, writePlain } from './posting.ts'
import { isReached, toFigures, type Result } from './report.ts'
import { stockSeed } from './seeds.ts'
import { startServer } from './server.ts'

const ROUNDS = 7
const OPERATIONS = 300
const SMALL = 10_000

/** How posting slows down as the history grows: the same stock and the same moves, behind 10,000 lines and behind a hundred (a thousand) times as many. */
export async function growth(cluster: Cluster, { large }: { readonly large: boolean }): Promise<Result[]> {
  const results: Result[] = []
  for (const lines of large ? [1_000_000, 10_000_000] : [1_000_000]) results.push(await growTo(cluster, lines))
  return results
}

interface Side {
  ours(): Promise<Sample>
  plain(): Promise<Sample>
  close(): Promise<void>
}

async function growTo(cluster: Cluster, lines: number): Promise<Result> {
  const small = await openSide(cluster, SMALL)
  const big = await openSide(cluster, lines)
  try {
    await cluster.checkpoint()
    const samples = { ours: [] as Sample[], plain: [] as Sample[], oursSmall: [] as Sample[], plainSmall: [] as Sample[] }
    for (let round = 0; round < ROUNDS; round += 1) {
      samples.oursSmall.push(await small.ours())
      samples.ours.push(await big.ours())
      samples.plainSmall.push(await small.plain())
      samples.plain.push(await big.plain())
    }
    const ratio = growthOf(samples.oursSmall, samples.ours)
    const aim = { atMost: 1.5 }
    return {
      name: `posting, p95 at ${lines.toLocaleString('en')} lines against ${SMALL.toLocaleString('en')}`, measure: 'growth', ...aim, reached: isReached(aim, ratio.median), ratio,
      ours: toFigures(samples.ours, undefined), plain: toFigures(samples.plain, undefined), plainRatio: growthOf(samples.plainSmall, samples.plain),
    }
  } finally {
    await small.close()
    await big.close()
  }
}

function growthOf(small: readonly Sample[], big: readonly Sample[]) {
  return spreadOf(big.map((one, round) => percentile(one.latencies, 95) / percentile((small[round] as Sample).latencies, 95)))
}

async function openSide(cluster: Cluster, lines: number): Promise<Side> {
  const database = await cluster.open(stockSeed(`stock_${lines / 1000}k`, lines))
  const server = await startServer(database)
  const moves = randomMoves(lines)
  const http = [await server.client()]
  const plain = await database.plain(1)
  const ours = async (operations = OPERATIONS): Promise<Sample> => sample({ node: server.pid, postmaster: cluster.postmaster }, 1, operations, postMove(http, take(moves, operations).map((move) => moveRequest(move, 'ids'))))
  await ours()
  const texts = await textsOfLastMove(database)
  const theirs = async (operations = OPERATIONS): Promise<Sample> =>
    sample({ node: process.pid, postmaster: cluster.postmaster }, 1, operations, writePlain(plain, take(moves, operations).map((move) => plainValues(move, database.organizationId, texts, newId()))))
  await theirs(50)
  return {
    ours, plain: theirs,
    close: async () => {
      await server.stop()
      await database.close()
    },
  }
}
