import { parseQuantity } from '#src/lib/quantity.ts'

/**
 * A slow, obvious model of the ledger, in memory and by names. It knows nothing of the SQL: it keeps the accepted
 * movements as a plain list and answers every question by going through all of them. From the public meaning of a
 * request it says why it would have to be refused, or that it must be accepted; and it says what is where afterwards.
 */
export interface Spot {
  readonly place: string
  readonly owner: string
  /** '' is loose. */
  readonly plate: string
}
export interface ModelUnit {
  readonly serial: string
  readonly quantity: bigint
}
export interface ModelLine {
  readonly product: string
  readonly lot: string
  readonly role: 'input' | 'output' | null
  readonly from: Spot
  readonly to: Spot
  readonly quantity: bigint
  readonly second: bigint | null
  readonly units: readonly ModelUnit[] | null
}
export interface ModelMovement {
  readonly id: string
  readonly kind: string
  /** Milliseconds. */
  readonly occurredAt: number
  readonly recordedAt: number
  readonly lines: readonly ModelLine[]
  readonly reverses: string | null
  readonly never: boolean
  readonly demand: string | null
  /** The run it belongs to, by its first movement. */
  readonly run: string | null
}
export interface ModelAllocation {
  readonly id: string
  readonly demand: string
  key: string
  readonly unit: string | null
  open: bigint
  readonly soft: boolean
  readonly expiresAt: number | null
}
export interface ModelHold {
  readonly id: string
  readonly subject: 'lot' | 'unit' | 'plate' | 'place' | 'family'
  name: string
  readonly placedAt: number
  readonly allows: readonly string[]
  released: boolean
}
export interface ProductRules {
  readonly tracking: 'none' | 'lot' | 'serial' | 'lot_and_serial'
  readonly measured: boolean
  readonly weighed: boolean
  readonly blocks: boolean
  readonly scale: number
}
export interface World {
  readonly products: ReadonlyMap<string, ProductRules>
  /** Our places: 'tank' mixes. All stand in the facility MAIN. */
  readonly places: ReadonlyMap<string, 'tank' | 'storage'>
  readonly plates: readonly string[]
}
export interface UnitState {
  readonly product: string
  readonly lot: string
  readonly spot: Spot
  readonly measure: bigint
}

/** What a request would do, and why it cannot. */
export interface Plan {
  readonly reasons: ReadonlySet<string>
  readonly kind: string
  readonly occurredAt: number
  readonly lines: readonly ModelLine[]
  readonly reverses: string | null
  readonly never: boolean
  readonly demand: string | null
  /** The movement whose run it goes on with; null: it has a run of its own, if any. */
  readonly runId: string | null
  /** Lots and units that it makes known. */
  readonly brings: readonly Registered[]
  /** The book is put right first. */
  readonly correction: { readonly kind: 'adjust' | 'move'; readonly lines: readonly ModelLine[] } | null
}
interface Registered {
  readonly product: string
  readonly lot: string
  readonly serial: string | null
  readonly useBy: string | null
  readonly family: string | null
}
// requests come as the API takes them: what is in them is looked at here
// oxlint-disable-next-line no-explicit-any
export type Body = any

const MAX_AHEAD = 5 * 60 * 1000
const usesGoods = ['transform', 'ship', 'change_owner', 'reserve']
const outside = (place: string): boolean => place.startsWith('@')
export const keyOf = (line: { product: string; lot: string }, spot: Spot): string => [line.product, line.lot, spot.place, spot.owner, spot.plate].join('|')
const amountOf = (text: string): bigint => parseQuantity(text) ?? -1n
const same = (a: Spot, b: Spot): boolean => a.place === b.place && a.owner === b.owner && a.plate === b.plate
export const unitName = (product: string, serial: string): string => `${product}/${serial}`

export class Auditor {
  readonly world: World
  movements: ModelMovement[] = []
  allocations: ModelAllocation[] = []
  holds: ModelHold[] = []
  lots = new Map<string, { useBy: string | null; family: string | null }>()
  units = new Map<string, { lot: string }>()
  /** Lots that were found to be another one. */
  merged = new Map<string, string>()
  /** The ids the ledger gave to lots: they break a tie when a mixture is shared out. */
  lotIds = new Map<string, string>()

  constructor(world: World) {
    this.world = world
  }

  // What is, by going through everything ---------------------------------------------------------------------------------

  /** On hand and weight of every key: what occurred by `at` and was recorded by `known`. */
  onHand(at = Infinity, known = Infinity): Map<string, { quantity: bigint; second: bigint }> {
    const sums = new Map<string, { quantity: bigint; second: bigint }>()
    for (const movement of this.movements) {
      if (movement.occurredAt > at || movement.recordedAt > known) continue
      for (const line of movement.lines) addLine(sums, line)
    }
    return sums
  }

