import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { constants as fsConstants, globSync } from 'node:fs'
import { copyFile, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = join(import.meta.dirname, '..', '..')
/** Where the built web app is. */
export const webFolder = join(root, 'web', 'dist')
const STAMP = 'built-from'
const DAY = 86_400_000

/**
 * Builds the web app where it is missing or older than its sources, so that `npm ci && npm start` is all it takes. Some
 * seconds once, nothing after that. It is built beside the old one and put in its place at once, also when two start
 * together. Answers what was done: `fresh`, `built`, or `impossible` where the tools that build are not installed and so
 * whatever was built before is served.
 */
export async function buildWeb(): Promise<'fresh' | 'built' | 'impossible'> {
  const sources = await hashSources()
  if ((await readFile(join(webFolder, STAMP), 'utf8').catch(() => null)) === sources) return 'fresh'
  const vite = findVite()
  if (vite === null) return 'impossible'
  const folder = `${webFolder}.${process.pid}`
  try {
    // a process of its own: React and Vite ask NODE_ENV what to build, and here it may say anything
    await promisify(execFile)(process.execPath, [vite, 'build', '--config', join(root, 'web', 'vite.config.ts'), '--outDir', folder, '--logLevel', 'warn'], { cwd: root, env: { ...process.env, NODE_ENV: 'production' } })
    await compress(folder)
    await writeFile(join(folder, STAMP), sources)
    await replace(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return 'built'
}

/** The program that builds; null where it was left out of the installation. */
function findVite(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  } catch {
    return null
  }
}

/** SHA-256 over every file the web app is made from, and over what it is made with. */
async function hashSources(): Promise<string> {
  const files = globSync(['web/**/*', 'src/lib/**/*.ts', 'src/gs1/**/*.ts', 'docs/README.md', 'docs/{guide,api}/*.md', 'docs/pictures/*', 'GLOSSARY.md', 'REFUSALS.md', 'package-lock.json'], { cwd: root, exclude: (name) => /^web[/\\]dist/.test(name) })
  const hash = createHash('sha256')
  for (const file of files.filter((name) => /\.\w+$/.test(name) && !/\.test\.tsx?$|^web[/\\]dist/.test(name)).sort()) {
    hash.update(`${file}\0`).update(await readFile(join(root, file))).update('\0')
  }
  return hash.digest('hex')
}

/** Smaller copies beside each text, made once instead of at every request. */
async function compress(folder: string): Promise<void> {
  for (const file of globSync('**/*.{js,css,svg}', { cwd: folder })) {
    const text = await readFile(join(folder, file))
    await writeFile(join(folder, `${file}.gz`), await promisify(gzip)(text, { level: 9 }))
    await writeFile(join(folder, `${file}.br`), await promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
  }
}

/** Pages that are open go on with the files they were made of: those of the last day are kept beside the new ones. */
async function replace(folder: string): Promise<void> {
  for (const name of await readdir(join(webFolder, 'assets')).catch(() => [])) {
    const file = join(webFolder, 'assets', name)
    if (Date.now() - (await stat(file)).mtimeMs < DAY) await copyFile(file, join(folder, 'assets', name), fsConstants.COPYFILE_EXCL).then(async () => keepTime(file, join(folder, 'assets', name)), () => {})
  }
  const old = `${webFolder}.${process.pid}.old`
  await rename(webFolder, old).catch(() => {})
  // another process may have been first; then its build is as good as ours
  await rename(folder, webFolder).catch(() => {})
  await rm(old, { recursive: true, force: true })
}

async function keepTime(from: string, to: string): Promise<void> {
  const { atime, mtime } = await stat(from)
  await utimes(to, atime, mtime)
}
