import { insertFirstUoms } from '#src/catalog/uoms.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { firstRoles } from '#src/lib/permissions.ts'
import type { Instant } from '#src/lib/time.ts'
import { insertSystemRows } from '#src/network/system-rows.ts'
import { unknownPartyId } from '#src/network/system.ts'

export interface NewOrganization {
  readonly organizationId: OrganizationId
  readonly name: string
  readonly currency: string
  readonly timeZone: string
  readonly demo: boolean
  /** What the set-up question answered (`trades`), and what makes it a demo company. */
  readonly preset: { readonly [key: string]: unknown }
  /** The first owner; null where there are only keys (tests, a server's own jobs). */
  readonly ownerId: string | null
  readonly at: Instant
}

/**
 * Everything an organisation begins with, in the transaction given: THE one place. A slice that needs rows to be there
 * from the first day (own party, unknown party, system places) adds its line here.
 */
export async function createOrganization(tx: Tx, organization: NewOrganization): Promise<void> {
  const { organizationId, at } = organization
  await tx.run(sql`
    insert into organization (organization_id, name, currency, time_zone, demo, preset, unknown_party_id, created_at)
    values (${organizationId}, ${organization.name}, ${organization.currency}, ${organization.timeZone}, ${organization.demo},
            ${JSON.stringify(organization.preset)}::jsonb, ${unknownPartyId(organizationId)}, ${at})`)
  for (const [name, permissions] of Object.entries(firstRoles)) {
    await tx.run(sql`insert into role (organization_id, name, permissions) values (${organizationId}, ${name}, ${[...permissions]})`)
  }
  if (organization.ownerId !== null) {
    await tx.run(sql`insert into membership (organization_id, user_id, role, since) values (${organizationId}, ${organization.ownerId}, 'owner', ${at})`)
  }
  await insertSystemRows(tx, { organizationId, name: organization.name, timeZone: organization.timeZone, now: at })
  await insertFirstUoms(tx, { organizationId })
}