  /** Movements in the order in which they count; what never happened is left out with what said so. */
  steps(without: string | null = null): ModelMovement[] {
    const cancelled = new Set(this.movements.filter((one) => one.never).map((one) => one.reverses))
    return this.movements.filter((one) => !one.never && !cancelled.has(one.id) && one.id !== without).sort(inOrder)
  }

  /** Where each unit is and how much of it is left. */
  unitStates(steps: readonly ModelMovement[] = this.steps()): Map<string, UnitState> {
    const states = new Map<string, UnitState>()
    for (const step of steps) {
      for (const line of step.lines) {
        for (const unit of line.units ?? []) {
          const name = unitName(line.product, unit.serial)
          states.set(name, moveUnit(step.kind, states.get(name), line, unit))
        }
      }
    }
    return states
  }

  openAllocations(now: number): ModelAllocation[] {
    return this.allocations.filter((one) => one.open > 0n && !(one.soft && one.expiresAt !== null && one.expiresAt <= now))
  }

  /** Promised of a key, as far as the promise still binds. */
  allocated(key: string, now: number): bigint {
    return this.openAllocations(now).filter((one) => one.key === key).reduce((sum, one) => sum + one.open, 0n)
  }

  // What would be --------------------------------------------------------------------------------------------------------

  /** What posting this request now would do; `reasons` is empty where it must be accepted. */
  planMovement(kind: string, body: Body, now: number): Plan {
    const reasons = new Set<string>()
    const brings: Registered[] = []
    const occurredAt = body.occurredAt === undefined ? now : Date.parse(body.occurredAt)
    const lines = this.linesOf(kind, body, reasons, brings)
    if (kind === 'transform') this.checkRun(body, lines, reasons)
    const demand = body.demand ? `${body.demand.type} ${body.demand.number}` : null
    const plan = { reasons, kind, occurredAt, lines, reverses: null, never: false, demand, runId: body.runId ?? null, brings, correction: null }
    return this.settle(plan, now)
  }

  planReversal(id: string, body: Body, now: number): Plan {
    const reasons = new Set<string>()
    const original = this.movements.find((one) => one.id === id)
    const never = body.meaning === 'never_happened'
    const empty = { reasons, kind: 'reverse', occurredAt: now, lines: [], reverses: id, never, demand: null, runId: null, brings: [], correction: null }
    if (!original) return { ...empty, reasons: new Set(['not_found']) }
    if (original.reverses !== null) reasons.add('reversal_of_reversal')
    if (this.movements.some((one) => one.reverses === id)) reasons.add('reversed_already')
    if (reasons.size > 0) return empty
    const lines = original.lines.toReversed().map((line): ModelLine => ({ ...line, role: line.role === 'input' ? 'output' : line.role === 'output' ? 'input' : null, from: line.to, to: line.from }))
    const plan = this.settle({ ...empty, occurredAt: never ? original.occurredAt : now, lines }, now)
    return plan.reasons.size === 0 ? plan : { ...plan, reasons: new Set([...plan.reasons, 'reversal_blocked']) }
  }

  planReservation(body: Body, now: number): Plan {
    const reasons = new Set<string>()
    if (body.firmness === 'soft' && (body.expiresAt === undefined || Date.parse(body.expiresAt) <= now)) reasons.add('input_invalid')
    const lines = this.linesOf('transform', { inputs: body.lines, outputs: [] }, reasons, [])
    const plan: Plan = { reasons, kind: 'reserve', occurredAt: now, lines, reverses: null, never: false, demand: `${body.demand.type} ${body.demand.number}`, runId: null, brings: [], correction: null }
    this.checkHoldsAndDates(plan, now, reasons)
    const onHand = this.onHand()
    for (const [key, delta] of netOf(lines)) {
      if ((onHand.get(key)?.quantity ?? 0n) + delta.quantity < this.allocated(key, now)) reasons.add('stock_insufficient')
      if ((onHand.get(key)?.second ?? 0n) + delta.second < 0n) reasons.add('second_quantity_insufficient')
    }
    const states = this.unitStates()
    const names = lines.flatMap((line) => (line.units ?? []).map((unit) => unitName(line.product, unit.serial)))
    if (new Set(names).size < names.length) reasons.add('unit_twice')
    for (const line of lines) {
      for (const unit of line.units ?? []) {
        const state = states.get(unitName(line.product, unit.serial))
        if (state?.spot.place !== line.from.place) reasons.add('unit_elsewhere')
        if (this.openAllocations(now).some((one) => one.unit === unitName(line.product, unit.serial))) reasons.add('unit_allocated')
      }
    }
    return plan
  }

