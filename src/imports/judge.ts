import type { NewProduct } from '#src/catalog/contract.ts'
import { LOOSE, type LotId, type OrganizationId, type PartyId, type PlaceId, type PlateId, type ProductId, type UnitId } from '#src/lib/id.ts'
import { convert, fitsLedger, fitsScale, formatQuantity, quantity, units as wholeUnits, type Quantity } from '#src/lib/quantity.ts'
import { dateFields, type LotDates } from '#src/lots/register-lot.ts'
import { ownPartyId } from '#src/network/system.ts'
import type { Facts, LotFact, ProductFact, UnitFact } from './facts.ts'
import type { Stated } from './interpret.ts'
import { fault, note, type Fault, type Note, type Problem } from './problems.ts'
import type { ImportSettings } from './settings.ts'

export type Verdict = 'new' | 'changed' | 'unchanged' | 'bad'
type Tracking = ProductFact['tracking']

/** What comes of a row, and what it speaks of as far as that is there already. */
export interface JudgedRow {
  readonly stated: Stated
  readonly verdict: Verdict
  readonly problems: readonly Problem[]
  readonly notes: readonly Note[]
  /** Rows of one key state one quantity together; a serial is a key of its own. */
  readonly key: string
  /** Rows that name less than others of their product come first, before it is tracked: none, serial, lot, lot and serial. */
  readonly phase: number
  /** This row's quantity in base units; null where it states none. */
  readonly base: Quantity | null
  readonly total: Quantity | null
  readonly before: Quantity | null
  readonly productId: ProductId | null
  readonly noLotId: LotId | null
  readonly lotId: LotId | null
  readonly lot: string | null
  readonly placeId: PlaceId | null
  readonly ownerId: PartyId | null
  readonly plateId: PlateId | null
  readonly unitId: UnitId | null
}

/** What has to be made before the rows can be posted. */
export interface Needed {
  readonly facilities: readonly string[]
  readonly places: readonly { readonly facility: string; readonly code: string }[]
  readonly parties: readonly { readonly name: string; readonly role: 'supplier' | 'customer' }[]
  readonly plates: readonly string[]
  readonly products: readonly NewProduct[]
  /** By phase (and last of all): which product is tracked how from there on. */
  readonly tracking: readonly (readonly { readonly product: string; readonly tracking: Tracking }[])[]
}

export interface Judged {
  readonly rows: readonly JudgedRow[]
  readonly needed: Needed
}

export interface JudgeContext {
  readonly organizationId: OrganizationId
  readonly settings: ImportSettings
  readonly facts: Facts
}

export const PHASES: readonly Tracking[] = ['none', 'serial', 'lot', 'lot_and_serial']
const parts = (tracking: Tracking) => ({ lot: tracking === 'lot' || tracking === 'lot_and_serial', serial: tracking === 'serial' || tracking === 'lot_and_serial' })
const tracked = (lot: boolean, serial: boolean): Tracking => (lot ? (serial ? 'lot_and_serial' : 'lot') : serial ? 'serial' : 'none')
const union = (a: Tracking, b: Tracking): Tracking => tracked(parts(a).lot || parts(b).lot, parts(a).serial || parts(b).serial)
const covers = (a: Tracking, b: Tracking): boolean => union(a, b) === a

/**
 * What each row means against what is there: new, changed (its key is adjusted to what the rows state), unchanged, or
 * bad with the reasons. Pure. Rows of one key are added up; where one of them is bad the others are too, since their sum
 * would be wrong.
 */
export function judge(rows: readonly Stated[], context: JudgeContext): Judged {
  const products = planProducts(rows, context)
  const lots = new Map<string, { dates: LotDates; line: number }>()
  const serials = new Map<string, number>()
  const drafts = rows.map((stated) => new RowJudge(stated, products, context, { lots, serials }).judge())
  const groups = Map.groupBy(drafts, (draft) => draft.key)
  for (const group of groups.values()) {
    if (group.length > 1) leaveCopiesOut(group, context)
    judgeGroup(group, context)
  }
  return { rows: drafts, needed: whatIsNeeded(drafts, products, context) }
}

