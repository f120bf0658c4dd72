import type pg from 'pg'
import type { OrganizationId, PartyId } from '#src/lib/id.ts'
import { supplierPlaceId } from '#src/network/system.ts'
import type { Seed } from './cluster.ts'

/** Kinds of seeded records, the first 8 digits of their ids: a seeded record is found again by its number. */
export const kinds = { product: 1, noLot: 2, lot: 3, place: 4, party: 5, movement: 6, command: 7, audit: 8, event: 9, unit: 10, run: 11, customer: 12 } as const

/** The id of the n-th seeded record of a kind: in the form of a UUIDv7, before every one that is made today. */
export function seededId(kind: keyof typeof kinds, n: number): string {
  return `${kinds[kind].toString(16).padStart(8, '0')}-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

/** Where Hill Farm's goods come from. */
export const supplierPlace = supplierPlaceId(seededId('party', 1) as PartyId)

/** One expression, so that it is inlined: a function that is called costs ten times as much, millions of times. */
async function defineIds(db: pg.Client): Promise<void> {
  await db.query(`
    create or replace function pg_temp.id(kind int, n bigint) returns uuid language sql immutable as $$
      select (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
    $$`)
}

/** Drops the tables' secondary indexes, does the work and makes them again: the fastest way to many rows. */
export async function withoutIndexes(db: pg.Client, tables: readonly string[], work: () => Promise<void>): Promise<void> {
  const { rows } = await db.query<{ name: string; definition: string }>(`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
    where i.indrelid = any($1::regclass[]) and not i.indisprimary and not i.indisunique`, [tables])
  for (const { name } of rows) await db.query(`drop index ${name}`)
  await work()
  for (const { definition } of rows) await db.query(definition)
}

export interface StockScene {
  readonly products: number
  readonly lots: number
  readonly places: number
  /** Of all movements together, ten to a movement: first one receipt of each lot into each place, then moves between places. */
  readonly lines: number
  /** With a command, an audit row and an event for each movement, as posting leaves them; questions about stock read none of them. */
  readonly records?: boolean
}

const FROM = `timestamptz '2024-01-01T00:00:00Z'`
/** Seeded history ends here: everything posted by a benchmark is later. */
export const seededThrough = '2025-12-31T00:00:00.000Z'

/** Products, lots, places, and a history of movements with the balances that follow from it. */
export async function fillStock(db: pg.Client, organizationId: OrganizationId, scene: StockScene): Promise<void> {
  await defineIds(db)
  const { products, lots, places } = scene
  const o = `'${organizationId}'::uuid`
  await db.query(`
    insert into product (organization_id, product_id, sku, folded, name, base_uom, scale, tracking, tracking_since, date_kind, no_lot_id, created_at)
    select ${o}, pg_temp.id(${kinds.product}, n), 'SKU-' || n, 'SKU-' || n, 'Product ' || n, 'kg', 3, 'lot', ${FROM}, 'use_by', pg_temp.id(${kinds.noLot}, n), ${FROM} from generate_series(1, ${products}) n`)
  await db.query(`insert into lot (organization_id, lot_id, product_id, created_at) select ${o}, pg_temp.id(${kinds.noLot}, n), pg_temp.id(${kinds.product}, n), ${FROM} from generate_series(1, ${products}) n`)
  await fillLots(db, o, lots, products)
  await db.query(`
    insert into place (organization_id, place_id, parent_id, facility_id, path, kind, code, name, time_zone, created_at)
    select ${o}, pg_temp.id(${kinds.place}, n), nullif(pg_temp.id(${kinds.place}, 0), pg_temp.id(${kinds.place}, n)), pg_temp.id(${kinds.place}, 0),
           case when n = 0 then array[pg_temp.id(${kinds.place}, 0)] else array[pg_temp.id(${kinds.place}, 0), pg_temp.id(${kinds.place}, n)] end,
           case when n = 0 then 'facility' else 'storage' end, 'B-' || n, 'Bin ' || n, 'UTC', ${FROM} from generate_series(0, ${places}) n`)
  await db.query(`insert into party (organization_id, party_id, name, roles, created_at) values (${o}, pg_temp.id(${kinds.party}, 1), 'Hill Farm', '{supplier}', ${FROM})`)
  await db.query(`
    insert into place (organization_id, place_id, facility_id, path, kind, code, name, time_zone, party_id, created_at)
    select ${o}, p, p, array[p], 'supplier', 'Hill Farm', 'Hill Farm', 'UTC', pg_temp.id(${kinds.party}, 1), ${FROM} from (select '${supplierPlace}'::uuid as p) s`)
  await fillHistory(db, o, scene)
}

/** Lots with their codes, `L-1` and on; lot n is of product (n - 1) mod products + 1. */
export async function fillLots(db: pg.Client, o: string, lots: number, products: number): Promise<void> {
  if (lots === 0) return
  await db.query(`
    insert into lot (organization_id, lot_id, product_id, issuer_id, code, use_by, created_at)
    select ${o}, pg_temp.id(${kinds.lot}, n), pg_temp.id(${kinds.product}, (n - 1) % ${products} + 1), pg_temp.id(${kinds.party}, 1), 'L-' || n, date '2030-01-01' + (n % 365)::int, ${FROM} from generate_series(1, ${lots}::bigint) n`)
  await db.query(`
    insert into lot_code (organization_id, product_id, issuer_id, code, folded, lot_id, created_at)
    select ${o}, pg_temp.id(${kinds.product}, (n - 1) % ${products} + 1), pg_temp.id(${kinds.party}, 1), 'L-' || n, 'L-' || n, pg_temp.id(${kinds.lot}, n), ${FROM} from generate_series(1, ${lots}::bigint) n`)
}

/**
 * Movements of ten lines, evenly over 2024 and 2025. The first lots x places lines bring a million kg of each lot to each
 * place, so that no move after them can lack stock; balances are the sums of the lines.
 */
async function fillHistory(db: pg.Client, o: string, { lots, products, places, lines, records = false }: StockScene): Promise<void> {
  if (lines === 0) return
  const opening = lots * places
  if (lines < opening) throw new Error(`${lines} lines cannot open ${opening} balances`)
  const movements = Math.ceil(lines / 10)
  const at = `${FROM} + (timestamptz '${seededThrough}' - ${FROM}) * (m::float8 / ${movements})`
  const receives = `m <= ${opening / 10}`
  await withoutIndexes(db, ['movement', 'movement_line', 'audit', 'event', 'balance'], async () => {
    await db.query(`
      insert into movement (organization_id, movement_id, kind, occurred_at, recorded_at, business_date, actor_kind, actor_id, command_id, canonical, sha256)
      select ${o}, pg_temp.id(${kinds.movement}, m), case when ${receives} then 'receive' else 'move' end, ${at}, ${at}, (${at})::date, 'system', 'seed', pg_temp.id(${kinds.command}, m), '{}', '\\x00'
      from generate_series(1, ${movements}::bigint) m`)
    if (records) await fillRecords(db, o, movements, at)
    await db.query(`
      insert into movement_line (organization_id, movement_id, line_no, product_id, lot_id, from_place_id, to_place_id, from_owner_id, to_owner_id, from_plate_id, to_plate_id,
                                 from_internal, to_internal, quantity, entered_quantity, entered_uom, occurred_at, recorded_at)
      select ${o}, pg_temp.id(${kinds.movement}, m), j, pg_temp.id(${kinds.product}, (lot - 1) % ${products} + 1), pg_temp.id(${kinds.lot}, lot),
             case when ${receives} then '${supplierPlace}'::uuid else pg_temp.id(${kinds.place}, from_n) end, pg_temp.id(${kinds.place}, to_n), ${o}, ${o},
             '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', not (${receives}), true, q, q, 'kg', ${at}, ${at}
      from (select m, j, case when ${receives} then ((m - 1) * 10 + j - 1) / ${places} + 1 else (m * 7919 + j * 104729) % ${lots} + 1 end as lot,
                   m % ${places} + 1 as from_n,
                   case when ${receives} then ((m - 1) * 10 + j - 1) % ${places} + 1 else (m + 1 + m / ${places} % (${places} - 1)) % ${places} + 1 end as to_n,
                   case when ${receives} then 1000000 else 1 + (m + j) % 9 end as q
            from generate_series(1, ${movements}::bigint) m, generate_series(1, 10) j) as l`)
    await db.query(`
      insert into balance (organization_id, product_id, lot_id, place_id, owner_id, plate_id, on_hand, last_occurred_at)
      select ${o}, product_id, lot_id, place_id, ${o}, '00000000-0000-0000-0000-000000000000', sum(q), max(occurred_at)
      from (select product_id, lot_id, to_place_id as place_id, quantity as q, occurred_at from movement_line where to_internal
            union all select product_id, lot_id, from_place_id, -quantity, occurred_at from movement_line where from_internal) as side
      group by product_id, lot_id, place_id`)
  })
}

async function fillRecords(db: pg.Client, o: string, movements: number, at: string): Promise<void> {
  await db.query(`
    insert into command (organization_id, key, command_id, name, actor_kind, actor_id, input_hash, field_hashes, result, recorded_at)
    select ${o}, 'seed-' || m, pg_temp.id(${kinds.command}, m), 'movement.move', 'system', 'seed', '\\x00', '{}', '{}', ${at} from generate_series(1, ${movements}::bigint) m`)
  await db.query(`
    insert into audit (organization_id, audit_id, command_id, subject, subject_id, after, recorded_at)
    select ${o}, pg_temp.id(${kinds.audit}, m), pg_temp.id(${kinds.command}, m), 'movement', pg_temp.id(${kinds.movement}, m), '{}', ${at} from generate_series(1, ${movements}::bigint) m`)
  await db.query(`
    insert into event (organization_id, event_id, type, subject_ids, occurred_at, recorded_at, position, data)
    select ${o}, pg_temp.id(${kinds.event}, m), 'movement.move.v1', array[pg_temp.id(${kinds.movement}, m)], ${at}, ${at}, -1, '{}' from generate_series(1, ${movements}::bigint) m`)
}

/** A product tracked by serial, and so many units of it in stock at place 1, received ten thousand to a document. */
export async function fillUnits(db: pg.Client, organizationId: OrganizationId, units: number): Promise<void> {
  await fillStock(db, organizationId, { products: 1, lots: 1, places: 10, lines: 10 })
  const o = `'${organizationId}'::uuid`
  await db.query(`
    insert into product (organization_id, product_id, sku, folded, name, base_uom, scale, tracking, tracking_since, date_kind, no_lot_id, created_at)
    values (${o}, pg_temp.id(${kinds.product}, 1000), 'E-BIKE', 'E-BIKE', 'E-bike', 'each', 0, 'serial', ${FROM}, 'none', pg_temp.id(${kinds.noLot}, 1000), ${FROM})`)
  await db.query(`insert into lot (organization_id, lot_id, product_id, created_at) values (${o}, pg_temp.id(${kinds.noLot}, 1000), pg_temp.id(${kinds.product}, 1000), ${FROM})`)
  if (units === 0) return
  const documents = Math.ceil(units / 10_000)
  await withoutIndexes(db, ['unit', 'line_unit'], async () => {
    await db.query(`
      insert into unit (organization_id, unit_id, product_id, lot_id, issuer_id, serial, folded, kind, created_at, place_id, owner_id, plate_id, measure, last_occurred_at, last_movement_id)
      select ${o}, pg_temp.id(${kinds.unit}, n), pg_temp.id(${kinds.product}, 1000), pg_temp.id(${kinds.noLot}, 1000), pg_temp.id(${kinds.party}, 1), 'S' || n, 'S' || n, 'serial', ${FROM},
             pg_temp.id(${kinds.place}, 1), ${o}, '00000000-0000-0000-0000-000000000000', 1, ${FROM}, pg_temp.id(${kinds.movement}, 1000000 + (n - 1) / 10000) from generate_series(1, ${units}::bigint) n`)
    await db.query(`
      insert into line_unit (organization_id, unit_id, movement_id, line_no, quantity)
      select ${o}, pg_temp.id(${kinds.unit}, n), pg_temp.id(${kinds.movement}, 1000000 + (n - 1) / 10000), 1, 1 from generate_series(1, ${units}::bigint) n`)
  })
  await db.query(`
    insert into movement (organization_id, movement_id, kind, occurred_at, recorded_at, business_date, actor_kind, actor_id, command_id, canonical, sha256)
    select ${o}, pg_temp.id(${kinds.movement}, 1000000 + m), 'receive', ${FROM}, ${FROM}, (${FROM})::date, 'system', 'seed', pg_temp.id(${kinds.command}, m), '{}', '\\x00' from generate_series(0, ${documents - 1}) m`)
  await db.query(`
    insert into movement_line (organization_id, movement_id, line_no, product_id, lot_id, from_place_id, to_place_id, from_owner_id, to_owner_id, from_plate_id, to_plate_id,
                               from_internal, to_internal, quantity, entered_quantity, entered_uom, has_units, occurred_at, recorded_at)
    select ${o}, pg_temp.id(${kinds.movement}, 1000000 + m), 1, pg_temp.id(${kinds.product}, 1000), pg_temp.id(${kinds.noLot}, 1000), '${supplierPlace}'::uuid, pg_temp.id(${kinds.place}, 1), ${o}, ${o},
           '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', false, true, 10000, 10000, 'each', true, ${FROM}, ${FROM} from generate_series(0, ${documents - 1}) m`)
  await db.query(`
    insert into balance (organization_id, product_id, lot_id, place_id, owner_id, plate_id, on_hand, last_occurred_at)
    values (${o}, pg_temp.id(${kinds.product}, 1000), pg_temp.id(${kinds.noLot}, 1000), pg_temp.id(${kinds.place}, 1), ${o}, '00000000-0000-0000-0000-000000000000', ${documents * 10_000}, ${FROM})`)
}

/** A thousand lots of fifty products in ten places: ten thousand balances. */
export const stock = { products: 50, lots: 1_000, places: 10 } as const

export function stockSeed(name: string, lines: number): Seed {
  return { name, version: `${lines} lines, 2`, gigabytes: lines / 1_200_000, fill: (db, organizationId) => fillStock(db, organizationId, { ...stock, lines, records: true }) }
}

export function unitsSeed(name: string, units: number): Seed {
  return { name, version: `${units} units, 2`, gigabytes: units / 1_500_000, fill: (db, organizationId) => fillUnits(db, organizationId, units) }
}

/** Balances of every lot in every place, and no history: on hand is answered by balances alone. */
export async function fillBalances(db: pg.Client, organizationId: OrganizationId, scene: Omit<StockScene, 'lines'>): Promise<void> {
  await fillStock(db, organizationId, { ...scene, lines: 0 })
  const o = `'${organizationId}'::uuid`
  await withoutIndexes(db, ['balance'], async () => void (await db.query(`
    insert into balance (organization_id, product_id, lot_id, place_id, owner_id, plate_id, on_hand, last_occurred_at)
    select ${o}, pg_temp.id(${kinds.product}, (n - 1) % ${scene.products} + 1), pg_temp.id(${kinds.lot}, n), pg_temp.id(${kinds.place}, p), ${o}, '00000000-0000-0000-0000-000000000000', (n + p) % 100 + 1, ${FROM}
    from generate_series(1, ${scene.lots}) n, generate_series(1, ${scene.places}) p`)))
}