  /** Everything that must hold of lines before they are posted. */
  settle(plan: Plan, now: number): Plan {
    const reasons = plan.reasons as Set<string>
    if (plan.occurredAt - now > MAX_AHEAD) reasons.add('occurred_in_future')
    this.checkHoldsAndDates(plan, now, reasons)
    const onHand = this.onHand()
    const lines = plan.kind === 'reverse' ? plan.lines : plan.lines.map((line) => this.weigh(line, onHand, reasons))
    const settled = { ...plan, lines }
    this.checkStock(settled, onHand, now, reasons)
    this.checkUnits(settled, now, reasons)
    this.checkLate(settled, now, reasons)
    this.checkPlates(settled, onHand, reasons)
    return settled
  }

  private checkHoldsAndDates(plan: Plan, now: number, reasons: Set<string>): void {
    if (!usesGoods.includes(plan.kind)) return
    const kind = plan.kind === 'reserve' ? 'ship' : plan.kind
    const day = new Date(plan.occurredAt).toISOString().slice(0, 10)
    for (const line of plan.lines.filter((one) => !outside(one.from.place))) {
      const lot = this.lots.get(`${line.product}/${line.lot}`)
      const subjects = [`lot ${line.product}/${line.lot}`, `place ${line.from.place}`, 'place MAIN', `plate ${line.from.plate}`, `family ${lot?.family}`, ...(line.units ?? []).map((unit) => `unit ${unitName(line.product, unit.serial)}`)]
      if (this.holds.some((hold) => !hold.released && subjects.includes(`${hold.subject} ${hold.name}`) && !hold.allows.includes(kind) && (hold.placedAt <= plan.occurredAt || plan.occurredAt >= now))) reasons.add('on_hold')
      if (this.world.products.get(line.product)?.blocks && lot?.useBy && lot.useBy < day) reasons.add('lot_past_date')
    }
  }

  /** Catch weight: all of it takes all the weight; less than all needs weighing. */
  private weigh(line: ModelLine, onHand: ReadonlyMap<string, { quantity: bigint; second: bigint }>, reasons: Set<string>): ModelLine {
    const there = onHand.get(keyOf(line, line.from))
    if (!this.world.products.get(line.product)?.weighed || line.second !== null || outside(line.from.place) || line.units || !there || there.second === 0n) return line
    if (line.quantity === there.quantity) return { ...line, second: there.second }
    reasons.add('second_quantity_missing')
    return line
  }

  private checkStock(plan: Plan, onHand: ReadonlyMap<string, { quantity: bigint; second: bigint }>, now: number, reasons: Set<string>): void {
    const freed = new Map<string, bigint>()
    for (const { allocation, amount } of this.fulfilments(plan, now)) freed.set(allocation.key, (freed.get(allocation.key) ?? 0n) + amount)
    for (const [key, delta] of netOf(plan.lines)) {
      const there = onHand.get(key) ?? { quantity: 0n, second: 0n }
      const after = there.quantity + delta.quantity
      if (after < 0n) reasons.add('stock_insufficient')
      else if (after < this.allocated(key, now) - (freed.get(key) ?? 0n)) reasons.add('stock_allocated')
      if (there.second + delta.second < 0n) reasons.add('second_quantity_insufficient')
    }
  }

  /** What a shipment takes from the promises it was for: units by their own, the rest oldest first. */
  fulfilments(plan: Pick<Plan, 'lines' | 'demand'>, now: number): { allocation: ModelAllocation; amount: bigint }[] {
    if (plan.demand === null) return []
    const mine = this.openAllocations(now).filter((one) => one.demand === plan.demand).map((allocation) => ({ allocation, amount: 0n }))
    for (const line of plan.lines) {
      let wanted = line.quantity
      const names = new Set((line.units ?? []).map((unit) => unitName(line.product, unit.serial)))
      const take = (fits: (allocation: ModelAllocation) => boolean): void => {
        for (const one of mine) {
          if (one.allocation.key !== keyOf(line, line.from) || !fits(one.allocation)) continue
          const left = one.allocation.open - one.amount
          const amount = left < wanted ? left : wanted
          one.amount += amount
          wanted -= amount
        }
      }
      take((allocation) => allocation.unit !== null && names.has(allocation.unit))
      take((allocation) => allocation.unit === null)
    }
    return mine.filter((one) => one.amount > 0n)
  }

  /** A unit leaves from where it is, and comes from outside only out of where it went. */
  private checkUnits(plan: Plan, now: number, reasons: Set<string>): void {
    const states = this.unitStates()
    const moved = new Map<string, UnitState>()
    for (const line of plan.lines) {
      for (const unit of line.units ?? []) {
        const name = unitName(line.product, unit.serial)
        const state = moved.get(name) ?? states.get(name)
        const again = moved.has(name)
        if (again && (!outside(line.from.place) || state?.spot.place !== line.from.place)) reasons.add('unit_twice')
        else if (!outside(line.from.place)) {
          if (!state || !same(state.spot, line.from) || state.measure === 0n) reasons.add('unit_elsewhere')
          else if (unit.quantity > state.measure) reasons.add('piece_too_short')
          const promise = this.openAllocations(now).find((one) => one.unit === name)
          if (promise && promise.demand !== plan.demand) reasons.add('unit_allocated')
        } else if (!again && state) {
          this.checkArrival(plan.kind, state, line, reasons)
        }
        moved.set(name, moveUnit(plan.kind, state, line, unit))
      }
    }
  }

