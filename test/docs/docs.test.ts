import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectedMatch, readPage, type Step } from './page.ts'

/**
 * Every command in the README and the guide is run, page by page, against the product as a user starts it: blocks
 * marked `sh` in one shell per page, and a `json` block under one is what its answer has to contain ("…" is anything).
 */
const root = join(import.meta.dirname, '..', '..')
const pages = ['README.md', ...readdirSync(join(root, 'docs', 'guide')).filter((name) => name.endsWith('.md')).sort().map((name) => join('docs', 'guide', name))]
const MARK = '--8<-- next block'
const home = mkdtempSync(join(tmpdir(), 'lotwise-docs-'))
const env: NodeJS.ProcessEnv = { ...process.env, LOTWISE_DATA: join(home, 'data'), HOST: '127.0.0.1', PATH: `${join(root, 'test', 'docs')}:${process.env['PATH']}`, HOME: home, NODE: process.execPath, LOTWISE_PASSWORD: 'correct horse battery' }
delete env['DATABASE_URL']
let server: ChildProcess

beforeAll(async () => {
  env['PORT'] = String(await freePort())
  env['LOTWISE_URL'] = `http://127.0.0.1:${env['PORT']}`
  await lotwise('user', 'create', '--email', 'ann@example.com', '--name', 'Ann', '--organization', 'Meadow Dairy')
  env['LOTWISE_KEY'] = (await lotwise('key', 'create', '--name', 'guide')).trim()
  server = spawn(process.execPath, [join(root, 'bin', 'lotwise.js'), 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    const listen = (chunk: Buffer): void => {
      said += chunk.toString()
      if (said.includes('Lotwise is at')) resolve()
    }
    server.stdout?.on('data', listen)
    server.stderr?.on('data', listen)
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)))
  })
}, 180_000)

afterAll(async () => {
  if (server && server.exitCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGTERM')
    await ended
  }
  rmSync(home, { recursive: true, force: true })
}, 180_000)

test.each(pages)('%s does what it says', async (page) => {
  const steps = readPage(readFileSync(join(root, page), 'utf8'))
  const said = await runSteps(steps)
  steps.forEach((step, at) => {
    if (step.expected !== null) expectedMatch(said[at] ?? '', step, page)
  })
  expect(said).toHaveLength(steps.length)
}, 300_000)

async function runSteps(steps: readonly Step[]): Promise<string[]> {
  if (steps.length === 0) return []
  const script = steps.map((step) => step.commands).join(`\necho; echo '${MARK}'\n`)
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { env, cwd: home, maxBuffer: 64 * 1024 * 1024 }).catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`after ${error.stdout.split(MARK).length} blocks: ${error.stderr}\n${error.stdout.slice(-2000)}`)
  })
  return stdout.split(MARK)
}

async function lotwise(...args: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [join(root, 'bin', 'lotwise.js'), ...args], { env })).stdout
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
