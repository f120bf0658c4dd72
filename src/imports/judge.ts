import type { NewProduct } from '#src/catalog/contract.ts'
import { LOOSE, type LotId, type OrganizationId, type PartyId, type PlaceId, type PlateId, type ProductId, type UnitId } from '#src/lib/id.ts'
import { convert, fitsLedger, fitsScale, formatQuantity, quantity, units as wholeUnits, type Quantity } from '#src/lib/quantity.ts'
import { dateFields, type LotDates } from '#src/lots/register-lot.ts'
import { ownPartyId } from '#src/network/system.ts'
import type { Facts, LotFact, ProductFact, UnitFact } from './facts.ts'
import type { Problem, Stated } from './interpret.ts'
import type { ImportSettings } from './settings.ts'

export type Verdict = 'new' | 'changed' | 'unchanged' | 'bad'
type Tracking = ProductFact['tracking']

/** What comes of a row, and what it speaks of as far as that is there already. */
export interface JudgedRow {
  readonly stated: Stated
  readonly verdict: Verdict
  readonly problems: readonly Problem[]
  readonly notes: readonly string[]
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
  notes: string[]
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
  readonly problem: Omit<Problem, 'column' | 'value'> | null
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
      problem: others.length === 0 ? null : { code: 'product_ambiguous', why: `The code leads to several products: ${[found, ...others].map((one) => one.product.sku).join(', ')}.`, fix: 'Write the SKU of the one that is meant.' },
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
    ? { code: 'product_unknown', why: 'There is no such product.', fix: 'Create it, correct the code, or let the import create products.' }
    : facts.uoms.has(baseUom) ? null : { code: 'uom_unknown', why: `There is no unit of measure ${baseUom}.`, fix: 'Create it, or correct the cell.' }
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
  readonly #notes: string[]
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
    if (stated.second !== null && product.secondUom === null) this.#problem('secondQuantity', stated.second, { code: 'second_quantity_not_kept', why: `No second quantity is kept of ${product.sku}.`, fix: 'Leave the cell empty, or give the product a second unit of measure.' })
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
    this.#notes.push(`The row names no lot; it is put into ${missingLot}.`)
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
    this.#problem(facilityId === null ? 'facility' : 'place', facilityId === null ? facility : place, { code: 'place_unknown', why: facilityId === null ? `There is no facility ${facility}.` : `There is no place ${place} in ${facility}.`, fix: 'Create it, correct the cell, or let the import create places.' })
    return null
  }

  #party(name: string, field: 'owner' | 'issuer'): { id: PartyId | null; key: string } {
    const found = this.#context.facts.parties.get(name) ?? []
    if (found.length > 1) this.#problem(field, name, { code: 'party_ambiguous', why: 'Several parties are called so.', fix: 'Write the code of the one that is meant.' })
    if (found.length === 0) this.#known = false
    if (found.length === 0 && !this.#context.settings.createParties) this.#problem(field, name, { code: 'party_unknown', why: 'There is no party of this code or name.', fix: 'Create it, correct the cell, or let the import create parties.' })
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
    if (distinct.length > 1) this.#problem('lot', code, { code: 'lot_ambiguous', why: `Several issuers use this lot code: ${distinct.map((lot) => lot.issuer).join(', ')}.`, fix: 'Name the issuer in a column of its own.' })
    const [fact = null] = distinct
    if (fact === null) this.#known = false
    if (fact === null && all.length > 0) this.#notes.push(`A lot ${code} by ${all.map((lot) => lot.issuer).join(', ')} is there; this one is by another issuer and so another lot.`)
    const key = fact?.id ?? `${productKey}/${by?.key ?? ''}/${code}`
    const before = this.#seen.lots.get(key)
    for (const field of dateFields) {
      const [given, ours, first] = [dates[field], fact?.dates[field], before?.dates[field]]
      if (given === undefined) continue
      if (ours !== undefined && ours !== given) this.#problem(field, given, { code: 'lot_date_differs', why: `The lot ${code} has ${ours} as this date.`, fix: 'Check the label. If ours is wrong, correct the lot first.' })
      else if (first !== undefined && first !== given) this.#problem(field, given, { code: 'lot_date_differs', why: `Line ${before?.line} says ${first} for the same lot ${code}.`, fix: 'Check the label and correct one of the two.' })
      else if (fact !== null && ours === undefined) {
        this.#known = false
        this.#notes.push(`The lot ${code} has no such date yet and gets it.`)
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
        this.#problem('uom', uom, { code: 'uom_not_of_product', why: `${product.sku} is kept in ${product.baseUom} and has no conversion for ${uom}.`, fix: `Write the quantity in ${product.baseUom}, or add the conversion to the product.` })
        return null
      }
      base = convert(given, quantity(fraction[0]), quantity(fraction[1]))
    }
    if (base === undefined || !fitsScale(base, product.scale)) {
      this.#problem('quantity', text, { code: 'quantity_not_exact', why: `${text} ${uom ?? ''} is not exact in ${product.baseUom} with ${product.scale} decimals.`, fix: 'Round it to what can be counted.' })
      return null
    }
    if (!fitsLedger(base)) this.#problem('quantity', text, { code: 'quantity_too_large', why: 'It has more than 18 digits before the point.', fix: 'Check the quantity.' })
    return base
  }

  #unit(serial: string, productKey: string, spot: { placeId: PlaceId | null; ownerId: PartyId | null; plateId: PlateId | null }, lot: LotFact | null, base: Quantity | null): UnitFact | null {
    const { line } = this.#stated
    const key = `${productKey}/${serial}`
    const first = this.#seen.serials.get(key)
    if (first !== undefined) this.#problem('serial', serial, { code: 'unit_twice', why: `Line ${first} has the same serial.`, fix: 'Correct one of the two, or leave one out.' })
    else this.#seen.serials.set(key, line)
    if (!this.#product.measured && base !== null && base !== 0n && base !== wholeUnits(1)) this.#problem('quantity', formatQuantity(base), { code: 'serial_is_one', why: 'One serial is one piece.', fix: 'Write 1 (or 0 where it is not there), a row for each serial.' })
    const found = this.#context.facts.units.get(key) ?? []
    if (found.length > 1) this.#problem('serial', serial, { code: 'unit_ambiguous', why: 'Several issuers use this serial.', fix: 'Adjust this one by hand, naming the issuer.' })
    const [unit = null] = found
    if (unit === null) {
      this.#known = false
      return null
    }
    const here = unit.inStock && unit.placeId === spot.placeId && unit.ownerId === spot.ownerId && unit.plateId === spot.plateId
    if (base === 0n) {
      if (here && unit.allocated) this.#problem('serial', serial, { code: 'unit_allocated', why: 'The unit is promised.', fix: 'Release the promise first.' })
    } else if (unit.inStock && !here) this.#problem('serial', serial, { code: 'unit_already_in_stock', why: `The unit is in stock in ${unit.placeCode}.`, fix: 'Correct the place, or move the unit.' })
    else if (unit.withCustomer) this.#problem('serial', serial, { code: 'unit_with_customer', why: `The unit was shipped to ${unit.placeCode}.`, fix: 'Post a return, or correct the serial.' })
    else if (here && base !== null && unit.measure !== base) this.#problem('quantity', formatQuantity(base), { code: 'piece_measure_differs', why: `The piece measures ${formatQuantity(unit.measure)} in the book.`, fix: 'Adjust or cut this piece by hand.' })
    if (lot !== null && unit.moved && unit.lotId !== lot.id) this.#problem('lot', this.#stated.lot, { code: 'unit_of_other_lot', why: 'The unit belongs to another lot.', fix: 'Check the label.' })
    return unit
  }

  /** A product asks for lot or serial where rows name them; where it does already, rows that add stock must name them. */
  #tracking(unit: UnitFact | null): void {
    const { tracking, classes, mayRaise, sku, fact } = this.#product
    if (!fact) return
    const mine = classOf(this.#withLotQuietly(), false)
    if (!covers(tracking, mine) && !mayRaise) {
      const lot = parts(mine).lot && !parts(tracking).lot
      this.#problem(lot ? 'lot' : 'serial', lot ? this.#stated.lot : this.#stated.serial, {
        code: lot ? 'lot_not_tracked' : 'units_not_tracked', why: `${sku} is tracked by ${tracking}.`, fix: `Track it by ${lot ? 'lot' : 'serial'} from now on, or let the import do so (raiseTracking), or leave the cell empty.`,
      })
    }
    if (parts(tracking).lot && parts(mine).serial && !parts(mine).lot && unit?.inStock !== true) this.#lotMissing()
    if (classes.size > 1 && unit === null && mine !== tracking && covers(mine, tracking)) this.#notes.push(`${sku} is tracked by ${union(tracking, mine).replaceAll('_', ' ')} from this import on.`)
  }

  #withLotQuietly(): Stated {
    const { missingLot } = this.#context.settings
    return missingLot !== null && this.#stated.lot === null && parts(this.#product.tracking).lot ? { ...this.#stated, lot: missingLot } : this.#stated
  }

  #lotMissing(): void {
    this.#problem('lot', null, lotMissing(this.#product.sku))
  }

  #problem(field: keyof ImportSettings['mapping'], value: string | null, problem: Omit<Problem, 'column' | 'value'>): void {
    this.#problems.push({ column: this.#context.settings.mapping[field] ?? null, value, ...problem })
  }
}

