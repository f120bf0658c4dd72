import type { LotId, PlaceId, PlateId, ProductId, UnitId } from '#src/lib/id.ts'
import { LOOSE } from '#src/lib/id.ts'
import { convert, fitsLedger, fitsScale, formatQuantity, parseQuantity, quantity, shareOut, units as wholeUnits, ZERO, type Quantity } from '#src/lib/quantity.ts'
import { isRefusal, refusal, type Refusal } from '#src/lib/refusal.ts'
import type { Content, LotFacts, Masters, PlaceFacts, ProductFacts, UnitFacts } from './facts.ts'
import { conservingRuns, kindRules, type KindRule, type OutsidePlaceKind } from './movement-kinds.ts'
import type { Draft, DraftLine, Line, LineUnit, Spot, Use } from './movement.ts'

/** What shaping looks at besides the request. */
export interface ShapeFacts {
  readonly masters: Masters
  readonly units: ReadonlyMap<UnitId, UnitFacts>
  /** Contents of the commingled places the request draws from. */
  readonly mixtures: readonly Content[]
}

/** A line before it has its number; `asked` is the index of the line of the request it came from. */
type Unnumbered = Omit<Line, 'lineNo' | 'uses'> & { readonly asked: number }

/**
 * Turns what was asked for into lines in base units: checks places, products and tracking policy, converts quantities
 * exactly, splits units by their lots, draws mixtures by share. Pure; stock is looked at by `decide`.
 */
export function shape(draft: Draft, facts: ShapeFacts): readonly Line[] | Refusal {
  const shaped: Unnumbered[] = []
  for (const [asked, line] of draft.lines.entries()) {
    const made = shapeLine(draft, line, asked, facts)
    if (isRefusal(made)) return made
    shaped.push(...made)
  }
  const lines = numberLines(draft, shaped, facts.masters)
  if (isRefusal(lines) || draft.kind !== 'transform') return lines
  return checkRun(draft, lines, facts.masters) ?? lines
}

function shapeLine(draft: Draft, line: DraftLine, asked: number, facts: ShapeFacts): readonly Unnumbered[] | Refusal {
  const product = facts.masters.products.get(line.productId)
  if (!product) return refusal('product_unknown', { product: line.productId, at: line.at })
  const from = facts.masters.places.get(line.from.placeId)
  if (!from) return refusal('place_unknown', { place: line.from.placeId, at: line.at })
  const to = facts.masters.places.get(line.to.placeId)
  if (!to) return refusal('place_unknown', { place: line.to.placeId, at: line.at })
  for (const owner of [line.from.ownerId, line.to.ownerId]) {
    if (!facts.masters.parties.has(owner)) return refusal('party_unknown', { party: owner, at: line.at })
  }
  const side = checkSides(draft, line, from, to)
  if (side) return side
  if (product.archived && to.internal && !from.internal) return refusal('product_archived', { product: product.sku, at: line.at })
  if (to.archived) return refusal('place_archived', { place: to.code, at: line.at })

  const entered = enteredQuantity(line, product)
  if (isRefusal(entered)) return entered
  const common = {
    asked, role: line.role, productId: line.productId, fromInternal: from.internal, toInternal: to.internal,
    consigneePlaceId: to.kind === 'ship_to' ? to.id : from.kind === 'ship_to' ? from.id : null, cost: line.cost, fromMixture: false,
  }
  if (line.units) return shapeUnits(line, line.units, product, from, to, entered, common, facts)
  if (entered === null) return refusal('quantity_missing', { product: product.sku, at: line.at })
  const second = secondQuantity(line, product)
  if (isRefusal(second)) return second
  const texts = { enteredQuantity: line.quantity ?? formatQuantity(entered), enteredUom: line.uom ?? product.baseUom }
  // what stands on a plate in it is not mixed
  const mixed = from.commingled && line.from.plateId === LOOSE
  if (mixed && !line.lotId) return drawMixture(line, product, from, entered, second, { ...common, ...texts }, facts)
  if (mixed && draft.kind !== 'adjust') return refusal('mixture_has_no_lots', { place: from.code, at: line.at })
  const lotId = canonicalLot(line, product, from, facts)
  if (isRefusal(lotId)) return lotId
  const policy = checkPolicy(line, product, lotId, from, facts)
  if (policy) return policy
  return [{ ...common, ...texts, lotId, units: null, from: line.from, to: line.to, quantity: entered, second }]
}

