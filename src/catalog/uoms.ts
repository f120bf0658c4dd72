import { sql, type Tx } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'

/** What every organisation measures in from its first day; the scale is the number of decimals (a kilogram to the gram). */
const firstUoms = [
  ['each', 'Each', 0], ['g', 'Gram', 3], ['kg', 'Kilogram', 3], ['ml', 'Millilitre', 3], ['l', 'Litre', 3], ['m', 'Metre', 3], ['cm', 'Centimetre', 1],
] as const

/** The units of measure of a new organisation; more are made through the API. */
export async function insertFirstUoms(tx: Tx, organization: { readonly organizationId: OrganizationId }): Promise<void> {
  await tx.run(sql`
    insert into uom (organization_id, uom, name, scale)
    select ${organization.organizationId}, u.uom, u.name, u.scale
    from unnest(${firstUoms.map(([uom]) => uom)}::text[], ${firstUoms.map(([, name]) => name)}::text[], ${firstUoms.map(([, , scale]) => scale)}::smallint[]) as u (uom, name, scale)`)
}
