import type { CommandScope } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import { enterUse } from '#src/holds/gate.ts'
import { newId, type AllocationId, type UnitId } from '#src/lib/id.ts'
import { formatQuantity, type Quantity } from '#src/lib/quantity.ts'
import { refuse } from '#src/lib/refusal.ts'
import { businessDate } from '#src/lib/time.ts'
import type { ReleaseInput, Reserved, ReserveInput } from './contract.ts'
import { decideBalances, decideFrozen, netDeltas } from './decide.ts'
import { lockBalances, lockUnits, type BalanceFacts, type Key } from './facts.ts'
import type { Line, Spot } from './movement.ts'
import { checkUse, keysOf, prepare } from './prepare.ts'
import { resolveDraft } from './resolve.ts'

/**
 * Promises concrete stock to a demand: hard, or soft until it expires. Both count in allocated, which never exceeds on
 * hand. Refuses what is held, past a date that blocks, promised already or not there (`stock_insufficient`, with what is
 * left), as shipping would.
 */
export async function reserve(scope: CommandScope, input: ReserveInput): Promise<Reserved> {
  const { tx, organizationId, recordedAt } = scope
  if (input.firmness === 'soft' && !input.expiresAt) throw refuse('input_invalid', { field: 'expiresAt', why: 'a soft reservation needs an end' })
  if (input.expiresAt && Date.parse(input.expiresAt) <= Date.parse(recordedAt)) throw refuse('input_invalid', { field: 'expiresAt', why: 'it lies in the past' })
  enterUse(tx, organizationId)
  // What can be promised is what a run could take: the same resolving, shaping and checking.
  const draft = await resolveDraft(scope, { kind: 'transform', run: 'production', inputs: input.lines, outputs: [] })
  const prepared = await prepare(scope, draft)
  const { masters, lines } = prepared
  const frozen = decideFrozen(masters, lines)
  if (frozen) throw refuse(frozen.refused, frozen.data)
  const place = masters.places.get(lines[0]?.from.placeId as Spot['placeId'])
  await checkUse(scope, { ...draft, kind: 'ship' }, prepared, businessDate(recordedAt, place?.timeZone ?? 'UTC'))
  const keys = keysOf(lines.map((line) => ({ ...line, toInternal: false })))
  let balances = await lockBalances(tx, organizationId, keys, new Map())
  let { units } = prepared
  if (await lapseSoftAllocations(scope, keys, balances)) {
    balances = await lockBalances(tx, organizationId, keys, new Map())
    units = await lockUnits(tx, organizationId, [...units.keys()])
  }
  const short = decideBalances(netDeltas(lines), balances, [], masters)
  if (short) throw refuse(short.refused === 'stock_allocated' ? 'stock_insufficient' : short.refused, short.data)
  const promised = new Set<UnitId>()
  for (const line of lines) {
    for (const part of line.units ?? []) {
      const unit = units.get(part.unitId)
      if (!unit?.spot || unit.spot.placeId !== line.from.placeId) throw refuse('unit_elsewhere', { serial: unit?.serial ?? part.unitId, place: unit?.spot?.placeId ?? 'nowhere yet', asked: line.from.placeId })
      if (unit.allocationId !== null) throw refuse('unit_allocated', { serial: unit.serial, allocation: unit.allocationId })
      if (promised.has(part.unitId)) throw refuse('unit_twice', { serial: unit.serial, at: `lines.${line.lineNo - 1}` })
      promised.add(part.unitId)
    }
  }
  return writeAllocations(scope, input, lines)
}

interface Row extends Key {
  readonly allocationId: AllocationId
  readonly unitId: UnitId | null
  readonly quantity: Quantity
}

