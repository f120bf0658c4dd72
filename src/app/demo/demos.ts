import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Caller, CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandOutcome } from '#src/audit/command.ts'
import { purgeOrganization } from '#src/db/purge.ts'
import { sql } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import { demoCompanies } from './companies.ts'
import { demoKeys, type DemoKey, type GuideStep, type MadeDemo } from './contract.ts'
import { foundDemo, type DemoMaker } from './make.ts'
import { DAYS } from './story.ts'

export interface DemoServices {
  readonly maker: DemoMaker
  /** The role that may delete; a connection of it is opened for a purge only. */
  readonly maintenance: pg.PoolConfig
}

/** The kinds there are, and the companies the caller has; a half-made one that nobody makes is gone on with. */
export async function listDemos(caller: Caller, { maker }: DemoServices) {
  const companies: MadeDemo[] = []
  for (const organizationId of await demosOf(caller)) {
    const demo = await readDemo(caller.database, organizationId)
    if (!demo) continue
    if (demo.state === 'making') maker.begin(organizationId)
    companies.push(demo)
  }
  return { kinds: demoKeys.map((company) => ({ company, name: demoCompanies[company].name, trades: [...demoCompanies[company].trades], shows: demoCompanies[company].shows })), companies }
}

/** Asks for one, in the caller's organisation; it is founded at once and made in the background. */
export async function createDemo(caller: CommandCaller, { maker }: DemoServices, company: DemoKey): Promise<CommandOutcome<MadeDemo>> {
  const { database, clock, organizationId: madeIn } = caller
  const asked = await runCommand(caller.context, { name: 'demo.create', input: { company } }, async ({ changed }) => {
    const organizationId = newId<'organization'>()
    changed({ subject: 'organization', subjectId: organizationId, before: null, after: { demo: company } })
    return { organizationId, madeAt: clock() }
  })
  const { organizationId, madeAt } = asked.result
  const { name } = demoCompanies[company]
  const begun: MadeDemo = { organizationId, company, name, state: 'making', done: 0, total: DAYS, madeAt, guide: [] }
  if (caller.context.dryRun) return { result: begun, replayed: asked.replayed }
  await foundDemo({ database, clock }, { organizationId, company, madeIn, ownerIds: await ownersFor(caller) })
  maker.begin(organizationId)
  return { result: (await readDemo(database, organizationId)) ?? begun, replayed: asked.replayed }
}

/** Deletes one that is the caller's. Refuses `not_found` for what is not, `organization_not_demo` for his own organisation. */
export async function purgeDemo(caller: Caller, { maker, maintenance }: DemoServices, organizationId: OrganizationId) {
  if (organizationId !== caller.organizationId && !(await demosOf(caller)).includes(organizationId)) throw unknown(organizationId)
  await maker.stop(organizationId)
  await takeFromMakers(caller.database, organizationId)
  const purged = await purgeOrganization(maintenance, organizationId)
  if (purged === 'unknown') throw unknown(organizationId)
  if (purged === 'not_demo') throw refuse('organization_not_demo', { organization: organizationId })
  if (organizationId !== caller.organizationId) await noteDown(caller, organizationId, purged.rows)
  return { organizationId, rows: purged.rows }
}

/** Another process that makes it finds at its next beat that it does not any more; that takes a second at most. */
async function takeFromMakers(database: Database, organizationId: OrganizationId): Promise<void> {
  const taken = await database.inTransaction(organizationId, (tx) => tx.run(sql`
    update demo_company set worker = null, state = 'failed', fault = 'being purged' where organization_id = ${organizationId} and state = 'making' and worker is not null`))
  if (taken > 0) await sleep(2_000)
}

const unknown = (organizationId: string) => refuse('not_found', { what: 'demo company', which: organizationId })

/** Nothing is left in the company to tell who purged it: it stands in the audit of where that person came from. */
async function noteDown(caller: Caller, organizationId: OrganizationId, rows: number): Promise<void> {
  const { database, clock, actor } = caller
  await runCommand({ database, clock, organizationId: caller.organizationId, actor, key: newId(), dryRun: false }, { name: 'demo.purge', input: { organizationId } }, async ({ changed }) => {
    changed({ subject: 'organization', subjectId: organizationId, before: { demo: true }, after: { purged: true, rows } })
    return {}
  })
}

/** The demo companies a person owns, and those asked for in the organisation the request acts in. */
async function demosOf({ database, organizationId, actor }: Caller): Promise<OrganizationId[]> {
  const made = await database.alone<{ id: OrganizationId }>(sql`select demo_companies_made_in(${organizationId}) as id`)
  const owned = actor.kind === 'user' ? await database.alone<{ id: OrganizationId }>(sql`select organization_id as id from organizations_of(${actor.id}) where demo and role = 'owner'`) : []
  return [...new Set([...made, ...owned].map(({ id }) => id))].sort()
}

/** Who asks, if it is a person; else the owners of the organisation it is asked for in. */
async function ownersFor({ database, organizationId, actor }: Caller): Promise<string[]> {
  if (actor.kind === 'user') return [actor.id]
  const owners = await database.inTransaction(organizationId, (tx) => tx.rows<{ user_id: string }>(sql`
    select user_id from membership where organization_id = ${organizationId} and role = 'owner' and ended_at is null order by since, user_id`))
  return owners.map((row) => row.user_id)
}

async function readDemo(database: Database, organizationId: OrganizationId): Promise<MadeDemo | undefined> {
  const row = await database.inTransaction(organizationId, (tx) => tx.row<{ company: DemoKey; state: MadeDemo['state']; done: number; total: number; made_at: string; name: string; guide: GuideStep[] | null }>(sql`
    select d.company, d.state, d.done, d.total, d.made_at, o.name, o.preset -> 'demo' -> 'guide' as guide
    from demo_company d join organization o on o.organization_id = d.organization_id where d.organization_id = ${organizationId}`))
  return row && { organizationId, company: row.company, name: row.name, state: row.state, done: row.done, total: row.total, madeAt: row.made_at, guide: row.guide ?? [] }
}
