import type { Bind } from '#src/audit/caller.ts'
import * as contract from './contract.ts'
import { getFirstSteps, getHome } from './home.ts'

export function routes(bind: Bind): void {
  bind(contract.getHome, ({ query }, caller) => getHome(caller, query))
  bind(contract.getFirstSteps, (_, caller) => getFirstSteps(caller))
}
