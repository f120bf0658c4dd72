import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { findSorted, inOrder } from '#src/db/sorted.ts'
import { join, sql, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { fold } from '#src/lib/fold.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { decodeCursor, toPage } from '#src/lib/paging.ts'
import { refuse } from '#src/lib/refusal.ts'
import { endOfPrefix, textPart, uuidPart } from '#src/lib/staged-page.ts'
import type * as contract from './contract.ts'
import { sortedLots } from './sorted-lots.ts'

type Query = z.output<typeof contract.listLots.query>
type Lots = OutputOf<typeof contract.listLots>
type Lot = OutputOf<typeof contract.getLot>

type Dates = { made_on: string | null; best_by: string | null; sell_by: string | null; use_by: string | null; expires_on: string | null }
type LotRow = Dates & {
  lot_id: string; code: string; product_id: string; sku: string; product_name: string; issuer_id: string; issuer_name: string; family_id: string | null; family_code: string | null; version: number
}

/** What a list shows of a lot `l`. */
const columns = sql`l.lot_id, l.code, l.product_id, p.sku, p.name as product_name, l.issuer_id, coalesce(y.name, '') as issuer_name, l.family_id, f.code as family_code,
    l.made_on, l.best_by, l.sell_by, l.use_by, l.expires_on, l.version`
const joined = sql`join product p on p.organization_id = l.organization_id and p.product_id = l.product_id
    left join party y on y.organization_id = l.organization_id and y.party_id = l.issuer_id
    left join lot_family f on f.organization_id = l.organization_id and f.family_id = l.family_id`

/** Lots, newest first, in another order, or by code where one is searched for. The hidden lots of products are no lots to anybody. Refuses `range_backwards`. */
export function listLots(caller: Caller, query: Query): Promise<Lots> {
  const { organizationId } = caller
  const { issuer, dueFrom, dueTo, inStock, held } = query
  if (dueFrom !== undefined && dueTo !== undefined && dueFrom > dueTo) throw refuse('range_backwards', { from: dueFrom, to: dueTo })
  const folded = fold(query.search ?? '')
  const isPlain = query.sort === undefined && issuer === undefined && dueFrom === undefined && dueTo === undefined && !inStock && !held
  return caller.read(async (tx) => {
    if (folded !== '' && isPlain) return searchLots(tx, organizationId, query, folded)
    const page = await findSorted(tx, query, query.sort ?? (folded === '' ? '-created' : 'code'), sortedLots(organizationId, query, folded, caller.clock()))
    const rows = await tx.rows<LotRow>(sql`select ${columns} from lot l ${joined} where l.organization_id = ${organizationId} and l.lot_id = any(${page.ids}::uuid[])`)
    return { items: inOrder(page.ids, rows, (row) => row.lot_id).map(toSummary), next: page.next }
  })
}

/** By any code that begins so; a lot that goes by several such codes stands at the first of them. A merged lot's code gives the lot it is. */
async function searchLots(tx: Tx, organizationId: OrganizationId, { product, family, limit, cursor }: Query, folded: string): Promise<Lots> {
  const [key, id] = decodeCursor(cursor, 2) ?? [folded, '00000000-0000-0000-0000-000000000000']
  const end = endOfPrefix(folded)
  const conditions = [
    sql`c.organization_id = ${organizationId}`, sql`c.folded >= ${textPart(key)}`, sql`c.folded < ${end}`, sql`(c.folded, c.lot_id) > (${key} collate "C", ${uuidPart(id)}::uuid)`,
    ...(product ? [sql`c.product_id = ${product}`] : []),
    ...(family ? [sql`(select l.family_id = ${family} from lot l where l.organization_id = c.organization_id and l.lot_id = case when o.merged_into is null then o.lot_id else o.merged_into end)`] : []),
  ]
  // The page is cut from the codes alone, in the order of their index, and its conditions are asked row by row: whatever
  // begins so, a page costs a page. Names are joined to what is shown.
  const rows = await tx.rows<LotRow & { folded: string; code_lot_id: string }>(sql`
    select ${columns}, c.folded, c.code_lot_id
    from (
      select c.organization_id, c.folded, c.lot_id as code_lot_id, coalesce(o.merged_into, o.lot_id) as lot_id
      from lot_code c join lot o on o.organization_id = c.organization_id and o.lot_id = c.lot_id
      where ${join(conditions, ' and ')}
        and (select b.product_id = c.product_id and b.issuer_id = c.issuer_id and b.code = c.code from lot_code b
             where b.organization_id = c.organization_id and b.lot_id = c.lot_id and b.folded >= ${folded} and b.folded < ${end} order by b.folded, b.product_id, b.issuer_id, b.code limit 1)
        and case when o.merged_into is null then true else
          not exists (select from lot_code b where b.organization_id = c.organization_id and b.lot_id = o.merged_into and b.folded >= ${folded} and b.folded < ${end})
          and not exists (select from lot s join lot_code b on b.organization_id = s.organization_id and b.lot_id = s.lot_id
                          where s.organization_id = c.organization_id and s.merged_into = o.merged_into and s.lot_id < o.lot_id and b.folded >= ${folded} and b.folded < ${end})
          end
      order by c.folded, c.lot_id limit ${limit + 1}
    ) c
    join lot l on l.organization_id = c.organization_id and l.lot_id = c.lot_id ${joined}
    order by c.folded, c.code_lot_id`)
  return toPage(rows, limit, (row) => [row.folded, row.code_lot_id], toSummary)
}

function toSummary(row: LotRow): Lots['items'][number] {
  return {
    lotId: row.lot_id, code: row.code, product: { productId: row.product_id, sku: row.sku, name: row.product_name }, issuer: { partyId: row.issuer_id, name: row.issuer_name },
    family: row.family_id === null ? null : { familyId: row.family_id, code: row.family_code ?? '' },
    madeOn: row.made_on, bestBy: row.best_by, sellBy: row.sell_by, useBy: row.use_by, expiresOn: row.expires_on, version: row.version,
  }
}

/** One lot, also a hidden or a merged one. Refuses `not_found`. */
export function getLot(caller: Caller, lotId: string): Promise<Lot> {
  const { organizationId } = caller
  return caller.read(async (tx) => {
    const row = await tx.row<Omit<LotRow, 'code' | 'issuer_id'> & { code: string | null; issuer_id: string | null; properties: Lot['properties']; created_at: string; archived_at: string | null; merged_into: string | null; merged_from: string[]; codes: Lot['codes'] }>(sql`
      select ${columns}, l.properties, l.created_at, l.archived_at, l.merged_into,
        array(select m.lot_id::text from lot m where m.organization_id = l.organization_id and m.merged_into = l.lot_id order by m.lot_id) as merged_from,
        (select coalesce(jsonb_agg(jsonb_build_object('code', c.code, 'issuer', jsonb_build_object('partyId', c.issuer_id, 'name', coalesce(i.name, '')), 'kind', c.kind, 'lotId', c.lot_id) order by c.created_at, c.code), '[]')
         from lot m join lot_code c on c.organization_id = m.organization_id and c.lot_id = m.lot_id
         left join party i on i.organization_id = c.organization_id and i.party_id = c.issuer_id
         where m.organization_id = l.organization_id and (m.lot_id = l.lot_id or m.merged_into = l.lot_id)) as codes
      from lot l ${joined} where l.organization_id = ${organizationId} and l.lot_id = ${lotId}`)
    if (!row) throw refuse('not_found', { what: 'lot', which: lotId })
    return {
      ...toSummary({ ...row, code: row.code ?? '', issuer_id: row.issuer_id ?? '' }),
      code: row.code, issuer: row.issuer_id === null ? null : { partyId: row.issuer_id, name: row.issuer_name },
      properties: row.properties, createdAt: row.created_at, archivedAt: row.archived_at, codes: row.codes, mergedInto: row.merged_into, mergedFrom: row.merged_from,
    }
  })
}

type Families = OutputOf<typeof contract.listFamilies>
type FamilyRow = { family_id: string; code: string; folded: string; kind: string; created_at: string; version: number }

/** Families in the order of their codes. */
export function listFamilies(caller: Caller, { search, limit, cursor }: z.output<typeof contract.listFamilies.query>): Promise<Families> {
  const [after] = decodeCursor(cursor, 1) ?? ['']
  return caller.read(async (tx) => {
    const rows = await tx.rows<FamilyRow>(sql`
      select * from lot_family where organization_id = ${caller.organizationId} and code > ${textPart(after)} and code >= ${search ?? ''} and code < ${endOfPrefix(search ?? '')} order by code limit ${limit + 1}`)
    return toPage(rows, limit, (row) => [row.code], toFamily)
  })
}

/** Refuses `not_found`. */
export function getFamily(caller: Caller, familyId: string): Promise<Families['items'][number]> {
  return caller.read(async (tx) => {
    const row = await tx.row<FamilyRow>(sql`select * from lot_family where organization_id = ${caller.organizationId} and family_id = ${familyId}`)
    if (!row) throw refuse('not_found', { what: 'lot family', which: familyId })
    return toFamily(row)
  })
}

function toFamily(row: FamilyRow): Families['items'][number] {
  return { familyId: row.family_id, code: row.code, kind: row.kind, createdAt: row.created_at, version: row.version }
}
