import { runCommand, type CommandOutcome } from '#src/audit/command.ts'
import type { CommandCaller } from '#src/audit/caller.ts'
import { closeUse } from '#src/holds/gate.ts'
import { fillSentence, refuse, RefusalError } from '#src/lib/refusal.ts'
import { refusals } from '#src/lib/refusals.ts'
import type { MovementInput, Verdict } from './contract.ts'
import { kindRules } from './movement-kinds.ts'
import { postMovement } from './movements.ts'
import { happeningNow, isNow } from './now.ts'

interface Results { results: Verdict[] }

/**
 * Many movements: in one transaction, where the first refusal takes all of them back; or each as a command of its own
 * under `key/number`, where a refused one leaves the others standing.
 */
export async function postBulk(caller: CommandCaller, body: { atomic: boolean; movements: readonly MovementInput[] }): Promise<CommandOutcome<Results>> {
  for (const [at, movement] of body.movements.entries()) {
    const { permission } = kindRules[movement.kind]
    if (!caller.permissions.has(permission)) throw refuse('not_permitted', { permission, at: `movements.${at}` })
    checkItIsHere(caller, movement)
  }
  return body.atomic ? together(caller, body.movements) : oneByOne(caller, body.movements)
}

/** "It is here" puts the book right by itself, so it needs a permission of its own. */
export function checkItIsHere(caller: CommandCaller, movement: MovementInput): void {
  const said = 'itIsHere' in movement && movement.itIsHere === true
  if (said && !caller.permissions.has('movements.it_is_here')) throw refuse('not_permitted', { permission: 'movements.it_is_here' })
}

function together(caller: CommandCaller, movements: readonly MovementInput[]): Promise<CommandOutcome<Results>> {
  return happeningNow(caller.clock, isNow(...movements), () => runCommand(caller.context, { name: 'movement.bulk', input: { movements } }, async (scope) => {
    // one movement locks all it touches at once and sorted; a list locks what its second needs while it holds what its
    // first took. So it goes alone: two lists in opposite orders would wait for each other (8 clients: for ever)
    if (movements.length > 1) await closeUse(scope.tx, scope.organizationId)
    const results: Verdict[] = []
    for (const [at, movement] of movements.entries()) {
      try {
        results.push({ ok: true, movement: await postMovement(scope, movement) })
      } catch (error) {
        throw error instanceof RefusalError ? refuse(error.refusal.refused, { ...error.refusal.data, movement: at }) : error
      }
    }
    return { results }
  }))
}

async function oneByOne(caller: CommandCaller, movements: readonly MovementInput[]): Promise<CommandOutcome<Results>> {
  const results: Verdict[] = []
  let replayed = true
  for (const [at, movement] of movements.entries()) {
    try {
      const context = { ...caller.context, key: `${caller.context.key}/${at}` }
      const outcome = await happeningNow(caller.clock, isNow(movement), () =>
        runCommand(context, { name: `movement.${movement.kind}`, input: movement, reason: movement.reason }, (scope) => postMovement(scope, movement)))
      replayed &&= outcome.replayed
      results.push({ ok: true, movement: outcome.result })
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error
      replayed = false
      const { refused, data } = error.refusal
      results.push({ ok: false, refusal: { code: refused, title: fillSentence(refusals[refused].sentence, data), next: refusals[refused].next, data: { ...data } } })
    }
  }
  return { result: { results }, replayed }
}