  private checkArrival(kind: string, state: UnitState, line: ModelLine, reasons: Set<string>): void {
    const { place } = state.spot
    if (place === line.from.place && !['@sampled', '@destroyed'].includes(place)) return
    if (kind === 'reverse') {
      if (place !== line.from.place && !same(state.spot, line.to)) reasons.add('unit_elsewhere')
      return
    }
    if (kind === 'receive' && place.startsWith('@supplier')) return
    if (!outside(place)) reasons.add('unit_already_in_stock')
    else if (place.startsWith('@customer')) reasons.add('unit_with_customer')
    else reasons.add('unit_elsewhere')
  }

  /** With it in its place among all others, nothing is ever below zero, and no unit's way is cut into. */
  private checkLate(plan: Plan, now: number, reasons: Set<string>): void {
    const original = plan.never ? this.movements.find((one) => one.id === plan.reverses) : undefined
    const entry: ModelMovement = { id: '\uffff', kind: plan.kind, occurredAt: plan.occurredAt, recordedAt: now, lines: plan.lines, reverses: plan.reverses, never: plan.never, demand: null, run: null }
    const steps = original ? this.steps(original.id) : [...this.steps(), entry].sort(inOrder)
    const taken = new Set([...netOf(plan.lines)].filter(([, delta]) => delta.quantity < 0n).map(([key]) => key))
    if (firstBelowZero(steps, taken)) reasons.add('late_entry_blocked')
    const position = original ?? entry
    const moving = new Set(plan.lines.flatMap((line) => (line.units ?? []).map((unit) => unitName(line.product, unit.serial))))
    const later = steps.filter((step) => step !== entry && inOrder(step, position) > 0)
    if (later.some((step) => step.lines.some((line) => (line.units ?? []).some((unit) => moving.has(unitName(line.product, unit.serial)))))) reasons.add('unit_moved_since')
  }

  /** A plate is in one place. */
  private checkPlates(plan: Plan, onHand: ReadonlyMap<string, { quantity: bigint; second: bigint }>, reasons: Set<string>): void {
    const sums = new Map([...onHand].map(([key, value]) => [key, { ...value }]))
    for (const line of plan.lines) addLine(sums, line)
    for (const plate of new Set(plan.lines.flatMap((line) => [line.from.plate, line.to.plate]).filter((one) => one !== ''))) {
      const places = new Set([...sums].filter(([key, value]) => value.quantity > 0n && key.endsWith(`|${plate}`)).map(([key]) => key.split('|')[2]))
      if (places.size > 1) reasons.add('plate_elsewhere')
    }
  }

  // What was asked for ---------------------------------------------------------------------------------------------------

  private linesOf(kind: string, body: Body, reasons: Set<string>, brings: Registered[]): ModelLine[] {
    const customer = (side: Body): string => `@customer:${side.customer.name}`
    const make = (asked: Body, rest: Partial<Asked> & Pick<Asked, 'from' | 'to'>): ModelLine[] => this.shapeLine({ kind, asked, role: null, fromPlate: undefined, toPlate: '', toOwner: undefined, brings: false, ...rest }, reasons, brings)
    switch (kind) {
      case 'receive': return body.lines.flatMap((line: Body) => make(line, { from: `@supplier:${body.from.supplier.name}`, to: line.to.code, toPlate: line.plate?.code ?? '', brings: true }))
      case 'return': return body.lines.flatMap((line: Body) => make(line, { from: customer(body.from), to: line.to.code, toPlate: line.plate?.code ?? '' }))
      case 'adjust': return body.lines.flatMap((line: Body) => (line.direction === 'up'
        ? make(line, { from: `@${line.against ?? 'count'}`, to: line.place.code, toPlate: line.plate?.code ?? '', brings: true })
        : make(line, { from: line.place.code, to: `@${line.against ?? 'count'}`, fromPlate: line.plate?.code })))
      case 'move': return body.lines.flatMap((line: Body) => (line.wholePlate ? this.wholePlate(line.wholePlate.code, line.to.code, reasons) : make(line, { from: line.from.code, to: line.to.code, fromPlate: line.plate?.code, toPlate: line.toPlate?.code ?? '' })))
      case 'ship': return body.lines.flatMap((line: Body) => (line.wholePlate ? this.wholePlate(line.wholePlate.code, customer(body.to), reasons) : make(line, { from: line.from.code, to: customer(body.to), fromPlate: line.plate?.code })))
      case 'change_owner': return body.lines.flatMap((line: Body) => make(line, { from: line.place.code, to: line.place.code, fromPlate: line.plate?.code, toPlate: line.plate?.code ?? '', toOwner: ownerOf(line.toOwner) }))
      case 'pack': return body.lines.flatMap((line: Body) => make(line, { from: line.place.code, to: line.place.code, fromPlate: line.fromPlate?.code, toPlate: body.plate.code }))
      case 'unpack': return body.lines ? body.lines.flatMap((line: Body) => make(line, { from: line.place.code, to: line.place.code, fromPlate: body.plate.code })) : this.wholePlate(body.plate.code, null, reasons)
      case 'sample': case 'destroy': return body.lines.flatMap((line: Body) => make(line, { from: line.from.code, to: kind === 'sample' ? '@sampled' : '@destroyed', fromPlate: line.plate?.code }))
      default: return [
        ...body.inputs.flatMap((line: Body) => make(line, { role: 'input', from: line.from.code, to: '@process', fromPlate: line.plate?.code })),
        ...body.outputs.flatMap((line: Body) => make(line, { role: 'output', from: '@process', to: line.to.code, toPlate: line.plate?.code ?? '', brings: true })),
      ]
    }
  }

