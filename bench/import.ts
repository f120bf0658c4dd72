/**
 * `node bench/import.ts [rows]`: takes opening stock of so many rows (50,000) in, from the bytes of a file to posted
 * movements, on an embedded server in a temporary folder, and again unchanged. Prints seconds, CPU and memory of this process.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandLineCaller } from '#src/app/commands/command.ts'
import { foundOrganization } from '#src/app/access/setup.ts'
import { connect } from '#src/db/connect.ts'
import { changeSettings, startRun } from '#src/imports/change.ts'
import { getImport } from '#src/imports/queries.ts'
import { createImport } from '#src/imports/upload.ts'
import { workOnImport } from '#src/imports/work.ts'
import { systemClock } from '#src/lib/time.ts'

const rows = Number(process.argv[2] ?? 50_000)
const file = Buffer.from([
  'SKU;Description;Lot;Best before;Bin;Qty;UOM',
  ...Array.from({ length: rows }, (_, at) => `SKU-${at % 2000};Product ${at % 2000};LOT${String(at).padStart(6, '0')};${String(1 + (at % 28)).padStart(2, '0')}.0${1 + (at % 9)}.2027;BIN-${at % 1500};${(at % 100) + 1},5;kg`),
  '',
].join('\n'))

/** Milliseconds of CPU that the server's processes for our connections have used; 0 where /proc does not tell. */
async function databaseCpu(): Promise<number> {
  const { rows: backends } = await connection.appPool.query<{ pid: number }>('select pid from pg_stat_activity where datname = current_database()')
  return backends.reduce((sum, { pid }) => {
    const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ') : []
    return sum + (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) * 10
  }, 0)
}

const folder = mkdtempSync(join(tmpdir(), 'lotwise-bench-'))
chmodSync(folder, 0o711)
const connection = await connect({ dataFolder: join(folder, 'data'), name: 'bench' })
try {
  const { database } = connection
  const organizationId = await foundOrganization({ database, clock: systemClock }, null, { name: 'Bench', currency: 'EUR', timeZone: 'UTC' })
  const call = () => commandLineCaller(database, organizationId)
  for (const name of ['new', 'unchanged']) {
    const began = performance.now()
    const cpu = process.cpuUsage()
    const serverCpu = await databaseCpu()
    const { importId } = await createImport(call(), { source: 'bench' }, file)
    await changeSettings(call(), importId, { facility: 'MAIN' })
    await workOnImport({ database, clock: systemClock }, organizationId, importId)
    const checked = performance.now()
    await startRun(call(), importId, 'good_rows')
    await workOnImport({ database, clock: systemClock }, organizationId, importId)
    const { status, counts } = await getImport(call(), importId)
    const { user, system } = process.cpuUsage(cpu)
    const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1)
    console.log(`${rows} rows, ${name}: ${status}, ${JSON.stringify(counts)}; read and checked in ${seconds(checked - began)} s, all in ${seconds(performance.now() - began)} s; CPU ${seconds((user + system) / 1000)} s and of the database ${seconds((await databaseCpu()) - serverCpu)} s; at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)
  }
} finally {
  await connection.close()
  rmSync(folder, { recursive: true, force: true })
}
