import { sql, type Tx } from '#src/db/sql.ts'
import { toGtin14 } from '#src/gs1/keys.ts'
import { fold } from '#src/lib/fold.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { endOfPrefix } from '#src/lib/staged-page.ts'

export type Kind = 'unit' | 'plate' | 'lot' | 'product' | 'place' | 'party' | 'family' | 'movement'

/** A record that a code leads to; merged ones have led on. */
export interface Found {
  readonly kind: Kind
  readonly id: string
  readonly code: string | null
  readonly title: string
  readonly detail: string | null
  readonly product_id: string | null
  readonly lot_id: string | null
  readonly pack: string | null
  readonly date_kind: string | null
  /** 0: called exactly so; 1: but for case, blanks, O and 0, I and 1; 2: its code only begins so. */
  readonly match: 0 | 1 | 2
  /** Out of use, or an old code of it. */
  readonly past: boolean
}

/** A code has at most so many characters. */
const LONGEST_CODE = 90
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi

/**
 * Everything that goes by this text: by serial, lot code, plate, SKU and other codes of products, GTIN of any length, place,
 * party, lot family, number of a document, or id (also at the end of an address of ours). One statement; each part
 * of it reads a range of an index, 20 rows at most. Where a merge leads on it says `case`, not `coalesce`, which PostgreSQL
 * takes for leaky: under row-level security it would read the whole table instead of the index.
 */