  private shapeLine(ask: Asked, reasons: Set<string>, brings: Registered[]): ModelLine[] {
    const { asked, role, from, to } = ask
    const product = asked.product.sku as string
    const rules = this.world.products.get(product)
    if (!rules) return fail(reasons, 'product_unknown')
    const named = (asked.lot?.code ?? null) as string | null
    const lot = named === null ? null : (this.merged.get(`${product}/${named}`) ?? named)
    const owner = asked.owner === undefined ? 'us' : ownerOf(asked.owner)
    if (lot !== null) {
      if (this.lots.has(`${product}/${lot}`)) { if (ask.brings && asked.dates?.useBy && this.lots.get(`${product}/${lot}`)?.useBy !== null && this.lots.get(`${product}/${lot}`)?.useBy !== asked.dates.useBy) reasons.add('lot_date_differs') }
      else if (!ask.brings && !brings.some((one) => one.product === product && one.lot === lot)) return fail(reasons, 'lot_unknown')
      if (ask.brings) brings.push({ product, lot, serial: null, useBy: asked.dates?.useBy ?? null, family: asked.family ?? null })
    }
    const quantity = asked.quantity === undefined ? null : amountOf(asked.quantity)
    if (quantity !== null && quantity % 10n ** BigInt(9 - rules.scale) !== 0n) return fail(reasons, 'quantity_not_exact')
    const spotFrom: Spot = { place: from, owner, plate: ask.fromPlate ?? '' }
    const spotTo: Spot = { place: to, owner: ask.toOwner ?? owner, plate: ask.toPlate }
    const units = asked.units as Body[] | undefined
    if (from === to && spotFrom.owner === spotTo.owner && spotFrom.plate === spotTo.plate && !(units && ask.fromPlate === undefined)) reasons.add('nothing_moves')
    if (units) return this.shapeUnits(ask, product, rules, units, quantity, spotFrom, spotTo, lot, reasons, brings)
    if (quantity === null) return fail(reasons, 'quantity_missing')
    const second = asked.secondQuantity === undefined ? null : amountOf(asked.secondQuantity)
    if (second !== null && !rules.weighed) return fail(reasons, 'second_quantity_not_kept')
    const mixed = this.world.places.get(from) === 'tank' && spotFrom.plate === ''
    if (mixed && lot === null) return this.drawMixture(product, rules, role, spotFrom, spotTo, quantity, reasons)
    if (mixed && ask.kind !== 'adjust') return fail(reasons, 'mixture_has_no_lots')
    const byLot = rules.tracking === 'lot' || rules.tracking === 'lot_and_serial'
    if (lot === null && byLot) return fail(reasons, 'lot_missing')
    if (lot !== null && !byLot && outside(from)) return fail(reasons, 'lot_not_tracked')
    // everything of these products has come with its units: nothing may go without
    if (rules.measured || rules.tracking === 'serial' || rules.tracking === 'lot_and_serial') return fail(reasons, 'units_missing', 'stock_insufficient', 'on_hold', 'lot_past_date', 'late_entry_blocked', 'stock_allocated')
    return [{ product, lot: lot ?? '', role, from: spotFrom, to: spotTo, quantity, second, units: null }]
  }

