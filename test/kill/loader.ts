/**
 * A busy house in a process of its own: node loader.ts <port> <API key> <journal> <seed>. Eight clients post what a day
 * brings. Each request is written down before it is sent and its answer when it came, so that the journal says what was
 * acknowledged. It ends when the server is gone.
 */
import { openSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openClients } from '../support/http.ts'

const [port = '', apiKey = '', journalFile = '', seed = '0'] = process.argv.slice(2)
const journal = openSync(journalFile, 'a')
const clients = openClients({ host: '127.0.0.1', port: Number(port) }, apiKey, { connections: 8 })
const random = randomOf(Number(seed))
const shipped = { customer: { code: 'SHOP' } }

await Promise.all(Array.from({ length: 8 }, (_, client) => work(client)))

async function work(client: number): Promise<void> {
  const serials: string[][] = []
  for (let index = 0; ; index += 1) {
    const key = `${seed}/${client}/${index}`
    const [path, body] = nextRequest(key, serials)
    note({ key, path, body })
    // told that the database does not answer, it asks again with the same key, as a good client does
    for (let status = 503; status >= 500;) {
      const asked = await clients.ask('POST', path, body, key).catch(() => null)
      if (asked === null) return
      note({ key, status: asked.status, answer: asked.body })
      ;({ status } = asked)
      if (status >= 500) await sleep(100)
    }
  }
}

function note(entry: object): void {
  writeSync(journal, `${JSON.stringify(entry)}\n`)
}

function nextRequest(key: string, serials: string[][]): [path: string, body: object] {
  const cream = { product: { sku: 'CREAM' }, lot: { code: `C-${random(20)}` } }
  const dock = { from: { code: 'DOCK' } }
  switch (random(9)) {
    case 0: case 1:
      return ['/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: [{ ...cream, quantity: '10', to: { code: 'DOCK' } }, { product: { sku: 'CREAM' }, lot: { code: `N-${key}` }, quantity: '5', to: { code: 'DOCK' } }] }]
    case 2:
      return ['/movements/move', { lines: [{ ...cream, quantity: '1', ...dock, to: { code: 'SHELF' } }, { ...cream, quantity: '2', ...dock, to: { code: 'SHELF' } }] }]
    case 3:
      return ['/movements/ship', { to: shipped, lines: [{ ...cream, quantity: '1', ...dock }] }]
    case 4:
      return ['/movements/transform', { inputs: [{ ...cream, quantity: '2', ...dock }], outputs: [{ product: { sku: 'BUTTER' }, lot: { code: `B-${key}` }, quantity: '1', to: { code: 'SHELF' } }] }]
    case 5: {
      const made = Array.from({ length: 20 }, (_, at) => `S-${key}-${at}`)
      serials.push(made)
      return ['/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: [{ product: { sku: 'BIKE' }, units: made.map((serial) => ({ serial })), to: { code: 'DOCK' } }] }]
    }
    case 6:
      return ['/allocations', { demand: { type: 'sales_order', number: `SO-${key}` }, lines: [{ ...cream, quantity: '1', ...dock }] }]
    case 7: {
      const some = serials.shift()
      if (some) return ['/movements/ship', { to: shipped, lines: [{ product: { sku: 'BIKE' }, units: some.map((serial) => ({ serial })), ...dock }] }]
      return ['/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: [{ product: { sku: 'CREAM' }, lot: { code: `T-${random(3)}` }, quantity: '9', to: { code: 'TANK' } }] }]
    }
    default:
      return ['/movements/transform', { inputs: [{ product: { sku: 'CREAM' }, quantity: '4', from: { code: 'TANK' } }], outputs: [{ product: { sku: 'BUTTER' }, lot: { code: `K-${key}` }, quantity: '1', to: { code: 'SHELF' } }] }]
  }
}

/** 0 to below `n`, in an order that the seed fixes. */
function randomOf(start: number): (n: number) => number {
  let state = (start + 1) * 2_654_435_761
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}
