import { checkVersion, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandOutcome, type CommandScope } from '#src/audit/command.ts'
import { difference } from '#src/audit/difference.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { closeUse } from '#src/holds/gate.ts'
import type { LotId, OrganizationId, ProductId } from '#src/lib/id.ts'
import { refuse, type Json } from '#src/lib/refusal.ts'
import type { MergeInput, Merged } from './merge-contract.ts'

/**
 * Two lots of a product were found to be one: the first becomes an alias of the other. Movements keep the lot they
 * named; everything derived from them is re-keyed to the lot that stays: balances (summed), units, genealogy, promises
 * and holds in force. `merged_into` always leads to the last lot, never along a chain, and so do the codes.
 * Stands alone against postings: the gate is closed, and who looked a lot up before it looks again.
 *
 * There is no undo: which of the goods were of which lot is no longer known in the balance, only in the history. Wrong?
 * Split the lot, and correct what was shipped.
 *
 * Refuses `not_found`, `merge_into_itself`, `merged_already`, `lot_hidden`, `lot_of_other_product`, `record_changed`,
 * `stock_frozen`, and `lot_merge_differs` for dates, family and properties that contradict each other, unless `keep`
 * says which stays.
 */
export function mergeLots(caller: CommandCaller, lotId: LotId, input: MergeInput): Promise<CommandOutcome<Merged>> {
  return runCommand(caller.context, { name: 'lot.merge', input: { lotId, ...input }, reason: input.reason }, async (scope) => {
    const { tx, organizationId } = scope
    if (lotId === input.into) throw refuse('merge_into_itself')
    // the order of locks of every posting: the gate, units, lots, balances, allocations
    await closeUse(tx, organizationId)
    await tx.run(sql`select 1 from unit where organization_id = ${organizationId} and lot_id = ${lotId} order by unit_id for update`)
    const lots = await lockLots(tx, organizationId, [lotId, input.into])
    const [from, into] = [checkLot(lots, lotId), checkLot(lots, input.into)]
    if (from.product_id !== into.product_id) throw refuse('lot_of_other_product', { lot: from.code, product: into.sku, at: 'into' })
    checkVersion(caller, from.version, 'lot', from.code)
    await checkFrozen(tx, organizationId, from, [lotId, input.into])
    const after = mergeFields(from, into, input.keep ?? {})
    await writeLots(scope, from, into, after)
    await moveBalances(tx, organizationId, from.product_id, lotId, input.into)
    await rekey(tx, organizationId, lotId, input.into)
    const mergedFrom = await tx.rows<{ lot_id: string }>(sql`select lot_id from lot where organization_id = ${organizationId} and merged_into = ${input.into} order by lot_id`)
    scope.happened({ type: 'lot.merged.v1', subjectIds: [lotId, input.into], data: { from: lotId, into: input.into } })
    return { lotId: input.into, version: into.version + 1, mergedFrom: mergedFrom.map((row) => row.lot_id) }
  })
}

interface LotRow extends Fields {
  readonly lot_id: LotId
  readonly product_id: ProductId
  readonly sku: string
  readonly code: string
  readonly version: number
  readonly properties: { readonly [key: string]: Json }
}

interface Fields {
  readonly family_id: string | null
  readonly made_on: string | null
  readonly best_by: string | null
  readonly sell_by: string | null
  readonly use_by: string | null
  readonly expires_on: string | null
}

type LockedRow = Omit<LotRow, 'code'> & { readonly code: string | null; readonly merged_into: LotId | null }

/** What two lots may contradict each other in, by the name of the API. */
const columns = { family: 'family_id', madeOn: 'made_on', bestBy: 'best_by', sellBy: 'sell_by', useBy: 'use_by', expiresOn: 'expires_on' } as const satisfies Record<string, keyof Fields>

async function lockLots(tx: Tx, organizationId: OrganizationId, ids: readonly string[]): Promise<ReadonlyMap<string, LockedRow>> {
  const rows = await tx.rows<LockedRow>(sql`
    select l.lot_id, l.product_id, p.sku, l.code, l.version, l.merged_into, l.family_id, l.made_on, l.best_by, l.sell_by, l.use_by, l.expires_on, l.properties
    from lot l join product p on p.organization_id = l.organization_id and p.product_id = l.product_id
    where l.organization_id = ${organizationId} and l.lot_id = any(${ids}::uuid[]) order by l.lot_id for update of l`)
  return new Map(rows.map((row) => [row.lot_id, row]))
}

function checkLot(lots: ReadonlyMap<string, LockedRow>, lotId: string): LotRow {
  const lot = lots.get(lotId)
  if (!lot) throw refuse('not_found', { what: 'lot', which: lotId })
  const { code } = lot
  if (code === null) throw refuse('lot_hidden')
  if (lot.merged_into !== null) throw refuse('merged_already', { which: code, into: lot.merged_into })
  return { ...lot, code }
}

/** What is frozen is looked at before it is changed. */
async function checkFrozen(tx: Tx, organizationId: OrganizationId, lot: LotRow, lotIds: readonly string[]): Promise<void> {
  const frozen = await tx.row<{ invariant: string }>(sql`
    select invariant from stock_freeze where organization_id = ${organizationId} and product_id = ${lot.product_id} and resumed_at is null and (lot_id is null or lot_id = any(${lotIds}::uuid[])) limit 1`)
  if (frozen) throw refuse('stock_frozen', { product: lot.sku, invariant: frozen.invariant })
}

