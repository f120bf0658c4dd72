import type { Bind } from '#src/audit/caller.ts'
import { listAllocations } from './allocations.ts'
import { listDue } from './due.ts'
import { getMovement, listMovements, listMovementUnits } from './history.ts'
import * as contract from './contract.ts'
import { listAudit, listEvents } from './records.ts'
import { listStockUnits } from './units.ts'
import { listStock } from './stock.ts'
import { whereabouts } from './whereabouts.ts'

export function readRoutes(bind: Bind): void {
  bind(contract.listStock, ({ query }, caller) => listStock(caller, query))
  bind(contract.listStockUnits, ({ query }, caller) => listStockUnits(caller, query))
  bind(contract.listDue, ({ query }, caller) => listDue(caller, query))
  bind(contract.getWhereabouts, ({ params, query }, caller) => whereabouts(caller, params.lotId, query))
  bind(contract.listMovements, ({ query }, caller) => listMovements(caller, query))
  bind(contract.getMovement, ({ params }, caller) => getMovement(caller, params.movementId))
  bind(contract.listMovementUnits, ({ params, query }, caller) => listMovementUnits(caller, params.movementId, query))
  bind(contract.listAudit, ({ query }, caller) => listAudit(caller, query))
  bind(contract.listEvents, ({ query }, caller) => listEvents(caller, query))
  bind(contract.listAllocations, ({ query }, caller) => listAllocations(caller, query))
}
