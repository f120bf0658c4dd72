import { sql, type Statement, type Tx } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import { sha256 } from '#src/lib/canonical.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { formatQuantity } from '#src/lib/quantity.ts'
import { canonicalMovement } from '#src/ledger/canonical.ts'
import { expectedBalances, expectedRunInputs, expectedRunOutputs, expectedRunUses, joinWholesale, sides } from './expected.ts'
import { kindRules } from '#src/ledger/movement-kinds.ts'
import { readMovements, type StoredMovement } from '#src/stock/movements.ts'
import { replayedUnits, type ReplayedUnit, type UnitColumns } from '#src/ledger/unit-replay.ts'

export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I9' | 'I11'

/** One thing that is not as it must be: which invariant, of what, and the two values that should be one. */
export interface Finding {
  readonly invariant: Invariant
  /** A column or rule in words: `on hand`, `allocated`, `way of the unit` ... */
  readonly what: string
  readonly productId: string | null
  readonly lotId: string | null
  /** The row: `balance place/owner/plate`, `unit id`, `movement id`, `run id`. */
  readonly key: string
  readonly expected: string
  readonly found: string
}

export interface Verified {
  readonly ok: boolean
  readonly findings: readonly Finding[]
}

/** Findings of one check at most: enough to see what is wrong, whatever is wrong. */
const MOST = 200

/**
 * Looks over everything an organisation has posted and says what breaks an invariant (ARCHITECTURE.md): I1-I7, I9 and
 * I11. Reads one snapshot, changes nothing and stops nobody. Where something is found it looks a second time, in a
 * snapshot of its own, and gives what both saw: a confirmed break. `verifyAndRecord` also stores it and freezes.
 */
export async function verifyOrganization(database: Database, organizationId: OrganizationId): Promise<Verified> {
  const first = await look(database, organizationId)
  if (first.length === 0) return { ok: true, findings: [] }
  const again = new Set((await look(database, organizationId)).map(nameOf))
  const findings = first.filter((finding) => again.has(nameOf(finding)))
  return { ok: findings.length === 0, findings }
}

function nameOf({ invariant, what, productId, lotId, key }: Finding): string {
  return JSON.stringify([invariant, what, productId, lotId, key])
}

function look(database: Database, organizationId: OrganizationId): Promise<Finding[]> {
  return database.inTransaction(organizationId, async (tx) => {
    const findings: Finding[] = []
    for (const check of pagedChecks) findings.push(...(await check(tx, organizationId)))
    await joinWholesale(tx)
    for (const check of checks) findings.push(...(await check(tx, organizationId)))
    return findings
  }, { snapshot: true })
}

type Check = (tx: Tx, organizationId: OrganizationId) => Promise<readonly Finding[]>

/** Those that go through units or movements page by page. */
const pagedChecks: readonly Check[] = [checkUnits, checkMovements]
/** Those that hold whole tables against each other. */
const checks: readonly Check[] = [checkBalances, checkHistory, checkAllocations, checkUnitSums, checkLineUnits, checkPolicy, checkHeld, checkHeaders, checkLineCopies, checkAudit, checkRuns, checkRunsHaveInputs, checkSnapshot]

interface KeyRow { product_id: string; lot_id: string; place_id: string; owner_id: string; plate_id: string }
const keyOf = (row: KeyRow): string => `balance ${row.place_id}/${row.owner_id}/${row.plate_id}`

/** I1 and I2: each balance is the sum of its lines, allocated the sum of open promises, and neither is out of bounds. */
async function checkBalances(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const rows = await tx.rows<KeyRow & { [column: string]: string | null }>(sql`
    select product_id, lot_id, place_id, owner_id, plate_id, trim_scale(e.on_hand)::text as e_on_hand, trim_scale(b.on_hand)::text as b_on_hand, trim_scale(e.second_on_hand)::text as e_second, trim_scale(b.second_on_hand)::text as b_second,
           trim_scale(e.allocated)::text as e_allocated, trim_scale(b.allocated)::text as b_allocated, e.last_occurred_at::text as e_last, b.last_occurred_at::text as b_last
    from (${expectedBalances(organizationId)}) e
    full join (select * from balance where organization_id = ${organizationId}) b using (product_id, lot_id, place_id, owner_id, plate_id)
    where e.on_hand is distinct from b.on_hand or e.second_on_hand is distinct from b.second_on_hand or e.allocated is distinct from b.allocated or e.last_occurred_at is distinct from b.last_occurred_at
       or b.on_hand < 0 or b.second_on_hand < 0 or b.allocated < 0 or b.allocated > b.on_hand
    order by 1, 2, 3, 4, 5 limit ${MOST}`)
  return rows.flatMap((row) => {
    const compare = (invariant: Invariant, what: string, column: string): Finding[] =>
      row[`e_${column}`] === row[`b_${column}`] ? [] : [{ invariant, what, productId: row.product_id, lotId: row.lot_id, key: keyOf(row), expected: row[`e_${column}`] ?? 'no row', found: row[`b_${column}`] ?? 'no row' }]
    const differing = [...compare('I1', 'on hand', 'on_hand'), ...compare('I1', 'second on hand', 'second'), ...compare('I1', 'last occurred at', 'last'), ...compare('I2', 'allocated', 'allocated')]
    if (differing.length > 0) return differing
    return [{ invariant: 'I2', what: 'bounds', productId: row.product_id, lotId: row.lot_id, key: keyOf(row), expected: '0 <= allocated <= on hand', found: `${row['b_allocated']} of ${row['b_on_hand']}` }]
  })
}