async function writeAllocations(scope: CommandScope, input: ReserveInput, lines: readonly Line[]): Promise<Reserved> {
  const { tx, organizationId, recordedAt } = scope
  const rows = lines.flatMap((line): Row[] => {
    const key = { productId: line.productId, lotId: line.lotId, ...line.from }
    if (!line.units) return [{ ...key, allocationId: newId(), unitId: null, quantity: line.quantity }]
    return line.units.map((unit) => ({ ...key, allocationId: newId(), unitId: unit.unitId, quantity: unit.quantity }))
  })
  const column = <T>(pick: (row: Row) => T): T[] => rows.map(pick)
  await tx.run(sql`
    with r as (
      select * from unnest(${column((r) => r.allocationId)}::uuid[], ${column((r) => r.productId)}::uuid[], ${column((r) => r.lotId)}::uuid[], ${column((r) => r.placeId)}::uuid[], ${column((r) => r.ownerId)}::uuid[],
        ${column((r) => r.plateId)}::uuid[], ${column((r) => r.unitId)}::uuid[], ${column((r) => formatQuantity(r.quantity))}::numeric[])
        as r (allocation_id, product_id, lot_id, place_id, owner_id, plate_id, unit_id, quantity)
    ), written as (
      insert into allocation (organization_id, allocation_id, demand_type, demand_number, demand_line, product_id, lot_id, place_id, owner_id, plate_id, unit_id, quantity, open_quantity,
                              firmness, expires_at, reasons, command_id, created_at)
      select ${organizationId}, r.allocation_id, ${input.demand.type}, ${input.demand.number}, ${input.demand.line ?? 1}, r.product_id, r.lot_id, r.place_id, r.owner_id, r.plate_id, r.unit_id, r.quantity, r.quantity,
             ${input.firmness}, ${input.expiresAt ?? null}, ${JSON.stringify(input.reasons ?? [])}::jsonb, ${scope.commandId}, ${recordedAt} from r
    ), marked as (
      update unit u set allocation_id = r.allocation_id from r where u.organization_id = ${organizationId} and u.unit_id = r.unit_id
    )
    update balance b set allocated = b.allocated + s.quantity
    from (select product_id, lot_id, place_id, owner_id, plate_id, sum(quantity) as quantity from r group by 1, 2, 3, 4, 5) s
    where b.organization_id = ${organizationId} and b.product_id = s.product_id and b.lot_id = s.lot_id and b.place_id = s.place_id and b.owner_id = s.owner_id and b.plate_id = s.plate_id`)
  scope.changed({ subject: 'allocation', subjectId: rows[0]?.allocationId ?? newId(), before: null, after: { demand: `${input.demand.type} ${input.demand.number}`, firmness: input.firmness, allocations: rows.length } })
  scope.happened({ type: 'stock.reserved.v1', subjectIds: [...new Set(rows.map((row) => row.lotId))], data: { demand: `${input.demand.type} ${input.demand.number}`, firmness: input.firmness, allocations: rows.length } })
  return { allocations: rows.map((row) => ({ allocationId: row.allocationId, productId: row.productId, lotId: row.lotId, placeId: row.placeId, unitId: row.unitId, quantity: formatQuantity(row.quantity) })) }
}

/** Gives promised stock free again: of a demand, or single allocations. Refuses `allocation_unknown` where nothing open is meant. */
export async function release(scope: CommandScope, input: ReleaseInput): Promise<{ released: number }> {
  const { tx, organizationId } = scope
  enterUse(tx, organizationId)
  const found = await tx.rows<OpenAllocation>('allocationIds' in input
    ? sql`select allocation_id, product_id, lot_id, place_id, owner_id, plate_id from allocation where organization_id = ${organizationId} and allocation_id = any(${input.allocationIds}::uuid[]) and closed_at is null`
    : sql`select allocation_id, product_id, lot_id, place_id, owner_id, plate_id from allocation where organization_id = ${organizationId} and demand_type = ${input.demand.type} and demand_number = ${input.demand.number} and closed_at is null`)
  if (found.length === 0) throw refuse('allocation_unknown', { which: 'allocationIds' in input ? (input.allocationIds[0] ?? '') : `${input.demand.type} ${input.demand.number}` })
  await lockToClose(scope, found)
  const released = await close(scope, found, 'released')
  scope.changed({ subject: 'allocation', subjectId: found[0]?.allocation_id ?? newId(), before: { open: released }, after: { released } })
  scope.happened({ type: 'stock.released.v1', subjectIds: [...new Set(found.map((row) => row.lot_id))], data: { released } })
  return { released }
}

/** Closes the soft allocations on these locked keys whose time is over; true where there were any. It is looked for only where something is promised. */
export async function lapseSoftAllocations(scope: CommandScope, keys: ReadonlyMap<string, Key>, balances: ReadonlyMap<string, BalanceFacts>): Promise<boolean> {
  const all = [...keys].filter(([name]) => (balances.get(name)?.allocated ?? 0n) > 0n).map(([, key]) => key)
  if (all.length === 0) return false
  const lapsed = await scope.tx.rows<OpenAllocation>(sql`
    select a.allocation_id, a.product_id, a.lot_id, a.place_id, a.owner_id, a.plate_id
    from unnest(${all.map((k) => k.productId)}::uuid[], ${all.map((k) => k.lotId)}::uuid[], ${all.map((k) => k.placeId)}::uuid[]) as k (product_id, lot_id, place_id)
    join allocation a on a.organization_id = ${scope.organizationId} and a.product_id = k.product_id and a.lot_id = k.lot_id and a.place_id = k.place_id
    where a.closed_at is null and a.firmness = 'soft' and a.expires_at <= ${scope.recordedAt}`)
  // Only those on keys we hold: another owner's or plate's row is not locked by us.
  const held = new Set(all.map((k) => `${k.productId}/${k.lotId}/${k.placeId}/${k.ownerId}/${k.plateId}`))
  const ours = lapsed.filter((row) => held.has(`${row.product_id}/${row.lot_id}/${row.place_id}/${row.owner_id}/${row.plate_id}`))
  if (ours.length === 0) return false
  const busy = await lockFreeUnits(scope, ours)
  const closable = ours.filter((row) => !busy.has(row.allocation_id))
  return closable.length > 0 && (await close(scope, closable, 'expired')) > 0
}

