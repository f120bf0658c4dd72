import { timingSafeEqual } from 'node:crypto'
import type { z } from 'zod'
import type { Visitor } from '#src/audit/caller.ts'
import { runCommand } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { Clock } from '#src/lib/time.ts'
import type { Auth } from '../auth.ts'
import { createOrganization } from '../organizations.ts'
import type { setUp as setUpContract } from './contract.ts'

export interface SetupServices {
  readonly auth: Auth
  /** What the console printed at start; null where set-up has been done. */
  readonly setupToken: string | null
}

type SetUpBody = z.output<(typeof setUpContract)['body']>
export type FirstOwner = Pick<SetUpBody, 'owner' | 'organization'>
export interface SetUpResult {
  readonly userId: string
  readonly organizationId: OrganizationId
}

/** Set-up over HTTP. Refuses `setup_token_wrong` for another machine without the token, `set_up_already`. */
export async function setUp(visitor: Visitor, { auth, setupToken }: SetupServices, body: SetUpBody): Promise<SetUpResult> {
  if (!visitor.isLocal && !isSame(body.token ?? '', setupToken)) {
    throw refuse((await auth.isSetUp()) ? 'set_up_already' : 'setup_token_wrong')
  }
  return setUpInstallation(visitor, auth, body)
}

/**
 * Makes the first owner and the organisation, once. Two databases' roles write here (auth and app), so the last step,
 * noting that it is done, is what counts: after a kill in between it is repeated, on what is there already.
 */
export async function setUpInstallation(services: { database: Database; clock: Clock }, auth: Auth, { owner, organization }: FirstOwner): Promise<SetUpResult> {
  return auth.settingUp(async (isDone, done) => {
    if (isDone) throw refuse('set_up_already')
    const left = await auth.personByEmail(owner.email)
    if (left) await auth.setPassword(left.userId, owner.password)
    const { userId } = left ?? (await auth.createPerson(owner))
    const organizationId = (await firstOrganizationOf(services.database, userId)) ?? (await foundOrganization(services, userId, organization))
    await done(services.clock())
    return { userId, organizationId }
  })
}

/** Makes a new organisation with its first owner, as a command of its own, so that its audit begins with its founding. */
export async function foundOrganization({ database, clock }: { database: Database; clock: Clock }, ownerId: string | null, organization: FirstOwner['organization'] & { demo?: boolean }): Promise<OrganizationId> {
  const organizationId = newId<'organization'>()
  const actor = ownerId === null ? ({ kind: 'system', id: 'lotwise' } as const) : ({ kind: 'user', id: ownerId } as const)
  const { name, currency, timeZone, demo = false } = organization
  await runCommand(
    { database, clock, organizationId, actor, key: `found ${organizationId}`, dryRun: false },
    { name: 'organization.found', input: { name, currency, timeZone, demo } },
    async ({ tx, recordedAt, changed, happened }) => {
      await createOrganization(tx, { organizationId, name, currency, timeZone, demo, preset: {}, ownerId, at: recordedAt })
      changed({ subject: 'organization', subjectId: organizationId, before: null, after: { name, currency, timeZone, demo } })
      happened({ type: 'organization.founded.v1', subjectIds: [organizationId], data: { name, demo } })
      return {}
    },
  )
  return organizationId
}

async function firstOrganizationOf(database: Database, userId: string): Promise<OrganizationId | null> {
  const [found] = await database.alone<{ organization_id: OrganizationId }>(sql`select organization_id from organizations_of(${userId})`)
  return found?.organization_id ?? null
}

function isSame(given: string, expected: string | null): boolean {
  if (expected === null) return false
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
