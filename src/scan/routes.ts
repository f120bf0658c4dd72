import type { Bind } from '#src/audit/caller.ts'
import * as contract from './contract.ts'
import { resolveScan } from './resolve.ts'

export function routes(bind: Bind): void {
  bind(contract.resolveScan, ({ query }, caller) => resolveScan(caller, query))
}
