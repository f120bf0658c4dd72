import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'

describe('the settings', () => {
  test('need nothing: this machine only, port 3000, a database of our own in ./data', () => {
    expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 3000, dataFolder: `${process.cwd()}/data`, databaseUrl: null, tls: null, trustedProxies: [] })
  })

  test('that cannot be used are all named at once, with what would do', () => {
    const read = () => readConfig({ PORT: '70000', LOTWISE_LOG_LEVEL: 'loud', LOTWISE_TLS_KEY: 'key.pem', LOTWISE_SECRET: 'short', LOTWISE_URL: 'stock.example.com' })
    for (const named of ['PORT=70000: a whole number from 0 to 65535', 'LOTWISE_LOG_LEVEL=loud', 'LOTWISE_TLS_KEY and LOTWISE_TLS_CERT', 'LOTWISE_SECRET: at least 32', 'LOTWISE_URL: an address']) {
      expect(read).toThrow(named)
    }
  })

  test('never repeat a password or a secret in a complaint', () => {
    const read = () => readConfig({ DATABASE_URL: 'mysql://root:hunter2@db/lots', LOTWISE_SECRET: 'hunter3' })
    expect(read).toThrow(/^(?![^]*hunter)/)
  })

  test('take proxies as a list', () => {
    expect(readConfig({ LOTWISE_TRUSTED_PROXIES: '10.0.0.1, 10.1.0.0/16' }).trustedProxies).toEqual(['10.0.0.1', '10.1.0.0/16'])
  })
})

describe('the guide', () => {
  test('explains every setting there is, and no other', () => {
    const read = readFileSync(new URL('config.ts', import.meta.url), 'utf8').matchAll(/(?:text|whole|url)\('([A-Z_]+)'/g)
    const explained = readFileSync(new URL('../../docs/guide/install.md', import.meta.url), 'utf8').match(/^\| ?`[^|]*\|/gm)?.join(' ').matchAll(/`([A-Z_]+)`/g)
    expect([...(explained ?? [])].map(([, name]) => name).toSorted()).toEqual([...new Set([...read].map(([, name]) => name))].toSorted())
  })
})
