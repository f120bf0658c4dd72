import type { CommandScope } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import { enterUse } from '#src/holds/gate.ts'
import { lockBalances, type Key } from '#src/ledger/facts.ts'
import type { MovementInput } from '#src/ledger/contract.ts'
import { postMovement } from '#src/ledger/movements.ts'
import { must } from '#src/lib/given.ts'
import type { LotId, PartyId, UnitId } from '#src/lib/id.ts'
import { formatQuantity, type Quantity } from '#src/lib/quantity.ts'
import { meetLots } from '#src/lots/register-lot.ts'
import { unknownPartyId } from '#src/network/system.ts'
import { meetUnits } from '#src/serials/register-units.ts'
import { loadFacts, type Facts, type ProductFact } from './facts.ts'
import { judge, type JudgedRow } from './judge.ts'
import type { Problem } from './problems.ts'
import { readRows, type ImportRecord, type StoredRow } from './record.ts'

type Line = Extract<MovementInput, { kind: 'adjust' }>['lines'][number]

/**
 * Posts rows of an import within a command: their lots and units met or registered, the balances they speak of locked,
 * and one movement that adjusts each to what its rows state, up or down. What became of each row is written with it, in
 * the same transaction. Rows are judged once more, by what is there now: those that turned bad are marked failed.
 */
export async function postRows(scope: CommandScope, record: ImportRecord, stored: readonly StoredRow[]): Promise<{ done: number; failed: number }> {
  const { tx, organizationId } = scope
  enterUse(tx, organizationId)
  const made: { kind: string; id: string }[] = []
  const noting: CommandScope = { ...scope, changed: (change) => {
    if (change.before === null) made.push({ kind: change.subject, id: change.subjectId })
    scope.changed(change)
  } }
  const { stated, bad } = readRows(record, stored)
  const facts = await loadFacts(tx, organizationId, stated)
  const rows = judge(stated, { organizationId, settings: record.settings, facts }).rows
  const wanted = rows.filter(({ verdict }) => verdict === 'new' || verdict === 'changed').map((row) => withProduct(row, facts))
  const lots = await meetAllLots(noting, wanted, facts)
  const units = await meetAllUnits(noting, wanted, lots)
  const lines = [...(await quantityLines(noting, wanted, lots, facts)), ...unitLines(wanted, lots, units)]
  const movement = lines.length === 0 ? null : await postMovement(noting, {
    kind: 'adjust', reason: record.settings.reason, occurredAt: record.occurred_at ?? scope.recordedAt, references: [{ type: 'import', number: record.import_id }], lines,
  })
  const failed = [...bad, ...rows.filter(({ verdict }) => verdict === 'bad').map(({ stated: { rowNo }, problems }) => ({ rowNo, problems }))]
  await writeDone(noting, record, rows.filter(({ verdict }) => verdict !== 'bad'), lots, units, movement?.movementId ?? null)
  await writeFailed(scope, record.import_id, failed)
  await noteMade(scope, record.import_id, made)
  return { done: rows.length + bad.length - failed.length, failed: failed.length }
}

type Wanted = JudgedRow & { readonly product: ProductFact }

function withProduct(row: JudgedRow, facts: Facts): Wanted {
  return { ...row, product: must(facts.products.get(row.stated.product)?.[0]?.product, `the product ${row.stated.product}`) }
}

/** The lot of each row that names one, by row. A lot that an undo archived is in use again. */
async function meetAllLots(scope: CommandScope, rows: readonly Wanted[], facts: Facts): Promise<ReadonlyMap<number, LotId>> {
  const named = rows.filter(({ stated }) => stated.lot !== null)
  if (named.length === 0) return new Map()
  const lots = await meetLots(scope, named.map(({ stated, product }) => {
    const issuer = stated.issuer === null ? null : must(facts.parties.get(stated.issuer)?.[0], `the party ${stated.issuer}`)
    return { productId: product.id, code: stated.lot ?? '', issuerId: issuer, dates: stated.dates, familyCode: stated.family ?? undefined, create: issuer ?? issuerOf(scope, product) }
  }))
  await scope.tx.run(sql`
    update lot set archived_at = null, version = version + 1 where organization_id = ${scope.organizationId} and lot_id = any(${[...new Set(lots)]}::uuid[]) and archived_at is not null and merged_into is null`)
  return new Map(named.map(({ stated }, at) => [stated.rowNo, must(lots[at], 'a lot')]))
}

