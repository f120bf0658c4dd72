import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { buildWeb, webFolder } from '#src/app/web-build.ts'

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly src?: string
  readonly imports?: readonly string[]
  readonly dynamicImports?: readonly string[]
  readonly css?: readonly string[]
}

/** Bytes of scripts and styles, gzipped, that a page may ask of somebody who comes for the first time. */
const LIMIT = 300_000

let manifest: Record<string, Chunk>
beforeAll(async () => {
  await buildWeb()
  manifest = JSON.parse(readFileSync(join(webFolder, '.vite', 'manifest.json'), 'utf8')) as Record<string, Chunk>
}, 120_000)

test('no page weighs more than 300 kB at first load, gzipped', () => {
  const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry) ?? ''
  const pages = (manifest[entry]?.dynamicImports ?? []).filter((name) => name.endsWith('.tsx'))
  expect(pages.length).toBeGreaterThan(10)
  const english = Object.keys(manifest).filter((name) => name.endsWith('en.po'))
  const weights = pages.map((name) => ({ page: name, bytes: weigh([entry, name, ...english]) })).sort((a, b) => b.bytes - a.bytes)
  console.log(`the heaviest page is ${weights[0]?.page} with ${Math.round((weights[0]?.bytes ?? 0) / 1000)} kB, the lightest ${Math.round((weights.at(-1)?.bytes ?? 0) / 1000)} kB`)
  expect(weights.filter(({ bytes }) => bytes > LIMIT)).toEqual([])
})

/** All that these chunks need, each file once. */
function weigh(names: readonly string[]): number {
  const seen = new Set<string>()
  const files = new Set<string>()
  const walk = (name: string): void => {
    const chunk = manifest[name]
    if (chunk === undefined || seen.has(name)) return
    seen.add(name)
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file)
    for (const next of chunk.imports ?? []) walk(next)
  }
  for (const name of names) walk(name)
  return [...files].filter((file) => /\.(?:js|css)$/.test(file)).reduce((sum, file) => sum + statSync(join(webFolder, `${file}.gz`)).size, 0)
}