/** I1, as of any instant: what happened by then never took more than there was. What happened at one instant is one step. */
async function checkHistory(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const rows = await tx.rows<KeyRow & { at: string; running: string }>(sql`
    select distinct on (product_id, lot_id, place_id, owner_id, plate_id) product_id, lot_id, place_id, owner_id, plate_id, occurred_at::text as at, trim_scale(running)::text as running
    from (select product_id, lot_id, place_id, owner_id, plate_id, occurred_at,
                 sum(sum(quantity)) over (partition by product_id, lot_id, place_id, owner_id, plate_id order by occurred_at) as running
          from (${sides(organizationId)}) side group by 1, 2, 3, 4, 5, 6) step
    where running < 0 order by 1, 2, 3, 4, 5, occurred_at limit ${MOST}`)
  return rows.map((row) => ({ invariant: 'I1', what: `on hand as of ${row.at}`, productId: row.product_id, lotId: row.lot_id, key: keyOf(row), expected: '0 or more', found: row.running }))
}

/** I2: a promise that is closed keeps nothing, one that is open no more than was promised. */
async function checkAllocations(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const rows = await tx.rows<{ allocation_id: string; product_id: string; lot_id: string; quantity: string; open: string; closed: boolean }>(sql`
    select allocation_id, product_id, lot_id, trim_scale(quantity)::text as quantity, trim_scale(open_quantity)::text as open, closed_at is not null as closed from allocation
    where organization_id = ${organizationId} and (open_quantity > quantity or (closed_at is not null) <> (open_quantity = 0)) order by allocation_id limit ${MOST}`)
  return rows.map((row) => ({ invariant: 'I2', what: 'open quantity', productId: row.product_id, lotId: row.lot_id, key: `allocation ${row.allocation_id}`, expected: row.closed ? '0' : `above 0, at most ${row.quantity}`, found: row.open }))
}

/** I3: the way of each unit is unbroken, and its state is where the way ends. */
async function checkUnits(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const findings: Finding[] = []
  for await (const units of replayedUnits(tx, organizationId)) {
    for (const unit of units) findings.push(...findingsOf(unit))
    if (findings.length >= MOST) break
  }
  return findings.slice(0, MOST)
}

function findingsOf(unit: ReplayedUnit): Finding[] {
  const about = { invariant: 'I3', productId: unit.productId, lotId: unit.lotId, key: `unit ${unit.unitId}` } as const
  const findings: Finding[] = []
  if (unit.broken) findings.push({ ...about, what: 'way of the unit', expected: `movement ${unit.broken.movementId} takes it from where it is`, found: `from ${unit.broken.from.placeId}` })
  if (unit.otherLot) findings.push({ ...about, what: 'lot of its lines', expected: unit.lotId, found: unit.otherLot })
  for (const column of unitColumns) {
    const [expected, found] = [tell(unit.replayed[column]), tell(unit.stored[column])]
    if (expected !== found) findings.push({ ...about, what: `state ${column}`, expected, found })
  }
  return findings
}

export const unitColumns = ['lotId', 'placeId', 'ownerId', 'plateId', 'measure', 'second', 'allocationId', 'lastOccurredAt', 'lastMovementId'] as const satisfies readonly (keyof UnitColumns)[]

function tell(value: UnitColumns[keyof UnitColumns]): string {
  return typeof value === 'bigint' ? formatQuantity(value) : (value ?? 'none')
}