/** Do the kinds of place on both sides suit the kind of movement? */
function checkSides(draft: Draft, line: DraftLine, from: PlaceFacts, to: PlaceFacts): Refusal | undefined {
  const rule: KindRule = kindRules[draft.kind]
  const fits = (side: KindRule['from'], place: PlaceFacts): boolean => (side === 'internal' ? place.internal : side.includes(place.kind as OutsidePlaceKind))
  const forwards = fits(rule.from, from) && fits(rule.to, to)
  const backwards = rule.bothWays === true && fits(rule.from, to) && fits(rule.to, from)
  if (!forwards && !backwards) return refusal('movement_sides_wrong', { kind: draft.kind, from: `${from.code} (${from.kind})`, to: `${to.code} (${to.kind})`, at: line.at })
  if (draft.kind === 'transform' && (line.role === 'input') !== from.internal) return refusal('movement_sides_wrong', { kind: draft.kind, from: from.code, to: to.code, at: line.at })
  const samePlace = line.from.placeId === line.to.placeId
  const sameOwner = line.from.ownerId === line.to.ownerId
  const samePlate = line.from.plateId === line.to.plateId && !(line.plateOpen && line.units)
  if (samePlace && sameOwner && samePlate) return refusal('nothing_moves', { kind: draft.kind, place: from.code, at: line.at })
  return undefined
}

/** The quantity in base units: exact, within the product's scale; null where only units were named. */
function enteredQuantity(line: DraftLine, product: ProductFacts): Quantity | null | Refusal {
  if (line.quantity === null) return null
  const given = parseQuantity(line.quantity)
  if (given === undefined || given <= 0n) return refusal('quantity_not_positive', { quantity: line.quantity, at: line.at })
  let base: Quantity | undefined
  if (line.uom === null || line.uom === product.baseUom) {
    base = convert(given, line.packQuantity, wholeUnits(1))
  } else {
    const fraction = product.uoms?.[line.uom]
    if (!fraction) return refusal('uom_not_of_product', { uom: line.uom, product: product.sku, at: line.at })
    base = convert(given, quantity(fraction[0]), quantity(fraction[1]))
  }
  if (base === undefined || !fitsScale(base, product.scale)) {
    return refusal('quantity_not_exact', { quantity: line.quantity, uom: line.uom ?? product.baseUom, base: product.baseUom, scale: product.scale, product: product.sku, at: line.at })
  }
  if (!fitsLedger(base)) return refusal('quantity_too_large', { quantity: line.quantity, at: line.at })
  return base
}

function secondQuantity(line: DraftLine, product: ProductFacts): Quantity | null | Refusal {
  if (line.second === null) return null
  if (!product.secondUom) return refusal('second_quantity_not_kept', { product: product.sku, at: line.at })
  const parsed = parseQuantity(line.second)
  if (parsed === undefined || parsed < 0n) return refusal('quantity_not_positive', { quantity: line.second, at: line.at })
  return parsed
}

/** The lot the line means, with merges followed. */
function canonicalLot(line: DraftLine, product: ProductFacts, from: PlaceFacts, facts: ShapeFacts): LotId | Refusal {
  if (line.lotId === null) {
    const lotless = product.tracking === 'none' || product.tracking === 'serial'
    return lotless ? product.noLotId : refusal('lot_missing', { product: product.sku, at: line.at })
  }
  const lot = facts.masters.lots.get(line.lotId)
  if (!lot) return refusal('lot_unknown', { lot: line.lotId, product: product.sku, at: line.at })
  if (lot.productId !== product.id) return refusal('lot_of_other_product', { lot: lot.code ?? lot.id, product: product.sku, at: line.at })
  if (lot.code === null && !from.internal && product.tracking !== 'none' && product.tracking !== 'serial') return refusal('lot_missing', { product: product.sku, at: line.at })
  return lot.mergedInto ?? lot.id
}

