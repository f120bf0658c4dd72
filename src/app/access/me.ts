import type { Visitor } from '#src/audit/caller.ts'
import { sql } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { RefusalError } from '#src/lib/refusal.ts'
import type { Auth } from '../auth.ts'
import { refuse } from '#src/lib/refusal.ts'
import { presetOf } from '../trades.ts'
import type { getMe as contract } from './contract.ts'

/** Who is signed in. A person in several organisations gets their list, to choose from. */
export async function getMe(visitor: Visitor, auth: Auth): Promise<OutputOf<typeof contract>> {
  const person = visitor.headers['authorization'] === undefined ? await auth.session(visitor.headers) : null
  if (!person) return keyOf(visitor)
  const organizations = await visitor.database.alone<{ organization_id: string; name: string; role: string; demo: boolean }>(sql`
    select organization_id, name, role, demo from organizations_of(${person.userId})`)
  const member = await visitor.signedIn().catch((error: unknown) => {
    if (error instanceof RefusalError && ['organization_not_chosen', 'no_organization'].includes(error.refusal.refused)) return null
    throw error
  })
  return {
    actor: { kind: 'user', id: person.userId, name: person.name, email: person.email },
    organizations: organizations.map((row) => ({ organizationId: row.organization_id, name: row.name, role: row.role, demo: row.demo })),
    organizationId: member?.organizationId ?? null,
    role: member?.role ?? null,
    permissions: [...(member?.permissions ?? [])],
    trades: member ? await tradesOf(visitor, member.organizationId) : [],
  }
}

async function keyOf(visitor: Visitor): Promise<OutputOf<typeof contract>> {
  const { actor, organizationId, role, permissions } = await visitor.signedIn()
  const row = await visitor.database.inTransaction(organizationId, (tx) => tx.row<{ key_name: string; name: string; demo: boolean; preset: unknown }>(sql`
    select k.name as key_name, o.name, o.demo, o.preset from api_key k join organization o on o.organization_id = k.organization_id
    where k.organization_id = ${organizationId} and k.api_key_id = ${actor.id}`))
  if (!row) throw refuse('not_signed_in')
  return {
    actor: { kind: actor.kind, id: actor.id, name: row.key_name, email: null },
    organizations: [{ organizationId, name: row.name, role, demo: row.demo }],
    organizationId, role, permissions: [...permissions], trades: presetOf(row.preset).trades,
  }
}

async function tradesOf(visitor: Visitor, organizationId: OrganizationId) {
  const row = await visitor.database.inTransaction(organizationId, (tx) => tx.row<{ preset: unknown }>(sql`select preset from organization where organization_id = ${organizationId}`))
  return presetOf(row?.preset).trades
}
