import { stringify, type Stringifier } from 'csv-stringify'
import type { Caller } from '#src/audit/caller.ts'
import { sql, type Statement } from '#src/db/sql.ts'
import { NO_UNIT } from '#src/lib/id.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { prepareToWalk } from './trace.ts'
import { accounted, certainties, linesOf, onHandOf, toStart, walkTables, type Direction, type Start } from './walk.ts'

/**
 * A row per node (`node`: what it has on hand in all), then one per place it is at (`on_hand`), per consignee, supplier
 * and end it went to (`consignee`, `supplier`, `destroyed`, `sampled`, `lost`, `counted`), per unit where units are named.
 */
const columns = ['row', 'start', 'certainty', 'sku', 'product', 'lot', 'serial', 'quantity', 'returned', 'uom', 'party', 'place', 'first', 'last', 'documents', 'followed', 'productId', 'lotId', 'unitId', 'partyId', 'placeId'] as const
type CsvRow = { [Column in (typeof columns)[number]]: string | null }

/** Rows fetched at a time: what is held in memory. */
const BATCH = 2_000

/**
 * The whole trace as CSV, streamed from a cursor of the database at the pace of the reader, whatever its size; a cell
 * that a spreadsheet would take for a formula is escaped. What is refused is refused before the first byte; a fault
 * afterwards breaks the stream off, so that half a file is never taken for a whole one.
 * Refuses `trace_of_nothing`, `not_found`, `lot_hidden`.
 */
export async function traceCsv(caller: Pick<Caller, 'read' | 'organizationId' | 'database'>, direction: Direction, asked: { readonly lotIds?: readonly string[] | undefined; readonly unitIds?: readonly string[] | undefined }): Promise<Stringifier> {
  const { organizationId, database } = caller
  const start = await caller.read((tx) => toStart(tx, organizationId, direction, asked))
  const out = stringify({ header: true, columns: [...columns], escape_formulas: true, record_delimiter: '\r\n' })
  let begun = false
  const writing = database.inTransaction(organizationId, async (tx) => {
    // a transaction that lost its connection is run again: not when rows have been written
    if (begun) throw new Error('the trace broke off')
    begun = true
    await prepareToWalk(tx)
    await tx.run(sql`declare traced no scroll cursor for ${rowsOf(start)}`)
    for (;;) {
      const rows = await tx.rows<CsvRow & { quantity: string }>(fetch)
      for (const row of rows) {
        if (out.write({ ...row, quantity: trimQuantity(row.quantity), returned: row.returned === null ? null : trimQuantity(row.returned) })) continue
        await drained(out)
      }
      if (rows.length < BATCH) return
    }
  }, { snapshot: true })
  writing.then(() => out.end(), (error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))))
  return out
}

/** FETCH takes no parameter. */
const fetch: Statement = { text: `fetch ${BATCH} from traced`, values: [] }

function drained(out: Stringifier): Promise<void> {
  return new Promise((resolve, reject) => {
    const onDrain = (): void => settle(resolve)
    const onClose = (): void => settle(() => reject(new Error('the reader went away')))
    const settle = (then: () => void): void => {
      out.off('drain', onDrain).off('close', onClose)
      then()
    }
    if (out.destroyed) onClose()
    else out.on('drain', onDrain).on('close', onClose)
  })
}

function rowsOf(start: Start): Statement {
  const { organizationId } = start
  return sql`
    with recursive ${walkTables(start)}, told (rank, category, product_id, lot_id, unit_id, named_id, place_id, quantity, returned, first, last, documents, certainty, start, followed) as (
      select 0, 'node', n.product_id, n.lot_id, n.unit_id, n.unit_id, null::uuid, null::numeric, null::numeric, null::timestamptz, null::timestamptz, null, n.certainty, (n.lot_id, n.unit_id) in (select lot_id, unit_id from start), n.followed from node n
      union all
      select 1, 'on_hand', h.product_id, h.lot_id, h.unit_id, h.unit_id, h.place_id, sum(h.quantity), null, null, null, null, null, null, null from (${onHandOf(organizationId, accounted)}) h group by h.product_id, h.lot_id, h.unit_id, h.place_id
      union all
      select 2, l.category, l.product_id, l.lot_id, l.unit_id, l.named_id, l.place_id, sum(l.net), case when l.category in ('consignee', 'supplier') then sum(l.returned) end, min(l.occurred_at), max(l.occurred_at),
             (select string_agg(distinct r.type || ' ' || r.number, '; ') from movement_reference r where r.organization_id = ${organizationId} and r.movement_id = any(array_agg(l.movement_id))), null, null, null
      from (
        -- a line of a lot that names units is told by unit
        select l.category, l.product_id, l.lot_id, l.unit_id, coalesce(x.unit_id, l.unit_id) as named_id, l.place_id, l.movement_id, l.occurred_at,
               coalesce(sign(l.net) * x.quantity, l.net) as net, coalesce(sign(l.returned) * x.quantity, l.returned) as returned
        from (${linesOf(organizationId, accounted)}) l
        left join line_unit x on l.has_units and x.organization_id = ${organizationId} and x.movement_id = l.movement_id and x.line_no = l.line_no
      ) l
      group by l.category, l.product_id, l.lot_id, l.unit_id, l.named_id, l.place_id having sum(l.net) <> 0 or sum(l.returned) <> 0
    ), filled as (
      -- what is known of the node stands on its first row: a join of two tables of unknown size would be the risk
      select t.rank, t.category, t.product_id, t.lot_id, t.unit_id, t.named_id, t.place_id, t.returned, t.first, t.last, t.documents,
             case when t.rank = 0 then coalesce(sum(t.quantity) filter (where t.rank = 1) over node_rows, 0) else t.quantity end as quantity,
             max(t.certainty) over node_rows as certainty, bool_or(t.start) over node_rows as start, bool_or(t.followed) over node_rows as followed
      from told t window node_rows as (partition by t.lot_id, t.unit_id)
    )
    select t.category as row, case when t.start then 'yes' end as start, case t.certainty when 3 then ${certainties[3]} when 2 then ${certainties[2]} else ${certainties[1]} end as certainty,
           p.sku, p.name as product, l.code as lot, u.serial, t.quantity::text as quantity, t.returned::text as returned, p.base_uom as uom,
           y.name as party, pl.code as place, to_char(t.first, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as first, to_char(t.last, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as last, t.documents, case when t.followed then null else 'no' end as followed,
           t.product_id::text as "productId", t.lot_id::text as "lotId", u.unit_id::text as "unitId", pl.party_id::text as "partyId", t.place_id::text as "placeId"
    from filled t
    join product p on p.organization_id = ${organizationId} and p.product_id = t.product_id
    join lot l on l.organization_id = ${organizationId} and l.lot_id = t.lot_id
    left join unit u on u.organization_id = ${organizationId} and u.unit_id = t.named_id and t.named_id <> ${NO_UNIT}::uuid
    left join place pl on pl.organization_id = ${organizationId} and pl.place_id = t.place_id
    left join party y on y.organization_id = ${organizationId} and y.party_id = pl.party_id
    order by p.sku, l.code, t.lot_id, t.unit_id, t.rank, t.category, y.name, pl.code, u.serial`
}
