import type { z } from 'zod'
import { WINDOW, type Key, type SortedList } from '#src/db/sorted.ts'
import { join, sql, type Statement } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import type { CursorPart } from '#src/lib/paging.ts'
import { endOfPrefix, textPart, uuidPart } from '#src/lib/staged-page.ts'
import type { Instant } from '#src/lib/time.ts'
import type * as contract from './contract.ts'

type Query = z.output<typeof contract.listLots.query>

const FIRST = '00000000-0000-0000-0000-000000000000'
const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** The lots that a question leaves, in its order; `folded` is what their codes begin with. */
export function sortedLots(organizationId: OrganizationId, query: Query, folded: string, now: Instant): SortedList {
  const sort = query.sort ?? (folded === '' ? '-created' : 'code')
  const name = sort.replace('-', '')
  const { conditions, few } = filtersOf(organizationId, query, folded, now, name === 'due')
  if (name === 'product' && query.product === undefined) return byProduct(organizationId, sort.startsWith('-'), conditions, few)
  return {
    from: sql`lot r`, id: sql`r.lot_id`, keys: keysOf(name),
    within: [sql`r.organization_id = ${organizationId}`, sql`r.code is not null`, sql`r.merged_into is null`, ...(query.product === undefined ? [] : [sql`r.product_id = ${query.product}`]), ...(name === 'due' ? dueRange(query) : [])],
    filters: conditions, few,
  }
}

function keysOf(name: string): readonly Key[] {
  if (name === 'created') return []
  return name === 'due' ? [{ column: sql`r.due_on`, type: 'date', nullable: true }] : [{ column: sql`r.code_lower`, type: 'text' }]
}

function dueRange({ dueFrom, dueTo }: Query): Statement[] {
  return [...(dueFrom === undefined ? [] : [sql`r.due_on >= ${dueFrom}::date`]), ...(dueTo === undefined ? [] : [sql`r.due_on <= ${dueTo}::date`])]
}

/** Each filter as it is asked of a lot `r`, and what those with an index of their own leave. */
function filtersOf(organizationId: OrganizationId, query: Query, folded: string, now: Instant, isByDue: boolean): { conditions: Statement[]; few: Statement[] } {
  const { family, issuer, inStock, held } = query
  const begins = sql`c.folded >= ${folded} and c.folded < ${endOfPrefix(folded)}`
  const active = sql`h.released_at is null and (h.until is null or h.until > ${now})`
  const ofHold = (subject: Statement): Statement => sql`(select true from hold h where h.organization_id = r.organization_id and h.subject_id ${subject} and ${active} limit 1)`
  const lots = sql`select l.lot_id from lot l where l.organization_id = ${organizationId}`
  const parts = [
    folded !== '' && {
      condition: sql`((select true from lot_code c where c.organization_id = r.organization_id and c.lot_id = r.lot_id and ${begins} limit 1)
        or (select true from lot m join lot_code c on c.organization_id = m.organization_id and c.lot_id = m.lot_id where m.organization_id = r.organization_id and m.merged_into = r.lot_id and ${begins} limit 1))`,
      few: sql`select coalesce(o.merged_into, o.lot_id) from lot_code c join lot o on o.organization_id = c.organization_id and o.lot_id = c.lot_id where c.organization_id = ${organizationId} and ${begins}`,
    },
    held && {
      condition: sql`(${join([ofHold(sql`= r.lot_id`), ofHold(sql`= r.family_id`), ofHold(sql`in (select m.lot_id from lot m where m.organization_id = r.organization_id and m.merged_into = r.lot_id)`)], ' or ')})`,
      few: sql`select coalesce(l.merged_into, l.lot_id) from hold h join lot l on l.organization_id = h.organization_id and l.lot_id = h.subject_id where h.organization_id = ${organizationId} and h.subject = 'lot' and ${active}
        union all select l.lot_id from hold h join lot l on l.organization_id = h.organization_id and l.family_id = h.subject_id where h.organization_id = ${organizationId} and h.subject = 'family' and ${active}`,
    },
    family !== undefined && { condition: sql`r.family_id = ${family}`, few: sql`${lots} and l.family_id = ${family}` },
    issuer !== undefined && { condition: sql`r.issuer_id = ${issuer}`, few: sql`${lots} and l.code is not null and l.issuer_id = ${issuer}` },
    dueRange(query).length > 0 && !isByDue && { condition: join(dueRange(query), ' and '), few: sql`select r.lot_id from lot r where ${join([sql`r.organization_id = ${organizationId}`, sql`r.code is not null`, sql`r.merged_into is null`, ...dueRange(query)], ' and ')}` },
    inStock && { condition: sql`(select true from balance b where b.organization_id = r.organization_id and b.product_id = r.product_id and b.lot_id = r.lot_id and b.on_hand > 0 limit 1)` },
  ].filter((part): part is { condition: Statement; few?: Statement } => part !== false)
  return { conditions: parts.map(({ condition }) => condition), few: parts.flatMap(({ few }) => few ?? []) }
}

/**
 * By the name of the product, then by code: along the names of the products, and in each along its codes. A product
 * without lots stands for one row that is nobody's, so that a long stretch of them is passed over in steps too.
 */
function byProduct(organizationId: OrganizationId, descending: boolean, filters: readonly Statement[], few: readonly Statement[]): SortedList {
  const columns = sql`p.name_lower as product_key, p.product_id as product_of`
  const lot = sql`l.organization_id = p.organization_id and l.product_id = p.product_id and l.code is not null and l.merged_into is null`
  const from = (after: readonly CursorPart[] | null): Statement => {
    const [name, product, code, id] = after === null ? [null, FIRST, '', FIRST] : [textPart(after[0]), uuidPart(after[1]), textPart(after[2]), uuidPart(after[3])]
    const end = descending ? [sql`${endOfPrefix('')}`, sql`${LAST}`] : [sql`''`, sql`${FIRST}`]
    const place = sql`(case when p.product_id = ${product}::uuid then ${code} else ${end[0]} end collate "C", (case when p.product_id = ${product}::uuid then ${id} else ${end[1]} end)::uuid)`
    return sql`(
      select ${columns}, coalesce(l.code_lower, '') as code_key, coalesce(l.lot_id, ${FIRST}::uuid) as row_id, l.*
      from product p left join lateral (
        select * from lot l where ${lot} ${after === null ? sql`` : descending ? sql`and (l.code_lower, l.lot_id) < ${place}` : sql`and (l.code_lower, l.lot_id) > ${place}`}
        order by ${descending ? sql`l.code_lower desc, l.lot_id desc` : sql`l.code_lower, l.lot_id`} limit ${WINDOW}
      ) l on true
      where p.organization_id = ${organizationId} ${after === null ? sql`` : descending ? sql`and (p.name_lower, p.product_id) <= (${name} collate "C", ${product}::uuid)` : sql`and (p.name_lower, p.product_id) >= (${name} collate "C", ${product}::uuid)`}
    ) r`
  }
  return {
    from, fewFrom: sql`(select ${columns}, l.code_lower as code_key, l.lot_id as row_id, l.* from lot l join product p on p.organization_id = l.organization_id and p.product_id = l.product_id where ${lot} and l.organization_id = ${organizationId}) r`,
    id: sql`r.row_id`, keys: [{ column: sql`r.product_key`, type: 'text' }, { column: sql`r.product_of`, type: 'uuid' }, { column: sql`r.code_key`, type: 'text' }],
    within: [sql`true`], filters: [sql`r.lot_id is not null`, ...filters], few,
  }
}
