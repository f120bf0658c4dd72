import type { Bind } from '#src/audit/caller.ts'
import * as contract from './contract.ts'
import { placeHold, releaseHold } from './hold.ts'
import { getHold, listHolds } from './queries.ts'

export function routes(bind: Bind): void {
  bind(contract.placeHold, ({ body }, caller) => placeHold(caller, body))
  bind(contract.releaseHold, ({ params, body }, caller) => releaseHold(caller, params.holdId, body.reason))
  bind(contract.listHolds, ({ query }, caller) => listHolds(caller, query))
  bind(contract.getHold, ({ params }, caller) => getHold(caller, params.holdId))
}
