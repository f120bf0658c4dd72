import { Temporal } from 'temporal-polyfill'
import type { Caller } from '#src/audit/caller.ts'
import { sql } from '#src/db/sql.ts'
import { listExceptions } from '#src/exceptions/queries.ts'
import { listHolds } from '#src/holds/queries.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import type { Page } from '#src/lib/paging.ts'
import type { Permission } from '#src/lib/permissions.ts'
import { businessDate, type Instant } from '#src/lib/time.ts'
import { readDueProducts } from '#src/stock/due.ts'
import { listMovements } from '#src/stock/history.ts'
import { listFreezes } from '#src/verify/verification.ts'
import { HOME_DAYS, type getFirstSteps as firstStepsContract, type getHome as contract } from './contract.ts'

type Home = OutputOf<typeof contract>

/** Days ahead on which a date is near. */
const SOON = 14
/** Products near their date, at most. */
const DUE = 6

/** What waits and what happened, of what the caller may read. */
export async function getHome(caller: Caller, { timeZone }: { readonly timeZone: string }): Promise<Home> {
  const ifMay = async <Item>(permission: Permission, list: () => Promise<{ items: Item[]; more: boolean }>) => (caller.permissions.has(permission) ? list() : { items: [], more: false })
  const today = businessDate(caller.clock(), timeZone)
  const through = Temporal.PlainDate.from(today).add({ days: SOON }).toString()
  const [frozen, exceptions, imports, due, holds, movements, days] = await Promise.all([
    ifMay('stock.read', async () => firstOf(await listFreezes(caller, { limit: 3, open: true }))),
    ifMay('exceptions.read', () => exceptionsOf(caller)),
    ifMay('imports.read', () => waitingImports(caller)),
    ifMay('stock.read', async () => firstOfRows(await readDueProducts(caller, { today, through, limit: DUE + 1 }), DUE)),
    ifMay('stock.read', async () => firstOf(await listHolds(caller, { limit: 5, active: true }))),
    ifMay('movements.read', async () => firstOf(await listMovements(caller, { limit: 10 }))),
    caller.permissions.has('movements.read') ? countDays(caller, today, timeZone) : [],
  ])
  return { frozen, exceptions, imports, due, holds, movements, days }
}

function firstOf<Item>({ items, next }: Page<Item>) {
  return { items, more: next !== null }
}

/** Of one more than are shown. */
function firstOfRows<Item>(rows: readonly Item[], limit: number) {
  return { items: rows.slice(0, limit), more: rows.length > limit }
}

/** The caller's own first. What a freeze raised stands among the frozen. */
async function exceptionsOf(caller: Caller): Promise<Home['exceptions']> {
  const limit = 5
  const [own, all] = await Promise.all([listExceptions(caller, { open: true, assignedTo: caller.actor.id, limit }), listExceptions(caller, { open: true, limit: 2 * limit })])
  const items = [...own.items, ...all.items.filter(({ assignedTo }) => assignedTo !== caller.actor.id)].filter(({ kind }) => kind !== 'invariant_broken')
  return { items: items.slice(0, limit), more: items.length > limit || own.next !== null || all.next !== null }
}

/** Files that were sent and are not imported: a question is open, or nobody has said that they may be. */
async function waitingImports(caller: Caller): Promise<Home['imports']> {
  const limit = 3
  const items = await caller.read((tx) => tx.rows<Home['imports']['items'][number]>(sql`
    select import_id as "importId", file_name as "fileName", source, rows, status, created_at as "createdAt" from import
    where organization_id = ${caller.organizationId} and status in ('asking', 'ready') order by import_id desc limit ${limit + 1}`))
  return firstOfRows(items, limit)
}

/** Every day of the last ones, those without movements too. */
async function countDays(caller: Caller, today: string, timeZone: string): Promise<Home['days']> {
  const first = Temporal.PlainDate.from(today).subtract({ days: HOME_DAYS - 1 })
  const from: Instant = first.toZonedDateTime(timeZone).toInstant().toString()
  const rows = await caller.read((tx) => tx.rows<Home['days'][number]>(sql`
    select (m.occurred_at at time zone ${timeZone})::date::text as day, count(*) filter (where m.kind in ('receive', 'return'))::int as came,
           count(*) filter (where m.kind not in ('receive', 'return', 'ship', 'sample', 'destroy'))::int as stayed, count(*) filter (where m.kind in ('ship', 'sample', 'destroy'))::int as left
    from movement m where m.organization_id = ${caller.organizationId} and m.occurred_at >= ${from} group by 1`))
  const byDay = new Map(rows.map((row) => [row.day, row]))
  return Array.from({ length: HOME_DAYS }, (_, at) => first.add({ days: at }).toString()).map((day) => byDay.get(day) ?? { day, came: 0, stayed: 0, left: 0 })
}

/** By what is there, not by what somebody ticked. */
export async function getFirstSteps(caller: Caller): Promise<OutputOf<typeof firstStepsContract>> {
  const { organizationId } = caller
  const row = await caller.read((tx) => tx.row<OutputOf<typeof firstStepsContract>>(sql`
    select exists (select from organization where organization_id = ${organizationId} and preset ? 'trades') as question,
           exists (select from place where organization_id = ${organizationId} and internal) as place,
           exists (select from product where organization_id = ${organizationId}) as product,
           exists (select from movement where organization_id = ${organizationId}) as movement,
           (select count(*) from membership where organization_id = ${organizationId} and ended_at is null) > 1 as people`))
  if (!row) throw new Error('an organisation is not there')
  return row
}
