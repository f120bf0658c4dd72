import { Temporal } from 'temporal-polyfill'
import type { z } from 'zod'
import type { Bind, CommandCaller, Handler } from '#src/audit/caller.ts'
import type { Actor, CommandOutcome } from '#src/audit/command.ts'
import { routes as catalogRoutes } from '#src/catalog/routes.ts'
import type { Database } from '#src/db/transaction.ts'
import { routes as exceptionRoutes } from '#src/exceptions/routes.ts'
import { routes as holdRoutes } from '#src/holds/routes.ts'
import * as ledger from '#src/ledger/contract.ts'
import { routes as ledgerRoutes } from '#src/ledger/routes.ts'
import type { Endpoint, OutputOf } from '#src/lib/contract.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { permissions } from '#src/lib/permissions.ts'
import { createRandom, type Random } from '#src/lib/random.ts'
import { RefusalError } from '#src/lib/refusal.ts'
import type { Instant, PlainDate } from '#src/lib/time.ts'
import { routes as lotRoutes } from '#src/lots/routes.ts'
import { routes as networkRoutes } from '#src/network/routes.ts'
import { routes as propertyRoutes } from '#src/properties/routes.ts'
import { routes as serialRoutes } from '#src/serials/routes.ts'

/** Days of history a demo company has. */
export const DAYS = 182

/** The operation behind each path, as the server calls it: bound once, to be called without a request. */
const handlers = new Map<string, Handler<Endpoint>>()
const collect: Bind = (endpoint, handler) => void handlers.set(endpoint.operationId, handler as unknown as Handler<Endpoint>)
for (const routes of [propertyRoutes, catalogRoutes, networkRoutes, lotRoutes, serialRoutes, exceptionRoutes, holdRoutes, ledgerRoutes]) routes(collect)

/** What an operation is given, as a client would write it. */
type Given<E extends Endpoint> = { readonly query?: E['query'] extends z.ZodType ? z.input<E['query']> : undefined; readonly params?: E['params'] extends z.ZodType ? z.input<E['params']> : undefined; readonly body?: E['body'] extends z.ZodType ? z.input<E['body']> : undefined }
export type MovementBody = z.input<typeof ledger.movementInput>

/**
 * How a company's half year is told: acts are planned for days and hours, carried out in that order, and each does what a
 * person does through the API, with the clock standing where the story is. Told again with the same random numbers and
 * the same day it does the same commands under the same keys, so that what was done already is answered and not done
 * twice: that is how a half-made company is gone on with. So an act must not ask the database (what the
 * story gives back at its end may), nor try what is refused.
 */
export interface Story {
  readonly random: Random
  /** The day it is told on; the history ends the day before. */
  readonly today: PlainDate
  readonly organizationId: OrganizationId
  /** The day `number` days after the first (0); -1 and lower count back from today. */
  day(number: number): PlainDate
  /** Days of the history on which it is one of these weekdays (1 is Monday). */
  weekdays(...days: readonly number[]): { readonly number: number; readonly day: PlainDate }[]
  /** An instant in the company's time zone. */
  at(day: PlainDate, time: string): Instant
  /** Has something done at this hour; what lies behind the end of the history is left out. */
  plan(day: PlainDate, time: string, act: () => Promise<void>): void
  /** One operation of the API, now. */
  ask<E extends Endpoint>(endpoint: E, given: Given<E>): Promise<OutputOf<E>>
  /** One movement, now, or when it says it was. */
  post(movement: MovementBody): Promise<ledger.PostedMovement>
}

export interface Telling {
  readonly company: string
  readonly timeZone: string
  readonly today: PlainDate
  readonly organizationId: OrganizationId
  /** Carries out the command of this number at this instant. */
  readonly carryOut: CarryOut
  /** Called when a day of the history is over; may throw to stop. */
  onDay(done: number): Promise<void>
}

type CarryOut = <E extends Endpoint>(endpoint: E, given: Given<E>, instant: Instant, number: number) => Promise<OutputOf<E>>

