import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const root = resolve(import.meta.dirname, '..', '..')
/** Milliseconds after which something hangs; nothing here depends on how fast the machine is. */
export const HANGS = 60_000

/** The product as an operator starts it, in processes of its own. */
export interface Product {
  readonly port: number
  /** What it printed, both outputs. */
  said(): string
  /** SIGKILL to the serving process and to every process of its PostgreSQL, as a power cut or an OOM killer would. */
  killEverything(): Promise<void>
  killNode(): Promise<void>
  /** SIGKILL to PostgreSQL only. */
  killPostgres(): void
  /** Asks it to stop as Ctrl-C does, and waits; its exit code. */
  stop(): Promise<number | null>
  readonly ended: Promise<number | null>
}

export interface Start {
  readonly data: string
  /** `npm start` instead of the command itself. */
  readonly npm?: boolean
  /** The user it runs as, where we are root. */
  readonly uid?: number
  readonly home?: string
}

/** Starts it and waits until it listens; rejects where it ends before, with what it said. */
export async function startProduct(start: Start): Promise<Product> {
  const starting = beginStart(start)
  const deadline = Date.now() + HANGS
  for (;;) {
    const port = /Lotwise is at http:\/\/127\.0\.0\.1:(\d+)/.exec(starting.said())?.[1]
    if (port !== undefined) return { ...starting, port: Number(port) }
    if (starting.child.exitCode !== null || starting.child.signalCode !== null) throw new Error(`it ended: ${starting.said()}`)
    if (Date.now() > deadline) {
      await starting.killEverything()
      throw new Error(`it does not listen: ${starting.said()}`)
    }
    await sleep(5)
  }
}

/** Starts it and does not wait, to kill it while it comes up. */
export function beginStart({ data, npm = false, uid, home }: Start): Omit<Product, 'port'> & { readonly child: ChildProcess } {
  const child = spawn(npm ? 'npm' : process.execPath, npm ? ['start'] : ['src/app/cli.ts', 'serve'], {
    cwd: root, env: environment(data, home), stdio: ['ignore', 'pipe', 'pipe'],
    // a group of its own, which Ctrl-C in a terminal would reach as a whole
    detached: true, ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  let said = ''
  child.stdout?.on('data', (part: Buffer) => void (said += part.toString()))
  child.stderr?.on('data', (part: Buffer) => void (said += part.toString()))
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, name)
  }
  return {
    child, ended, said: () => said,
    killEverything: async () => {
      signal('SIGKILL')
      killPostgres(data)
      await ended
      // what was being started while we looked
      while (killPostgres(data) > 0) await sleep(5)
    },
    killNode: async () => {
      signal('SIGKILL')
      await ended
    },
    killPostgres: () => void killPostgres(data),
    stop: () => {
      signal('SIGINT')
      return ended
    },
  }
}

/** One command of the command line; what it printed. Throws where it fails. */
export function lotwise(data: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/app/cli.ts', ...args], { cwd: root, env: { ...environment(data, undefined), ...more }, encoding: 'utf8', timeout: HANGS })
  if (status !== 0) throw new Error(`lotwise ${args.join(' ')}: ${status} ${stdout}${stderr}`)
  return stdout
}

/** As on a machine that knows nothing of these tests. */
function environment(data: string, home: string | undefined): NodeJS.ProcessEnv {
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules')).join(':')
  const ours = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|LOTWISE_|NODE_|DATABASE_|PG)/i.test(name))
  return { ...Object.fromEntries(ours), PATH: path, LOTWISE_DATA: data, PORT: '0', HOST: '127.0.0.1', ...(home === undefined ? {} : { HOME: home }) }
}

/** Every process that stands in the cluster's folder: the server and what it forked. */
export function postgresOf(data: string): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && standsIn(name, join(data, 'database', 'cluster'))).map(Number)
}

function standsIn(pid: string, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

function killPostgres(data: string): number {
  const pids = postgresOf(data)
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // gone already
    }
  }
  return pids.length
}
