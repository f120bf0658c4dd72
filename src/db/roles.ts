import { createHmac } from 'node:crypto'
import pg from 'pg'

/** The names of the database's roles, unquoted, as the migrations' placeholders `{{owner}}`, `{{app}}` ... name them. */
export interface DatabaseRoles {
  /** Owns the tables, migrates. */
  readonly owner: string
  /** The app: neither owner nor superuser, confined by row-level security. */
  readonly app: string
  /** better-auth's own tables in the schema `auth`. */
  readonly auth: string
  /** Purges a demo organisation: the only DELETE there is. */
  readonly maintenance: string
}

/** The roles that belong to an owner: `lotwise` has `lotwise_app`, `lotwise_auth`, `lotwise_maintenance`. Two installations on one server have two owners. */
export function rolesOf(owner: string): DatabaseRoles {
  return { owner, app: `${owner}_app`, auth: `${owner}_auth`, maintenance: `${owner}_maintenance` }
}

/** A role's password, from the owner's: nothing is stored, and every process that knows the owner's agrees. */
export function rolePassword(ownerPassword: string, role: string): string {
  return createHmac('sha256', ownerPassword).update(`lotwise role ${role}`).digest('base64url')
}

/**
 * Makes the login roles of an owner where they are missing and sets the derived passwords, over a connection of the
 * owner, who has CREATEROLE. Roles belong to the whole server, so several databases may be doing this at once.
 */
export async function ensureRoles(client: pg.ClientBase, roles: DatabaseRoles, ownerPassword: string): Promise<void> {
  for (const role of [roles.app, roles.auth, roles.maintenance]) {
    const { rows } = await client.query('select from pg_roles where rolname = $1', [role])
    if (rows.length > 0) continue
    try {
      await client.query(`create role ${pg.escapeIdentifier(role)} with login nosuperuser nobypassrls nocreatedb nocreaterole noreplication password ${pg.escapeLiteral(rolePassword(ownerPassword, role))}`)
    } catch (error) {
      // 42710 and 23505: another process was faster, and its password is the same
      if (!['42710', '23505'].includes((error as { code?: string }).code ?? '')) throw error
    }
  }
}

/** Sets a role's password again: the owner's was changed. */
export async function resetPassword(client: pg.ClientBase, role: string, ownerPassword: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(`alter role ${pg.escapeIdentifier(role)} with login password ${pg.escapeLiteral(rolePassword(ownerPassword, role))}`)
      return
    } catch (error) {
      // XX000 "tuple concurrently updated": two processes set the same password at once
      if ((error as { code?: string }).code !== 'XX000' || attempt === 5) throw error
    }
  }
}