/** Tracking policy, on every path. What was there before the policy may leave as it came; nothing new comes in untracked. */
function checkPolicy(line: DraftLine, product: ProductFacts, lotId: LotId, from: PlaceFacts, facts: ShapeFacts): Refusal | undefined {
  if (from.internal) return undefined
  const named = facts.masters.lots.get(lotId)?.code != null
  if (named && (product.tracking === 'none' || product.tracking === 'serial')) return refusal('lot_not_tracked', { product: product.sku, tracking: product.tracking, at: line.at })
  if (product.tracking === 'serial' || product.tracking === 'lot_and_serial') return refusal('units_missing', { product: product.sku, at: line.at })
  if (product.measured) return refusal('units_missing', { product: product.sku, at: line.at })
  return undefined
}

type Common = Pick<Unnumbered, 'asked' | 'role' | 'productId' | 'fromInternal' | 'toInternal' | 'consigneePlaceId' | 'cost' | 'fromMixture'>

/** A line of units: one line per lot, plate and owner they are of. */
function shapeUnits(line: DraftLine, drafts: NonNullable<DraftLine['units']>, product: ProductFacts, from: PlaceFacts, to: PlaceFacts, entered: Quantity | null, common: Common, facts: ShapeFacts): readonly Unnumbered[] | Refusal {
  const seen = new Set<UnitId>()
  const groups = new Map<string, { lotId: LotId; from: Spot; to: Spot; units: LineUnit[] }>()
  let total = 0n
  for (const draft of drafts) {
    const unit = facts.units.get(draft.unitId)
    if (!unit) return refusal('unit_unknown', { serials: draft.unitId, count: 1, at: line.at })
    if (seen.has(unit.unitId)) return refusal('unit_twice', { serial: unit.serial, at: line.at })
    seen.add(unit.unitId)
    if (unit.productId !== product.id) return refusal('unit_of_other_product', { serial: unit.serial, product: product.sku, at: line.at })
    if (line.lotId !== null) {
      const lot = facts.masters.lots.get(line.lotId)
      if (lot && (lot.mergedInto ?? lot.id) !== unit.lotId) return refusal('unit_of_other_lot', { serial: unit.serial, lot: lot.code ?? lot.id, at: line.at })
    }
    if (!from.internal) {
      if (product.tracking === 'none' || product.tracking === 'lot') {
        if (!product.measured) return refusal('units_not_tracked', { product: product.sku, tracking: product.tracking, at: line.at })
      }
      if (product.tracking === 'lot_and_serial' && unit.lotId === product.noLotId) return refusal('lot_missing', { product: product.sku, at: line.at })
    }
    const amount = unitQuantity(draft, unit, product, from, to, entered, drafts.length, line.at)
    if (isRefusal(amount)) return amount
    const spot: Spot = from.internal && unit.spot
      ? { placeId: line.from.placeId, ownerId: line.ownerOpen ? unit.spot.ownerId : line.from.ownerId, plateId: line.plateOpen ? unit.spot.plateId : line.from.plateId }
      : line.from
    const target: Spot = line.ownerOpen && from.internal && line.from.ownerId === line.to.ownerId ? { ...line.to, ownerId: spot.ownerId } : line.to
    const name = `${unit.lotId}/${spot.ownerId}/${spot.plateId}`
    const group = groups.get(name) ?? { lotId: unit.lotId, from: spot, to: target, units: [] }
    groups.set(name, group)
    group.units.push(amount)
    total += amount.quantity
  }
  if (entered !== null && entered !== total) return refusal('quantity_differs_from_units', { quantity: formatQuantity(entered), units: formatQuantity(total as Quantity), product: product.sku, at: line.at })
  return [...groups.values()].map((group) => {
    const sum = group.units.reduce<bigint>((all, unit) => all + unit.quantity, 0n) as Quantity
    const seconds = group.units.filter((unit) => unit.second !== null)
    return {
      ...common, lotId: group.lotId, from: group.from, to: group.to, units: group.units, quantity: sum,
      second: seconds.length === 0 ? null : (seconds.reduce<bigint>((all, unit) => all + (unit.second ?? 0n), 0n) as Quantity),
      enteredQuantity: formatQuantity(sum), enteredUom: product.baseUom,
    }
  })
}