/** I3: what units make up of a balance is the sum of their measures. */
async function checkUnitSums(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const rows = await tx.rows<KeyRow & { named: string; measured: string }>(sql`
    select product_id, lot_id, place_id, owner_id, plate_id, trim_scale(coalesce(e.named, 0))::text as named, trim_scale(coalesce(u.measured, 0))::text as measured
    from (select * from (${expectedBalances(organizationId)}) every_row where named <> 0) e
    full join (select u.product_id, coalesce(o.merged_into, u.lot_id) as lot_id, u.place_id, u.owner_id, u.plate_id, sum(u.measure) as measured
               from unit u join place p on p.organization_id = u.organization_id and p.place_id = u.place_id and p.internal
               left join lot o on o.organization_id = u.organization_id and o.lot_id = u.lot_id
               where u.organization_id = ${organizationId} and u.measure > 0 group by 1, 2, 3, 4, 5) u using (product_id, lot_id, place_id, owner_id, plate_id)
    where coalesce(e.named, 0) <> coalesce(u.measured, 0) order by 1, 2, 3, 4, 5 limit ${MOST}`)
  return rows.map((row) => ({ invariant: 'I3', what: 'sum of units', productId: row.product_id, lotId: row.lot_id, key: keyOf(row), expected: row.named, found: row.measured }))
}

/** I3: a line is the sum of its units, a serial is one. */
async function checkLineUnits(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const rows = await tx.rows<{ movement_id: string; line_no: number; product_id: string; lot_id: string; quantity: string; units: string; odd: string }>(sql`
    select l.movement_id, l.line_no, l.product_id, l.lot_id, trim_scale(l.quantity)::text as quantity, trim_scale(coalesce(u.quantity, 0))::text as units, coalesce(u.odd, 0)::text as odd
    from movement_line l
    full join (select s.movement_id, s.line_no, sum(s.quantity) as quantity, count(*) filter (where n.unit_id is null or (n.kind = 'serial' and s.quantity <> 1)) as odd
               from line_unit s left join unit n on n.organization_id = s.organization_id and n.unit_id = s.unit_id where s.organization_id = ${organizationId} group by 1, 2) u
      on u.movement_id = l.movement_id and u.line_no = l.line_no
    where coalesce(l.organization_id, ${organizationId}) = ${organizationId} and (u.odd > 0 or (coalesce(l.has_units, false) and u.quantity is distinct from l.quantity) or (not coalesce(l.has_units, false) and u.quantity is not null))
    order by 1, 2 limit ${MOST}`)
  return rows.map((row) => ({
    invariant: 'I3', what: 'units of the line', productId: row.product_id, lotId: row.lot_id, key: `movement ${row.movement_id} line ${row.line_no}`,
    expected: row.quantity, found: row.odd === '0' ? row.units : `${row.units}, of which ${row.odd} are no such unit`,
  }))
}

/**
 * I4: what comes in since a policy holds names its lot or unit. A reversal brings back what left before. Where a policy
 * was changed, what was being posted in that minute is not judged: it may have been decided by the old one.
 */
async function checkPolicy(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const rows = await tx.rows<{ movement_id: string; line_no: number; product_id: string; lot_id: string; tracking: string; measured: boolean; wants_lot: boolean }>(sql`
    select l.movement_id, l.line_no, l.product_id, l.lot_id, p.tracking, p.measured, p.tracking in ('lot', 'lot_and_serial') and o.code is null as wants_lot
    from movement_line l
    join product p on p.organization_id = l.organization_id and p.product_id = l.product_id
    join movement m on m.organization_id = l.organization_id and m.movement_id = l.movement_id
    left join lot o on o.organization_id = l.organization_id and o.lot_id = l.lot_id
    where l.organization_id = ${organizationId} and l.to_internal and not l.from_internal and m.kind <> 'reverse'
      and l.recorded_at >= p.tracking_since + case when p.tracking_since > p.created_at then interval '1 minute' else interval '0' end
      and ((p.tracking in ('lot', 'lot_and_serial') and o.code is null) or ((p.tracking in ('serial', 'lot_and_serial') or p.measured) and not l.has_units))
    order by 1, 2 limit ${MOST}`)
  return rows.map((row) => ({
    invariant: 'I4', what: 'tracking policy', productId: row.product_id, lotId: row.lot_id, key: `movement ${row.movement_id} line ${row.line_no}`,
    expected: `${row.tracking}${row.measured ? ', measured pieces' : ''}`, found: row.wants_lot ? 'no lot' : 'no units',
  }))
}

