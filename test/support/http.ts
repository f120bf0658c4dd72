import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'

/** What a client was told; `body` is parsed. */
export interface HttpAnswer {
  readonly status: number
  // tests look into what they expect: the contract has validated it
  // oxlint-disable-next-line no-explicit-any
  readonly body: any
}

/** Many clients of one server: real connections, kept alive, as browsers and scanners hold them. */
export interface HttpClients {
  /** One request below /api/v1 with the API key; a write gets an Idempotency-Key of its own unless one is given. Throws where no answer came. */
  ask(method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown, idempotencyKey?: string): Promise<HttpAnswer>
  close(): void
}

/** `connections`: how many requests travel at once; more wait. `timeout`: milliseconds until a silent server is given up, a guard against hanging. */
export function openClients(origin: { host: string; port: number }, apiKey: string, options: { readonly connections: number; readonly timeout?: number }): HttpClients {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections })
  const ask: HttpClients['ask'] = (method, path, body, idempotencyKey) => new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      authorization: `Bearer ${apiKey}`,
      ...(method === 'GET' ? {} : { 'idempotency-key': idempotencyKey ?? randomUUID() }),
      ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
    }
    const sent = request({ agent, host: origin.host, port: origin.port, method, path: `/api/v1${path}`, headers, timeout: options.timeout ?? 60_000 }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => void parts.push(part))
      response.on('error', reject)
      response.on('close', () => {
        // an answer that breaks off is no answer
        const text = Buffer.concat(parts).toString()
        if (response.complete) resolve({ status: response.statusCode ?? 0, body: text === '' ? null : JSON.parse(text) })
        else reject(new Error('the answer broke off'))
      })
    })
    sent.on('timeout', () => sent.destroy(new Error('the server is silent')))
    sent.on('error', reject)
    sent.end(payload)
  })
  return { ask, close: () => agent.destroy() }
}
