import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import type { BenchDatabase } from './cluster.ts'

/** `lotwise serve` over a benchmark's database, in its own process, on a port of its own. */
export interface RunningServer {
  readonly pid: number
  client(): Promise<HttpClient>
  stop(): Promise<void>
}

const cli = join(import.meta.dirname, '..', 'bin', 'lotwise.js')

/** `nodeOptions` are for profiling: `BENCH_NODE_OPTIONS=--cpu-prof`. */
export async function startServer(database: BenchDatabase): Promise<RunningServer> {
  const options = (process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter((option) => option !== '')
  const child = spawn(process.execPath, [...options, cli, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: database.url, LOTWISE_SECRET: randomBytes(32).toString('hex'), HOST: '127.0.0.1', PORT: '0', LOTWISE_REQUESTS_PER_MINUTE: '0', LOTWISE_LOG_LEVEL: 'error', NODE_ENV: 'production' },
  })
  const port = await new Promise<number>((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString()
      const at = /Lotwise is at http:\/\/[^:]+:(\d+)/.exec(said)
      if (at) resolve(Number(at[1]))
    })
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)))
  })
  const sockets: HttpClient[] = []
  return {
    pid: child.pid ?? 0,
    client: async () => {
      const client = await HttpClient.open(port, database.key)
      sockets.push(client)
      return client
    },
    stop: async () => {
      for (const socket of sockets) socket.close()
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    },
  }
}

export interface Answer {
  readonly status: number
  readonly body: string
}

/** One keep-alive connection, one request at a time; as little work as can be, since it shares the machine with the server. */
export class HttpClient {
  readonly #port: number
  readonly #head: string
  #socket: Socket
  #received: Buffer[] = []
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined
  #needed = 0

  private constructor(port: number, key: string, socket: Socket) {
    this.#port = port
    this.#head = `Host: localhost\r\nAuthorization: Bearer ${key}\r\nConnection: keep-alive\r\n`
    this.#socket = this.#listenTo(socket)
  }

  static async open(port: number, key: string): Promise<HttpClient> {
    return new HttpClient(port, key, await dial(port))
  }

  #listenTo(socket: Socket): Socket {
    socket.setNoDelay(true)
    socket.on('data', (data) => this.#take(data))
    socket.on('error', (error) => this.#waiting?.reject(error))
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')))
    return socket
  }

  /** The bytes of a write, made before the clock runs. */
  static postBytes(path: string, key: string, body: unknown): readonly [string, string] {
    const text = JSON.stringify(body)
    return [`POST /api/v1${path} HTTP/1.1\r\nContent-Type: application/json\r\nIdempotency-Key: ${key}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`, text]
  }

  post([head, body]: readonly [string, string]): Promise<Answer> {
    return this.#send(`${head}${this.#head}\r\n${body}`)
  }

  get(path: string, accept = 'application/json'): Promise<Answer> {
    return this.#send(`GET /api/v1${path} HTTP/1.1\r\nAccept: ${accept}\r\n${this.#head}\r\n`)
  }

  close(): void {
    this.#waiting = undefined
    this.#socket.destroy()
  }

  async #send(text: string): Promise<Answer> {
    // idle for long (another database was being made), it was closed by the server
    if (this.#socket.destroyed) this.#socket = this.#listenTo(await dial(this.#port))
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(text)
    })
  }

  #take(data: Buffer): void {
    this.#received.push(data)
    let size = 0
    for (const part of this.#received) size += part.length
    if (size < this.#needed) return
    const all = this.#received.length === 1 ? data : Buffer.concat(this.#received)
    this.#received = [all]
    const end = all.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = all.toString('latin1', 0, end)
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
    if (length === undefined) {
      if (!all.subarray(-5).equals(LAST_CHUNK)) return
    } else {
      this.#needed = end + 4 + Number(length)
      if (all.length < this.#needed) return
    }
    const waiting = this.#waiting
    this.#received = []
    this.#needed = 0
    this.#waiting = undefined
    const body = all.subarray(end + 4)
    waiting?.resolve({ status: Number(head.slice(9, 12)), body: length === undefined ? unchunked(body) : body.toString() })
  }
}

function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => resolve(socket))
    socket.once('error', reject)
  })
}

const LAST_CHUNK = Buffer.from('0\r\n\r\n')

function unchunked(body: Buffer): string {
  const parts: Buffer[] = []
  for (let at = 0; ;) {
    const lineEnd = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16)
    if (!(size > 0)) return Buffer.concat(parts).toString()
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
}