/**
 * I5: nothing that was held was used or promised. Judged where the subject is named by the line itself and the hold had
 * stood for a minute: a posting that began before the hold may be recorded at the same moment (the races are a test's).
 * A hold that came with a merge is judged from the merge on: before it the lot was another one.
 */
async function checkHeld(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const using = Object.entries(kindRules).flatMap(([kind, rule]) => (rule.usesGoods ? [kind] : []))
  const rows = await tx.rows<{ key: string; kind: string; product_id: string; lot_id: string; hold_id: string; subject: string }>(sql`
    select 'movement ' || l.movement_id || ' line ' || l.line_no as key, m.kind, l.product_id, l.lot_id, h.hold_id, h.subject
    from hold h
    left join lateral (select max(a.recorded_at) as at from audit a where a.organization_id = h.organization_id and a.subject_id = h.subject_id and a.after ->> 'mergedFrom' is not null) merged on true
    join movement_line l on l.organization_id = h.organization_id and l.from_internal
     and (h.subject = 'lot' and l.lot_id = h.subject_id or h.subject = 'place' and l.from_place_id = h.subject_id or h.subject = 'plate' and l.from_plate_id = h.subject_id)
    join movement m on m.organization_id = l.organization_id and m.movement_id = l.movement_id
    where h.organization_id = ${organizationId} and m.kind = any(${using}::text[]) and not m.kind = any(h.allows) and m.recorded_at > coalesce(merged.at, '-infinity')
      and m.occurred_at >= h.placed_at and m.recorded_at >= h.placed_at + interval '1 minute' and m.recorded_at < least(h.released_at, h.until, 'infinity')
    union all
    select 'allocation ' || a.allocation_id, 'ship', a.product_id, a.lot_id, h.hold_id, h.subject
    from hold h
    left join lateral (select max(a.recorded_at) as at from audit a where a.organization_id = h.organization_id and a.subject_id = h.subject_id and a.after ->> 'mergedFrom' is not null) merged on true
    join allocation a on a.organization_id = h.organization_id
     and (h.subject = 'lot' and a.lot_id = h.subject_id or h.subject = 'unit' and a.unit_id = h.subject_id or h.subject = 'place' and a.place_id = h.subject_id or h.subject = 'plate' and a.plate_id = h.subject_id)
    where h.organization_id = ${organizationId} and not 'ship' = any(h.allows) and a.created_at > coalesce(merged.at, '-infinity')
      and a.created_at >= h.placed_at + interval '1 minute' and a.created_at < least(h.released_at, h.until, 'infinity')
    order by 1 limit ${MOST}`)
  return rows.map((row) => ({ invariant: 'I5', what: 'used while on hold', productId: row.product_id, lotId: row.lot_id, key: row.key, expected: `none against the hold ${row.hold_id} on the ${row.subject}`, found: row.kind }))
}

/** I6: who, why where the kind asks for it, and the command with its idempotency key; lines are of the header's moment. */
async function checkHeaders(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const needsReason = ['reverse', ...Object.entries(kindRules).flatMap(([kind, rule]) => (rule.needsReason ? [kind] : []))]
  const rows = await tx.rows<{ movement_id: string; what: string; product_id: string | null; lot_id: string | null }>(sql`
    select m.movement_id, w.what, l.product_id, l.lot_id
    from movement m
    left join command c on c.organization_id = m.organization_id and c.command_id = m.command_id
    left join movement o on o.organization_id = m.organization_id and o.movement_id = m.reverses
    left join lateral (select product_id, lot_id from movement_line l where l.organization_id = m.organization_id and l.movement_id = m.movement_id order by line_no limit 1) l on true
    cross join lateral (values
      ('actor', m.actor_id = ''),
      ('reason', coalesce(m.reason, '') = '' and m.kind = any(${needsReason}::text[])),
      ('command with its key', c.command_id is null),
      ('lines', l.product_id is null),
      ('movement it reverses', m.reverses is not null and o.movement_id is null),
      ('instant of what never happened', m.reversal = 'never_happened' and o.occurred_at <> m.occurred_at)) w (what, missing)
    where m.organization_id = ${organizationId} and w.missing order by 1, 2 limit ${MOST}`)
  return rows.map((row) => ({ invariant: 'I6', what: row.what, productId: row.product_id, lotId: row.lot_id, key: `movement ${row.movement_id}`, expected: 'present and right', found: 'missing or wrong' }))
}

