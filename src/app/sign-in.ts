import type { FastifyRequest } from 'fastify'
import type { Member } from '#src/audit/caller.ts'
import { sql } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { permissions as allPermissions, type Permission } from '#src/lib/permissions.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { Clock } from '#src/lib/time.ts'
import { parseApiKey } from './api-key.ts'
import type { Auth } from './auth.ts'

/** Finds out who a request is from. */
export interface Authenticator {
  /**
   * The member or key of a request, in the organisation it names or the only one there is. Refuses `not_signed_in`,
   * `no_organization`, `organization_not_chosen`, and `not_found` for an organisation that is not the caller's.
   */
  signIn(request: FastifyRequest): Promise<Member>
}

export function createAuthenticator(database: Database, auth: Auth, clock: Clock): Authenticator {
  return {
    signIn: async (request) => {
      const { authorization } = request.headers
      const chosen = chosenOrganization(request)
      if (authorization !== undefined) return signInKey(database, clock, authorization, chosen)
      const session = await auth.session(request.headers)
      if (!session) throw refuse('not_signed_in')
      return signInMember(database, session.userId, chosen)
    },
  }
}

async function signInKey(database: Database, clock: Clock, authorization: string, chosen: string | null): Promise<Member> {
  const key = parseApiKey(authorization.replace(/^bearer +/i, ''))
  if (!key) throw refuse('not_signed_in')
  if (chosen !== null && chosen !== key.organizationId) throw refuse('not_found', { what: 'organisation', which: chosen })
  const [row] = await database.alone<{ role: string; permissions: string[] }>(sql`
    select role, permissions from sign_in_key(${key.organizationId}, ${key.apiKeyId}, ${key.secretHash}, ${clock()})`)
  if (!row) throw refuse('not_signed_in')
  return { actor: { kind: 'key', id: key.apiKeyId }, organizationId: key.organizationId, role: row.role, permissions: toPermissions(row.role, row.permissions) }
}

async function signInMember(database: Database, userId: string, chosen: string | null): Promise<Member> {
  const [row] = await database.alone<{ organization_id: string | null; role: string; permissions: string[]; organizations: number }>(sql`
    select organization_id, role, permissions, organizations from sign_in_member(${userId}, ${chosen})`)
  if (!row || row.organization_id === null) {
    if (chosen !== null) throw refuse('not_found', { what: 'organisation', which: chosen })
    throw refuse(row && row.organizations > 1 ? 'organization_not_chosen' : 'no_organization')
  }
  return { actor: { kind: 'user', id: userId }, organizationId: row.organization_id as OrganizationId, role: row.role, permissions: toPermissions(row.role, row.permissions) }
}

function chosenOrganization(request: FastifyRequest): string | null {
  const header = request.headers['lotwise-organization']
  if (header === undefined || header === '') return null
  const id = String(header).toLowerCase()
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw refuse('not_found', { what: 'organisation', which: String(header).slice(0, 100) })
  return id
}

const known = new Set<string>(allPermissions)
const every: ReadonlySet<Permission> = new Set(allPermissions)

/** An owner may everything, also what was not there when his organisation was founded. */
function toPermissions(role: string, names: readonly string[]): ReadonlySet<Permission> {
  return role === 'owner' ? every : new Set(names.filter((name): name is Permission => known.has(name)))
}