  private shapeUnits(ask: Asked, product: string, rules: ProductRules, units: readonly Body[], entered: bigint | null, from: Spot, to: Spot, lot: string | null, reasons: Set<string>, brings: Registered[]): ModelLine[] {
    const states = this.unitStates()
    const groups = new Map<string, ModelLine & { units: ModelUnit[] }>()
    const seen = new Set<string>()
    if (outside(from.place) && !rules.measured && (rules.tracking === 'none' || rules.tracking === 'lot')) return fail(reasons, 'units_not_tracked')
    if (outside(from.place) && rules.tracking === 'lot_and_serial' && lot === null && !units.every((unit) => this.units.get(unitName(product, unit.serial))?.lot)) return fail(reasons, 'lot_missing')
    for (const unit of units) {
      const name = unitName(product, unit.serial)
      const known = this.units.get(name)
      if (!known && !ask.brings && !brings.some((one) => one.product === product && one.serial === unit.serial)) return fail(reasons, 'unit_unknown')
      if (known && lot !== null && known.lot !== lot) return fail(reasons, 'unit_of_other_lot')
      if (seen.has(name)) return fail(reasons, 'unit_twice')
      seen.add(name)
      if (ask.brings && !known) brings.push({ product, lot: lot ?? '', serial: unit.serial, useBy: null, family: null })
      const state = states.get(name)
      const unitLot = known?.lot ?? lot ?? ''
      const given = unit.quantity === undefined ? (units.length === 1 ? entered : null) : amountOf(unit.quantity)
      const amount = rules.measured ? (given ?? state?.measure ?? null) : 10n ** 9n
      if (amount === null || amount <= 0n) return fail(reasons, 'quantity_missing', 'unit_elsewhere')
      if (rules.measured && !outside(from.place) && state) {
        if (amount > state.measure) return fail(reasons, 'piece_too_short', ...(state.measure === 0n ? ['unit_elsewhere'] : []))
        if (amount < state.measure && !['@process', '@sampled', '@destroyed', '@count', '@loss'].includes(to.place)) return fail(reasons, 'piece_must_be_cut')
      }
      const spot = !outside(from.place) && state ? { place: from.place, owner: ask.asked.owner === undefined ? state.spot.owner : from.owner, plate: ask.fromPlate === undefined ? state.spot.plate : from.plate } : from
      const target = ask.asked.owner === undefined && !outside(from.place) && from.owner === to.owner ? { ...to, owner: spot.owner } : to
      const group = groups.get(`${unitLot}/${spot.owner}/${spot.plate}`) ?? { product, lot: unitLot, role: ask.role, from: spot, to: target, quantity: 0n, second: null, units: [] }
      groups.set(`${unitLot}/${spot.owner}/${spot.plate}`, { ...group, quantity: group.quantity + amount, units: [...group.units, { serial: unit.serial, quantity: amount }] })
    }
    const lines = [...groups.values()]
    if (entered !== null && entered !== lines.reduce((sum, line) => sum + line.quantity, 0n)) return fail(reasons, 'quantity_differs_from_units')
    return lines
  }

  /** What is drawn from a tank is every lot in it by its share; what cannot be shared exactly comes from the largest. */
  private drawMixture(product: string, rules: ProductRules, role: ModelLine['role'], from: Spot, to: Spot, asked: bigint, reasons: Set<string>): ModelLine[] {
    const content = [...this.onHand()].flatMap(([key, { quantity }]) => {
      const [sku, lot = '', place, owner, plate] = key.split('|')
      return sku === product && place === from.place && owner === from.owner && plate === '' && quantity > 0n ? [{ lot, quantity, share: 0n }] : []
    }).sort((a, b) => compare(this.lotIds.get(`${product}/${a.lot}`) ?? '', this.lotIds.get(`${product}/${b.lot}`) ?? ''))
    const total = content.reduce((sum, one) => sum + one.quantity, 0n)
    if (asked > total) return fail(reasons, 'stock_insufficient')
    const step = 10n ** BigInt(9 - rules.scale)
    for (const one of content) one.share = ((asked * one.quantity) / total / step) * step
    let rest = asked - content.reduce((sum, one) => sum + one.share, 0n)
    for (const one of content.toSorted((a, b) => (a.quantity < b.quantity ? 1 : a.quantity > b.quantity ? -1 : 0))) {
      const more = one.quantity - one.share < rest ? one.quantity - one.share : rest
      one.share += more
      rest -= more
    }
    return content.filter((one) => one.share > 0n).map((one) => ({ product, lot: one.lot, role, from, to, quantity: one.share, second: null, units: null }))
  }

  private wholePlate(plate: string, to: string | null, reasons: Set<string>): ModelLine[] {
    if (!this.world.plates.includes(plate)) return fail(reasons, 'plate_unknown')
    const states = [...this.unitStates()]
    const lines = [...this.onHand()].flatMap(([key, { quantity, second }]): ModelLine[] => {
      const [product = '', lot = '', place = '', owner = '', on] = key.split('|')
      if (on !== plate || quantity <= 0n) return []
      const from = { place, owner, plate }
      const units = states.filter(([name, state]) => name.startsWith(`${product}/`) && state.lot === lot && same(state.spot, from) && state.measure > 0n).map(([name, state]) => ({ serial: name.slice(product.length + 1), quantity: state.measure }))
      const target = to === null ? { place, owner, plate: '' } : { place: to, owner, plate }
      if (place === to) reasons.add('nothing_moves')
      return [{ product, lot, role: null, from, to: target, quantity, second: second > 0n ? second : null, units: units.length > 0 ? units : null }]
    })
    return lines.length === 0 ? fail(reasons, 'plate_empty') : lines
  }

