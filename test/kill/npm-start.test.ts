import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HANGS, lotwise, postgresOf, root, startProduct, type Product } from './product.ts'

const isRoot = process.platform === 'linux' && process.getuid?.() === 0
/** Somebody without rights and without a name. */
const SOMEBODY = 64_321

let folder = ''
let product: Product | undefined
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lotwise-npm-')))
  chmodSync(folder, 0o711)
})
afterEach(async () => {
  await product?.killEverything()
  product = undefined
  rmSync(folder, { recursive: true, force: true })
})

test.skipIf(process.platform !== 'linux')('npm start brings it up as whoever we are, and Ctrl-C stops all of it', async () => {
  await startAndStop({ data: join(folder, 'data') })
}, HANGS * 2)

test.skipIf(!isRoot || !othersMayRead(root))('npm start brings it up for a user without rights, whose files they are', async () => {
  const home = join(folder, 'home')
  mkdirSync(home)
  chownSync(home, SOMEBODY, SOMEBODY)
  const data = join(home, 'data')
  await startAndStop({ data, uid: SOMEBODY, home })
  expect(statSync(join(data, 'database', 'cluster')).uid).toBe(SOMEBODY)
}, HANGS * 2)

test.skipIf(process.platform !== 'linux')('what was set up on the command line answers after npm start', async () => {
  const data = join(folder, 'data')
  lotwise(data, ['user', 'create', '--email', 'olga@example.com', '--name', 'Olga', '--organization', 'Meadow Dairy'], { LOTWISE_PASSWORD: 'a long password' })
  const key = lotwise(data, ['key', 'create', '--name', 'first']).trim()
  product = await startProduct({ data, npm: true })
  expect(await get(product.port, '/api/v1/organization', key)).toBe(200)
  expect(await get(product.port, '/api/v1/organization', `${key}x`)).toBe(401)
}, HANGS * 2)

async function startAndStop(start: { data: string; uid?: number; home?: string }): Promise<void> {
  product = await startProduct({ ...start, npm: true })
  expect(await get(product.port, '/health')).toBe(200)
  expect(product.said()).toContain('make the first account')
  expect(postgresOf(start.data).length).toBeGreaterThan(0)
  await product.stop()
  await expect.poll(() => postgresOf(start.data), { timeout: HANGS }).toEqual([])
  expect(existsSync(join(start.data, 'database', 'cluster', 'postmaster.pid'))).toBe(false)
}

function get(port: number, path: string, key?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, timeout: HANGS, headers: key === undefined ? {} : { authorization: `Bearer ${key}` } }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** True where every folder down to here is open to others: a clone under root's home is not. */
function othersMayRead(path: string): boolean {
  if ((statSync(path).mode & 0o001) === 0) return false
  return path === dirname(path) || othersMayRead(dirname(path))
}
