import * as catalog from '#src/catalog/contract.ts'
import { routes as catalogRoutes } from '#src/catalog/routes.ts'
import * as exceptions from '#src/exceptions/contract.ts'
import { routes as exceptionsRoutes } from '#src/exceptions/routes.ts'
import * as holds from '#src/holds/contract.ts'
import { routes as holdsRoutes } from '#src/holds/routes.ts'
import * as imports from '#src/imports/contract.ts'
import { routes as importsRoutes } from '#src/imports/routes.ts'
import * as ledger from '#src/ledger/contract.ts'
import { routes as ledgerRoutes } from '#src/ledger/routes.ts'
import * as ledgerReads from '#src/stock/contract.ts'
import { readRoutes } from '#src/stock/routes.ts'
import * as lotMerges from '#src/ledger/merge-contract.ts'
import * as verifications from '#src/verify/contract.ts'
import { verificationRoutes } from '#src/verify/routes.ts'
import * as lots from '#src/lots/contract.ts'
import { routes as lotsRoutes } from '#src/lots/routes.ts'
import * as network from '#src/network/contract.ts'
import { routes as networkRoutes } from '#src/network/routes.ts'
import * as properties from '#src/properties/contract.ts'
import { routes as propertiesRoutes } from '#src/properties/routes.ts'
import * as scan from '#src/scan/contract.ts'
import { routes as scanRoutes } from '#src/scan/routes.ts'
import * as serials from '#src/serials/contract.ts'
import { routes as serialsRoutes } from '#src/serials/routes.ts'
import * as trace from '#src/trace/contract.ts'
import { routes as traceRoutes } from '#src/trace/routes.ts'
import * as views from '#src/views/contract.ts'
import { routes as viewsRoutes } from '#src/views/routes.ts'
import type { Bind } from '#src/audit/caller.ts'
import * as access from './access/contract.ts'
import { routes as accessRoutes } from './access/routes.ts'
import type { SetupServices } from './access/setup.ts'
import * as demo from './demo/contract.ts'
import * as home from './home/contract.ts'
import type { DemoServices } from './demo/demos.ts'
import { routes as demoRoutes } from './demo/routes.ts'
import { routes as homeRoutes } from './home/routes.ts'

/** Every slice's contract: what openapi.json, the route walk and the typed client are made from. A slice adds its line here ... */
export const contracts = { access, demo, home, exceptions, holds, properties, catalog, network, lots, serials, ledger, ledgerReads, trace, lotMerges, verifications, imports, scan, views }

/** ... and its routes here. A test compares the two. */
export function bindAll(bind: Bind, services: SetupServices & DemoServices): void {
  accessRoutes(bind, services)
  demoRoutes(bind, services)
  homeRoutes(bind)
  propertiesRoutes(bind)
  catalogRoutes(bind)
  networkRoutes(bind)
  lotsRoutes(bind)
  serialsRoutes(bind)
  exceptionsRoutes(bind)
  holdsRoutes(bind)
  ledgerRoutes(bind)
  readRoutes(bind)
  traceRoutes(bind)
  scanRoutes(bind)
  verificationRoutes(bind)
  importsRoutes(bind)
  viewsRoutes(bind)
}
