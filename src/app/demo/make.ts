import type { Actor } from '#src/audit/command.ts'
import { runCommand } from '#src/audit/command.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { businessDate, type Clock, type Instant, type PlainDate } from '#src/lib/time.ts'
import { createOrganization } from '../organizations.ts'
import { setUpTrades } from '../trades.ts'
import { demoCompanies } from './companies.ts'
import type { DemoKey, GuideStep } from './contract.ts'
import { DAYS, firstDay, tell, throughApi } from './story.ts'

export interface MakeServices {
  readonly database: Database
  readonly clock: Clock
}

/** A worker that has not been heard of for so long is gone, and what it made is gone on with. */
const STALE_MILLISECONDS = 30_000
/** Days of history between two beats. */
const BEAT_DAYS = 2
const FAULTS = 3

export interface NewDemo {
  readonly organizationId: OrganizationId
  readonly company: DemoKey
  /** Where it was asked for. */
  readonly madeIn: OrganizationId
  /** Become its owners; its history is told in the name of the first. */
  readonly ownerIds: readonly string[]
}

/** The organisation itself, founded half a year ago, with nothing in it yet; done again it does nothing. */
export async function foundDemo({ database, clock }: MakeServices, demo: NewDemo): Promise<void> {
  const { organizationId, company, madeIn, ownerIds } = demo
  const { name, currency, timeZone, trades } = demoCompanies[company]
  const madeAt = clock()
  const today = businessDate(madeAt, timeZone)
  const then = (): Instant => `${firstDay(today)}T05:00:00.000Z`
  await runCommand(
    { database, clock: then, organizationId, actor: actorOf(ownerIds[0]), key: 'found', dryRun: false },
    { name: 'organization.found', input: { company } },
    async (scope) => {
      const { tx, recordedAt, changed, happened } = scope
      await createOrganization(tx, { organizationId, name, currency, timeZone, demo: true, preset: { trades, demo: { company } }, ownerId: ownerIds[0] ?? null, at: recordedAt })
      await setUpTrades(scope, trades, 'en')
      for (const ownerId of ownerIds.slice(1)) await tx.run(sql`insert into membership (organization_id, user_id, role, since) values (${organizationId}, ${ownerId}, 'owner', ${recordedAt})`)
      await tx.run(sql`
        insert into demo_company (organization_id, company, made_in, today, made_at, state, total)
        values (${organizationId}, ${company}, ${madeIn}, ${today}, ${madeAt}, 'making', ${DAYS})`)
      changed({ subject: 'organization', subjectId: organizationId, before: null, after: { name, currency, timeZone, demo: true } })
      happened({ type: 'organization.founded.v1', subjectIds: [organizationId], data: { name, demo: true } })
      return {}
    },
  )
}

function actorOf(ownerId: string | undefined): Actor {
  return ownerId === undefined ? { kind: 'system', id: 'demo' } : { kind: 'user', id: ownerId }
}

/** The making of demo companies in this process. */
export interface DemoMaker {
  /** Sees to it that somebody makes it: this process from now on, unless another one is at it. Nobody waits. */
  begin(organizationId: OrganizationId): void
  /** Makes it now, in so far as nobody else is at it; over when there is nothing left to do here. */
  finish(organizationId: OrganizationId): Promise<void>
  /** Begins every half-made one, as a restart may have left some. Nobody waits. */
  resume(): Promise<void>
  /** Has this process let go of one (it is purged), or of all (it stops); they stay as they are, half made. */
  stop(organizationId?: OrganizationId): Promise<void>
}

export function createDemoMaker(services: MakeServices, log: (line: string) => void = () => {}): DemoMaker {
  const works = new Map<OrganizationId, { readonly done: Promise<void>; stopping: boolean }>()
  const run = (organizationId: OrganizationId): Promise<void> => {
    const running = works.get(organizationId)
    if (running) return running.done
    const work = { stopping: false, done: Promise.resolve() }
    work.done = make(services, organizationId, () => work.stopping).catch((error: unknown) => log(`the demo company ${organizationId} was not finished: ${String(error)}`)).finally(() => works.delete(organizationId))
    works.set(organizationId, work)
    return work.done
  }
  return {
    begin: (organizationId) => void run(organizationId),
    finish: run,
    resume: async () => {
      for (const organizationId of await halfMade(services.database)) void run(organizationId)
    },
    stop: async (organizationId) => {
      const stopped = [...works].filter(([id]) => organizationId === undefined || id === organizationId).map(([, work]) => work)
      for (const work of stopped) work.stopping = true
      await Promise.all(stopped.map((work) => work.done))
    },
  }
}

