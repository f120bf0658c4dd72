import type { Bind } from '#src/audit/caller.ts'
import * as contract from './contract.ts'
import { changeProperty, defineProperty, listProperties } from './definitions.ts'

export function routes(bind: Bind): void {
  bind(contract.listProperties, ({ query }, caller) => listProperties(caller, query))
  bind(contract.defineProperty, ({ body }, caller) => defineProperty(caller, body))
  bind(contract.changeProperty, ({ params, body }, caller) => changeProperty(caller, params.propertyId, body))
}
