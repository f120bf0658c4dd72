import type { z } from 'zod'
import { sql, type Tx } from '#src/db/sql.ts'
import type { OrganizationId, PartyId, PlaceId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { partyRef, placeRef } from './contract.ts'

/** How a request names a place: its id, or its code with the facility's where several facilities use it. */
export type PlaceRef = z.output<typeof placeRef>
/** How a request names a party: its id, our code for it, or its name. */
export type PartyRef = z.output<typeof partyRef>

/**
 * The places that references mean, in their order. Ids are taken as they are; one statement for any number of codes.
 * A code means a place of ours; only where we have none of that code, the ship-to place that carries it.
 * Refuses `place_unknown`, `place_ambiguous` (naming the facilities that have such a place).
 */
export async function resolvePlaces(tx: Tx, organizationId: OrganizationId, refs: readonly PlaceRef[]): Promise<PlaceId[]> {
  const asked = refs.flatMap((ref, at) => (typeof ref === 'string' ? [] : [{ at, code: ref.code, facility: ref.facility ?? null }]))
  const rows = asked.length === 0 ? [] : await tx.rows<{ at: number; place_id: PlaceId; internal: boolean; facility: string }>(sql`
    select a.at, p.place_id, p.internal, f.code as facility
    from unnest(${asked.map((a) => a.at)}::int[], ${asked.map((a) => a.code)}::text[], ${asked.map((a) => a.facility)}::text[]) as a (at, code, facility)
    join place p on p.organization_id = ${organizationId} and p.internal = any('{true,false}') and p.code = a.code and (p.internal or p.kind = 'ship_to') and p.archived_at is null
    join place f on f.organization_id = ${organizationId} and f.place_id = p.facility_id
    where a.facility is null or f.code = a.facility`)
  const found = Map.groupBy(rows, (row) => row.at)
  return refs.map((ref, at) => {
    if (typeof ref === 'string') return ref as PlaceId
    const all = found.get(at) ?? []
    const ours = all.filter((row) => row.internal)
    const meant = ours.length > 0 ? ours : all
    const [one] = meant
    if (one === undefined) throw refuse('place_unknown', { place: ref.facility === undefined ? ref.code : `${ref.facility}/${ref.code}` })
    if (meant.length > 1) throw refuse('place_ambiguous', { place: ref.code, facilities: [...new Set(meant.map((row) => row.facility))].sort() })
    return one.place_id
  })
}

/**
 * The parties that references mean, in their order; merged parties lead to what they were merged into. Ids are taken as
 * they are; one statement for any number of codes and names. Names are compared without case; what is in use wins over
 * what is archived. Refuses `party_unknown`, `party_ambiguous` (with candidates).
 */
export async function resolveParties(tx: Tx, organizationId: OrganizationId, refs: readonly PartyRef[]): Promise<PartyId[]> {
  const asked = refs.flatMap((ref, at) => (typeof ref === 'string' ? [] : [{ at, code: 'code' in ref ? ref.code : null, name: 'name' in ref ? ref.name : null }]))
  const rows = asked.length === 0 ? [] : await tx.rows<{ at: number; party_id: PartyId; shown: string; rank: number }>(sql`
    with asked as (
      select * from unnest(${asked.map((a) => a.at)}::int[], ${asked.map((a) => a.code)}::text[], ${asked.map((a) => a.name)}::text[]) as a (at, code, name)
    )
    select a.at, coalesce(p.merged_into, p.party_id) as party_id, coalesce(p.code, p.name) as shown, case when p.merged_into is not null then 1 when p.archived_at is not null then 2 else 0 end as rank
    from asked a join party p on p.organization_id = ${organizationId} and p.code = a.code
    union all
    select a.at, coalesce(p.merged_into, p.party_id), p.name || coalesce(' (' || p.code || ')', ''), case when p.merged_into is not null then 1 when p.archived_at is not null then 2 else 0 end
    from asked a join party p on p.organization_id = ${organizationId} and p.name_lower = lower(a.name)`)
  const found = Map.groupBy(rows, (row) => row.at)
  return refs.map((ref, at) => {
    if (typeof ref === 'string') return ref as PartyId
    const shown = 'code' in ref ? ref.code : ref.name
    const all = found.get(at) ?? []
    const best = Math.min(...all.map((row) => row.rank))
    const meant = new Map(all.filter((row) => row.rank === best).map((row) => [row.party_id, row.shown]))
    const [one] = meant.keys()
    if (one === undefined) throw refuse('party_unknown', { party: shown })
    if (meant.size > 1) throw refuse('party_ambiguous', { party: shown, candidates: [...meant.values()].sort() })
    return one
  })
}