export async function findByCode(tx: Tx, organizationId: OrganizationId, text: string): Promise<Found[]> {
  const id = text.length <= 2000 ? (text.match(UUID)?.at(-1)?.toLowerCase() ?? null) : null
  const isCode = text.length <= LONGEST_CODE
  if (!isCode && id === null) return []
  // what cannot be a code is looked up by its id alone: no code is empty
  const code = isCode ? text : ''
  const folded = fold(code)
  const end = folded === '' ? '' : endOfPrefix(folded)
  const lower = code.toLowerCase()
  const lowerEnd = lower === '' ? '' : endOfPrefix(lower)
  const cases = [...new Set([code, code.toUpperCase(), lower])]
  const gtin = toGtin14(code) ?? null
  return tx.rows<Found>(sql`
    (
      select 'unit' as kind, u.unit_id as id, u.serial as code, p.name as title, case when 'unknown' = any(y.roles) then null else y.name end as detail,
             u.product_id, u.lot_id, null::numeric as pack, p.date_kind, f.match, false as past
      from (
        select u.unit_id, case when u.serial = ${code} then 0 when u.folded = ${folded} then 1 else 2 end as match
        from unit u where u.organization_id = ${organizationId} and u.folded >= ${folded} and u.folded < ${end} order by u.folded, u.serial <> ${code} limit 20
      ) f
      join unit u on u.organization_id = ${organizationId} and u.unit_id = f.unit_id
      join product p on p.organization_id = ${organizationId} and p.product_id = u.product_id
      left join party y on y.organization_id = ${organizationId} and y.party_id = u.issuer_id
    )
    union all
    (
      select 'lot', l.lot_id, coalesce(l.code, f.code), p.name, case when 'unknown' = any(y.roles) then null else y.name end, l.product_id, l.lot_id, null, p.date_kind, f.match, l.archived_at is not null
      from (
        select c.lot_id, c.code, case when c.code = ${code} then 0 when c.folded = ${folded} then 1 else 2 end as match
        from lot_code c where c.organization_id = ${organizationId} and c.folded >= ${folded} and c.folded < ${end} order by c.folded, c.code <> ${code} limit 20
      ) f
      join lot o on o.organization_id = ${organizationId} and o.lot_id = f.lot_id
      join lot l on l.organization_id = ${organizationId} and l.lot_id = case when o.merged_into is null then o.lot_id else o.merged_into end
      join product p on p.organization_id = ${organizationId} and p.product_id = l.product_id
      left join party y on y.organization_id = ${organizationId} and y.party_id = l.issuer_id
    )
    union all
    (
      select 'plate', f.plate_id, f.code, f.code, null, null, null, null, null, case when f.code = ${code} then 0 when f.folded = ${folded} then 1 else 2 end, f.archived_at is not null
      from plate f where f.organization_id = ${organizationId} and f.folded >= ${folded} and f.folded < ${end} order by f.folded, f.archived_at is not null limit 20
    )
    union all
    (
      select 'product', p.product_id, p.sku, p.name, nullif(f.led, p.sku), p.product_id, null, f.pack, p.date_kind, f.match, f.past or o.archived_at is not null
      from (
        (select s.product_id, s.sku as led, null::numeric as pack, case when s.sku = ${code} then 0 when s.folded = ${folded} then 1 else 2 end as match, false as past
         from product s where s.organization_id = ${organizationId} and s.folded >= ${folded} and s.folded < ${end} order by s.folded, s.sku <> ${code} limit 20)
        union all
        (select a.product_id, a.code, a.pack_quantity, case when a.code = ${code} then 0 when a.folded = ${folded} then 1 else 2 end, a.scheme = 'old' or a.archived_at is not null
         from alias a where a.organization_id = ${organizationId} and a.folded >= ${folded} and a.folded < ${end} and a.lot_id is null and a.unit_id is null
         order by a.folded, a.code <> ${code} limit 20)
        union all
        select a.product_id, a.code, a.pack_quantity, 0, false
        from alias a where a.organization_id = ${organizationId} and a.code = ${gtin} and a.scheme = 'gtin' and a.archived_at is null
      ) f
      join product o on o.organization_id = ${organizationId} and o.product_id = f.product_id
      join product p on p.organization_id = ${organizationId} and p.product_id = case when o.merged_into is null then o.product_id else o.merged_into end
    )
    union all
    (
      select 'place', f.place_id, f.code, f.name, nullif(r.code, f.code), null, null, null, null, f.match, f.archived_at is not null
      from (
        (select s.*, case when s.code = ${code} then 0 when s.code_lower = ${lower} then 1 else 2 end as match
         from place s where s.organization_id = ${organizationId} and s.internal and s.code_lower >= ${lower} and s.code_lower < ${lowerEnd} order by s.code_lower, s.code <> ${code} limit 20)
        union all
        (select s.*, case when s.code = ${code} then 0 else 1 end from place s where s.organization_id = ${organizationId} and not s.internal and s.code_lower = ${lower} limit 20)
      ) f
      left join place r on r.organization_id = ${organizationId} and r.place_id = f.facility_id
      left join party y on y.organization_id = ${organizationId} and y.party_id = f.party_id
      where f.internal or f.kind = 'ship_to' and f.code is distinct from y.code -- what only stands for its party is found as that
    )
    union all
    (
      select 'party', y.party_id, y.code, y.name, null, null, null, null, null, f.match, f.merged_into is null and f.archived_at is not null
      from (
        select s.*, case when s.code = ${code} then 0 when s.code_lower = ${lower} then 1 else 2 end as match
        from party s where s.organization_id = ${organizationId} and s.code_lower >= ${lower} and s.code_lower < ${lowerEnd} and s.code is not null order by s.code_lower, s.code <> ${code} limit 20
      ) f
      join party y on y.organization_id = ${organizationId} and y.party_id = case when f.merged_into is null then f.party_id else f.merged_into end
    )
    union all
    (
      select 'family', f.family_id, f.code, f.code, null, null, null, null, null, case when f.code = ${code} then 0 else 1 end, false
      from lot_family f where f.organization_id = ${organizationId} and f.code = any(${cases}::text[])
    )
    union all
    (
      select 'movement', m.movement_id, r.number, m.kind, r.type, null, null, null, null, case when r.number = ${code} then 0 else 1 end, false
      from movement_reference r
      join movement m on m.organization_id = ${organizationId} and m.movement_id = r.movement_id
      where r.organization_id = ${organizationId} and r.number = any(${cases}::text[])
      limit 20
    )
    union all
    (
      select i.kind, i.id, i.code, i.title, null, i.product_id, i.lot_id, null, null, 0, false
      from (
        select 'unit' as kind, u.unit_id as id, u.serial as code, p.name as title, u.product_id, u.lot_id
        from unit u join product p on p.organization_id = u.organization_id and p.product_id = u.product_id where u.organization_id = ${organizationId} and u.unit_id = ${id}::uuid
        union all
        select 'lot', l.lot_id, l.code, p.name, l.product_id, l.lot_id
        from lot l join product p on p.organization_id = l.organization_id and p.product_id = l.product_id where l.organization_id = ${organizationId} and l.lot_id = ${id}::uuid
        union all
        select 'product', product_id, sku, name, product_id, null from product where organization_id = ${organizationId} and product_id = ${id}::uuid
        union all
        select 'plate', plate_id, code, code, null, null from plate where organization_id = ${organizationId} and plate_id = ${id}::uuid
        union all
        select 'place', place_id, code, name, null, null from place where organization_id = ${organizationId} and place_id = ${id}::uuid
        union all
        select 'party', party_id, code, name, null, null from party where organization_id = ${organizationId} and party_id = ${id}::uuid
        union all
        select 'family', family_id, code, code, null, null from lot_family where organization_id = ${organizationId} and family_id = ${id}::uuid
        union all
        select 'movement', movement_id, null, kind, null, null from movement where organization_id = ${organizationId} and movement_id = ${id}::uuid
      ) i
    )`)
}