/** A row on its way to its verdict. */
interface Draft {
  stated: Stated
  verdict: Verdict
  problems: Problem[]
  notes: Note[]
  key: string
  phase: number
  base: Quantity | null
  total: Quantity | null
  before: Quantity | null
  productId: ProductId | null
  noLotId: LotId | null
  lotId: LotId | null
  lot: string | null
  placeId: PlaceId | null
  ownerId: PartyId | null
  plateId: PlateId | null
  unitId: UnitId | null
  unit: UnitFact | null
  product: ProductPlan | null
  /** A copy left out: it says nothing about the others of its key. */
  leftOut: boolean
  /** Everything it names is registered, and it adds nothing to it. */
  known: boolean
}

/** A product as it will be: there already, or made by this import. */
interface ProductPlan {
  readonly code: string
  readonly fact: ProductFact | null
  readonly pack: Quantity
  readonly made: NewProduct | null
  readonly tracking: Tracking
  readonly classes: ReadonlySet<Tracking>
  readonly mayRaise: boolean
  readonly sku: string
  readonly baseUom: string
  readonly scale: number
  readonly measured: boolean
  readonly secondUom: string | null
  readonly problem: Fault | null
}

function planProducts(rows: readonly Stated[], context: JudgeContext): ReadonlyMap<string, ProductPlan> {
  return new Map([...Map.groupBy(rows, (row) => row.product)].map(([code, all]) => [code, planProduct(code, all, context)]))
}

function planProduct(code: string, rows: readonly Stated[], { facts, settings }: JudgeContext): ProductPlan {
  const [found, ...others] = facts.products.get(code) ?? []
  if (found) {
    const { product } = found
    const classes = new Set(rows.map((row) => classOf(row, settings.missingLot !== null && parts(product.tracking).lot)))
    return {
      code, fact: product, pack: found.pack, made: null, tracking: product.tracking, classes, mayRaise: settings.raiseTracking || product.imported, sku: product.sku, baseUom: product.baseUom, scale: product.scale,
      measured: product.measured, secondUom: product.secondUom,
      problem: others.length === 0 ? null : fault('product_ambiguous', { products: [found, ...others].map((one) => one.product.sku) }),
    }
  }
  const stated = rows.find((row) => row.tracking !== null)?.tracking ?? 'none'
  const final = rows.reduce((sum, row) => union(sum, classOf(row, false)), stated)
  const classes = new Set(rows.map((row) => classOf(row, settings.missingLot !== null && parts(final).lot)))
  const baseUom = rows.find((row) => row.uom !== null)?.uom ?? settings.defaultUom
  const needed = Math.max(0, ...rows.filter((row) => row.uom === null || row.uom === baseUom).map((row) => (row.quantity?.split('.')[1] ?? '').length))
  const scale = Math.max(rows.find((row) => row.scale !== null)?.scale ?? facts.uoms.get(baseUom) ?? 0, needed)
  const measured = rows.some((row) => row.measured)
  const secondUom = rows.find((row) => row.secondUom !== null)?.secondUom ?? null
  const problem = !settings.createProducts
    ? fault('product_unknown')
    : facts.uoms.has(baseUom) ? null : fault('uom_unknown', { uom: baseUom })
  const single = classes.size === 1 && classes.has(final)
  const made: NewProduct | null = problem ? null : {
    sku: code, name: rows.find((row) => row.name !== null)?.name ?? code, baseUom, scale, tracking: single || classes.size === 0 ? final : firstClass(classes), measured, secondUom,
    dateKind: rows.find((row) => row.dateKind !== null)?.dateKind ?? dateKindOf(rows, final), blocksAfterDate: false, uoms: [], gtin: rows.find((row) => row.gtin !== null)?.gtin ?? undefined,
  }
  return { code, fact: null, pack: wholeUnits(1), made, tracking: 'none', classes: new Set([...classes, final]), mayRaise: true, sku: code, baseUom, scale, measured, secondUom, problem }
}

/** What the row alone asks of its product's tracking. */
function classOf(row: Stated, lotForMissing: boolean): Tracking {
  return tracked(row.lot !== null || lotForMissing, row.serial !== null)
}

function firstClass(classes: ReadonlySet<Tracking>): Tracking {
  return PHASES.find((tracking) => classes.has(tracking)) ?? 'none'
}

/** The one date of its lots: the kind its rows state. */
function dateKindOf(rows: readonly Stated[], tracking: Tracking): NewProduct['dateKind'] {
  if (!parts(tracking).lot) return 'none'
  const kinds = [['expiresOn', 'expiry'], ['useBy', 'use_by'], ['bestBy', 'best_by'], ['sellBy', 'sell_by']] as const
  return kinds.find(([field]) => rows.some((row) => row.dates[field] !== undefined))?.[1] ?? 'expiry'
}

