import type { Bind } from '#src/audit/caller.ts'
import * as contract from './contract.ts'
import { correctLot, learnIssuer, registerLot } from './correct-lot.ts'
import { getFamily, getLot, listFamilies, listLots } from './queries.ts'

export function routes(bind: Bind): void {
  bind(contract.listLots, ({ query }, caller) => listLots(caller, query))
  bind(contract.getLot, ({ params }, caller) => getLot(caller, params.lotId))
  bind(contract.registerLot, ({ body }, caller) => registerLot(caller, body))
  bind(contract.correctLot, ({ params, body }, caller) => correctLot(caller, params.lotId, body))
  bind(contract.learnIssuer, ({ params, body }, caller) => learnIssuer(caller, params.lotId, body))
  bind(contract.listFamilies, ({ query }, caller) => listFamilies(caller, query))
  bind(contract.getFamily, ({ params }, caller) => getFamily(caller, params.familyId))
}
