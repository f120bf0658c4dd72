#!/usr/bin/env node
// Runs under any Node: goes on in this one where it is new enough, else in the Node 24 that npm installed beside us.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEEDED = 24
const cli = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'app', 'cli.ts')

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  const { main } = await import(new URL('../src/app/cli.ts', import.meta.url).href)
  await main(process.argv.slice(2))
} else {
  const node = installedNode()
  if (node === null) {
    console.error(`Lotwise needs Node ${NEEDED} or newer; this is ${process.versions.node}, and none was installed beside it for ${process.platform}-${process.arch}.`)
    console.error('Run npm ci without --omit=optional, or install Node 24 from https://nodejs.org and start it with that.')
    process.exitCode = 1
  } else {
    const child = spawn(node, [cli, ...process.argv.slice(2)], { stdio: 'inherit' })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    child.on('error', (error) => {
      console.error(`Node ${NEEDED} at ${node} does not start: ${error.message}`)
      process.exit(1)
    })
    child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
  }
}

/** @returns {string | null} */
function installedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`))
    const path = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(path) ? path : null
  } catch {
    return null
  }
}