/** I7: the text made again from the rows is the stored one, its hash the stored one and the one in the audit. */
async function checkMovements(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const findings: Finding[] = []
  for await (const page of readMovements(tx, organizationId)) {
    for (const stored of page) findings.push(...checkCanonical(stored))
    if (findings.length >= MOST) break
  }
  return findings.slice(0, MOST)
}

function checkCanonical({ movement, written, canonical, sha256: digest }: StoredMovement): Finding[] {
  const fromRows = canonicalMovement(movement, written)
  const [line] = movement.lines
  const about = { invariant: 'I7', productId: line?.productId ?? null, lotId: line?.lotId ?? null, key: `movement ${written.movementId}` } as const
  const findings: Finding[] = []
  if (fromRows !== canonical) findings.push({ ...about, what: 'rows against the text', ...firstDifference(canonical, fromRows) })
  if (!sha256(canonical).equals(digest)) findings.push({ ...about, what: 'hash of the text', expected: sha256(canonical).toString('hex'), found: digest.toString('hex') })
  return findings
}

/** Both texts around where they part. */
function firstDifference(a: string, b: string): { expected: string; found: string } {
  let at = 0
  while (at < a.length && a[at] === b[at]) at += 1
  const from = Math.max(0, a.lastIndexOf(',"', at - 1))
  return { expected: a.slice(from, at + 60), found: b.slice(from, at + 60) }
}

/** What a line repeats of its header and of its places, so that queries need not look it up. */
async function checkLineCopies(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const rows = await tx.rows<{ movement_id: string; line_no: number; product_id: string; lot_id: string; header: boolean }>(sql`
    select l.movement_id, l.line_no, l.product_id, l.lot_id, l.occurred_at = m.occurred_at and l.recorded_at = m.recorded_at as header
    from movement_line l
    join movement m on m.organization_id = l.organization_id and m.movement_id = l.movement_id
    left join place f on f.organization_id = l.organization_id and f.place_id = l.from_place_id
    left join place t on t.organization_id = l.organization_id and t.place_id = l.to_place_id
    where l.organization_id = ${organizationId}
      and (l.occurred_at <> m.occurred_at or l.recorded_at <> m.recorded_at or l.from_internal is distinct from f.internal or l.to_internal is distinct from t.internal)
    order by 1, 2 limit ${MOST}`)
  return rows.map((row) => ({
    invariant: 'I7', what: row.header ? 'sides of the line' : 'times of the line', productId: row.product_id, lotId: row.lot_id, key: `movement ${row.movement_id} line ${row.line_no}`,
    expected: row.header ? 'as its places are' : 'as its header has them', found: 'others',
  }))
}

async function checkAudit(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const rows = await tx.rows<{ movement_id: string; stored: string; audited: string; product_id: string | null; lot_id: string | null }>(sql`
    select m.movement_id, encode(m.sha256, 'hex') as stored, a.after ->> 'sha256' as audited, l.product_id, l.lot_id
    from audit a join movement m on m.organization_id = a.organization_id and m.movement_id = a.subject_id
    left join lateral (select product_id, lot_id from movement_line l where l.organization_id = m.organization_id and l.movement_id = m.movement_id order by line_no limit 1) l on true
    where a.organization_id = ${organizationId} and a.subject = 'movement' and a.after ->> 'sha256' <> encode(m.sha256, 'hex') order by 1 limit ${MOST}`)
  return rows.map((row) => ({ invariant: 'I7', what: 'hash in the audit', productId: row.product_id, lotId: row.lot_id, key: `movement ${row.movement_id}`, expected: row.audited, found: row.stored }))
}

/** I9: genealogy is what the lines of runs say. */
async function checkRuns(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const inputs = sql`select run_id, movement_id, line_no, product_id, lot_id, unit_id, quantity, certainty from run_input where organization_id = ${organizationId}`
  const outputs = sql`select run_id, movement_id, line_no, product_id, lot_id, unit_id, quantity, names_inputs::text as certainty from run_output where organization_id = ${organizationId}`
  const expectedOutputs = sql`select run_id, movement_id, line_no, product_id, lot_id, unit_id, quantity, names_inputs::text as certainty from (${expectedRunOutputs(organizationId)}) o`
  const found = [
    ...(await difference(tx, 'input', expectedRunInputs(organizationId), inputs)),
    ...(await difference(tx, 'output', expectedOutputs, outputs)),
  ]
  const uses = sql`select run_id, output_movement_id, output_line, input_movement_id, input_line, quantity, certainty from run_use where organization_id = ${organizationId}`
  const differing = await tx.rows<{ run_id: string; row: string; missing: boolean }>(sql`
    select run_id, d::text as row, missing from (
      select *, true as missing from (${expectedRunUses(organizationId)} except all ${uses}) e
      union all select *, false from (${uses} except all ${expectedRunUses(organizationId)}) s) d
    order by 1, 2 limit ${MOST}`)
  return [...found, ...differing.map((row): Finding => ({ invariant: 'I9', what: 'named inputs', productId: null, lotId: null, key: `run ${row.run_id} ${row.row}`, expected: row.missing ? 'there' : 'not there', found: row.missing ? 'missing' : 'there' }))]
}

