import type { Bind } from '#src/audit/caller.ts'
import { listFreezes, listVerifications, resumeFreeze, verifyAndRecord } from './verification.ts'
import * as contract from './contract.ts'

export function verificationRoutes(bind: Bind): void {
  bind(contract.verifyStock, (_, caller) => verifyAndRecord(caller))
  bind(contract.listVerifications, ({ query }, caller) => listVerifications(caller, query))
  bind(contract.listFreezes, ({ query }, caller) => listFreezes(caller, query))
  bind(contract.resumeFreeze, ({ params, body }, caller) => resumeFreeze(caller, params.freezeId, body.reason))
}
