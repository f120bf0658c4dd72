import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts'

const cli = join(import.meta.dirname, '..', '..', '..', 'bin', 'lotwise.js')
let db: TestDatabase
let folder: string
beforeAll(async () => {
  db = await createTestDatabase()
  folder = mkdtempSync(join(tmpdir(), 'lotwise-cli-'))
  chmodSync(folder, 0o711)
})
afterAll(async () => {
  await db.drop()
  rmSync(folder, { recursive: true, force: true })
})

function run(args: string[], environment: Record<string, string> = { DATABASE_URL: db.url }): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { env: { PATH: process.env['PATH'], ...environment } }, (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, output: `${stdout}${stderr}` }))
  })
}

test('a company goes in by its file, out as CSV, into a backup and onto an embedded server', async () => {
  const file = join(folder, 'stock.csv')
  writeFileSync(file, 'Product code,Lot number,Expires,Physical QOH\n007,1E10,03/04/2027,12\nB,,,-1\n')
  expect(await run(['user', 'create', '--email', 'ann@example.com', '--name', 'Ann', '--organization', 'Hill Farm'], { DATABASE_URL: db.url, LOTWISE_PASSWORD: 'a long password' })).toMatchObject({ code: 0 })

  const asked = await run(['import', file])
  expect(asked).toMatchObject({ code: 2, output: expect.stringContaining('? facility:') })
  expect(asked.output).toContain('DD/MM/YYYY  (03/04/2027 = 2027-04-03)')
  const tried = await run(['import', file, '--facility', 'MAIN', '--date-format', 'MM/DD/YYYY'])
  expect(tried).toMatchObject({ code: 0, output: expect.stringContaining('2 rows: 1 new, 0 changed, 0 unchanged, 1 bad.') })
  expect(tried.output).toContain('line 3, Physical QOH “-1”: It is below zero.')
  expect(await run(['import', file, '--facility', 'MAIN', '--date-format', 'MM/DD/YYYY', '--run', '--all-or-nothing'])).toMatchObject({ code: 1, output: expect.stringContaining('1 rows are bad') })
  const done = await run(['import', file, '--facility', 'MAIN', '--date-format', 'MM/DD/YYYY', '--run', '--result', join(folder, 'result.csv')])
  expect(done).toMatchObject({ code: 1, output: expect.stringContaining('is done: 1 rows imported, 1 bad.') })
  expect(readFileSync(join(folder, 'result.csv'), 'utf8')).toMatch(/^Product code,.*\r\n007,1E10,03\/04\/2027,12,2,imported,/)

  const stock = await run(['export', 'stock'])
  expect(stock.output).toMatch(/\r\n007,007,lot,1E10,.*2027-03-04,MAIN,,,,12,each/)
  const backup = join(folder, 'all.lotwise')
  expect(await run(['backup', backup, '--quiet'])).toMatchObject({ code: 0 })
  const embedded = { LOTWISE_DATA: join(folder, 'data') }
  expect(await run(['restore', backup, '--quiet'], embedded)).toMatchObject({ code: 0, output: expect.stringContaining('Hill Farm: every invariant holds') })
  expect(await run(['export', 'stock'], embedded)).toEqual(stock)
  expect(await run(['restore', backup, '--quiet'], embedded)).toMatchObject({ code: 1, output: expect.stringContaining('There is something in this database') })

  const importId = /Import ([0-9a-f-]{36})/.exec(done.output)?.[1] ?? ''
  expect(await run(['import', '--undo', importId])).toMatchObject({ code: 0, output: expect.stringContaining('The import was taken back.') })
  expect((await run(['export', 'stock'])).output.trim().split('\r\n')).toHaveLength(1)
}, 240_000)
