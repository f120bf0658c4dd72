import { expect } from 'vitest'

/** A block of commands and, where one follows it, what its answer has to contain. */
export interface Step {
  readonly line: number
  readonly commands: string
  readonly expected: unknown
}

/** The `sh` blocks of a page, in order, each with the `json` block under it. */
export function readPage(markdown: string): Step[] {
  const steps: { line: number; commands: string; expected: unknown }[] = []
  let block: { language: string; line: number; text: string[] } | null = null
  markdown.split('\n').forEach((line, at) => {
    const fence = /^```(\w*)/.exec(line)
    if (!fence) {
      block?.text.push(line)
      return
    }
    if (block === null) {
      block = { language: fence[1] ?? '', line: at + 1, text: [] }
      return
    }
    if (block.language === 'sh') steps.push({ line: block.line, commands: block.text.join('\n'), expected: null })
    const last = steps.at(-1)
    if (block.language === 'json' && last) last.expected = JSON.parse(block.text.join('\n'))
    block = null
  })
  return steps
}

/** What the block printed last is JSON that holds everything shown. */
export function expectedMatch(said: string, step: Step, page: string): void {
  const last = said.trim().split('\n').filter((line) => line.startsWith('{') || line.startsWith('[')).at(-1)
  expect(last, `${page}:${step.line} printed no JSON but: ${said}`).toBeDefined()
  expect(JSON.parse(last ?? 'null'), `${page}:${step.line}`).toMatchObject(anyWhereDots(step.expected) as object)
}

function anyWhereDots(value: unknown): unknown {
  if (value === '…') return expect.anything()
  if (Array.isArray(value)) return value.map(anyWhereDots)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, anyWhereDots(member)]))
  return value
}
