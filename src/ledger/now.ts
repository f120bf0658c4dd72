import { RefusalError } from '#src/lib/refusal.ts'
import type { Clock } from '#src/lib/time.ts'
import type { MovementInput } from './contract.ts'

/** More would mean that others overtake us for ever. */
const ATTEMPTS = 20

/**
 * Carries out a command that happens now (`isNow`), with the time of now. Its time is taken when it begins; while it then
 * waits for its goods, somebody who began later may be served first, and it would be refused as a late entry though
 * nobody meant one. It is carried out again then; nothing was done. A command that says when it happened is left alone.
 */
export async function happeningNow<T>(clock: Clock, isNow: boolean, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const began = clock()
    try {
      return await work()
    } catch (error) {
      if (!isNow || attempt === ATTEMPTS || !wasOvertaken(error, began, clock())) throw error
    }
  }
}

/** True where nothing of it says when it happened. */
export function isNow(...movements: readonly Pick<MovementInput, 'occurredAt'>[]): boolean {
  return movements.every(({ occurredAt }) => occurredAt === undefined)
}

/** The movement in the way happened while we waited: a fresh look comes after it. */
function wasOvertaken(error: unknown, began: string, now: string): boolean {
  if (!(error instanceof RefusalError) || !['late_entry_blocked', 'unit_moved_since', 'reversal_blocked'].includes(error.refusal.refused)) return false
  const inTheWay = Date.parse(String(error.refusal.data['occurredAt']))
  return inTheWay >= Date.parse(began) && inTheWay <= Date.parse(now)
}