async function difference(tx: Tx, what: string, expected: Statement, stored: Statement): Promise<Finding[]> {
  const rows = await tx.rows<{ run_id: string; movement_id: string; line_no: number; product_id: string; lot_id: string; unit_id: string; quantity: string; certainty: string; missing: boolean }>(sql`
    select run_id, movement_id, line_no, product_id, lot_id, unit_id, trim_scale(quantity)::text as quantity, certainty, missing from (
      select *, true as missing from (${expected} except all ${stored}) e
      union all select *, false from (${stored} except all ${expected}) s) d
    order by 1, 2, 3, 6, missing limit ${MOST}`)
  return rows.map((row) => {
    const told = `${row.quantity} ${row.certainty}`
    return { invariant: 'I9', what: `${what} of the run`, productId: row.product_id, lotId: row.lot_id, key: `run ${row.run_id} movement ${row.movement_id} line ${row.line_no} unit ${row.unit_id}`, expected: row.missing ? told : 'not there', found: row.missing ? 'not there' : told }
  })
}

/** I9: what was made was made of something. */
async function checkRunsHaveInputs(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const rows = await tx.rows<{ run_id: string; product_id: string; lot_id: string }>(sql`
    select distinct on (o.run_id) o.run_id, o.product_id, o.lot_id from run_output o
    join movement m on m.organization_id = o.organization_id and m.movement_id = o.movement_id and m.kind = 'transform'
    where o.organization_id = ${organizationId} and not exists (select from run_input i where i.organization_id = o.organization_id and i.run_id = o.run_id)
    order by 1 limit ${MOST}`)
  return rows.map((row) => ({ invariant: 'I9', what: 'inputs of the run', productId: row.product_id, lotId: row.lot_id, key: `run ${row.run_id}`, expected: 'one or more', found: 'none' }))
}

/** I11: the newest snapshot and the lines it does not hold give what is on hand now. Without a snapshot that is I1. */
async function checkSnapshot(tx: Tx, organizationId: OrganizationId): Promise<Finding[]> {
  const rows = await tx.rows<KeyRow & { expected: string; found: string }>(sql`
    with newest as materialized (
      select snapshot_id, occurred_through, recorded_through from stock_snapshot where organization_id = ${organizationId} order by occurred_through desc, recorded_through desc, snapshot_id desc limit 1
    ), as_of_now as (
      select product_id, lot_id, place_id, owner_id, plate_id, sum(quantity) as on_hand from (
        select s.product_id, coalesce(o.merged_into, s.lot_id) as lot_id, s.place_id, s.owner_id, s.plate_id, s.on_hand as quantity
        from newest n join stock_snapshot_row s on s.organization_id = ${organizationId} and s.snapshot_id = n.snapshot_id
        left join lot o on o.organization_id = s.organization_id and o.lot_id = s.lot_id
        union all
        select s.product_id, s.lot_id, s.place_id, s.owner_id, s.plate_id, s.quantity from newest n, (${sides(organizationId)}) s
        where s.occurred_at > n.occurred_through or s.recorded_at > n.recorded_through) part
      group by 1, 2, 3, 4, 5
    )
    select product_id, lot_id, place_id, owner_id, plate_id, trim_scale(coalesce(a.on_hand, 0))::text as expected, trim_scale(coalesce(b.on_hand, 0))::text as found
    from as_of_now a full join (select b.* from balance b, newest where b.organization_id = ${organizationId} and b.on_hand <> 0) b using (product_id, lot_id, place_id, owner_id, plate_id)
    where coalesce(a.on_hand, 0) <> coalesce(b.on_hand, 0) order by 1, 2, 3, 4, 5 limit ${MOST}`)
  return rows.map((row) => ({ invariant: 'I11', what: 'as of now', productId: row.product_id, lotId: row.lot_id, key: keyOf(row), expected: row.expected, found: row.found }))
}
