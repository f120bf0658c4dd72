import { contracts } from '#src/app/endpoints.ts'
import { codesOf } from '#src/app/openapi.ts'
import type { Endpoint } from '#src/lib/contract.ts'
import type { Answer, TestApp } from './app.ts'

const endpoints: readonly Endpoint[] = Object.values(contracts).flatMap((contract) => Object.values(contract).filter((value): value is Endpoint => typeof value === 'object' && value !== null && 'operationId' in value))

/** An API that also proves of every refusal that the operation's contract states it, so that the documentation is whole. */
export function statedApi(api: TestApp['api']): TestApp['api'] {
  return async (method, path, body, headers) => {
    const answer = await api(method, path, body, headers)
    if (answer.status >= 400 && answer.status < 500) proveStated(method, path, answer)
    return answer
  }
}

function proveStated(method: string, path: string, { body }: Answer): void {
  const parts = (path.split('?')[0] ?? '').split('/')
  const endpoint = endpoints.find((one) => one.method === method && one.path.split('/').length === parts.length && one.path.split('/').every((part, at) => part.startsWith(':') || part === parts[at]))
  if (!endpoint) throw new Error(`no operation ${method} ${path}`)
  if (!(codesOf(endpoint) as string[]).includes(body.code)) throw new Error(`${endpoint.operationId} answered ${body.code}, which its contract does not state: ${JSON.stringify(body)}`)
}
