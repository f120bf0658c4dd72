import type { Caller } from '#src/audit/caller.ts'
import { sql, type Statement, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { add, formatQuantity, quantity, trimQuantity, ZERO } from '#src/lib/quantity.ts'
import type * as contract from './contract.ts'
import { toStockQuestion, type StockQuestion } from './question.ts'

type Whereabouts = OutputOf<typeof contract.getWhereabouts>
type Where = Whereabouts['now'][number]['where']
type How = Whereabouts['came'][number]['how']

const RUNS = 100
const OUTPUTS = 20

/**
 * Where all of a lot is. Every line takes from one place and gives to another, so what left the outside places on balance
 * is what there ever was of it, and where the rest is adds up to the same. A run is the one place that both takes and
 * gives: what was used and what was made are told apart. Refuses `not_found`, `asked_of_future`.
 */
export function whereabouts(caller: Caller, lotId: string, when: { readonly at?: string | undefined; readonly known?: string | undefined }): Promise<Whereabouts> {
  return caller.read(async (tx) => {
    const question = await toStockQuestion(tx, caller, { lotId, ...when })
    const [product, places, runs] = await Promise.all([readProduct(tx, question), readPlaces(tx, question), readRuns(tx, question)])
    const isThere = ({ quantity: net }: PlaceRow): boolean => !net.startsWith('-')
    const now = places.filter(isThere).map((row) => ({ ...spotOf(row), where: whereOf(row), quantity: trimQuantity(row.quantity) }))
    const came = places.filter((row) => !isThere(row)).map((row) => ({ ...spotOf(row), how: howOf(row), quantity: trimQuantity(row.quantity.slice(1)) }))
    return {
      ...product, total: formatQuantity(now.reduce((sum, row) => add(sum, quantity(row.quantity)), ZERO)), came, now, runs,
      at: question.at, known: question.known, provisional: question.provisional,
    }
  })
}

async function readProduct(tx: Tx, { organizationId, lot }: StockQuestion): Promise<Pick<Whereabouts, 'lotId' | 'productId' | 'sku' | 'product' | 'uom'>> {
  const row = await tx.row<{ lot_id: string; product_id: string; sku: string; name: string; base_uom: string }>(sql`
    select l.lot_id, p.product_id, p.sku, p.name, p.base_uom from lot l join product p on p.organization_id = l.organization_id and p.product_id = l.product_id
    where l.organization_id = ${organizationId} and l.lot_id = ${lot?.lotId ?? null}`)
  if (!row) throw new Error('the lot was found a moment ago')
  return { lotId: row.lot_id, productId: row.product_id, sku: row.sku, product: row.name, uom: row.base_uom }
}

interface PlaceRow {
  readonly place_id: string
  readonly place: string
  readonly kind: string
  readonly internal: boolean
  readonly facility_id: string
  readonly facility: string
  readonly party_id: string | null
  readonly party: string | null
  readonly quantity: string
}

/** What each place got less what it gave. Of runs a reversal counts against what it takes back, not as the opposite. */
function readPlaces(tx: Tx, question: StockQuestion): Promise<PlaceRow[]> {
  const { organizationId } = question
  return tx.rows<PlaceRow>(sql`
    select p.place_id, p.code as place, p.kind, p.internal, f.place_id as facility_id, f.code as facility, r.party_id, r.name as party, sum(s.sign * l.quantity) as quantity
    ${linesOf(question)}
    cross join lateral (values (l.to_place_id, 1), (l.from_place_id, -1)) s (place_id, sign)
    join place p on p.organization_id = ${organizationId} and p.place_id = s.place_id
    join place f on f.organization_id = ${organizationId} and f.place_id = p.facility_id
    left join party r on r.organization_id = ${organizationId} and r.party_id = p.party_id
    where ${inTime(question)}
    group by p.place_id, p.code, p.kind, p.internal, f.place_id, f.code, r.party_id, r.name, case when p.kind = 'process' then (s.sign = 1) = (m.reverses is null) end
    having sum(s.sign * l.quantity) <> 0
    order by p.internal desc, abs(sum(s.sign * l.quantity)) desc, p.code, p.place_id`)
}

/** The runs that took some of it up on balance, with what they gave by the same time. */
async function readRuns(tx: Tx, question: StockQuestion): Promise<Whereabouts['runs']> {
  const { organizationId, at, known } = question
  const runs = await tx.rows<{ run_id: string; run: string; movement_id: string; occurred_at: string; quantity: string }>(sql`
    select r.run_id, r.run_kind as run, (array_agg(m.movement_id order by m.occurred_at, m.movement_id))[1] as movement_id, min(m.occurred_at) as occurred_at,
           sum(case when m.reverses is null then l.quantity else -l.quantity end) as quantity
    ${linesOf(question)}
    ${runOf}
    where ${inTime(question)} and l.from_internal = (m.reverses is null)
    group by r.run_id, r.run_kind having sum(case when m.reverses is null then l.quantity else -l.quantity end) > 0
    order by occurred_at desc, r.run_id limit ${RUNS}`)
  const ids = runs.map((run) => run.run_id)
  const outputs = await tx.rows<{ run_id: string; product_id: string; product: string; lot_id: string; lot: string | null; quantity: string; uom: string }>(sql`
    select r.run_id, l.product_id, p.name as product, o.lot_id, o.code as lot, sum(case when m.reverses is null then l.quantity else -l.quantity end) as quantity, p.base_uom as uom
    from (
      select * from movement where organization_id = ${organizationId} and run_id = any(${ids}::uuid[])
      union select * from movement where organization_id = ${organizationId} and reverses in (select movement_id from movement where organization_id = ${organizationId} and run_id = any(${ids}::uuid[]))
    ) m
    ${runOf}
    join movement_line l on l.organization_id = m.organization_id and l.movement_id = m.movement_id
    join product p on p.organization_id = m.organization_id and p.product_id = l.product_id
    join lot n on n.organization_id = m.organization_id and n.lot_id = l.lot_id
    join lot o on o.organization_id = m.organization_id and o.lot_id = case when n.merged_into is null then n.lot_id else n.merged_into end
    where r.run_id = any(${ids}::uuid[]) and l.to_internal = (m.reverses is null) and l.occurred_at <= ${at} and l.recorded_at <= ${known}
    group by r.run_id, l.product_id, p.name, o.lot_id, o.code, p.base_uom having sum(case when m.reverses is null then l.quantity else -l.quantity end) > 0
    order by r.run_id, p.name, o.code`)
  const ofRun = Map.groupBy(outputs, (row) => row.run_id)
  return runs.map((run) => ({
    runId: run.run_id, run: run.run, movementId: run.movement_id, occurredAt: run.occurred_at, quantity: trimQuantity(run.quantity),
    outputs: (ofRun.get(run.run_id) ?? []).slice(0, OUTPUTS).map((row) => ({ productId: row.product_id, product: row.product, lotId: row.lot_id, lot: row.lot, quantity: trimQuantity(row.quantity), uom: row.uom })),
  }))
}

/** The run `r` a movement belongs to: its own, or that of the movement it takes back. */
const runOf = sql`join movement r on r.organization_id = m.organization_id and r.movement_id = coalesce(m.reverses, m.movement_id) and r.kind = 'transform'`

/** Every line of the lot and the movement it is of, under each id the lot went by. */
function linesOf({ organizationId, lot }: StockQuestion): Statement {
  return sql`
    from lot o
    join movement_line l on o.organization_id = ${organizationId} and o.lot_id = any(${lot?.all ?? []}::uuid[]) and l.organization_id = o.organization_id and l.product_id = o.product_id and l.lot_id = o.lot_id
    join movement m on m.organization_id = l.organization_id and m.movement_id = l.movement_id`
}

function inTime({ at, known }: StockQuestion): Statement {
  return sql`l.occurred_at <= ${at} and l.recorded_at <= ${known}`
}

function spotOf(row: PlaceRow): Omit<Whereabouts['now'][number], 'where' | 'quantity'> {
  return { placeId: row.place_id, place: row.place, kind: row.kind, facilityId: row.internal ? row.facility_id : null, facility: row.internal ? row.facility : null, partyId: row.party_id, party: row.party }
}

function whereOf({ kind, internal }: PlaceRow): Where {
  if (internal) return kind === 'in_transit' ? 'in_transit' : 'here'
  switch (kind) {
    case 'process': return 'used'
    case 'ship_to': return 'shipped'
    case 'supplier': return 'sent_back'
    case 'sampled': return 'sampled'
    case 'destroyed': return 'destroyed'
    case 'count': return 'counted_away'
    default: return 'lost'
  }
}

function howOf({ kind }: PlaceRow): How {
  switch (kind) {
    case 'supplier': return 'received'
    case 'process': return 'made'
    case 'ship_to': return 'returned'
    default: return 'found'
  }
}
