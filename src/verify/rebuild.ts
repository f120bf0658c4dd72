import { sql, type Statement, type Tx } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import { closeUse } from '#src/holds/gate.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import { expectedBalances, expectedRunInputs, expectedRunOutputs, expectedRunUses, joinWholesale } from './expected.ts'
import { replayedUnits, writeUnitStates } from '#src/ledger/unit-replay.ts'
import { unitColumns } from './verify.ts'

/** Rows that were not as the lines say, and were put right: by table. All zero is the normal answer. */
export interface Rebuilt {
  readonly balances: number
  readonly units: number
  readonly runInputs: number
  readonly runOutputs: number
  readonly runUses: number
}

/**
 * Makes balances, unit states and genealogy again from lines and allocation rows; only rows that differ are written, so
 * that a second run changes nothing. Closes the gate: postings of this organisation wait until it is done, those of
 * others go on. Holds, allocations and movements are never touched.
 * Refuses `rebuild_impossible` where the lines themselves give a balance that cannot be (verify names it).
 */
export function rebuildOrganization(database: Database, organizationId: OrganizationId): Promise<Rebuilt> {
  return database.inTransaction(organizationId, async (tx) => {
    await closeUse(tx, organizationId)
    const units = await rebuildUnits(tx, organizationId)
    await joinWholesale(tx)
    return {
      units,
      balances: await rebuildBalances(tx, organizationId),
      runInputs: await rebuildRows(tx, organizationId, sql`run_input`, sql`run_id, movement_id, line_no, product_id, lot_id, unit_id, quantity, certainty`, expectedRunInputs(organizationId)),
      runOutputs: await rebuildRows(tx, organizationId, sql`run_output`, sql`run_id, movement_id, line_no, product_id, lot_id, unit_id, quantity, names_inputs`, expectedRunOutputs(organizationId)),
      runUses: await rebuildRows(tx, organizationId, sql`run_use`, sql`run_id, output_movement_id, output_line, input_movement_id, input_line, quantity, certainty`, expectedRunUses(organizationId)),
    }
  })
}

async function rebuildBalances(tx: Tx, organizationId: OrganizationId): Promise<number> {
  const impossible = await tx.row<{ product_id: string; lot_id: string; place_id: string; on_hand: string; allocated: string }>(sql`
    select product_id, lot_id, place_id, on_hand::text as on_hand, allocated::text as allocated from (${expectedBalances(organizationId)}) e
    where on_hand < 0 or second_on_hand < 0 or allocated > on_hand order by 1, 2, 3 limit 1`)
  if (impossible) throw refuse('rebuild_impossible', { product: impossible.product_id, lot: impossible.lot_id, place: impossible.place_id, onHand: impossible.on_hand, allocated: impossible.allocated })
  const gone = await tx.run(sql`
    delete from balance b where b.organization_id = ${organizationId}
      and (b.product_id, b.lot_id, b.place_id, b.owner_id, b.plate_id) in (
        select product_id, lot_id, place_id, owner_id, plate_id from balance where organization_id = ${organizationId}
        except select product_id, lot_id, place_id, owner_id, plate_id from (${expectedBalances(organizationId)}) e)`)
  const put = await tx.run(sql`
    insert into balance (organization_id, product_id, lot_id, place_id, owner_id, plate_id, on_hand, allocated, second_on_hand, last_occurred_at)
    select ${organizationId}::uuid, product_id, lot_id, place_id, owner_id, plate_id, on_hand, allocated, second_on_hand, last_occurred_at from (${expectedBalances(organizationId)}) e
    except select organization_id, product_id, lot_id, place_id, owner_id, plate_id, on_hand, allocated, second_on_hand, last_occurred_at from balance where organization_id = ${organizationId}
    order by 2, 3, 4, 5, 6
    on conflict (organization_id, product_id, lot_id, place_id, owner_id, plate_id) do update
      set on_hand = excluded.on_hand, allocated = excluded.allocated, second_on_hand = excluded.second_on_hand, last_occurred_at = excluded.last_occurred_at`)
  return gone + put
}

async function rebuildUnits(tx: Tx, organizationId: OrganizationId): Promise<number> {
  let changed = 0
  for await (const page of replayedUnits(tx, organizationId)) {
    const differing = page.filter(({ stored, replayed }) => unitColumns.some((column) => stored[column] !== replayed[column]))
    if (differing.length > 0) changed += await writeUnitStates(tx, organizationId, differing)
  }
  return changed
}

/** A genealogy table: rows the lines do not give go, those they give and are not there come. */
async function rebuildRows(tx: Tx, organizationId: OrganizationId, table: Statement, columns: Statement, expected: Statement): Promise<number> {
  const gone = await tx.run(sql`delete from ${table} where organization_id = ${organizationId} and (${columns}) in (
    select ${columns} from ${table} where organization_id = ${organizationId} except select ${columns} from (${expected}) e)`)
  const put = await tx.run(sql`
    insert into ${table} (organization_id, ${columns})
    select ${organizationId}::uuid, ${columns} from (${expected}) e
    except select organization_id, ${columns} from ${table} where organization_id = ${organizationId}`)
  return gone + put
}