/** How much of one unit moves: a serial whole; a piece whole, or in part where the part ceases to be goods of ours. */
function unitQuantity(draft: NonNullable<DraftLine['units']>[number], unit: UnitFacts, product: ProductFacts, from: PlaceFacts, to: PlaceFacts, entered: Quantity | null, count: number, at: string): LineUnit | Refusal {
  const second = draft.second === null ? null : quantity(draft.second)
  if (second !== null && !product.secondUom) return refusal('second_quantity_not_kept', { product: product.sku, at })
  if (unit.kind === 'serial') {
    if (draft.quantity !== null && quantity(draft.quantity) !== wholeUnits(1)) return refusal('serial_is_one', { serial: unit.serial, at })
    return { unitId: unit.unitId, quantity: wholeUnits(1), second: second ?? (from.internal ? unit.second : null) }
  }
  const given = draft.quantity === null ? (count === 1 ? entered : null) : quantity(draft.quantity)
  const amount = given ?? (from.internal || unit.measure > 0n ? unit.measure : null)
  if (amount === null || amount <= 0n) return refusal('quantity_missing', { product: `${product.sku} ${unit.serial}`, at })
  if (!fitsScale(amount, product.scale)) return refusal('quantity_not_exact', { quantity: formatQuantity(amount), uom: product.baseUom, base: product.baseUom, scale: product.scale, product: product.sku, at })
  const consumed = to.kind === 'process' || to.kind === 'sampled' || to.kind === 'destroyed' || to.kind === 'count' || to.kind === 'loss'
  if (from.internal && amount < unit.measure && !consumed) return refusal('piece_must_be_cut', { serial: unit.serial, measure: formatQuantity(unit.measure), asked: formatQuantity(amount), at })
  if (from.internal && amount > unit.measure) return refusal('piece_too_short', { serial: unit.serial, measure: formatQuantity(unit.measure), asked: formatQuantity(amount), at })
  return { unitId: unit.unitId, quantity: amount, second: second ?? (from.internal && amount === unit.measure ? unit.second : null) }
}

/** A draw from a tank takes every lot in it, by its share; what cannot be divided exactly comes from the largest. */
function drawMixture(line: DraftLine, product: ProductFacts, from: PlaceFacts, entered: Quantity, second: Quantity | null, common: Common & Pick<Unnumbered, 'enteredQuantity' | 'enteredUom'>, facts: ShapeFacts): readonly Unnumbered[] | Refusal {
  const contents = facts.mixtures.filter((content) => content.productId === product.id && content.spot.placeId === from.id && content.spot.ownerId === line.from.ownerId && content.spot.plateId === LOOSE)
  const total = contents.reduce<bigint>((sum, content) => sum + content.onHand, 0n) as Quantity
  if (entered > total) return refusal('stock_insufficient', { product: product.sku, lot: 'the mixture', place: from.code, asked: formatQuantity(entered), onHand: formatQuantity(total), allocated: '0', available: formatQuantity(total), uom: product.baseUom, at: line.at })
  const shares = shareOut(entered, contents.map((content) => content.onHand), product.scale)
  const secondShares = second !== null && second > 0n ? shareOut(second, contents.map((content) => (content.second > 0n ? content.second : (1n as Quantity))), 9) : null
  return contents.flatMap((content, at) => {
    const share = shares[at] ?? ZERO
    if (share === 0n) return []
    return [{ ...common, lotId: content.lotId, units: null, from: line.from, to: line.to, quantity: share, second: secondShares?.[at] ?? null, fromMixture: contents.length > 1 }]
  })
}