/** Places and parties with this GLN. Asked only where nothing else has the code: no index holds GLNs, so it reads the organisation's parties and places. */
export function findByGln(tx: Tx, organizationId: OrganizationId, gln: string): Promise<Found[]> {
  return tx.rows<Found>(sql`
    select 'place' as kind, s.place_id as id, s.code, s.name as title, ${gln}::text as detail, null::uuid as product_id, null::uuid as lot_id, null::numeric as pack, null as date_kind, 0 as match, s.archived_at is not null as past
    from place s where s.organization_id = ${organizationId} and s.gln = ${gln} and (s.internal or s.kind = 'ship_to')
    union all
    select 'party', y.party_id, y.code, y.name, ${gln}, null, null, null, null, 0, f.merged_into is null and f.archived_at is not null
    from party f join party y on y.organization_id = f.organization_id and y.party_id = case when f.merged_into is null then f.party_id else f.merged_into end where f.organization_id = ${organizationId} and f.gln = ${gln}
    limit 20`)
}

/** What the keys of a label lead to; a null one is not on it. */
export interface LabelKeys {
  readonly sscc: string | null
  /** Every GTIN on it, 14 digits: its own and that of what is in it. */
  readonly gtins: readonly string[]
  readonly lot: string | null
  /** What else the lot may be. */
  readonly otherLots: readonly string[]
  readonly serial: string | null
}

/** The plate of an SSCC; the product of a GTIN, and its lots and units of the codes on the label. One statement, by indexes. */
export function findByKeys(tx: Tx, organizationId: OrganizationId, { sscc, gtins, lot, otherLots, serial }: LabelKeys): Promise<Found[]> {
  const folded = lot === null ? null : fold(lot)
  return tx.rows<Found>(sql`
    with meant as (
      select p.product_id, p.sku, p.name, a.code as gtin, a.pack_quantity as pack, p.date_kind, o.archived_at is not null and o.merged_into is null as past
      from alias a
      join product o on o.organization_id = a.organization_id and o.product_id = a.product_id
      join product p on p.organization_id = o.organization_id and p.product_id = case when o.merged_into is null then o.product_id else o.merged_into end
      where a.organization_id = ${organizationId} and a.code = any(${gtins}::text[]) and a.scheme = 'gtin' and a.archived_at is null
    )
    select 'product' as kind, m.product_id as id, m.sku as code, m.name as title, m.gtin as detail, m.product_id, null::uuid as lot_id, m.pack, m.date_kind, 0 as match, m.past from meant m
    union all
    (
      select 'lot', l.lot_id, coalesce(l.code, c.code), m.name, case when 'unknown' = any(y.roles) then null else y.name end, m.product_id, l.lot_id, m.pack, m.date_kind, case when c.code = ${lot} then 0 when c.folded = ${folded} then 1 else 2 end, l.archived_at is not null
      from meant m
      join lot_code c on c.organization_id = ${organizationId} and c.folded = any(${[...(folded === null ? [] : [folded]), ...otherLots.map(fold)]}::text[]) and c.product_id = m.product_id
      join lot o on o.organization_id = c.organization_id and o.lot_id = c.lot_id
      join lot l on l.organization_id = o.organization_id and l.lot_id = case when o.merged_into is null then o.lot_id else o.merged_into end
      left join party y on y.organization_id = l.organization_id and y.party_id = l.issuer_id
      order by c.code <> ${lot}, c.folded <> ${folded} limit 20
    )
    union all
    (
      select 'unit', u.unit_id, u.serial, m.name, case when 'unknown' = any(y.roles) then null else y.name end, m.product_id, u.lot_id, m.pack, m.date_kind, case when u.serial = ${serial} then 0 else 1 end, false
      from meant m
      join unit u on u.organization_id = ${organizationId} and u.folded = ${serial === null ? null : fold(serial)} and u.product_id = m.product_id
      left join party y on y.organization_id = u.organization_id and y.party_id = u.issuer_id
      order by u.serial <> ${serial} limit 20
    )
    union all
    (
      select 'plate', t.plate_id, t.code, t.code, null, null, null, null, null, 0, t.archived_at is not null
      from plate t where t.organization_id = ${organizationId} and t.folded = ${sscc} and t.code = ${sscc} limit 20
    )`)
}
