import { runCommand } from '#src/audit/command.ts'
import type { Bind, CommandCaller } from '#src/audit/caller.ts'
import type { LotId, MovementId } from '#src/lib/id.ts'
import { checkItIsHere, postBulk } from './bulk.ts'
import * as contract from './contract.ts'
import * as mergeContract from './merge-contract.ts'
import { mergeLots } from './merge-lots.ts'
import { postMovement } from './movements.ts'
import { happeningNow, isNow } from './now.ts'
import { release, reserve } from './reserve.ts'
import { reverseMovement } from './reverse.ts'

export function routes(bind: Bind): void {
  bind(contract.receiveGoods, ({ body }, caller) => postOne(caller, { kind: 'receive', ...body }))
  bind(contract.moveGoods, ({ body }, caller) => postOne(caller, { kind: 'move', ...body }))
  bind(contract.adjustStock, ({ body }, caller) => postOne(caller, { kind: 'adjust', ...body }))
  bind(contract.transformGoods, ({ body }, caller) => postOne(caller, { kind: 'transform', ...body }))
  bind(contract.shipGoods, ({ body }, caller) => postOne(caller, { kind: 'ship', ...body }))
  bind(contract.returnGoods, ({ body }, caller) => postOne(caller, { kind: 'return', ...body }))
  bind(contract.changeOwner, ({ body }, caller) => postOne(caller, { kind: 'change_owner', ...body }))
  bind(contract.packPlate, ({ body }, caller) => postOne(caller, { kind: 'pack', ...body }))
  bind(contract.unpackPlate, ({ body }, caller) => postOne(caller, { kind: 'unpack', ...body }))
  bind(contract.takeSample, ({ body }, caller) => postOne(caller, { kind: 'sample', ...body }))
  bind(contract.destroyGoods, ({ body }, caller) => postOne(caller, { kind: 'destroy', ...body }))
  bind(contract.reverseMovement, ({ params, body }, caller) =>
    happeningNow(caller.clock, body.meaning === 'undone', () =>
      runCommand(caller.context, { name: 'movement.reverse', input: { ...params, ...body }, reason: body.reason }, (scope) => reverseMovement(scope, params.movementId as MovementId, body))))
  bind(contract.postMovements, ({ body }, caller) => postBulk(caller, body))
  bind(contract.reserveStock, ({ body }, caller) => runCommand(caller.context, { name: 'stock.reserve', input: body }, (scope) => reserve(scope, body)))
  bind(contract.releaseStock, ({ body }, caller) => runCommand(caller.context, { name: 'stock.release', input: body }, (scope) => release(scope, body)))
  bind(mergeContract.mergeLots, ({ params, body }, caller) => mergeLots(caller, params.lotId as LotId, body))
}

function postOne(caller: CommandCaller, input: contract.MovementInput) {
  checkItIsHere(caller, input)
  return happeningNow(caller.clock, isNow(input), () => runCommand(caller.context, { name: `movement.${input.kind}`, input, reason: input.reason }, (scope) => postMovement(scope, input)))
}