interface Seen {
  readonly lots: Map<string, { dates: LotDates; line: number }>
  readonly serials: Map<string, number>
}

class RowJudge {
  readonly #stated: Stated
  readonly #product: ProductPlan
  readonly #context: JudgeContext
  readonly #seen: Seen
  readonly #problems: Problem[]
  readonly #notes: Note[]
  #known = true
  constructor(stated: Stated, products: ReadonlyMap<string, ProductPlan>, context: JudgeContext, seen: Seen) {
    this.#stated = stated
    this.#product = products.get(stated.product) as ProductPlan
    this.#context = context
    this.#seen = seen
    this.#notes = [...stated.notes]
    this.#problems = [...stated.problems]
  }

  judge(): Draft {
    const product = this.#product
    const { facts, organizationId } = this.#context
    const stated = this.#withLot()
    const productKey = product.fact?.id ?? `new/${product.code}`
    if (product.problem) this.#problem('product', stated.product, product.problem)
    if (!product.fact) this.#known = false
    const facilityId = stated.facility === null ? null : (facts.facilities.get(stated.facility) ?? null)
    const placeId = this.#place(facilityId)
    const owner = stated.owner === null ? { id: ownPartyId(organizationId), key: '' } : this.#party(stated.owner, 'owner')
    const plateId = this.#plate()
    const lot = stated.lot === null ? null : this.#lot(stated.lot, productKey)
    const base = product.problem ? null : this.#base()
    if (stated.second !== null && product.secondUom === null) this.#problem('secondQuantity', stated.second, fault('second_quantity_not_kept', { product: product.sku }))
    const lotKey = lot === null ? '' : lot.key
    const place = stated.facility === null ? '' : (placeId ?? `${stated.facility}\u001f${stated.place ?? ''}`)
    const unit = stated.serial === null ? null : this.#unit(stated.serial, productKey, { placeId, ownerId: owner.id, plateId }, lot?.fact ?? null, base)
    this.#tracking(unit)
    return {
      stated, verdict: 'unchanged', problems: this.#problems, notes: this.#notes, phase: PHASES.indexOf(classOf(stated, false)), base, total: null, before: null, productId: product.fact?.id ?? null, noLotId: product.fact?.noLotId ?? null,
      key: [productKey, lotKey, place, owner.key, stated.plate ?? '', stated.serial ?? ''].join('\u001f'), lotId: lot?.fact?.id ?? null, lot: stated.lot, placeId, ownerId: owner.id, plateId: stated.plate === null ? LOOSE : plateId,
      unitId: unit?.id ?? null, unit, product, leftOut: false, known: this.#known,
    }
  }

  /** Where the settings name a lot for rows without one. */
  #withLot(): Stated {
    const { missingLot } = this.#context.settings
    const final = this.#product.fact?.tracking ?? [...this.#product.classes].reduce(union, 'none')
    if (missingLot === null || this.#stated.lot !== null || !parts(final).lot) return this.#stated
    this.#notes.push(note('lot_filled_in', { lot: missingLot }))
    return { ...this.#stated, lot: missingLot }
  }

  #place(facilityId: PlaceId | null): PlaceId | null {
    const { facility, place } = this.#stated
    const { facts, settings } = this.#context
    if (facility === null) return null
    const found = facilityId === null ? null : place === null ? facilityId : (facts.places.get(`${facilityId}/${place}`) ?? null)
    if (found !== null) return found
    this.#known = false
    if (settings.createPlaces) return null
    if (facilityId === null) this.#problem('facility', facility, fault('facility_unknown', { facility }))
    else this.#problem('place', place, fault('place_unknown', { place, facility }))
    return null
  }