function issuerOf(scope: CommandScope, product: ProductFact): PartyId {
  return product.makerId ?? unknownPartyId(scope.organizationId)
}

async function meetAllUnits(scope: CommandScope, rows: readonly Wanted[], lots: ReadonlyMap<number, LotId>): Promise<ReadonlyMap<number, UnitId>> {
  const named = rows.filter(({ stated }) => stated.serial !== null)
  const units = await meetUnits(scope, named.map(({ stated, product }) => ({ productId: product.id, lotId: lots.get(stated.rowNo) ?? null, issuerId: null, serial: stated.serial ?? '', create: issuerOf(scope, product) })))
  return new Map(named.map(({ stated }, at) => [stated.rowNo, must(units[at], 'a unit')]))
}

/** A line for what each key has too little or too much; of a key that had nothing, one for each of its rows, with its own cost. */
async function quantityLines(scope: CommandScope, rows: readonly Wanted[], lots: ReadonlyMap<number, LotId>, facts: Facts): Promise<Line[]> {
  const groups = [...Map.groupBy(rows.filter(({ stated, base }) => stated.serial === null && base !== null), ({ key }) => key).values()].map((group) => {
    const first = must(group[0], 'a row of a key')
    const key: Key = { productId: first.product.id, lotId: lots.get(first.stated.rowNo) ?? first.product.noLotId, placeId: must(first.placeId, `the place of row ${first.stated.rowNo}`), ownerId: must(first.ownerId, 'the owner'), plateId: must(first.plateId, 'the plate') }
    return { group, first, key, name: `${key.productId}/${key.lotId}/${key.placeId}/${key.ownerId}/${key.plateId}`, total: group.reduce<bigint>((sum, { base }) => sum + (base ?? 0n), 0n) }
  })
  if (groups.length === 0) return []
  const keys = new Map(groups.map(({ name, key }) => [name, key]))
  const balances = await lockBalances(scope.tx, scope.organizationId, keys, new Map(groups.filter(({ total }) => total > 0n).map(({ name, key }) => [name, key])))
  return groups.flatMap(({ group, first, key, name, total }): Line[] => {
    const before = (balances.get(name)?.onHand ?? 0n) - (facts.balances.get(name)?.named ?? 0n)
    const delta = total - before
    if (delta === 0n) return []
    if (before === 0n) return group.filter(({ base }) => base !== null && base > 0n).map((row) => ({ ...lineOf(row, key), quantity: formatQuantity(row.base ?? (0n as Quantity)), direction: 'up' }))
    return [{ ...lineOf(first, key), quantity: formatQuantity((delta < 0n ? -delta : delta) as Quantity), direction: delta < 0n ? 'down' : 'up' }]
  })
}

/** Units of one lot, place, owner, plate and cost share a line. */
function unitLines(rows: readonly Wanted[], lots: ReadonlyMap<number, LotId>, units: ReadonlyMap<number, UnitId>): Line[] {
  const named = rows.filter(({ stated, base, verdict }) => stated.serial !== null && base !== null && verdict !== 'unchanged')
  const moving = named.filter((row) => row.base !== row.before)
  const groups = Map.groupBy(moving, (row) => [row.product.id, lots.get(row.stated.rowNo), row.placeId, row.ownerId, row.plateId, row.base === 0n, row.stated.unitCost, row.stated.costCurrency].join('/'))
  return [...groups.values()].map((group): Line => {
    const first = must(group[0], 'a row of a line')
    const key: Key = { productId: first.product.id, lotId: lots.get(first.stated.rowNo) ?? first.product.noLotId, placeId: must(first.placeId, 'the place'), ownerId: must(first.ownerId, 'the owner'), plateId: must(first.plateId, 'the plate') }
    const { lot: _, ...line } = lineOf(first, key)
    return {
      ...line, direction: first.base === 0n ? 'down' : 'up',
      units: group.map((row) => ({ id: must(units.get(row.stated.rowNo), 'a unit'), ...(row.product.measured && row.base !== null && row.base > 0n ? { quantity: formatQuantity(row.base) } : {}) })),
    }
  })
}

