// Adds up what the runs reported: node count.mjs <folder>. Prints what failed, and as its last line the sums; fails where
// anything did. Runs on any Node from 20.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const folder = process.argv[2] ?? '.'
const sums = { passed: 0, failed: 0, skipped: 0 }

// What may be skipped here, and why; everything else that is skipped has failed: a fixture or a browser was not found.
// Without fixtures nothing can be said about that.
const maySkip = readFileSync(join(here, 'may-skip.txt'), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'))

for (const file of readdirSync(folder).sort()) {
  const name = file.replace(/\.\w+$/, '')
  if (file.endsWith('.step')) count(readFileSync(join(folder, file), 'utf8').trim() === 'ok' ? 'passed' : 'failed', name)
  if (file.endsWith('.exit')) countRun(name, Number(readFileSync(join(folder, file), 'utf8')))
}
if (!readdirSync(folder).some((file) => file.endsWith('.exit'))) count('failed', 'no test was run')

console.log(`${sums.passed} passed, ${sums.failed} failed${sums.skipped > 0 ? `, ${sums.skipped} skipped` : ''}`)
process.exitCode = sums.failed > 0 ? 1 : 0

function countRun(run, exit) {
  const report = join(folder, `${run}.json`)
  if (!existsSync(report)) return count('failed', `${run}: it left no report (exit code ${exit})`)
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const before = sums.failed
  if (testResults.length === 0) count('failed', `${run}: it ran nothing`)
  for (const { name, status, message, assertionResults } of testResults) {
    const path = relative(join(here, '..'), name)
    for (const { fullName, status: verdict } of assertionResults) {
      if (verdict === 'passed') count('passed')
      else if (verdict === 'failed') count('failed', `${run}: ${path}: ${fullName}`)
      else if (!process.env.LOTWISE_FIXTURES || maySkip.some((title) => fullName.includes(title))) count('skipped')
      else count('failed', `${run}: ${path}: ${fullName} (${verdict}, and may not be: see .ci/may-skip.txt)`)
    }
    // a file that could not be loaded, or whose preparation failed
    if (status === 'failed' && !assertionResults.some((one) => one.status === 'failed')) count('failed', `${run}: ${path}: ${message}`)
  }
  // an error outside any test
  if (exit !== 0 && sums.failed === before) count('failed', `${run}: exit code ${exit}`)
}

function count(verdict, what) {
  sums[verdict] += 1
  if (verdict === 'failed') console.log(`FAILED ${what}`)
}
