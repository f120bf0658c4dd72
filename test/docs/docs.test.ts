import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectedMatch, readPage, type Step } from './page.ts'

/**
 * Every command in the README, the guide and the API's pages is run, page by page, against the product as a user starts
 * it: blocks marked `sh` in one shell per page, blocks marked `ts` as one program per page, as Node runs TypeScript; a
 * `json` block under them is what the answer of each has to contain ("…" is anything).
 */
const root = join(import.meta.dirname, '..', '..')
const pagesIn = (folder: string): string[] => readdirSync(join(root, 'docs', folder)).filter((name) => name.endsWith('.md')).sort().map((name) => join('docs', folder, name))
const start = join('docs', 'api', 'start.md')
// the API's pages stand on what the first of them makes
const pages = ['README.md', ...pagesIn('guide'), start, ...pagesIn('api').filter((page) => page !== start)]
const MARK = '--8<-- next block'

/** An installation of its own for each language: where both did the same in one, the second would meet what the first did. */
interface Installation {
  readonly home: string
  readonly env: NodeJS.ProcessEnv
  readonly server: ChildProcess
}
const installations = new Map<Step['language'], Installation>()

beforeAll(async () => {
  for (const language of ['sh', 'ts'] as const) installations.set(language, await install())
}, 240_000)

afterAll(async () => {
  for (const { server, home } of installations.values()) {
    if (server.exitCode === null) {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGTERM')
      await ended
    }
    rmSync(home, { recursive: true, force: true })
  }
}, 180_000)

test.each(pages)('%s does what it says', async (page) => {
  const steps = readPage(readFileSync(join(root, page), 'utf8'))
  const ran = await Promise.all([...installations].map(async ([language, installation]) => {
    const own = steps.filter((step) => step.language === language)
    return { own, said: own.length === 0 ? [] : await (language === 'sh' ? runShell : runTypeScript)(own, installation) }
  }))
  for (const { own, said } of ran) {
    own.forEach((step, at) => expectedMatch(said[at] ?? '', step, page))
    expect(said).toHaveLength(own.length)
  }
}, 300_000)

async function runShell(steps: readonly Step[], { env, home }: Installation): Promise<string[]> {
  const script = steps.map((step) => step.commands).join(`\necho; echo '${MARK}'\n`)
  return run('bash', ['-euo', 'pipefail', '-c', script], env, home)
}

/** One module, its blocks one after the other; what they print is printed as JSON, on one line. */
async function runTypeScript(steps: readonly Step[], { env, home }: Installation): Promise<string[]> {
  const print = 'const { log } = console\nconsole.log = (...all) => log(...all.map((one) => (typeof one === \'string\' ? one : JSON.stringify(one))))\n'
  writeFileSync(join(home, 'page.mts'), print + steps.map((step) => step.commands).join(`\nconsole.log('\\n${MARK}')\n`))
  return run(process.execPath, [join(home, 'page.mts')], env, home)
}

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(program, args, { env, cwd, maxBuffer: 64 * 1024 * 1024 }).catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`after ${error.stdout.split(MARK).length} blocks: ${error.stderr}\n${error.stdout.slice(-2000)}`)
  })
  return stdout.split(MARK)
}

async function install(): Promise<Installation> {
  const home = mkdtempSync(join(tmpdir(), 'lotwise-docs-'))
  const port = String(await freePort())
  const env: NodeJS.ProcessEnv = {
    ...process.env, LOTWISE_DATA: join(home, 'data'), HOST: '127.0.0.1', PORT: port, LOTWISE_URL: `http://127.0.0.1:${port}`,
    PATH: `${join(root, 'test', 'docs')}:${process.env['PATH']}`, HOME: home, NODE: process.execPath, LOTWISE_PASSWORD: 'correct horse battery',
  }
  delete env['DATABASE_URL']
  await lotwise(env, 'user', 'create', '--email', 'ann@example.com', '--name', 'Ann', '--organization', 'Meadow Dairy')
  env['LOTWISE_KEY'] = (await lotwise(env, 'key', 'create', '--name', 'guide')).trim()
  const server = spawn(process.execPath, [join(root, 'bin', 'lotwise.js'), 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    const listen = (chunk: Buffer): void => {
      said += chunk.toString()
      if (said.includes('Lotwise is at')) resolve()
    }
    server.stdout.on('data', listen)
    server.stderr.on('data', listen)
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)))
  })
  return { home, env, server }
}

async function lotwise(env: NodeJS.ProcessEnv, ...args: string[]): Promise<string> {
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
