import { resolveProducts, type ProductRef } from '#src/catalog/resolve.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { OrganizationId, PartyId, ProductId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import { resolveParties, resolvePlaces, type PartyRef } from '#src/network/resolve.ts'
import type { HoldInput } from './contract.ts'

/** What is held. */
export interface Subject {
  readonly kind: HoldInput['subject']
  readonly id: string
}

/**
 * The subject of a hold, found by its codes and locked, before the gate is closed: who uses a unit or plate has locked it
 * before going through the gate. Refuses what is unknown or ambiguous.
 */
export async function lockSubject(tx: Tx, organizationId: OrganizationId, input: HoldInput): Promise<Subject> {
  switch (input.subject) {
    case 'lot': return { kind: 'lot', id: await lockLot(tx, organizationId, input.lot, await productOf(tx, organizationId, input.product)) }
    case 'unit': return { kind: 'unit', id: await lockUnit(tx, organizationId, input.unit, await productOf(tx, organizationId, input.product)) }
    case 'plate': return { kind: 'plate', id: await lockPlate(tx, organizationId, input.plate) }
    case 'place': {
      const [placeId] = await resolvePlaces(tx, organizationId, [input.place])
      const place = await tx.row<{ place_id: string }>(sql`select place_id from place where organization_id = ${organizationId} and place_id = ${placeId} for no key update`)
      if (!place) throw refuse('place_unknown', { place: typeof input.place === 'string' ? input.place : input.place.code })
      return { kind: 'place', id: place.place_id }
    }
    case 'family': {
      const [id, code] = typeof input.family === 'string' ? [input.family, null] : [null, input.family.code]
      const family = await tx.row<{ family_id: string }>(sql`
        select family_id from lot_family where organization_id = ${organizationId} and (family_id = ${id}::uuid or code = ${code}::text) for no key update`)
      if (!family) throw refuse('family_unknown', { family: id ?? code })
      return { kind: 'family', id: family.family_id }
    }
  }
}

async function productOf(tx: Tx, organizationId: OrganizationId, ref: ProductRef | undefined): Promise<ProductId | null> {
  if (ref === undefined) return null
  const [product] = await resolveProducts(tx, organizationId, [ref])
  return product?.productId ?? null
}

async function issuerOf(tx: Tx, organizationId: OrganizationId, ref: PartyRef | undefined): Promise<PartyId | null> {
  if (ref === undefined) return null
  const [party] = await resolveParties(tx, organizationId, [ref])
  return party ?? null
}

async function lockLot(tx: Tx, organizationId: OrganizationId, lot: string | { code: string; issuer?: PartyRef | undefined }, productId: ProductId | null): Promise<string> {
  const name = typeof lot === 'string' ? lot : lot.code
  const issuer = typeof lot === 'string' ? null : await issuerOf(tx, organizationId, lot.issuer)
  const rows = typeof lot === 'string'
    ? await tx.rows<{ lot_id: string }>(sql`select lot_id from lot where organization_id = ${organizationId} and lot_id = ${lot} and (${productId}::uuid is null or product_id = ${productId}::uuid)`)
    : await tx.rows<{ lot_id: string }>(sql`
        select distinct coalesce(l.merged_into, l.lot_id) as lot_id from lot_code c join lot l on l.organization_id = c.organization_id and l.lot_id = c.lot_id
        where c.organization_id = ${organizationId} and c.code = ${lot.code} and (${productId}::uuid is null or c.product_id = ${productId}::uuid)
          and (${issuer}::uuid is null or c.issuer_id = ${issuer}::uuid)`)
  if (rows.length > 1) throw refuse('lot_ambiguous', { lot: name, issuers: rows.map((row) => row.lot_id).sort() })
  // read again under lock: a merge meanwhile is followed
  const locked = await tx.rows<{ lot_id: string; merged_into: string | null }>(sql`
    select lot_id, merged_into from lot where organization_id = ${organizationId} and lot_id = ${rows[0]?.lot_id ?? null} for no key update`)
  if (!locked[0]) throw refuse('lot_unknown', { lot: name })
  const { lot_id: lotId, merged_into: canonical } = locked[0]
  if (canonical === null) return lotId
  await tx.run(sql`select 1 from lot where organization_id = ${organizationId} and lot_id = ${canonical} for no key update`)
  return canonical
}

async function lockUnit(tx: Tx, organizationId: OrganizationId, unit: string | { serial: string; issuer?: PartyRef | undefined }, productId: ProductId | null): Promise<string> {
  const [id, serial] = typeof unit === 'string' ? [unit, null] : [null, unit.serial]
  const issuer = typeof unit === 'string' ? null : await issuerOf(tx, organizationId, unit.issuer)
  const rows = await tx.rows<{ unit_id: string; issuer_id: string }>(sql`
    select unit_id, issuer_id from unit where organization_id = ${organizationId} and (unit_id = ${id}::uuid or serial = ${serial}::text)
      and (${productId}::uuid is null or product_id = ${productId}::uuid) and (${issuer}::uuid is null or issuer_id = ${issuer}::uuid) order by unit_id for update`)
  if (rows.length > 1) throw refuse('unit_ambiguous', { serial: serial ?? '', issuers: rows.map((row) => row.issuer_id) })
  if (!rows[0]) throw refuse('unit_unknown', { serials: [id ?? serial], count: 1 })
  return rows[0].unit_id
}

async function lockPlate(tx: Tx, organizationId: OrganizationId, plate: string | { code: string }): Promise<string> {
  const [id, code] = typeof plate === 'string' ? [plate, null] : [null, plate.code]
  const row = await tx.row<{ plate_id: string }>(sql`
    select plate_id from plate where organization_id = ${organizationId} and (plate_id = ${id}::uuid or (code = ${code}::text and archived_at is null)) for update`)
  if (!row) throw refuse('plate_unknown', { plate: id ?? code })
  return row.plate_id
}
