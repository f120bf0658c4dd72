import type { Bind } from '#src/audit/caller.ts'
import * as contract from './contract.ts'
import { getException, listExceptions } from './queries.ts'
import { assignException, resolveException } from './work.ts'

export function routes(bind: Bind): void {
  bind(contract.listExceptions, ({ query }, caller) => listExceptions(caller, query))
  bind(contract.getException, ({ params }, caller) => getException(caller, params.exceptionId))
  bind(contract.assignException, ({ params, body }, caller) => assignException(caller, params.exceptionId, body.userId))
  bind(contract.resolveException, ({ params, body }, caller) => resolveException(caller, params.exceptionId, body.resolution))
}
