import type { Bind } from '#src/audit/caller.ts'
import * as contract from './contract.ts'
import { listNamedUnits } from './named-units.ts'
import { archivePlate, createPlate, getPlate, listPlates } from './plates.ts'
import { changeUnit, getUnit, listUnits } from './units.ts'

export function routes(bind: Bind): void {
  bind(contract.listUnits, ({ query }, caller) => listUnits(caller, query))
  bind(contract.listNamedUnits, ({ query }, caller) => listNamedUnits(caller, query.product, query.serials))
  bind(contract.getUnit, ({ params }, caller) => getUnit(caller, params.unitId))
  bind(contract.changeUnit, ({ params, body }, caller) => changeUnit(caller, params.unitId, body))
  bind(contract.listPlates, ({ query }, caller) => listPlates(caller, query))
  bind(contract.getPlate, ({ params }, caller) => getPlate(caller, params.plateId))
  bind(contract.createPlate, ({ body }, caller) => createPlate(caller, body))
  bind(contract.archivePlate, ({ params, body }, caller) => archivePlate(caller, params.plateId, body?.reason))
}
