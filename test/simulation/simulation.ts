import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyOrganization } from '#src/verify/verify.ts'
import { rebuildOrganization } from '#src/verify/rebuild.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { formatQuantity, quantity, type Quantity } from '#src/lib/quantity.ts'
import { createRandom, type Random } from '#src/lib/random.ts'
import type { Clock } from '#src/lib/time.ts'
import type { Answer, TestApp } from '../support/app.ts'
import { statedApi } from '../support/stated.ts'
import { Auditor, unitName, type Body, type ModelLine, type Plan } from './auditor.ts'
import { contest, foundBusiness, nextRequest, world, type Request } from './workload.ts'

/**
 * Steps of a week: a step is one request, or several at once. 300 make five weeks and a month cost 60 s of CPU here and
 * about as much in PostgreSQL: under four minutes on 2 cores that five other runs were sharing.
 */
export const STEPS_A_WEEK = 300
const EVERYTHING_EVERY = 100
const WEEK = 7 * 24 * 60 * 60 * 1000
const BEGINNING = Date.parse('2026-03-02T06:00:00Z')

/** What all processes of the business agree on as now, and by how much the one that answers is wrong. */
export interface SimulatedClock {
  now: number
  skew: number
  readonly read: Clock
}

export function createSimulatedClock(): SimulatedClock {
  const clock: SimulatedClock = { now: BEGINNING, skew: 0, read: () => new Date((clock.now += 1) + clock.skew).toISOString() }
  return clock
}

export interface SimulationOptions {
  readonly seed: number
  readonly weeks: number
  readonly stepsPerWeek?: number
}

/** What came of a simulation that found nothing wrong. */
export interface SimulationOutcome {
  readonly steps: number
  readonly accepted: number
  readonly refused: { readonly [code: string]: number }
  readonly journal: string
}

/** Something that must not be; the message says with which seed and at which step, the journal holds all that was asked and answered. */
export class SimulationFailure extends Error {}

/** Lives through some weeks of the business and compares the ledger with the auditor at every step. */
export async function simulate(app: TestApp, clock: SimulatedClock, options: SimulationOptions): Promise<SimulationOutcome> {
  clock.now = BEGINNING
  clock.skew = 0
  const { organizationId, key } = await app.otherOrganization(`Simulation ${options.seed}`)
  const api = statedApi(app.apiAs(key))
  const simulation = new Simulation(app, organizationId, api, clock, options)
  await foundBusiness(api)
  return simulation.run()
}

/** A line of a journal: what was asked at what time, and what came of it. */
interface Told {
  readonly step: number
  readonly clock: string
  readonly key: string
  readonly kind: Request['kind']
  readonly lots?: Request['lots']
  readonly path: string
  readonly body: Body
  readonly status: number
  readonly answer: Body
}

/**
 * Lives through a journal again, one request after the other (of those that were sent at once, the accepted first and in
 * the order in which they took effect): every answer must be the one of then, and every state what the auditor says.
 */
export async function replayJournal(app: TestApp, clock: SimulatedClock, journal: string): Promise<SimulationOutcome> {
  const lines = readFileSync(journal, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Told)
  clock.now = BEGINNING
  const { organizationId, key } = await app.otherOrganization('Replay')
  const api = statedApi(app.apiAs(key))
  await foundBusiness(api)
  return new Simulation(app, organizationId, api, clock, { seed: 0, weeks: 0 }).relive(lines)
}

interface Sent {
  readonly request: Request
  readonly key: string
  readonly answer: Answer
}

/** What the auditor says of a request, and how it takes the answer in. */
interface Judgement {
  readonly reasons: ReadonlySet<string>
  readonly lines: readonly ModelLine[]
  take(answer: Answer): Promise<void>
}

class Simulation {
  private readonly app: TestApp
  private readonly organizationId: OrganizationId
  private readonly api: TestApp['api']
  private readonly clock: SimulatedClock
  private readonly seed: number
  private readonly steps: number
  private readonly pace: number
  private readonly random: Random
  private readonly auditor = new Auditor(world)
  private readonly journal: string
  private readonly sent = new Map<string, Sent>()
  private readonly refused: Record<string, number> = {}
  private readonly digests = new Map<string, string>()
  private accepted = 0
  private step = 0

  constructor(app: TestApp, organizationId: OrganizationId, api: TestApp['api'], clock: SimulatedClock, { seed, weeks, stepsPerWeek = STEPS_A_WEEK }: SimulationOptions) {
    this.app = app
    this.organizationId = organizationId
    this.api = api
    this.clock = clock
    this.seed = seed
    this.steps = Math.round(weeks * stepsPerWeek)
    this.pace = WEEK / stepsPerWeek
    this.random = createRandom(seed)
    // kept where something fails, or where a folder for journals is given
    const folder = process.env['LOTWISE_JOURNALS'] ?? join(tmpdir(), 'lotwise-simulation')
    mkdirSync(folder, { recursive: true })
    this.journal = join(folder, `seed-${seed}-weeks-${weeks}-${process.pid}.jsonl`)
    writeFileSync(this.journal, '')
  }

