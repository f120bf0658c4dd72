import { sql, type Tx } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The lots and units that people name by an id, by the code on a lot or by a serial, exactly as written; of one product
 * where its SKU is given. Refuses `traceable_unknown`, `traceable_ambiguous` (naming what each could be).
 */
export async function findStart(tx: Tx, organizationId: OrganizationId, named: readonly string[], sku: string | undefined): Promise<{ lotIds: string[]; unitIds: string[] }> {
  const ids = named.filter((name) => UUID.test(name))
  const rows = await tx.rows<{ name: string; kind: 'lot' | 'unit'; id: string; shown: string }>(sql`
    select a.name, 'lot' as kind, coalesce(l.merged_into, l.lot_id) as id, p.sku || ' lot ' || c.code || coalesce(' of ' || y.name, '') as shown
    from unnest(${named}::text[]) a (name) join lot_code c on c.organization_id = ${organizationId} and c.code = a.name
    join lot l on l.organization_id = c.organization_id and l.lot_id = c.lot_id join product p on p.organization_id = c.organization_id and p.product_id = c.product_id
    left join party y on y.organization_id = c.organization_id and y.party_id = c.issuer_id
    where ${sku ?? null}::text is null or p.sku = ${sku ?? null}
    union all
    select a.name, 'unit', u.unit_id, p.sku || ' serial ' || u.serial || coalesce(' of ' || y.name, '')
    from unnest(${named}::text[]) a (name) join unit u on u.organization_id = ${organizationId} and u.serial = a.name join product p on p.organization_id = u.organization_id and p.product_id = u.product_id
    left join party y on y.organization_id = u.organization_id and y.party_id = u.issuer_id
    where ${sku ?? null}::text is null or p.sku = ${sku ?? null}
    union all
    select a.id::text, 'lot', l.lot_id, l.lot_id::text from unnest(${ids}::uuid[]) a (id) join lot l on l.organization_id = ${organizationId} and l.lot_id = a.id
    union all
    select a.id::text, 'unit', u.unit_id, u.unit_id::text from unnest(${ids}::uuid[]) a (id) join unit u on u.organization_id = ${organizationId} and u.unit_id = a.id`)
  const found = named.map((name) => {
    const meant = new Map(rows.filter((row) => row.name === name || row.name === name.toLowerCase()).map((row) => [row.id, row]))
    const [one] = meant.values()
    if (!one) throw refuse('traceable_unknown', { which: name })
    if (meant.size > 1) throw refuse('traceable_ambiguous', { which: name, candidates: [...meant.values()].map((row) => `${row.shown} (${row.id})`).sort() })
    return one
  })
  return { lotIds: found.filter((one) => one.kind === 'lot').map((one) => one.id), unitIds: found.filter((one) => one.kind === 'unit').map((one) => one.id) }
}
