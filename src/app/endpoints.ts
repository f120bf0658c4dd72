import * as ledger from '#src/ledger/contract.ts'
import { routes as ledgerRoutes } from '#src/ledger/routes.ts'
import type { Bind } from '#src/audit/caller.ts'
import * as access from './access/contract.ts'
import { routes as accessRoutes } from './access/routes.ts'
import type { SetupServices } from './access/setup.ts'

/** Every slice's contract: what openapi.json, the route walk and the typed client are made from. A slice adds its line here ... */
export const contracts = { access, ledger }

/** ... and its routes here. A test compares the two. */
export function bindAll(bind: Bind, services: SetupServices): void {
  accessRoutes(bind, services)
  ledgerRoutes(bind)
}