/** Carries out commands as the server does, in an organisation and a person's name, each under a key of its number. */
export function throughApi(database: Database, organizationId: OrganizationId, actor: Actor): CarryOut {
  return async <E extends Endpoint>(endpoint: E, given: Given<E>, instant: Instant, number: number) => {
    const key = `demo-${number}`
    const clock = (): Instant => instant
    const caller: CommandCaller = {
      database, clock, organizationId, actor, permissions: new Set(permissions), requestId: key, ifMatch: null, read: (work) => database.inTransaction(organizationId, work),
      context: { database, clock, organizationId, actor, key, dryRun: false },
    }
    const handler = handlers.get(endpoint.operationId)
    if (!handler) throw new Error(`${endpoint.operationId} has no handler`)
    const input = { params: endpoint.params?.parse(given.params), query: endpoint.query?.parse(given.query), body: endpoint.body?.parse(given.body) }
    try {
      const answer = await handler(input as never, caller as never)
      return endpoint.command ? (answer as CommandOutcome<OutputOf<E>>).result : (answer as OutputOf<E>)
    } catch (error) {
      // a script that is refused is wrong: say where
      if (error instanceof RefusalError) throw new Error(`${instant} ${endpoint.operationId} ${JSON.stringify(given)} was refused: ${error.refusal.refused} ${JSON.stringify(error.refusal.data)}`, { cause: error })
      throw error
    }
  }
}

/** The first day of a history that is told on a day. */
export function firstDay(today: PlainDate): PlainDate {
  return Temporal.PlainDate.from(today).subtract({ days: DAYS }).toString()
}

/** Lets `write` plan a company's half year, and tells it. */
export async function tell<T>(telling: Telling, write: (story: Story) => Promise<() => T | Promise<T>>): Promise<T> {
  const { organizationId, timeZone, today } = telling
  const random = createRandom(`demo ${telling.company} ${today}`)
  const pace = random.branch('pace')
  const start = Temporal.PlainDate.from(firstDay(today))
  const at = (day: PlainDate, time: string): Instant => new Date(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds).toISOString()
  const end = Date.parse(at(today, '00:00'))
  let now = Date.parse(at(start.toString(), '06:00'))
  let commands = 0

  const ask = <E extends Endpoint>(endpoint: E, given: Given<E>): Promise<OutputOf<E>> => {
    now += pace.whole(15_000, 75_000)
    return telling.carryOut(endpoint, given, new Date(now).toISOString(), (commands += 1))
  }

  const planned: { readonly when: number; readonly act: () => Promise<void> }[] = []
  const story: Story = {
    random, today, organizationId, at, ask,
    day: (number) => (number < 0 ? Temporal.PlainDate.from(today).add({ days: number }) : start.add({ days: number })).toString(),
    weekdays: (...days) => Array.from({ length: DAYS }, (_, number) => ({ number, day: start.add({ days: number }) })).filter(({ day }) => days.includes(day.dayOfWeek)).map(({ number, day }) => ({ number, day: day.toString() })),
    plan: (day, time, act) => {
      const when = Date.parse(at(day, time))
      if (when >= end) return
      const behind = planned.findLastIndex((one) => one.when <= when)
      planned.splice(behind + 1, 0, { when, act })
    },
    post: ({ kind, ...body }) => ask(operations[kind] as typeof ledger.receiveGoods, { body: body as never }),
  }
  const finish = await write(story)
  let done = 0
  for (let next = planned.shift(); next; next = planned.shift()) {
    const day = Math.floor((next.when - Date.parse(at(start.toString(), '00:00'))) / 86_400_000)
    if (day > done) await telling.onDay((done = Math.min(day, DAYS)))
    now = Math.max(now, next.when)
    await next.act()
  }
  return finish()
}

const operations: { readonly [kind in MovementBody['kind']]: Endpoint } = {
  receive: ledger.receiveGoods, move: ledger.moveGoods, adjust: ledger.adjustStock, transform: ledger.transformGoods, ship: ledger.shipGoods, return: ledger.returnGoods,
  change_owner: ledger.changeOwner, pack: ledger.packPlate, unpack: ledger.unpackPlate, sample: ledger.takeSample, destroy: ledger.destroyGoods,
}