function lineOf({ stated, product }: Wanted, key: Key): Pick<Line, 'product' | 'lot' | 'place' | 'owner' | 'plate' | 'unitCost' | 'costCurrency' | 'secondQuantity' | 'against'> {
  const hidden = key.lotId === product.noLotId && (product.tracking === 'none' || product.tracking === 'serial')
  const second = stated.second === null || stated.second === '0' || product.secondUom === null ? {} : { secondQuantity: stated.second }
  const cost = stated.unitCost === null || stated.unitCost === '0' ? {} : { unitCost: stated.unitCost, ...(stated.costCurrency === null ? {} : { costCurrency: stated.costCurrency }) }
  return { product: product.id, ...(hidden ? {} : { lot: key.lotId }), place: key.placeId, owner: key.ownerId, against: 'count', ...(stated.plate === null ? {} : { plate: key.plateId }), ...second, ...cost }
}

async function writeDone(scope: CommandScope, record: ImportRecord, rows: readonly JudgedRow[], lots: ReadonlyMap<number, LotId>, units: ReadonlyMap<number, UnitId>, movementId: string | null): Promise<void> {
  if (rows.length === 0) return
  const column = <T>(pick: (row: JudgedRow) => T): T[] => rows.map(pick)
  await scope.tx.run(sql`
    update import_row r set status = 'done', product_id = v.product_id, lot_id = v.lot_id, place_id = v.place_id, unit_id = v.unit_id, movement_id = case when v.moves then ${movementId}::uuid end
    from unnest(${column((r) => r.stated.rowNo)}::int[], ${column((r) => r.productId)}::uuid[], ${column((r) => lots.get(r.stated.rowNo) ?? r.lotId)}::uuid[], ${column((r) => r.placeId)}::uuid[],
                ${column((r) => units.get(r.stated.rowNo) ?? r.unitId)}::uuid[], ${column((r) => r.total !== null && r.total !== r.before)}::boolean[]) as v (row_no, product_id, lot_id, place_id, unit_id, moves)
    where r.organization_id = ${scope.organizationId} and r.import_id = ${record.import_id} and r.row_no = v.row_no`)
}

/** Rows that could not be imported, with why. */
export async function writeFailed(scope: Pick<CommandScope, 'tx' | 'organizationId'>, importId: string, rows: readonly { readonly rowNo: number; readonly problems: readonly Problem[] }[]): Promise<void> {
  if (rows.length === 0) return
  await scope.tx.run(sql`
    update import_row r set status = 'failed', verdict = 'bad', problems = v.problems from unnest(${rows.map(({ rowNo }) => rowNo)}::int[], ${rows.map(({ problems }) => JSON.stringify(problems))}::jsonb[]) as v (row_no, problems)
    where r.organization_id = ${scope.organizationId} and r.import_id = ${importId} and r.row_no = v.row_no`)
}

const KINDS = new Set(['product', 'place', 'party', 'plate', 'lot', 'lot_family', 'movement'])

/** What the import created, for its undo. */
export async function noteMade(scope: CommandScope, importId: string, made: readonly { readonly kind: string; readonly id: string }[]): Promise<void> {
  const kept = made.filter(({ kind }) => KINDS.has(kind))
  if (kept.length === 0) return
  await scope.tx.run(sql`
    insert into import_made (organization_id, import_id, kind, record_id)
    select ${scope.organizationId}, ${importId}, m.kind, m.record_id from unnest(${kept.map(({ kind }) => kind)}::text[], ${kept.map(({ id }) => id)}::uuid[]) as m (kind, record_id) on conflict do nothing`)
}