  #party(name: string, field: 'owner' | 'issuer'): { id: PartyId | null; key: string } {
    const found = this.#context.facts.parties.get(name) ?? []
    if (found.length > 1) this.#problem(field, name, fault('party_ambiguous'))
    if (found.length === 0) this.#known = false
    if (found.length === 0 && !this.#context.settings.createParties) this.#problem(field, name, fault('party_unknown'))
    const [id = null] = found
    return { id, key: id === ownPartyId(this.#context.organizationId) ? '' : (id ?? `new/${name.toLowerCase()}`) }
  }

  #plate(): PlateId | null {
    const { plate } = this.#stated
    if (plate === null) return LOOSE
    const found = this.#context.facts.plates.get(plate) ?? null
    if (found === null) this.#known = false
    return found
  }

  /** The lot that is meant, there or new; its dates must agree with ours and with those of the rows before. */
  #lot(code: string, productKey: string): { key: string; fact: LotFact | null } {
    const { dates, issuer, line } = this.#stated
    const by = issuer === null ? null : this.#party(issuer, 'issuer')
    const all = this.#context.facts.lots.get(`${productKey}/${code}`) ?? []
    const meant = by === null ? all : all.filter(({ issuerId }) => issuerId === by.id)
    const distinct = [...new Map(meant.map((lot) => [lot.id, lot])).values()]
    if (distinct.length > 1) this.#problem('lot', code, fault('lot_ambiguous', { issuers: distinct.map((lot) => lot.issuer) }))
    const [fact = null] = distinct
    if (fact === null) this.#known = false
    if (fact === null && all.length > 0) this.#notes.push(note('lot_of_other_issuer', { lot: code, issuers: all.map((lot) => lot.issuer) }))
    const key = fact?.id ?? `${productKey}/${by?.key ?? ''}/${code}`
    const before = this.#seen.lots.get(key)
    for (const field of dateFields) {
      const [given, ours, first] = [dates[field], fact?.dates[field], before?.dates[field]]
      if (given === undefined) continue
      if (ours !== undefined && ours !== given) this.#problem(field, given, fault('lot_date_differs', { lot: code, date: ours }))
      else if (first !== undefined && first !== given) this.#problem(field, given, fault('lot_date_differs_in_file', { line: before?.line ?? 0, date: first, lot: code }))
      else if (fact !== null && ours === undefined) {
        this.#known = false
        this.#notes.push(note('lot_gets_date', { lot: code }))
      }
    }
    if (this.#problems.length === 0) this.#seen.lots.set(key, { dates: { ...dates, ...before?.dates }, line: before?.line ?? line })
    return { key, fact }
  }

  /** The row's quantity in the product's base unit of measure, exactly. */
  #base(): Quantity | null {
    const { quantity: text, uom } = this.#stated
    const product = this.#product
    if (text === null) return null
    const given = quantity(text)
    let base: Quantity | undefined
    if (uom === null || uom === product.baseUom) base = convert(given, uom === null ? product.pack : wholeUnits(1), wholeUnits(1))
    else {
      const fraction = product.fact?.uoms[uom]
      if (!fraction) {
        this.#problem('uom', uom, fault('uom_not_of_product', { product: product.sku, baseUom: product.baseUom, uom }))
        return null
      }
      base = convert(given, quantity(fraction[0]), quantity(fraction[1]))
    }
    if (base === undefined || !fitsScale(base, product.scale)) {
      this.#problem('quantity', text, fault('quantity_not_exact', { quantity: text, uom: uom ?? product.baseUom, baseUom: product.baseUom, scale: product.scale }))
      return null
    }
    if (!fitsLedger(base)) this.#problem('quantity', text, fault('quantity_too_large'))
    return base
  }

  #unit(serial: string, productKey: string, spot: { placeId: PlaceId | null; ownerId: PartyId | null; plateId: PlateId | null }, lot: LotFact | null, base: Quantity | null): UnitFact | null {
    const { line } = this.#stated
    const key = `${productKey}/${serial}`
    const first = this.#seen.serials.get(key)
    if (first !== undefined) this.#problem('serial', serial, fault('unit_twice', { line: first }))
    else this.#seen.serials.set(key, line)
    if (!this.#product.measured && base !== null && base !== 0n && base !== wholeUnits(1)) this.#problem('quantity', formatQuantity(base), fault('serial_is_one'))
    const found = this.#context.facts.units.get(key) ?? []
    if (found.length > 1) this.#problem('serial', serial, fault('unit_ambiguous'))
    const [unit = null] = found
    if (unit === null) {
      this.#known = false
      return null
    }
    const here = unit.inStock && unit.placeId === spot.placeId && unit.ownerId === spot.ownerId && unit.plateId === spot.plateId
    if (base === 0n) {
      if (here && unit.allocated) this.#problem('serial', serial, fault('unit_allocated'))
    } else if (unit.inStock && !here) this.#problem('serial', serial, fault('unit_already_in_stock', { place: unit.placeCode }))
    else if (unit.withCustomer) this.#problem('serial', serial, fault('unit_with_customer', { place: unit.placeCode }))
    else if (here && base !== null && unit.measure !== base) this.#problem('quantity', formatQuantity(base), fault('piece_measure_differs', { measure: formatQuantity(unit.measure) }))
    if (lot !== null && unit.moved && unit.lotId !== lot.id) this.#problem('lot', this.#stated.lot, fault('unit_of_other_lot'))
    return unit
  }