  private checkRun(body: Body, lines: readonly ModelLine[], reasons: Set<string>): void {
    if (body.inputs.length === 0 && body.runId === undefined) reasons.add('run_without_inputs')
    if (!['split', 'merge', 'cut'].includes(body.run)) return
    const sums = new Map<string, bigint>()
    for (const line of lines) sums.set(line.product, (sums.get(line.product) ?? 0n) + (line.role === 'input' ? line.quantity : -line.quantity))
    if ([...sums.values()].some((sum) => sum !== 0n)) reasons.add('run_not_conserved')
    const single = lines.filter((line) => line.role === (body.run === 'merge' ? 'output' : 'input'))
    if (single.length !== 1) reasons.add('run_shape_wrong')
    if (body.run !== 'merge' && lines.filter((line) => line.role === 'output').reduce((sum, line) => sum + line.quantity, 0n) > (single[0]?.quantity ?? 0n)) reasons.add('use_exceeds_input')
  }

  // What was accepted ----------------------------------------------------------------------------------------------------

  /** Takes a plan the ledger accepted into the list. */
  accept(plan: Plan, answer: { id: string; occurredAt: number; recordedAt: number }): void {
    for (const one of plan.brings) {
      const lot = `${one.product}/${one.lot}`
      if (one.lot !== '') this.lots.set(lot, { useBy: this.lots.get(lot)?.useBy ?? one.useBy, family: this.lots.get(lot)?.family ?? one.family })
      if (one.serial !== null && !this.units.has(unitName(one.product, one.serial))) this.units.set(unitName(one.product, one.serial), { lot: one.lot })
    }
    for (const { allocation, amount } of this.fulfilments(plan, answer.recordedAt)) allocation.open -= amount
    const run = plan.runId === null ? answer.id : (this.movements.find((one) => one.id === plan.runId)?.run ?? plan.runId)
    this.movements.push({ id: answer.id, kind: plan.kind, occurredAt: answer.occurredAt, recordedAt: answer.recordedAt, lines: plan.lines, reverses: plan.reverses, never: plan.never, demand: plan.demand, run: plan.lines.some((line) => line.role !== null) ? run : null })
  }

  /** Two lots of a product are one: it is as if the first had always been the second. */
  planMerge(product: string, from: string, into: string): Set<string> {
    const reasons = new Set<string>()
    const [one, other] = [this.lots.get(`${product}/${from}`), this.lots.get(`${product}/${into}`)]
    if (from === into) reasons.add('merge_into_itself')
    if (this.merged.has(`${product}/${from}`) || this.merged.has(`${product}/${into}`)) reasons.add('merged_already')
    if (one && other) for (const field of ['useBy', 'family'] as const) if (one[field] !== null && other[field] !== null && one[field] !== other[field]) reasons.add('lot_merge_differs')
    return reasons
  }

  merge(product: string, from: string, into: string): void {
    const [before, after] = [`${product}/${from}`, `${product}/${into}`]
    const renamed = (lot: string): string => (lot === from ? into : lot)
    this.movements = this.movements.map((one) => ({ ...one, lines: one.lines.map((line) => (line.product === product ? { ...line, lot: renamed(line.lot) } : line)) }))
    for (const [name, unit] of this.units) if (name.startsWith(`${product}/`)) this.units.set(name, { lot: renamed(unit.lot) })
    for (const one of this.allocations) if (one.key.startsWith(`${product}|${from}|`)) one.key = one.key.replace(`${product}|${from}|`, `${product}|${into}|`)
    for (const hold of this.holds) if (hold.subject === 'lot' && hold.name === before) hold.name = after
    for (const [alias, lot] of this.merged) if (alias.startsWith(`${product}/`) && lot === from) this.merged.set(alias, into)
    this.merged.set(before, into)
    const [one, other] = [this.lots.get(before), this.lots.get(after)]
    this.lots.set(after, { useBy: other?.useBy ?? one?.useBy ?? null, family: other?.family ?? one?.family ?? null })
    this.lots.delete(before)
  }

  /** The lots that a lot of these products went into (or came from), at any depth: everything taken up by a run is in everything it gave. */
  related(start: string, direction: 'forward' | 'backward', products: readonly string[]): Set<string> {
    const runs = Map.groupBy(this.steps().filter((step) => step.run !== null), (step) => step.run)
    const reached = new Set([start])
    for (let before = 0; before < reached.size;) {
      before = reached.size
      for (const steps of runs.values()) {
        const lines = steps.flatMap((step) => step.lines).filter((line) => products.includes(line.product))
        const [near, far] = direction === 'forward' ? ['input', 'output'] : ['output', 'input']
        if (!lines.some((line) => line.role === near && reached.has(`${line.product}/${line.lot}`))) continue
        for (const line of lines) if (line.role === far) reached.add(`${line.product}/${line.lot}`)
      }
    }
    return reached
  }