/**
 * Locks the units of allocations, and tells which of them others hold at this moment. Nobody waits for a unit behind a
 * balance: who holds the unit wants the balance, and will find its promise lapsed too.
 */
async function lockFreeUnits({ tx, organizationId }: CommandScope, allocations: readonly OpenAllocation[]): Promise<ReadonlySet<AllocationId>> {
  const ids = allocations.map((row) => row.allocation_id)
  const busy = await tx.rows<{ allocation_id: AllocationId }>(sql`
    with free as (
      select unit_id from unit where organization_id = ${organizationId} and allocation_id = any(${ids}::uuid[])
        and unit_id in (select unit_id from allocation where organization_id = ${organizationId} and allocation_id = any(${ids}::uuid[])) order by unit_id for update skip locked
    )
    select a.allocation_id from allocation a join unit u on u.organization_id = a.organization_id and u.unit_id = a.unit_id and u.allocation_id = a.allocation_id
    where a.organization_id = ${organizationId} and a.allocation_id = any(${ids}::uuid[]) and not exists (select from free f where f.unit_id = u.unit_id)`)
  return new Set(busy.map((row) => row.allocation_id))
}

interface OpenAllocation {
  allocation_id: AllocationId; product_id: Key['productId']; lot_id: Key['lotId']; place_id: Key['placeId']; owner_id: Key['ownerId']; plate_id: Key['plateId']
}

/** Units first, then balances: the order in which everybody locks. */
async function lockToClose(scope: CommandScope, found: readonly OpenAllocation[]): Promise<void> {
  const { tx, organizationId } = scope
  const keys = new Map(found.map((row) => [`${row.product_id}/${row.lot_id}/${row.place_id}/${row.owner_id}/${row.plate_id}`, { productId: row.product_id, lotId: row.lot_id, placeId: row.place_id, ownerId: row.owner_id, plateId: row.plate_id }]))
  await tx.run(sql`
    select 1 from unit where organization_id = ${organizationId} and allocation_id = any(${found.map((row) => row.allocation_id)}::uuid[])
      and unit_id in (select unit_id from allocation where organization_id = ${organizationId} and allocation_id = any(${found.map((row) => row.allocation_id)}::uuid[])) order by unit_id for update`)
  await lockBalances(tx, organizationId, keys, new Map())
}

/** Closes allocations whose units and balances are locked. What somebody else closed meanwhile is left out. */
async function close({ tx, organizationId, recordedAt }: CommandScope, found: readonly OpenAllocation[], because: 'released' | 'expired'): Promise<number> {
  const row = await tx.row<{ closed: number }>(sql`
    with target as (
      select * from allocation where organization_id = ${organizationId} and allocation_id = any(${found.map((one) => one.allocation_id)}::uuid[]) and closed_at is null order by allocation_id for update
    ), closed as (
      update allocation a set open_quantity = 0, closed_at = ${recordedAt}, closed_because = ${because} from target t
      where a.organization_id = ${organizationId} and a.allocation_id = t.allocation_id returning 1
    ), freed as (
      update unit u set allocation_id = null from target t where u.organization_id = ${organizationId} and u.unit_id = t.unit_id and u.allocation_id = t.allocation_id
    ), given as (
      update balance b set allocated = b.allocated - s.quantity
      from (select product_id, lot_id, place_id, owner_id, plate_id, sum(open_quantity) as quantity from target group by 1, 2, 3, 4, 5) s
      where b.organization_id = ${organizationId} and b.product_id = s.product_id and b.lot_id = s.lot_id and b.place_id = s.place_id and b.owner_id = s.owner_id and b.plate_id = s.plate_id
    )
    select count(*)::int as closed from closed`)
  return row?.closed ?? 0
}