  /** A product asks for lot or serial where rows name them; where it does already, rows that add stock must name them. */
  #tracking(unit: UnitFact | null): void {
    const { tracking, classes, mayRaise, sku, fact } = this.#product
    if (!fact) return
    const mine = classOf(this.#withLotQuietly(), false)
    if (!covers(tracking, mine) && !mayRaise) {
      const lot = parts(mine).lot && !parts(tracking).lot
      this.#problem(lot ? 'lot' : 'serial', lot ? this.#stated.lot : this.#stated.serial, fault(lot ? 'lot_not_tracked' : 'units_not_tracked', { product: sku }))
    }
    if (parts(tracking).lot && parts(mine).serial && !parts(mine).lot && unit?.inStock !== true) this.#lotMissing()
    if (classes.size > 1 && unit === null && mine !== tracking && covers(mine, tracking)) this.#notes.push(note(trackedNotes[union(tracking, mine)], { product: sku }))
  }

  #withLotQuietly(): Stated {
    const { missingLot } = this.#context.settings
    return missingLot !== null && this.#stated.lot === null && parts(this.#product.tracking).lot ? { ...this.#stated, lot: missingLot } : this.#stated
  }

  #lotMissing(): void {
    this.#problem('lot', null, fault('lot_missing', { product: this.#product.sku }))
  }

  #problem(field: keyof ImportSettings['mapping'], value: string | null, problem: Fault): void {
    this.#problems.push({ column: this.#context.settings.mapping[field] ?? null, value, ...problem })
  }
}

const trackedNotes = { none: 'tracked_by_lot', lot: 'tracked_by_lot', serial: 'tracked_by_serial', lot_and_serial: 'tracked_by_lot_and_serial' } as const

/** The same row twice is more often a mistake than two piles of the same size. */
function leaveCopiesOut(group: readonly Draft[], { settings }: JudgeContext): void {
  if (settings.duplicates !== 'careful' || group[0]?.stated.serial !== null) return
  const lines = new Map<string, number>()
  for (const draft of group) {
    const first = lines.get(draft.stated.copy)
    lines.set(draft.stated.copy, first ?? draft.stated.line)
    if (first === undefined) continue
    draft.leftOut = true
    draft.problems.push({ column: settings.mapping.product ?? null, value: draft.stated.product, ...fault('row_twice', { line: first }) })
  }
}

/** The verdict of all rows of a key, by what they state together against what is on hand. */
function judgeGroup(group: readonly Draft[], { settings, facts }: JudgeContext): void {
  const counted = group.filter((draft) => !draft.leftOut)
  const [first] = counted
  const column = (field: keyof ImportSettings['mapping']) => settings.mapping[field] ?? null
  if (first && counted.length > 1 && first.stated.serial === null && counted.some(({ base }) => base !== null)) {
    for (const later of counted.slice(1)) {
      if (settings.duplicates === 'refuse') later.problems.push({ column: column('product'), value: later.stated.product, ...fault('row_same_key', { line: first.stated.line }) })
      else later.notes.push(note('row_added', { line: first.stated.line }))
    }
    const broken = counted.find((draft) => draft.problems.length > 0)
    if (broken) for (const other of counted) if (other.problems.length === 0) other.problems.push({ column: null, value: null, ...fault('row_same_key_bad', { line: broken.stated.line }) })
  }
  for (const draft of group) if (draft.problems.length > 0) draft.verdict = 'bad'
  const good = counted.filter((draft) => draft.verdict !== 'bad')
  const [one] = good
  if (!one) return
  if (one.base === null) {
    for (const draft of good) draft.verdict = draft.known ? 'unchanged' : 'new'
    return
  }
  const total = good.reduce<bigint>((sum, draft) => sum + (draft.base ?? 0n), 0n) as Quantity
  const before = one.stated.serial === null ? unnamedOnHand(one, facts) : one.unit?.inStock === true && one.unit.placeId === one.placeId ? one.unit.measure : (0n as Quantity)
  const refused = refuseGroup(one, total, before, facts)
  for (const draft of good) {
    draft.total = total
    draft.before = before
    if (refused) draft.problems.push({ column: column(refused.field), value: refused.field === 'lot' ? null : draft.stated.quantity, ...refused.problem })
    draft.verdict = refused ? 'bad' : total !== before ? (before === 0n ? 'new' : 'changed') : good.every(({ known }) => known) ? 'unchanged' : before === 0n ? 'new' : 'changed'
  }
}