  mark(): () => void {
    const { movements, allocations, holds, lots, units } = this
    const [m, a, h, l, u] = [[...movements], allocations.map((one) => ({ ...one })), holds.map((one) => ({ ...one })), new Map(lots), new Map(units)]
    return () => {
      this.movements = m
      this.allocations = a
      this.holds = h
      this.lots = l
      this.units = u
    }
  }

  /** What can never be, said of everything accepted so far; empty where all is well. */
  impossibilities(now: number): string[] {
    const found: string[] = []
    const below = firstBelowZero(this.steps(), null)
    if (below) found.push(`I1: ${below.key} is ${below.quantity} after ${below.step.id}`)
    const onHand = this.onHand()
    const allocated = new Map<string, bigint>()
    for (const one of this.openAllocations(now)) allocated.set(one.key, (allocated.get(one.key) ?? 0n) + one.open)
    for (const [key, amount] of allocated) if (amount > (onHand.get(key)?.quantity ?? 0n)) found.push(`I2: ${key} has ${amount} promised of ${onHand.get(key)?.quantity ?? 0n}`)
    const states = new Map<string, UnitState>()
    for (const step of this.steps()) {
      for (const line of step.lines) {
        for (const unit of line.units ?? []) {
          const name = unitName(line.product, unit.serial)
          const state = states.get(name)
          if (!outside(line.from.place) && (!state || !same(state.spot, line.from))) found.push(`I3: ${name} leaves ${line.from.place} in ${step.id} and is in ${state?.spot.place ?? 'no place'}`)
          states.set(name, moveUnit(step.kind, state, line, unit))
        }
      }
    }
    return found
  }
}

interface Asked {
  readonly kind: string
  readonly asked: Body
  readonly role: ModelLine['role']
  readonly from: string
  readonly to: string
  readonly fromPlate: string | undefined
  readonly toPlate: string
  readonly toOwner: string | undefined
  readonly brings: boolean
}

function ownerOf(ref: Body): string {
  return typeof ref === 'string' ? 'us' : (ref.name as string)
}

function fail(reasons: Set<string>, ...codes: string[]): [] {
  for (const code of codes) reasons.add(code)
  return []
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function inOrder(a: ModelMovement, b: ModelMovement): number {
  return a.occurredAt - b.occurredAt || a.recordedAt - b.recordedAt || compare(a.id, b.id)
}

function addLine(sums: Map<string, { quantity: bigint; second: bigint }>, line: ModelLine): void {
  const change = (spot: Spot, sign: bigint): void => {
    if (outside(spot.place)) return
    const key = keyOf(line, spot)
    const sum = sums.get(key) ?? { quantity: 0n, second: 0n }
    sums.set(key, { quantity: sum.quantity + sign * line.quantity, second: sum.second + sign * (line.second ?? 0n) })
  }
  change(line.from, -1n)
  change(line.to, 1n)
}

function netOf(lines: readonly ModelLine[]): Map<string, { quantity: bigint; second: bigint }> {
  const sums = new Map<string, { quantity: bigint; second: bigint }>()
  for (const line of lines) addLine(sums, line)
  return sums
}

/** The first movement after which a key (of those asked for) is below zero. */
function firstBelowZero(steps: readonly ModelMovement[], keys: ReadonlySet<string> | null): { step: ModelMovement; key: string; quantity: bigint } | undefined {
  const running = new Map<string, bigint>()
  for (const step of steps) {
    for (const [key, delta] of netOf(step.lines)) {
      if (keys !== null && !keys.has(key)) continue
      const quantity = (running.get(key) ?? 0n) + delta.quantity
      running.set(key, quantity)
      if (quantity < 0n) return { step, key, quantity }
    }
  }
  return undefined
}

/** A serial goes whole; of a piece the rest stays, and what was used of it may come back to it. */
function moveUnit(kind: string, state: UnitState | undefined, line: ModelLine, unit: ModelUnit): UnitState {
  const there: UnitState = { product: line.product, lot: line.lot, spot: line.to, measure: unit.quantity }
  if (outside(line.from.place)) {
    const comesBack = kind === 'reverse' && state && state.spot.place !== line.from.place && same(state.spot, line.to)
    return comesBack ? { ...there, measure: state.measure + unit.quantity } : there
  }
  const rest = (state?.measure ?? 0n) - unit.quantity
  if (state && rest > 0n) return { ...state, measure: rest }
  return { ...there, measure: !outside(line.to.place) || line.to.place.startsWith('@customer') ? unit.quantity : 0n }
}

