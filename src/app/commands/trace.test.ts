import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/support/app.ts'
import { ok } from '../../../test/support/command.ts'
import { mastersOf } from '../../../test/support/masters.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
  const scene = mastersOf(app.api)
  const [milk, farm, dock] = [await scene.product('MILK', { uom: 'kg', tracking: 'lot' }), await scene.party('Farm'), await scene.place('DOCK')]
  await ok(app.api('POST', '/movements/receive', { from: { supplier: farm }, lines: [{ product: milk, lot: { code: '007' }, quantity: '12', to: dock }] }))
})
afterAll(() => app.close())

async function lotwise(...args: string[]): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', '..', 'bin', 'lotwise.js'), ...args], {
    env: { PATH: process.env['PATH'], DATABASE_URL: app.url, LOTWISE_SECRET: 'a secret of at least 32 characters' }, stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => void (errors += chunk.toString()))
  const [code] = await once(child, 'close')
  return { code: code as number | null, output, errors }
}

describe('lotwise trace', () => {
  test('tells in words and as CSV where a lot came from', async () => {
    expect(await lotwise('trace', 'backward', '007')).toMatchObject({ code: 0, output: expect.stringContaining('received 12 kg from Farm') })
    const { code, output } = await lotwise('trace', 'backward', '007', '--csv')
    expect(code).toBe(0)
    expect(output.split('\r\n').map((row) => row.split(',')[0])).toEqual(['row', 'node', 'on_hand', 'supplier', ''])
  })

  test('says what it does not know or understand', async () => {
    expect(await lotwise('trace', 'backward', '7')).toMatchObject({ code: 1, errors: expect.stringContaining('There is no lot and no unit 7.') })
    expect(await lotwise('trace', '007')).toMatchObject({ code: 2, errors: expect.stringContaining('lotwise trace forward|backward') })
  })
})

describe('lotwise snapshot', () => {
  test('keeps what stock is, and nothing of the future', async () => {
    expect(await lotwise('snapshot')).toMatchObject({ code: 0, output: expect.stringMatching(/^Stock as of \S+Z, as known at \S+Z: 1 rows\.\n$/) })
    expect(await lotwise('snapshot', '--through', '2099-01-01T00:00:00Z')).toMatchObject({ code: 1, errors: expect.stringContaining('cannot be asked yet') })
    expect(await lotwise('snapshot', '--through', 'yesterday')).toMatchObject({ code: 2, errors: expect.stringContaining('is no instant') })
  })
})