/** Numbers the lines (inputs before outputs) and turns "this output used input 2" into line numbers. */
function numberLines(draft: Draft, shaped: readonly Unnumbered[], masters: Masters): readonly Line[] | Refusal {
  const inputs = draft.lines.filter((line) => line.role === 'input').length
  const ofAsked = new Map<number, { lineNo: number; quantity: Quantity }[]>()
  shaped.forEach((line, at) => ofAsked.set(line.asked, [...(ofAsked.get(line.asked) ?? []), { lineNo: at + 1, quantity: line.quantity }]))
  const lines: Line[] = []
  for (const [at, { asked, ...line }] of shaped.entries()) {
    const named = usesOf(draft, draft.lines[asked] as DraftLine, line.quantity)
    if (!named || line.role !== 'output') {
      lines.push({ ...line, lineNo: at + 1, uses: null })
      continue
    }
    const uses: Use[] = []
    for (const use of named) {
      const used = use.input < inputs ? ofAsked.get(use.input) : undefined
      if (!used) return refusal('use_unknown', { input: use.input, at: draft.lines[asked]?.at ?? '' })
      const whole = used.reduce<bigint>((sum, one) => sum + one.quantity, 0n) as Quantity
      const product = masters.products.get(draft.lines[use.input]?.productId as ProductId)
      const taken = use.quantity === null ? whole : quantity(use.quantity)
      if (taken > whole) return refusal('use_exceeds_input', { input: use.input, used: formatQuantity(taken), quantity: formatQuantity(whole), at: draft.lines[asked]?.at ?? '' })
      const shares = shareOut(taken, used.map((one) => one.quantity), product?.scale ?? 9)
      used.forEach((one, index) => {
        const share = shares[index] ?? ZERO
        if (share > 0n) uses.push({ inputLine: one.lineNo, quantity: share })
      })
    }
    lines.push({ ...line, lineNo: at + 1, uses })
  }
  return lines
}

/** Splitting and cutting know what came from what; other runs where it was stated. */
function usesOf(draft: Draft, line: DraftLine, amount: Quantity): readonly { input: number; quantity: string | null }[] | null {
  if (line.uses) return line.uses
  if (draft.runKind === 'split' || draft.runKind === 'cut') return [{ input: 0, quantity: formatQuantity(amount) }]
  return null
}

/** Laws of a run: it has inputs and outputs, nobody used more of an input than there was, a split or cut or merge loses nothing. */
function checkRun(draft: Draft, lines: readonly Line[], masters: Masters): Refusal | undefined {
  const inputs = lines.filter((line) => line.role === 'input')
  const outputs = lines.filter((line) => line.role === 'output')
  if (draft.runId === null && inputs.length === 0) return refusal('run_without_inputs', {})
  for (const input of inputs) {
    const used = outputs.flatMap((output) => output.uses ?? []).filter((use) => use.inputLine === input.lineNo).reduce((sum, use) => sum + use.quantity, 0n)
    if (used > input.quantity) return refusal('use_exceeds_input', { input: input.lineNo - 1, used: formatQuantity(used as Quantity), quantity: formatQuantity(input.quantity), at: `inputs.${input.lineNo - 1}` })
  }
  if (!draft.runKind || !conservingRuns.includes(draft.runKind)) return undefined
  const single = draft.runKind === 'merge' ? outputs : inputs
  if (draft.lines.filter((line) => line.role === (draft.runKind === 'merge' ? 'output' : 'input')).length !== 1 || single.length !== 1) return refusal('run_shape_wrong', { run: draft.runKind })
  const sums = new Map<ProductId, bigint>()
  for (const line of lines) sums.set(line.productId, (sums.get(line.productId) ?? 0n) + (line.role === 'input' ? line.quantity : -line.quantity))
  for (const [productId, difference] of sums) {
    if (difference !== 0n) return refusal('run_not_conserved', { run: draft.runKind, product: masters.products.get(productId)?.sku ?? productId, difference: formatQuantity(difference as Quantity) })
  }
  return undefined
}

/** The ids of plates other than loose that lines touch. */
export function platesOf(lines: readonly { from: Spot; to: Spot }[]): PlateId[] {
  return [...new Set(lines.flatMap((line) => [line.from.plateId, line.to.plateId]).filter((plate) => plate !== LOOSE))].sort()
}

/** The one date of a lot that its product goes by. */
export function lotDate(product: ProductFacts, lot: LotFacts): string | null {
  return { none: null, best_by: lot.bestBy, sell_by: lot.sellBy, use_by: lot.useBy, expiry: lot.expiresOn }[product.dateKind]
}

export type { PlaceId }
