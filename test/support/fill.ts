import type { TestApp } from './app.ts'

/**
 * Gives an organisation at least one record of every kind, through its API: what the route walk tries to reach from
 * outside. A slice that brings a new kind of record adds a line.
 */
export async function fillOrganization(api: TestApp['api']): Promise<void> {
  await expectDone(api('POST', '/people', { name: 'Olga', email: 'olga@example.com', password: 'a long password', role: 'operator' }))
  await expectDone(api('POST', '/api-keys', { name: 'Scanner', role: 'operator' }))
}

async function expectDone(answer: ReturnType<TestApp['api']>): Promise<unknown> {
  const { status, body } = await answer
  if (status !== 200) throw new Error(`filling failed: ${status} ${JSON.stringify(body)}`)
  return body
}