async function halfMade(database: Database): Promise<OrganizationId[]> {
  const all = await database.alone<{ id: OrganizationId }>(sql`select organization_ids() as id`)
  const found = []
  for (const { id } of all) {
    if (await database.inTransaction(id, (tx) => tx.row(sql`select 1 from demo_company where organization_id = ${id} and state = 'making'`))) found.push(id)
  }
  return found
}

interface Row {
  readonly company: DemoKey
  readonly today: PlainDate
  readonly faults: number
}

/** Thrown out of a story that is not to be told to its end here. */
class LetGo extends Error {}

/** Claims a half-made company and tells its story; what was told before is answered from its commands. */
async function make({ database, clock }: MakeServices, organizationId: OrganizationId, isStopping: () => boolean): Promise<void> {
  const worker = newId()
  const stale = new Date(Date.parse(clock()) - STALE_MILLISECONDS).toISOString()
  const claimed = await database.inTransaction(organizationId, (tx) => tx.row<Row>(sql`
    update demo_company set worker = ${worker}, heartbeat_at = ${clock()}
    where organization_id = ${organizationId} and state = 'making' and (worker is null or heartbeat_at < ${stale}) returning company, today::text, faults`))
  if (!claimed) return
  const change = (write: (tx: Tx) => Promise<number>): Promise<number> => database.inTransaction(organizationId, write)
  const onDay = async (done: number): Promise<void> => {
    if (isStopping()) throw new LetGo()
    if (done % BEAT_DAYS !== 0) return
    const ours = await change((tx) => tx.run(sql`update demo_company set done = greatest(done, ${done}), heartbeat_at = ${clock()} where organization_id = ${organizationId} and worker = ${worker}`))
    if (ours === 0) throw new LetGo()
  }
  try {
    const actor = actorOf(await firstOwner(database, organizationId))
    const { timeZone, write } = demoCompanies[claimed.company]
    const guide = await tell({ organizationId, carryOut: throughApi(database, organizationId, actor), company: claimed.company, timeZone, today: claimed.today, onDay }, write)
    await handOver({ database, clock }, organizationId, actor, claimed.company, guide)
  } catch (error) {
    if (error instanceof LetGo) {
      await change((tx) => tx.run(sql`update demo_company set worker = null, heartbeat_at = null where organization_id = ${organizationId} and worker = ${worker}`))
      return
    }
    const faults = claimed.faults + 1
    await change((tx) => tx.run(sql`
      update demo_company set worker = null, faults = ${faults}, fault = ${(error as Error).message.slice(0, 2000)}, state = ${faults < FAULTS ? 'making' : 'failed'} where organization_id = ${organizationId} and worker = ${worker}`)).catch(() => 0)
    throw error
  }
}

async function firstOwner(database: Database, organizationId: OrganizationId): Promise<string | undefined> {
  const row = await database.inTransaction(organizationId, (tx) => tx.row<{ actor_kind: string; actor_id: string }>(sql`
    select actor_kind, actor_id from command where organization_id = ${organizationId} and key = 'found'`))
  return row?.actor_kind === 'user' ? row.actor_id : undefined
}

/** It is ready: from now on time goes on as everywhere. */
async function handOver({ database, clock }: MakeServices, organizationId: OrganizationId, actor: Actor, company: DemoKey, guide: readonly GuideStep[]): Promise<void> {
  const preset = { demo: { company, guide } }
  await runCommand({ database, clock, organizationId, actor, key: 'hand over', dryRun: false }, { name: 'demo.ready', input: { company } }, async ({ tx, changed }) => {
    await tx.run(sql`update organization set preset = preset || ${JSON.stringify(preset)}::jsonb, version = version + 1 where organization_id = ${organizationId}`)
    await tx.run(sql`update demo_company set state = 'ready', done = total, worker = null, heartbeat_at = null, fault = null where organization_id = ${organizationId}`)
    changed({ subject: 'organization', subjectId: organizationId, before: { ready: false }, after: { ready: true } })
    return {}
  })
}
