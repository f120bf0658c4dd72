import { sql, type Tx } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'

/**
 * The gate between using goods and holding them, one for each organisation. Everything that uses or promises goods goes
 * through it together with others; whoever places a hold closes it, which waits until those inside are done and lets
 * nobody in before the hold is there. So a hold that was answered is seen by everything that commits after it.
 *
 * Merging two lots closes it too: every posting goes through, and looks behind it whether its lots are still themselves.
 * So does a list of movements in one transaction, which cannot lock all its balances at once.
 *
 * It is a lock of the lock manager, which serves in the order of asking. Row locks do not: under a steady stream of
 * FOR SHARE on a lot, FOR UPDATE on it waited for as long as the stream went on (32 clients shipping: no hold in 60 s).
 * Order of locks: the gate before anything else; then plates, units, places of mixtures; then balances, allocations.
 * Who locks a unit first and then waits at the gate meets, crosswise, who closed it and wants the unit.
 */
export function enterUse(tx: Tx, organizationId: OrganizationId): void {
  // travels with the next statement, which waits behind it
  tx.later(sql`select pg_advisory_xact_lock_shared(hashtextextended(${`${organizationId}/holds`}, 0))`)
}

/** Closes the gate until the transaction ends: the first thing to be done, before what is to be held, merged or rebuilt is locked. */
export async function closeUse(tx: Tx, organizationId: OrganizationId): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`${organizationId}/holds`}, 0))`)
}