function lotMissing(sku: string): Omit<Problem, 'column' | 'value'> {
  return { code: 'lot_missing', why: `${sku} is tracked by lot, and the row names none.`, fix: 'Fill in the lot, or name one for all such rows (missingLot).' }
}

/** The same row twice is more often a mistake than two piles of the same size. */
function leaveCopiesOut(group: readonly Draft[], { settings }: JudgeContext): void {
  if (settings.duplicates !== 'careful' || group[0]?.stated.serial !== null) return
  const lines = new Map<string, number>()
  for (const draft of group) {
    const first = lines.get(draft.stated.copy)
    lines.set(draft.stated.copy, first ?? draft.stated.line)
    if (first === undefined) continue
    draft.leftOut = true
    draft.problems.push({ column: settings.mapping.product ?? null, value: draft.stated.product, code: 'row_twice', why: `Line ${first} is the same in every cell.`, fix: 'Leave it out; or, if these are two piles, have duplicate rows added up (duplicates: sum).' })
  }
}

/** The verdict of all rows of a key, by what they state together against what is on hand. */
function judgeGroup(group: readonly Draft[], { settings, facts }: JudgeContext): void {
  const counted = group.filter((draft) => !draft.leftOut)
  const [first] = counted
  const column = (field: keyof ImportSettings['mapping']) => settings.mapping[field] ?? null
  if (first && counted.length > 1 && first.stated.serial === null && counted.some(({ base }) => base !== null)) {
    for (const later of counted.slice(1)) {
      if (settings.duplicates === 'refuse') later.problems.push({ column: column('product'), value: later.stated.product, code: 'row_same_key', why: `Line ${first.stated.line} is of the same product, lot and place.`, fix: 'Add the two up in one row, or have duplicate rows added up.' })
      else later.notes.push(`Added to line ${first.stated.line}: the same product, lot and place.`)
    }
    const broken = counted.find((draft) => draft.problems.length > 0)
    if (broken) for (const other of counted) if (other.problems.length === 0) other.problems.push({ column: null, value: null, code: 'row_same_key_bad', why: `Line ${broken.stated.line} is of the same product, lot and place and cannot be read, so their sum is not known.`, fix: 'Correct that row.' })
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
function refuseGroup(one: Draft, total: Quantity, before: Quantity, facts: Facts): { field: 'quantity' | 'lot' | 'serial'; problem: Omit<Problem, 'column' | 'value'> } | null {
  if (total < before && one.stated.serial === null) {
    const balance = balanceOf(one, facts)
    const free = balance ? balance.onHand - balance.allocated : 0n
    if (before - total > free) return { field: 'quantity', problem: { code: 'stock_allocated', why: `${formatQuantity(balance?.allocated ?? (0n as Quantity))} of it is promised; only ${formatQuantity(free as Quantity)} can be taken off.`, fix: 'Release what is promised first.' } }
  }
  if (total <= before || !one.product) return null
  const { tracking, measured, sku, fact } = one.product
  if (fact && parts(tracking).lot && one.stated.lot === null) return { field: 'lot', problem: lotMissing(sku) }
  if (one.stated.serial === null && ((fact && parts(tracking).serial) || measured)) return { field: 'serial', problem: { code: 'units_missing', why: `${sku} is tracked by unit, and the row names none.`, fix: 'Write a row for each serial.' } }
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