/** The fields of the lot that stays: what it lacks comes from the other; what differs stays as told, or is refused by name. */
function mergeFields(from: LotRow, into: LotRow, keep: { readonly [field: string]: 'into' | 'from' }): Fields & { readonly properties: LotRow['properties'] } {
  const choose = <T extends Json>(field: string, ours: T, given: T): T => {
    if (given === null || given === undefined || ours === given) return ours
    if (ours === null || ours === undefined || keep[field] === 'from') return given
    if (keep[field] === 'into') return ours
    throw refuse('lot_merge_differs', { field, lot: into.code, ours, other: from.code, given })
  }
  const keys = [...new Set([...Object.keys(into.properties), ...Object.keys(from.properties)])].sort()
  return {
    family_id: choose('family', into.family_id, from.family_id), made_on: choose('madeOn', into.made_on, from.made_on), best_by: choose('bestBy', into.best_by, from.best_by),
    sell_by: choose('sellBy', into.sell_by, from.sell_by), use_by: choose('useBy', into.use_by, from.use_by), expires_on: choose('expiresOn', into.expires_on, from.expires_on),
    properties: Object.fromEntries(keys.map((key) => [key, choose(`properties.${key}`, into.properties[key] as Json, from.properties[key] as Json)])),
  }
}

/** The lot and those that had been merged into it lead to the other one, which takes the fields decided. */
async function writeLots(scope: CommandScope, from: LotRow, into: LotRow, after: Fields & { properties: LotRow['properties'] }): Promise<void> {
  const { tx, organizationId } = scope
  await tx.run(sql`
    update lot set merged_into = ${into.lot_id}, version = version + 1 where organization_id = ${organizationId} and (lot_id = ${from.lot_id} or merged_into = ${from.lot_id})`)
  await tx.run(sql`
    update lot set family_id = ${after.family_id}, made_on = ${after.made_on}, best_by = ${after.best_by}, sell_by = ${after.sell_by}, use_by = ${after.use_by}, expires_on = ${after.expires_on},
                   properties = ${JSON.stringify(after.properties)}::jsonb, version = version + 1
    where organization_id = ${organizationId} and lot_id = ${into.lot_id}`)
  const told = (fields: Fields & { properties: LotRow['properties'] }, mergedFrom: string | null) =>
    ({ ...Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, fields[column]])), properties: fields.properties, mergedFrom })
  scope.changed({ subject: 'lot', subjectId: from.lot_id, before: { mergedInto: null }, after: { mergedInto: into.lot_id } })
  scope.changed({ subject: 'lot', subjectId: into.lot_id, ...difference(told(into, null), told(after, from.lot_id)) })
}

/** Locks the balances of both lots in the order of every posting, sums the one's into the other's, and lets the one's go. */
async function moveBalances(tx: Tx, organizationId: OrganizationId, productId: ProductId, from: string, into: string): Promise<void> {
  await tx.run(sql`
    select 1 from balance where organization_id = ${organizationId} and product_id = ${productId} and lot_id = any(${[from, into]}::uuid[]) order by product_id, lot_id, place_id, owner_id, plate_id for update`)
  await tx.run(sql`
    insert into balance (organization_id, product_id, lot_id, place_id, owner_id, plate_id, on_hand, allocated, second_on_hand, last_occurred_at)
    select organization_id, product_id, ${into}::uuid, place_id, owner_id, plate_id, on_hand, allocated, second_on_hand, last_occurred_at
    from balance where organization_id = ${organizationId} and product_id = ${productId} and lot_id = ${from} order by place_id, owner_id, plate_id
    on conflict (organization_id, product_id, lot_id, place_id, owner_id, plate_id) do update
      set on_hand = balance.on_hand + excluded.on_hand, allocated = balance.allocated + excluded.allocated, second_on_hand = balance.second_on_hand + excluded.second_on_hand,
          last_occurred_at = greatest(balance.last_occurred_at, excluded.last_occurred_at)`)
  await tx.run(sql`delete from balance where organization_id = ${organizationId} and product_id = ${productId} and lot_id = ${from}`)
}

/** Everything else that is kept by lot. */
async function rekey(tx: Tx, organizationId: OrganizationId, from: string, into: string): Promise<void> {
  await tx.run(sql`update unit set lot_id = ${into}, version = version + 1 where organization_id = ${organizationId} and lot_id = ${from}`)
  await tx.run(sql`update allocation set lot_id = ${into} where organization_id = ${organizationId} and lot_id = ${from}`)
  await tx.run(sql`update hold set subject_id = ${into} where organization_id = ${organizationId} and subject = 'lot' and subject_id = ${from} and released_at is null`)
  await tx.run(sql`update alias set lot_id = ${into}, version = version + 1 where organization_id = ${organizationId} and lot_id = ${from}`)
  await tx.run(sql`update run_input set lot_id = ${into} where organization_id = ${organizationId} and lot_id = ${from}`)
  await tx.run(sql`update run_output set lot_id = ${into} where organization_id = ${organizationId} and lot_id = ${from}`)
  // two outputs that are one now: what went in is exactly in it
  await tx.run(sql`
    update run_input i set certainty = 'exact'
    where i.organization_id = ${organizationId} and i.certainty = 'at_most'
      and i.run_id in (select o.run_id from run_output o where o.organization_id = ${organizationId} and o.lot_id = ${into})
      and (select count(distinct (o.lot_id, o.unit_id)) from run_output o where o.organization_id = ${organizationId} and o.run_id = i.run_id) = 1`)
}