  async run(): Promise<SimulationOutcome> {
    try {
      for (this.step = 1; this.step <= this.steps; this.step += 1) await this.live()
      await this.checkEverything()
    } catch (error) {
      const failure = new SimulationFailure(`seed ${this.seed}, step ${this.step} of ${this.steps}: ${(error as Error).message}\njournal: ${this.journal}`)
      failure.stack = `${failure.message}\n${(error as Error).stack ?? ''}`
      throw failure
    }
    return this.outcome(this.steps)
  }

  /** Ids are new ones each time: those of then are replaced as answers tell them. */
  async relive(lines: readonly Told[]): Promise<SimulationOutcome> {
    const ids = new Map<string, string>()
    const renew = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value).replace(UUID, (id) => ids.get(id) ?? id)) as T))
    const order = (one: Told): string => `${String(one.step).padStart(6, '0')} ${one.key.startsWith('p-') ? (one.status === 200 ? effectOf(one.answer) : '~') : ''}`
    for (const told of lines.toSorted((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0))) {
      this.step = told.step
      this.clock.now = Date.parse(told.answer?.recordedAt ?? told.clock) - 1
      const request: Request = { kind: told.kind, path: renew(told.path), body: renew(told.body), ...(told.lots && { lots: told.lots }) }
      const again = this.sent.get(told.key)?.answer.status === 200 || told.path.includes('dryRun') || told.body?.note?.startsWith('other ')
      const judgement = await this.judge({ ...request, path: request.path.replace(/\?.*/, '') })
      const answer = await this.send(request, told.key, !again)
      const same = answer.status === told.status && (answer.status === 200 || answer.body.code === told.answer.code)
      if (!same && told.answer?.code !== 'command_in_progress') throw new Error(`step ${told.step}, key ${told.key}: ${told.status} ${told.answer?.code ?? ''} then, ${answer.status} ${answer.body?.code ?? ''} now`)
      if (answer.status === 200 && told.status === 200) pairIds(told.answer, answer.body, ids)
      if (!again) await this.compare(request, judgement, answer, new Set())
      await this.checkState(null)
    }
    await this.checkEverything()
    return this.outcome(lines.length)
  }

  private outcome(steps: number): SimulationOutcome {
    if (process.env['LOTWISE_JOURNALS'] === undefined) rmSync(this.journal)
    return { steps, accepted: this.accepted, refused: this.refused, journal: this.journal }
  }

  // One step -------------------------------------------------------------------------------------------------------------

  /** The schedule is drawn from the seed and the step alone; what it is applied to follows from what was accepted. */
  private async live(): Promise<void> {
    const random = this.random.branch(this.step)
    this.clock.now += random.whole(1, Math.round(2 * this.pace))
    this.clock.skew = random.chance(0.06) ? random.whole(-90_000, 90_000) : 0
    const touched = new Set<string>()
    switch (random.weighted({ single: 72, parallel: 9, repeat: 5, other_input: 3, lost: 5, dry_run: 6 })) {
      case 'single': await this.single(random, touched); break
      case 'parallel': await this.parallel(random, touched); break
      case 'repeat': await this.repeat(random, touched); break
      case 'other_input': await this.otherInput(random); break
      case 'lost': await this.lost(random, touched); break
      case 'dry_run': await this.dryRun(random, touched)
    }
    await this.checkState(touched)
    if (this.step % EVERYTHING_EVERY === 0) await this.checkEverything()
  }

  private situation(random: Random) {
    return { random, auditor: this.auditor, now: this.now(), tag: `${this.step}` }
  }

  /** The instant the next command will be recorded at. */
  private now(): number {
    return this.clock.now + 1 + this.clock.skew
  }

  private async single(random: Random, touched: Set<string>): Promise<void> {
    const request = nextRequest(this.situation(random))
    const judgement = await this.judge(request)
    const answer = await this.send(request, `s-${this.step}`)
    await this.compare(request, judgement, answer, touched)
  }

  /** The answer never arrives; the client sends the request again, with the same key. */
  private async lost(random: Random, touched: Set<string>): Promise<void> {
    const request = nextRequest(this.situation(random))
    const judgement = await this.judge(request)
    const first = await this.send(request, `s-${this.step}`)
    this.clock.now += random.whole(100, 5_000)
    const again = await this.send(request, `s-${this.step}`)
    if (first.status === 200 && request.body?.atomic !== false) {
      if (again.headers['idempotent-replayed'] !== 'true' || JSON.stringify(again.body) !== JSON.stringify(first.body)) throw new Error(`the repeated request got another answer: ${JSON.stringify([first.body, again.body])}`)
    }
    await this.compare(request, judgement, first.status === 200 ? again : first, touched)
  }

  /** A request of long ago comes again: an accepted one changes nothing, a refused one is decided anew. */
  private async repeat(random: Random, touched: Set<string>): Promise<void> {
    if (this.sent.size === 0) return
    const { request, key, answer } = random.pick([...this.sent.values()])
    if (answer.status === 200) {
      const again = await this.send(request, key, false)
      const same = JSON.stringify(again.body) === JSON.stringify(answer.body)
      if (!same && request.body?.atomic !== false) throw new Error(`key ${key} got another answer than the first time: ${JSON.stringify([answer.body, again.body])}`)
      if (request.body?.atomic === false) await this.adoptResults(request, again, answer)
      return
    }
    const judgement = await this.judge(request)
    await this.compare(request, judgement, await this.send(request, key), touched)
  }

  private async otherInput(random: Random): Promise<void> {
    const used = [...this.sent.values()].filter(({ request, answer }) => answer.status === 200 && request.kind === 'movement')
    if (used.length === 0) return
    const { request, key } = random.pick(used)
    const answer = await this.send({ ...request, body: { ...request.body, note: `other ${this.step}` } }, key, false)
    if (answer.status !== 409 || answer.body.code !== 'idempotency_key_reused' || answer.body.params.field !== 'note') throw new Error(`another input under a used key was answered ${answer.status} ${JSON.stringify(answer.body)}`)
  }

  private async dryRun(random: Random, touched: Set<string>): Promise<void> {
    const request = nextRequest(this.situation(random))
    if (request.body?.atomic === false || ['hold', 'release_hold'].includes(request.kind)) return
    const judgement = await this.judge(request)
    for (const line of judgement.lines) touched.add(line.product)
    const answer = await this.send({ ...request, path: `${request.path}?dryRun=true` }, `d-${this.step}`, false)
    this.compareVerdict(request, judgement, answer)
  }

  /** Several at once for the same goods; or one and the same request from an impatient client. */
  private async parallel(random: Random, touched: Set<string>): Promise<void> {
    this.clock.skew = 0
    const situation = this.situation(random)
    const jumble = random.chance(0.35)
    const impatient = !jumble && random.chance(0.3)
    const requests = jumble ? this.jumble(random) : impatient ? Array<Request>(3).fill(contest(situation)[0] as Request) : contest(situation)
    const before = { onHand: this.auditor.onHand(), states: this.auditor.unitStates(), open: this.auditor.openAllocations(situation.now) }
    const judgements = await Promise.all(requests.map((request) => this.judge(request)))
    const answers = await Promise.all(requests.map((request, at) => this.send(request, `p-${this.step}-${impatient ? 0 : at}`)))
    for (const { lines } of judgements) for (const line of lines) touched.add(line.product)

    const effects = new Map<string, { request: Request; answer: Answer }>()
    for (const [at, answer] of answers.entries()) {
      if (answer.status >= 500) throw new Error(`a fault among parallel requests: ${JSON.stringify(answer.body)}`)
      const id = effectOf(answer.body)
      if (answer.status === 200) effects.set(id, { request: requests[at] as Request, answer })
      else if (answer.body.code === 'command_in_progress' && !impatient) throw new Error('a key of its own was said to be in progress')
    }
    if (impatient && effects.size > 1) throw new Error(`one key had ${effects.size} effects`)
    // ids rise in the order in which things were done
    for (const [, { request, answer }] of [...effects].sort(([a], [b]) => (a < b ? -1 : 1))) await (await this.judge(request)).take(answer)
    if (jumble) for (const product of world.products.keys()) touched.add(product)
    const impossible = this.auditor.impossibilities(this.now())
    if (impossible.length > 0) throw new Error(`what was accepted together is impossible: ${impossible.join('; ')}`)
    if (!impatient && !jumble) this.checkRefusedTogether(requests, answers, judgements, before)
  }

  /** Things of every kind that happen to be done at once. */
  private jumble(random: Random): Request[] {
    const all = Array.from({ length: random.whole(3, 6) }, (_, number) => nextRequest({ ...this.situation(random), tag: `${this.step}j${number}` }))
    return all.filter(({ kind, body }) => ['movement', 'reverse', 'reserve', 'hold', 'bulk'].includes(kind) && body.atomic !== false && !body.itIsHere)
  }

  /** A refusal is wrong where, whatever the order of the others, there was enough. */
  private checkRefusedTogether(requests: readonly Request[], answers: readonly Answer[], judgements: readonly Judgement[], before: { onHand: ReturnType<Auditor['onHand']>; states: ReturnType<Auditor['unitStates']>; open: ReturnType<Auditor['openAllocations']> }): void {
    const granted = judgements.filter((_, at) => answers[at]?.status === 200)
    for (const [at, answer] of answers.entries()) {
      const judgement = judgements[at]
      if (answer.status === 200 || !judgement || judgement.reasons.size > 0) continue
      const possible = judgement.lines.every((line) => {
        if (line.from.place.startsWith('@')) return true
        const units = new Set((line.units ?? []).map((unit) => unit.serial))
        if (units.size > 0) return !granted.some((other) => other.lines.some((one) => one.product === line.product && (one.units ?? []).some((unit) => units.has(unit.serial))))
        const key = `${line.product}|${line.lot}|${line.from.place}|${line.from.owner}|${line.from.plate}`
        const taken = granted.flatMap((other) => other.lines).filter((one) => one.product === line.product && one.lot === line.lot && one.from.place === line.from.place).reduce((sum, one) => sum + one.quantity, 0n)
        const promised = before.open.filter((one) => one.key === key).reduce((sum, one) => sum + one.open, 0n)
        return (before.onHand.get(key)?.quantity ?? 0n) - taken - promised >= line.quantity
      })
      if (possible) throw new Error(`refused ${answer.body.code} although there was enough whatever the order: ${JSON.stringify(requests[at])}`)
    }
  }

  // Judging --------------------------------------------------------------------------------------------------------------

  private async judge(request: Request): Promise<Judgement> {
    const { auditor } = this
    const now = this.now()
    const nothing: Judgement = { reasons: new Set(), lines: [], take: async () => {} }
    switch (request.kind) {
      case 'movement': return this.judgeMovement(request.path.replace('/movements/', '').replaceAll('-', '_'), request.body, now)
      case 'reverse': {
        const plan = auditor.planReversal(request.path.split('/')[2] ?? '', request.body, now)
        return { reasons: plan.reasons, lines: plan.lines, take: async (answer) => this.takeMovement(plan, answer.body) }
      }
      case 'reserve': {
        const plan = auditor.planReservation(request.body, now)
        return { reasons: plan.reasons, lines: plan.lines, take: async (answer) => this.takeReservation(plan, request.body, answer.body) }
      }
      case 'release': {
        const demand = `${request.body.demand.type} ${request.body.demand.number}`
        const open = auditor.allocations.filter((one) => one.open > 0n && one.demand === demand)
        return { ...nothing, reasons: new Set(open.length === 0 ? ['allocation_unknown'] : []), take: async () => { for (const one of open) one.open = 0n } }
      }
      case 'merge': {
        const { product = '', from = '', into = '' } = request.lots ?? {}
        return { ...nothing, reasons: auditor.planMerge(product, from, into), take: async () => auditor.merge(product, from, into) }
      }
      case 'bulk': return this.judgeBulk(request.body, now)
      case 'hold': return { ...nothing, take: async (answer) => this.takeHold(request.body, answer.body) }
      case 'release_hold': {
        const hold = auditor.holds.find((one) => one.id === request.path.split('/')[2])
        return { ...nothing, reasons: new Set(hold?.released ? ['hold_released'] : []), take: async () => { if (hold) hold.released = true } }
      }
      default: return { ...nothing, reasons: new Set(['garbage']) }
    }
  }

  private judgeMovement(kind: string, body: Body, now: number): Judgement {
    const { auditor } = this
    const plan = auditor.planMovement(kind, body, now)
    const correction = body.itIsHere ? this.planCorrection(plan) : null
    if (!correction) return { reasons: plan.reasons, lines: plan.lines, take: async (answer) => this.takeMovement(plan, answer.body) }
    const restore = auditor.mark()
    const first = auditor.settle({ ...plan, kind: correction.kind, lines: correction.lines, brings: [], demand: null, reasons: new Set() }, now)
    auditor.accept(first, { id: '\ufffe', occurredAt: plan.occurredAt, recordedAt: now })
    const second = auditor.planMovement(kind, body, now)
    restore()
    return {
      reasons: first.reasons.size + second.reasons.size === 0 ? new Set() : new Set([...plan.reasons, ...first.reasons, ...second.reasons]), lines: plan.lines,
      take: async (answer) => {
        const { rows } = await this.app.admin.query<{ movement_id: string }>('select movement_id from movement where organization_id = $1 and command_id = (select command_id from movement where organization_id = $1 and movement_id = $2) order by movement_id', [this.organizationId, answer.body.movementId])
        if (rows.length !== 2) throw new Error(`it is here: ${rows.length} movements instead of a correction and what was asked for`)
        auditor.accept(first, { id: rows[0]?.movement_id ?? '', occurredAt: Date.parse(answer.body.occurredAt), recordedAt: Date.parse(answer.body.recordedAt) })
        this.takeMovement(second, answer.body)
      },
    }
  }

  /** Goods that are here: a unit is moved here, missing goods are adjusted up; nothing else is put right. */
  private planCorrection(plan: Plan): { kind: 'adjust' | 'move'; lines: ModelLine[] } | null {
    if (plan.reasons.size === 0 || [...plan.reasons].some((reason) => !['stock_insufficient', 'unit_elsewhere', 'late_entry_blocked'].includes(reason))) return null
    const states = this.auditor.unitStates()
    const moves = plan.lines.flatMap((line) => (line.units ?? []).flatMap((unit): ModelLine[] => {
      const state = states.get(unitName(line.product, unit.serial))
      if (!state || state.spot.place.startsWith('@') || state.spot.place === line.from.place) return []
      return [{ ...line, role: null, from: state.spot, to: { ...line.from, owner: state.spot.owner }, quantity: unit.quantity, second: null, units: [unit] }]
    }))
    if (moves.length > 0) return { kind: 'move', lines: moves }
    const [line] = plan.lines
    if (!line || line.units || plan.lines.length > 1) return null
    const there = this.auditor.onHand().get(`${line.product}|${line.lot}|${line.from.place}|${line.from.owner}|${line.from.plate}`)?.quantity ?? 0n
    return { kind: 'adjust', lines: [{ ...line, role: null, from: { place: '@count', owner: line.from.owner, plate: '' }, to: line.from, quantity: line.quantity - there, second: null }] }
  }

  private judgeBulk(body: Body, now: number): Judgement {
    if (body.atomic === false) return { reasons: new Set(), lines: [], take: async (answer) => this.takeResults(body, answer.body.results) }
    const { auditor } = this
    const restore = auditor.mark()
    const plans: Plan[] = []
    let reasons: ReadonlySet<string> = new Set()
    for (const [at, movement] of (body.movements as Body[]).entries()) {
      const plan = auditor.planMovement(movement.kind, movement, now)
      plans.push(plan)
      reasons = plan.reasons
      if (reasons.size > 0) break
      auditor.accept(plan, { id: `\ufffe${at}`, occurredAt: plan.occurredAt, recordedAt: now })
    }
    restore()
    return {
      reasons, lines: plans.flatMap((plan) => plan.lines),
      take: async (answer) => (body.movements as Body[]).forEach((movement, at) => {
        // fulfilments are of what is open now, so each is planned again
        const posted = answer.body.results[at].movement
        this.takeMovement(auditor.planMovement(movement.kind, movement, Date.parse(posted.recordedAt)), posted)
      }),
    }
  }

  /** Each for itself: every line has a verdict of its own, and stands on those before it. */
  private async takeResults(body: Body, results: Body[]): Promise<void> {
    for (const [at, movement] of (body.movements as Body[]).entries()) {
      const result = results[at]
      const now = result.ok ? Date.parse(result.movement.recordedAt) : this.clock.now + this.clock.skew
      const judgement = this.judgeMovement(movement.kind, movement, now)
      const answer: Answer = { status: result.ok ? 200 : 409, body: result.ok ? result.movement : { code: result.refusal.code, params: result.refusal.data }, headers: {} }
      this.compareVerdict({ kind: 'movement', path: `bulk ${at}`, body: movement }, judgement, answer)
      if (result.ok) await judgement.take(answer)
    }
  }

  /** A repeated list: what was accepted then is answered again, what was refused then is decided anew. */
  private async adoptResults(request: Request, again: Answer, before: Answer): Promise<void> {
    for (const [at, movement] of (request.body.movements as Body[]).entries()) {
      const [then, now] = [before.body.results[at], again.body.results[at]]
      if (then.ok && JSON.stringify(then) !== JSON.stringify(now)) throw new Error('an accepted line of a list got another answer')
      if (!then.ok && now.ok && !this.auditor.movements.some((one) => one.id === now.movement.movementId)) await this.takeResults({ movements: [movement] }, [now])
    }
  }

  private takeMovement(plan: Plan, posted: Body): void {
    const lines = posted.lines as { quantity: string; lotId: string }[]
    const asPosted = lines.map((line) => line.quantity)
    const asPlanned = plan.lines.map((line) => formatQuantity(line.quantity as Quantity))
    if (asPosted.toSorted().join(' ') !== asPlanned.toSorted().join(' ')) throw new Error(`posted lines of ${asPosted.join(' ')}, where ${asPlanned.join(' ')} was meant`)
    if (['receive', 'adjust', 'transform'].includes(plan.kind)) plan.lines.forEach((line, at) => this.auditor.lotIds.set(`${line.product}/${line.lot}`, lines[at]?.lotId ?? ''))
    this.auditor.accept(plan, { id: posted.movementId, occurredAt: Date.parse(posted.occurredAt), recordedAt: Date.parse(posted.recordedAt) })
  }

  private takeReservation(plan: Plan, body: Body, answered: Body): void {
    const wanted = plan.lines.flatMap((line): { line: ModelLine; unit: string | null; amount: bigint }[] => (line.units ? line.units.map((unit) => ({ line, unit: unitName(line.product, unit.serial), amount: unit.quantity })) : [{ line, unit: null, amount: line.quantity }]))
    if (answered.allocations.length !== wanted.length) throw new Error(`${answered.allocations.length} promises for ${wanted.length} asked for`)
    wanted.forEach(({ line, unit, amount }, at) => this.auditor.allocations.push({
      id: answered.allocations[at].allocationId, demand: plan.demand ?? '', key: [line.product, line.lot, line.from.place, line.from.owner, line.from.plate].join('|'), unit, open: amount,
      soft: body.firmness === 'soft', expiresAt: body.expiresAt === undefined ? null : Date.parse(body.expiresAt),
    }))
  }

  private takeHold(body: Body, answered: Body): void {
    const names: Record<string, string> = {
      lot: `${body.product?.sku}/${body.lot?.code}`, unit: unitName(body.product?.sku ?? '', body.unit?.serial ?? ''), plate: body.plate?.code, place: body.place?.code, family: body.family?.code,
    }
    this.auditor.holds.push({ id: answered.holdId, subject: body.subject, name: names[body.subject] ?? '', placedAt: Date.parse(answered.placedAt ?? new Date(this.clock.now + this.clock.skew).toISOString()), allows: body.allows ?? [], released: false })
  }

  private async compare(request: Request, judgement: Judgement, answer: Answer, touched: Set<string>): Promise<void> {
    for (const line of judgement.lines) touched.add(line.product)
    if (['release', 'merge'].includes(request.kind)) for (const product of world.products.keys()) touched.add(product)
    this.compareVerdict(request, judgement, answer)
    if (answer.status === 200) await judgement.take(answer)
    for (const movement of this.auditor.movements.slice(-5)) for (const line of movement.lines) touched.add(line.product)
  }

  private compareVerdict(request: Request, { reasons }: Judgement, { status, body }: Answer): void {
    const told = `${request.path} ${JSON.stringify(request.body)}`
    if (status >= 500) throw new Error(`a fault: ${told} ${JSON.stringify(body)}`)
    if (request.kind === 'garbage') {
      if (status === 200) throw new Error(`garbage was accepted: ${told}`)
    } else if (status === 200) {
      if (reasons.size > 0) throw new Error(`accepted, although ${[...reasons].join(', ')}: ${told}`)
    } else if (reasons.size === 0) {
      throw new Error(`refused ${body.code}, although nothing stands against it: ${told} ${JSON.stringify(body)}`)
    } else if (!reasons.has(body.code)) {
      throw new Error(`refused ${body.code}, where it would be ${[...reasons].join(', ')}: ${told} ${JSON.stringify(body)}`)
    }
  }

  // Sending --------------------------------------------------------------------------------------------------------------

  private async send(request: Request, key: string, remember = true): Promise<Answer> {
    const answer = await this.api('POST', request.path, request.body, { 'idempotency-key': `${this.seed}-${key}` })
    if (remember && this.sent.get(key)?.answer.status !== 200) this.sent.set(key, { request, key, answer })
    if (answer.status === 200) this.accepted += 1
    else this.refused[answer.body.code] = (this.refused[answer.body.code] ?? 0) + 1
    const told = { step: this.step, clock: new Date(this.clock.now + this.clock.skew).toISOString(), key, kind: request.kind, ...(request.lots && { lots: request.lots }), path: request.path, body: request.body, status: answer.status, answer: answer.status === 200 ? answer.body : { code: answer.body?.code, params: answer.body?.params } }
    appendFileSync(this.journal, `${JSON.stringify(told)}\n`)
    return answer
  }

  // Checking -------------------------------------------------------------------------------------------------------------

  /** On hand, promised, weights and units of the products that were touched (null: of all) are what the auditor says. */
  private async checkState(touched: ReadonlySet<string> | null): Promise<void> {
    if (touched?.size === 0) return
    await this.adoptLapsed()
    const only = touched === null ? null : [...touched]
    const { rows } = await this.app.admin.query<{ key: string; on_hand: string; allocated: string; second: string }>(
      `select concat_ws('|', p.sku, coalesce(l.code, ''), s.code, case when b.owner_id = b.organization_id then 'us' else y.name end, coalesce(q.code, '')) as key, b.on_hand, b.allocated, b.second_on_hand as second
       from balance b join product p on p.organization_id = b.organization_id and p.product_id = b.product_id join lot l on l.organization_id = b.organization_id and l.lot_id = b.lot_id
       join place s on s.organization_id = b.organization_id and s.place_id = b.place_id join party y on y.organization_id = b.organization_id and y.party_id = b.owner_id
       left join plate q on q.organization_id = b.organization_id and q.plate_id = b.plate_id
       where b.organization_id = $1 and ($2::text[] is null or p.sku = any($2))`, [this.organizationId, only])
    const concerns = (product: string | undefined): boolean => touched === null || touched.has(product ?? '')
    const promised = new Map<string, bigint>()
    for (const one of this.auditor.allocations) promised.set(one.key, (promised.get(one.key) ?? 0n) + one.open)
    const expected = new Map([...this.auditor.onHand()].filter(([key]) => concerns(key.split('|')[0])).map(([key, { quantity: amount, second }]) => [key, show(amount, promised.get(key) ?? 0n, second)]))
    const found = new Map(rows.map((row) => [row.key, show(quantity(row.on_hand), quantity(row.allocated), quantity(row.second))]))
    difference('balance', expected, found, show(0n, 0n, 0n))
    await this.checkUnits(only)
  }

  /** A soft promise may end at any moment after its time: whether it has is taken from the ledger. */
  private async adoptLapsed(): Promise<void> {
    const over = this.auditor.allocations.filter((one) => one.open > 0n && one.soft && one.expiresAt !== null && one.expiresAt <= this.clock.now + 90_000)
    if (over.length === 0) return
    const { rows } = await this.app.admin.query<{ allocation_id: string; open_quantity: string }>('select allocation_id, open_quantity from allocation where organization_id = $1 and allocation_id = any($2)', [this.organizationId, over.map((one) => one.id)])
    for (const one of over) one.open = quantity(rows.find((row) => row.allocation_id === one.id)?.open_quantity ?? '0')
  }

  private async checkUnits(only: readonly string[] | null): Promise<void> {
    const { rows } = await this.app.admin.query<{ name: string; lot: string; kind: string | null; place: string | null; owner: string | null; plate: string; measure: string; promise: string | null }>(
      `select p.sku || '/' || u.serial as name, coalesce(l.code, '') as lot, s.kind, s.code as place, case when u.owner_id = u.organization_id then 'us' else y.name end as owner, coalesce(q.code, '') as plate, u.measure, u.allocation_id as promise
       from unit u join product p on p.organization_id = u.organization_id and p.product_id = u.product_id join lot l on l.organization_id = u.organization_id and l.lot_id = u.lot_id
       left join place s on s.organization_id = u.organization_id and s.place_id = u.place_id left join party y on y.organization_id = u.organization_id and y.party_id = u.owner_id
       left join plate q on q.organization_id = u.organization_id and q.plate_id = u.plate_id
       where u.organization_id = $1 and ($2::text[] is null or p.sku = any($2))`, [this.organizationId, only])
    const states = this.auditor.unitStates()
    const outsideKinds: Record<string, string> = { supplier: '@supplier', ship_to: '@customer', process: '@process', count: '@count', loss: '@loss', sampled: '@sampled', destroyed: '@destroyed' }
    const promises = new Map(this.auditor.allocations.filter((one) => one.open > 0n && one.unit !== null).map((one) => [one.unit, one.id]))
    const expected = new Map([...this.auditor.units].filter(([name]) => only === null || only.includes(name.split('/')[0] ?? '')).map(([name, { lot }]) => {
      const state = states.get(name)
      if (!state) return [name, `${lot} nowhere`]
      const { place, owner, plate } = state.spot
      if (place.startsWith('@')) return [name, `${lot} ${place.split(':')[0]}`]
      return [name, `${lot} ${place} ${owner} ${plate} ${formatQuantity(state.measure as Quantity)} ${promises.get(name) ?? ''}`]
    }))
    const found = new Map(rows.map((row) => {
      if (row.kind === null) return [row.name, `${row.lot} nowhere`]
      const away = outsideKinds[row.kind]
      return [row.name, away ? `${row.lot} ${away}` : `${row.lot} ${row.place} ${row.owner} ${row.plate} ${formatQuantity(quantity(row.measure))} ${row.promise ?? ''}`]
    }))
    difference('unit', expected, found, undefined)
  }

  private async checkEverything(): Promise<void> {
    await this.checkState(null)
    const impossible = this.auditor.impossibilities(this.now())
    if (impossible.length > 0) throw new Error(impossible.join('; '))
    await this.checkMovements()
    await this.checkRuns()
    await this.checkTrace(this.random.branch(`trace ${this.step}`))
    await this.checkAsOf(this.random.branch(`as of ${this.step}`))
    const verified = await verifyOrganization(this.app.database, this.organizationId)
    if (!verified.ok) throw new Error(`verify: ${JSON.stringify(verified.findings.slice(0, 5))}`)
    const rebuilt = await rebuildOrganization(this.app.database, this.organizationId)
    if (Object.values(rebuilt).some((count) => count !== 0)) throw new Error(`rebuild changed rows: ${JSON.stringify(rebuilt)}`)
  }

  /** I6 and I7: every movement is there, as it was when it was first seen, with its actor, its key and its hash. */
  private async checkMovements(): Promise<void> {
    const { rows } = await this.app.admin.query<{ movement_id: string; canonical: string; sha256: string; text: string; answerable: boolean }>(
      `select m.movement_id, m.canonical, encode(m.sha256, 'hex') as sha256, md5(m::text || coalesce((select string_agg(l::text, ',' order by l.line_no) from movement_line l where l.organization_id = m.organization_id and l.movement_id = m.movement_id), '')) as text,
              m.actor_id <> '' and c.key <> '' as answerable
       from movement m join command c on c.organization_id = m.organization_id and c.command_id = m.command_id where m.organization_id = $1`, [this.organizationId])
    difference('movement', new Map(this.auditor.movements.map((one) => [one.id, 'there'])), new Map(rows.map((row) => [row.movement_id, 'there'])), undefined)
    for (const row of rows) {
      if (!row.answerable) throw new Error(`I6: ${row.movement_id} has no actor or key`)
      if (createHash('sha256').update(row.canonical, 'utf8').digest('hex') !== row.sha256) throw new Error(`I7: the hash of ${row.movement_id} is another`)
      const before = this.digests.get(row.movement_id)
      if (before !== undefined && before !== row.text) throw new Error(`I7: ${row.movement_id} was changed`)
      this.digests.set(row.movement_id, row.text)
    }
  }

  /** I9: what each run took and gave, with quantities; nothing of a run that never happened. */
  private async checkRuns(): Promise<void> {
    const { rows } = await this.app.admin.query<{ name: string; quantity: string }>(
      `select concat_ws(' ', r.movement_id, r.role, p.sku, coalesce(l.code, '')) as name, sum(r.quantity) as quantity
       from (select organization_id, movement_id, 'input' as role, product_id, lot_id, quantity from run_input union all select organization_id, movement_id, 'output', product_id, lot_id, quantity from run_output) r
       join product p on p.organization_id = r.organization_id and p.product_id = r.product_id join lot l on l.organization_id = r.organization_id and l.lot_id = r.lot_id
       where r.organization_id = $1 group by 1`, [this.organizationId])
    const expected = new Map<string, bigint>()
    for (const step of this.auditor.steps()) {
      for (const line of step.lines.filter((one) => one.role !== null)) {
        const name = [step.id, line.role, line.product, line.lot].join(' ')
        expected.set(name, (expected.get(name) ?? 0n) + line.quantity)
      }
    }
    difference('run', new Map([...expected].map(([name, amount]) => [name, formatQuantity(amount as Quantity)])), new Map(rows.map((row) => [row.name, formatQuantity(quantity(row.quantity))])), undefined)
  }

  /** A trace reaches what going through all runs reaches. */
  private async checkTrace(random: Random): Promise<void> {
    const products = ['CREAM', 'BUTTER']
    const starts = [...this.auditor.lots.keys()].filter((name) => products.includes(name.split('/')[0] ?? '') && this.auditor.lotIds.has(name))
    for (const direction of ['forward', 'backward'] as const) {
      if (starts.length === 0) return
      const start = random.pick(starts)
      const found = new Map<string, string>()
      for (let cursor: string | null = ''; cursor !== null;) {
        const answer: Answer = await this.api('GET', `/trace/${direction}?lotId=${this.auditor.lotIds.get(start)}&limit=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)
        if (answer.status !== 200) throw new Error(`trace: ${JSON.stringify(answer.body)}`)
        for (const node of answer.body.nodes) if (products.includes(node.sku)) found.set(`${node.sku}/${node.lot}`, 'reached')
        cursor = answer.body.next ?? null
      }
      difference(`trace ${direction} of ${start}`, new Map([...this.auditor.related(start, direction, products)].map((name) => [name, 'reached'])), found, undefined)
    }
  }

  /** I11: stock as of T as known at K is what a replay gives. */
  private async checkAsOf(random: Random): Promise<void> {
    const instants = this.auditor.movements.flatMap((one) => [one.occurredAt, one.recordedAt]).filter((at) => at <= this.clock.now)
    if (instants.length === 0) return
    for (let round = 0; round < 3; round += 1) {
      const at = random.pick(instants) + random.whole(-1, 1)
      const known = random.pick(instants) + random.whole(-1, 1)
      const found = new Map<string, string>()
      for (let cursor: string | null = ''; cursor !== null;) {
        const answer: Answer = await this.api('GET', `/stock?by=product,lot,place,owner,plate&limit=200&at=${new Date(at).toISOString()}&known=${new Date(known).toISOString()}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)
        if (answer.status !== 200) throw new Error(`as of: ${JSON.stringify(answer.body)}`)
        for (const row of answer.body.items) {
          const key = [row.sku, row.lot ?? '', row.place, row.ownerId === this.organizationId ? 'us' : row.owner, row.plate ?? ''].join('|')
          found.set(key, show(quantity(row.onHand), 0n, row.secondOnHand === null ? 0n : quantity(row.secondOnHand)))
        }
        cursor = answer.body.next ?? null
      }
      const expected = new Map([...this.auditor.onHand(at, known)].map(([key, value]) => [key, show(value.quantity, 0n, value.second)]))
      difference(`as of ${new Date(at).toISOString()} known at ${new Date(known).toISOString()}`, expected, found, show(0n, 0n, 0n))
    }
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** Notes which id of now stands where an id of then stood. */
function pairIds(then: unknown, now: unknown, ids: Map<string, string>): void {
  const [before, after] = [JSON.stringify(then).match(UUID) ?? [], JSON.stringify(now).match(UUID) ?? []]
  if (before.length === after.length) before.forEach((id, at) => ids.set(id, after[at] ?? id))
}

/** The id of what was done; of a list that of its last movement. */
function effectOf(body: Body): string {
  return body?.movementId ?? body?.allocations?.[0]?.allocationId ?? body?.holdId ?? body?.results?.at(-1)?.movement?.movementId
}

function show(onHand: bigint, allocated: bigint, second: bigint): string {
  return `${formatQuantity(onHand as Quantity)} on hand, ${formatQuantity(allocated as Quantity)} promised, weighing ${formatQuantity(second as Quantity)}`
}

/** Both have the same names with the same values; a name that is missing counts as `zero`. */
function difference(what: string, expected: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>, zero: string | undefined): void {
  const names = new Set([...expected.keys(), ...found.keys()])
  const wrong = [...names].filter((name) => (expected.get(name) ?? zero) !== (found.get(name) ?? zero))
  if (wrong.length > 0) throw new Error(`${what}:\n${wrong.slice(0, 8).map((name) => `  ${name}\n    auditor: ${expected.get(name) ?? zero ?? 'not there'}\n    ledger:  ${found.get(name) ?? zero ?? 'not there'}`).join('\n')}`)
}