function balanceOf(draft: Draft, facts: Facts) {
  const lotId = draft.stated.lot === null ? draft.noLotId : draft.lotId
  return facts.balances.get(`${draft.productId}/${lotId}/${draft.placeId}/${draft.ownerId}/${draft.plateId}`)
}

function unnamedOnHand(draft: Draft, facts: Facts): Quantity {
  const balance = balanceOf(draft, facts)
  return balance ? ((balance.onHand - balance.named) as Quantity) : (0n as Quantity)
}

/** What the ledger would refuse: taking what is promised, adding without the lot or serial that the product asks for. */
function refuseGroup(one: Draft, total: Quantity, before: Quantity, facts: Facts): { field: 'quantity' | 'lot' | 'serial'; problem: Fault } | null {
  if (total < before && one.stated.serial === null) {
    const balance = balanceOf(one, facts)
    const free = balance ? balance.onHand - balance.allocated : 0n
    if (before - total > free) return { field: 'quantity', problem: fault('stock_allocated', { allocated: formatQuantity(balance?.allocated ?? (0n as Quantity)), free: formatQuantity(free as Quantity) }) }
  }
  if (total <= before || !one.product) return null
  const { tracking, measured, sku, fact } = one.product
  if (fact && parts(tracking).lot && one.stated.lot === null) return { field: 'lot', problem: fault('lot_missing', { product: sku }) }
  if (one.stated.serial === null && ((fact && parts(tracking).serial) || measured)) return { field: 'serial', problem: fault('units_missing', { product: sku }) }
  return null
}

/** What the good rows ask for that is not there. */
function whatIsNeeded(drafts: readonly Draft[], products: ReadonlyMap<string, ProductPlan>, { facts }: JudgeContext): Needed {
  const good = drafts.filter((draft) => draft.verdict === 'new' || draft.verdict === 'changed')
  const distinct = <T>(all: readonly T[], key: (one: T) => string): T[] => [...new Map(all.map((one) => [key(one), one])).values()]
  const facilities = distinct(good.flatMap(({ stated }) => (stated.facility !== null && !facts.facilities.has(stated.facility) ? [stated.facility] : [])), (code) => code)
  const places = distinct(good.flatMap(({ stated, placeId }) => (stated.facility !== null && stated.place !== null && placeId === null ? [{ facility: stated.facility, code: stated.place }] : [])), (one) => `${one.facility}\u001f${one.code}`)
  const parties = distinct(good.flatMap(({ stated }) => [...(stated.issuer !== null && stated.lot !== null ? [{ name: stated.issuer, role: 'supplier' as const }] : []), ...(stated.owner !== null ? [{ name: stated.owner, role: 'customer' as const }] : [])])
    .filter(({ name }) => (facts.parties.get(name) ?? []).length === 0), ({ name }) => name.toLowerCase())
  const plates = distinct(good.flatMap(({ stated }) => (stated.plate !== null && !facts.plates.has(stated.plate) ? [stated.plate] : [])), (code) => code)
  const wanted = [...Map.groupBy(good, ({ stated }) => stated.product)].flatMap(([code, rows]) => {
    const plan = products.get(code)
    return plan ? [{ plan, phases: new Set(rows.map(({ phase }) => phase)) }] : []
  })
  const tracking = [...PHASES.map((phase, at) => wanted.flatMap(({ plan, phases }) => (phases.has(at) && changesTracking(plan) && covers(phase, plan.tracking) ? [{ product: plan.code, tracking: phase }] : []))),
    wanted.flatMap(({ plan }) => (changesTracking(plan) ? [{ product: plan.code, tracking: [...plan.classes].reduce(union, plan.tracking) }] : []))]
  return { facilities, places, parties, plates, products: wanted.flatMap(({ plan }) => plan.made ?? []), tracking }
}

/** Is the product tracked otherwise at the end than it is now, or in between? */
function changesTracking(plan: ProductPlan): boolean {
  const final = [...plan.classes].reduce(union, plan.tracking)
  return plan.made ? plan.made.tracking !== final : final !== plan.tracking
}
