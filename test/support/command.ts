import { randomUUID } from 'node:crypto'
import { runCommand, type CommandScope } from '#src/audit/command.ts'
import { RefusalError, type Refusal } from '#src/lib/refusal.ts'
import { systemClock } from '#src/lib/time.ts'
import type { Answer, TestApp } from './app.ts'

/** Carries out `work` as a command of its own in the test's organisation: for what has no door in the API yet. */
export async function inCommand<T extends object>(app: TestApp, work: (scope: CommandScope) => Promise<T>): Promise<T> {
  const context = { database: app.database, clock: systemClock, organizationId: app.organizationId, actor: { kind: 'system', id: 'test' }, key: randomUUID(), dryRun: false } as const
  return (await runCommand(context, { name: 'test', input: {} }, work)).result
}

/** What was refused; fails where nothing was. */
export async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  try {
    await work
  } catch (error) {
    if (error instanceof RefusalError) return error.refusal
    throw error
  }
  throw new Error('it was not refused')
}

/** The body of an answer that is expected to be good; fails with the problem where it is not. */
export async function ok(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

/** Status and code of a refused request with the values of its sentence; fails where it was not refused. */
export async function refused(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer
  if (status < 400) throw new Error(`it was not refused: ${JSON.stringify(body)}`)
  return { ...body.params, status, code: body.code }
}
