import { expect } from 'vitest'

/** A block of commands and, where one follows it, what its answer has to contain. */
export interface Step {
  readonly line: number
  readonly language: 'sh' | 'ts'
  readonly commands: string
  readonly expected: unknown
}

/** The `sh` and `ts` blocks of a page, in order, each with the `json` block under it; one under both is the answer of each. */
export function readPage(markdown: string): Step[] {
  const steps: { line: number; language: 'sh' | 'ts'; commands: string; expected: unknown }[] = []
  let unanswered: (typeof steps)[number][] = []
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
    const { language, text } = block
    if (language === 'sh' || language === 'ts') {
      const step: (typeof steps)[number] = { line: block.line, language, commands: text.join('\n'), expected: undefined }
      steps.push(step)
      unanswered = [...unanswered.filter((one) => one.language !== language), step]
    }
    if (language === 'json') {
      for (const step of unanswered) step.expected = JSON.parse(text.join('\n'))
      unanswered = []
    }
    block = null
  })
  return steps
}

/** What the block printed last is JSON that holds everything shown, and before it stands no refusal; nor at all where nothing is shown. */
export function expectedMatch(said: string, step: Step, page: string): void {
  const answers = said.trim().split('\n').filter((line) => /^[{[]/.test(line) && isJson(line)).map((line) => JSON.parse(line) as unknown)
  const where = `${page}:${step.line} (${step.language})`
  const last = step.expected === undefined ? undefined : answers.pop()
  expect(answers.filter(isProblem), `${where} was refused`).toEqual([])
  if (step.expected === undefined) return
  expect(last, `${where} printed no JSON but: ${said}`).toBeDefined()
  expect(last, where).toMatchObject(anyWhereDots(step.expected) as object)
}

function isProblem(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'code' in answer && 'status' in answer && Number(answer.status) >= 400
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function anyWhereDots(value: unknown): unknown {
  if (value === '…') return expect.anything()
  if (Array.isArray(value)) return value.map(anyWhereDots)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, anyWhereDots(member)]))
  return value
}
