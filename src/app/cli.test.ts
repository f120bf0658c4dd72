import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const bin = join(import.meta.dirname, '..', '..', 'bin', 'lotwise.js')

function start(args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env['PATH'], DATABASE_URL: db.url, LOTWISE_SECRET: 'a secret of at least 32 characters', PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const hear = (chunk: Buffer) => void (output += chunk.toString())
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const exit = once(child, 'exit').then(([code]) => ({ code: code as number | null, output }))
  const said = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = pattern.exec(output)
      if (found) return found[1] ?? found[0]
      if (child.exitCode !== null) throw new Error(`it ended before it said ${pattern}: ${output}`)
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), exit])
    }
  }
  return { child, exit, said }
}
const run = (args: string[], environment?: Record<string, string>) => start(args, environment).exit

describe('the command line', () => {
  test('tells its commands, and that one does not exist', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, output: expect.stringMatching(/serve .*\n.*migrate/) })
    expect(await run(['toString'])).toMatchObject({ code: 2, output: expect.stringContaining('There is no command toString.') })
    expect(await run(['user', '--shoe-size', '42'])).toMatchObject({ code: 2, output: expect.stringContaining('--shoe-size') })
  })

  test('names a bad setting instead of starting with it', async () => {
    expect(await run(['serve'], { PORT: 'three' })).toMatchObject({ code: 1, output: expect.stringContaining('PORT=three: a whole number from 0 to 65535') })
    expect(await run(['serve'], { LOTWISE_SECRET: '' })).toMatchObject({ code: 1, output: expect.stringContaining('LOTWISE_SECRET: needed with DATABASE_URL') })
  })

  test('sets up unattended, then adds people to the organisation', async () => {
    const owner = ['user', 'create', '--email', 'ann@example.com', '--name', 'Ann', '--organization', 'Hill Farm']
    expect(await run(owner, { LOTWISE_PASSWORD: 'short' })).toMatchObject({ code: 2, output: expect.stringContaining('owner.password') })
    expect(await run(owner, { LOTWISE_PASSWORD: 'a long password' })).toMatchObject({ code: 0, output: expect.stringContaining('Set up: ann@example.com owns') })
    expect(await run(['user', 'create', '--email', 'bob@example.com', '--name', 'Bob', '--role', 'operator'], { LOTWISE_PASSWORD: 'a long password' })).toMatchObject({ code: 0, output: expect.stringContaining('as operator') })
    expect(await run(['user', 'password', '--email', 'bob@example.com'], { LOTWISE_PASSWORD: 'another password' })).toMatchObject({ code: 0 })
    expect(await run(['user', 'password', '--email', 'eve@example.com'], { LOTWISE_PASSWORD: 'another password' })).toMatchObject({ code: 1, output: expect.stringContaining('There is no person eve@example.com') })
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('serves until %s, and ends well', async (signal) => {
    const server = start(['serve'])
    const url = await server.said(/Lotwise is at (\S+)/)
    const health = await fetch(`${url}/health`)
    expect([health.status, await health.json()]).toMatchObject([200, { status: 'ok', pendingMigrations: [] }])
    server.child.kill(signal)
    expect(await server.exit).toMatchObject({ code: 0 })
  })

  test('says so when the port is taken', async () => {
    const first = start(['serve'])
    const port = new URL(await first.said(/Lotwise is at (\S+)/)).port
    expect(await run(['serve'], { PORT: port })).toMatchObject({ code: 2, output: expect.stringContaining(`Port ${port} of 127.0.0.1 is taken`) })
    first.child.kill('SIGTERM')
    await first.exit
  })
})
