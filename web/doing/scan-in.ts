import { formatQuantity, parseQuantity, ZERO } from '#src/lib/quantity.ts'
import { typeDecimal, uomOfPack, uomsOf, type DecimalMark } from '../parts/uoms.ts'
import type { Candidate, Scan } from '../scan/resolve.ts'
import { addLine, changeLine, isBlank, type Draft, type Kind, type Line } from './draft.ts'
import type { Place, Product } from './facts.ts'
import { flowOf } from './flow.ts'
import type { Settled } from './settle.ts'

/** What a scan did to a form. */
export type Filled =
  /** It filled something in. `fresh`: a lot or serial nobody knows yet, which the posting will register. */
  | { readonly did: 'filled'; readonly draft: Draft; readonly what: Candidate['kind'] | 'label'; readonly code: string; readonly title: string; readonly fresh: 'lot' | 'unit' | null }
  /** It is there already; nothing changed. */
  | { readonly did: 'nothing'; readonly why: 'twice' | 'same'; readonly code: string; readonly number: number }
  /** It may be one of these. */
  | { readonly did: 'ask'; readonly candidates: readonly Candidate[] }
  /** Nothing here is called so, or the product of the label is not ours. */
  | { readonly did: 'unknown'; readonly code: string; readonly gtin: string | null }
  /** It is known, and is nothing that this form asks for. */
  | { readonly did: 'unfit'; readonly candidate: Candidate }

/** What is read of the records a scan leads to before it is filled in. */
export interface Known {
  readonly product: Product | undefined
  readonly place: Place | undefined
  /** The product of the line that is open. */
  readonly open: Settled | undefined
  readonly mark: DecimalMark
}

/** Kinds of record this form has a field for. */
export function fits(kind: Kind, candidate: Candidate): boolean {
  switch (candidate.kind) {
    case 'product': case 'lot': case 'unit': case 'place': return true
    case 'party': return kind === 'receive' || kind === 'ship' || kind === 'return' || kind === 'change_owner'
    case 'plate': return kind !== 'adjust' && kind !== 'change_owner'
    case 'family': case 'movement': return false
  }
}

/** The one record a scan means in this form, or those it may mean. */
export function meantBy(kind: Kind, scan: Scan, open: Settled | undefined): Candidate | readonly Candidate[] {
  const exact = scan.candidates.filter(({ match }) => match === 'exact')
  const fitting = exact.filter((candidate) => fits(kind, candidate))
  // of lots and units called alike the one of the product at hand
  const ofProduct = fitting.filter(({ kind: what, productId }) => (what === 'lot' || what === 'unit') && open?.product !== null && productId === open?.product)
  const needed = fitting.filter(({ kind: what }) => what === wanted(kind, open))
  for (const some of [ofProduct, needed, fitting]) if (some.length === 1 && some[0] !== undefined) return some[0]
  if (fitting.length > 1) return fitting
  return exact[0] ?? scan.candidates.filter((candidate) => candidate.match === 'folded' && fits(kind, candidate))
}

/** What the line asks for next, among what can be scanned. */
function wanted(kind: Kind, open: Settled | undefined): Candidate['kind'] | null {
  if (open === undefined || isBlank(open)) return null
  if (open.whole !== null || (open.product !== null && (open.lot !== null || !open.byLot || open.numbers.length > 0))) return 'place'
  return open.bySerial ? 'unit' : open.byLot ? 'lot' : null
}

/** Fills a form from a scan whose meaning is certain, or from a label or code that nobody knows yet. */
export function fillIn(kind: Kind, draft: Draft, scan: Scan, candidate: Candidate | null, known: Known): Filled {
  if (candidate === null) return fillUnknown(kind, draft, scan, known)
  const { code, title } = candidate
  const filled = (after: Draft): Filled => ({ did: 'filled', draft: after, what: candidate.kind, code: code ?? title, title, fresh: null })
  if (!fits(kind, candidate)) return { did: 'unfit', candidate }
  switch (candidate.kind) {
    case 'party': return filled({ ...draft, party: candidate.id, partyPlace: null })
    case 'place': return fillPlace(kind, draft, candidate, known, filled)
    case 'plate': return filled(fillPlate(kind, draft, candidate.id))
    default: return fillGoods(kind, draft, scan, candidate, known)
  }
}

function fillPlace(kind: Kind, draft: Draft, candidate: Candidate, { place, open }: Known, filled: (after: Draft) => Filled): Filled {
  if (place?.internal === false) {
    const isTheirs = place.partyId !== null && (kind === 'ship' || kind === 'return') && place.kind === 'ship_to'
    return isTheirs ? filled({ ...draft, party: place.partyId, partyPlace: place.placeId }) : { did: 'unfit', candidate }
  }
  if (draft.lines.length === 0) return { did: 'unfit', candidate }
  const line = draft.lines[draft.open]
  const { takes, puts } = flowOf(kind, { role: line?.role ?? null, direction: open?.direction ?? 'count' })
  const isThere = open?.spots?.some(({ placeId }) => placeId === candidate.id) === true
  if (line !== undefined && line.whole !== null) return filled(changeLine(draft, { to: candidate.id }))
  // of both the one that is not known yet; what is known to be there is where it comes from
  if (takes && puts) return filled(changeLine(draft, open?.from === null || (open?.from === undefined) || (line?.from === null && isThere && open.spot === null && !open.bySerial) ? { from: candidate.id, plate: null, owner: null } : { to: candidate.id }))
  return filled(changeLine(draft, puts ? { to: candidate.id } : { from: candidate.id, plate: null, owner: null }))
}

function fillPlate(kind: Kind, draft: Draft, plate: string): Draft {
  if (kind === 'pack' || kind === 'unpack') return { ...draft, plate }
  const line = draft.lines[draft.open]
  const isFree = line === undefined || isBlank(line)
  if (kind === 'move' || kind === 'ship') return isFree ? changeLine(draft, { whole: plate }) : kind === 'move' && line.whole === null ? changeLine(draft, { toPlate: plate }) : addLine(draft, kind, { whole: plate })
  return changeLine(draft, { plate })
}

interface Goods {
  readonly product: string
  readonly lot: Line['lot']
  readonly serial: string | null
}

function fillGoods(kind: Kind, draft: Draft, scan: Scan, candidate: Candidate, known: Known): Filled {
  const { read } = scan
  const product = candidate.kind === 'product' ? candidate.id : (candidate.productId ?? '')
  const lot = candidate.kind === 'lot' ? { id: candidate.id } : candidate.kind === 'unit' && known.product?.tracking === 'lot_and_serial' && candidate.lotId !== null ? { id: candidate.lotId } : null
  const newLot = lot === null && candidate.kind === 'product' && read !== null && read.lot !== null && known.product?.tracking.includes('lot') === true ? { code: read.lot } : lot
  const serial = candidate.kind === 'unit' ? candidate.code : read?.serial ?? null
  // what is not known cannot be taken, nor come back
  if (newLot !== null && 'code' in newLot && !mayBring(kind, draft, known)) return { did: 'unknown', code: newLot.code, gtin: null }
  return putGoods(kind, draft, { product, lot: newLot, serial: known.product?.tracking.includes('serial') === true || known.product?.measured === true ? serial : null }, scan, candidate, known)
}

function mayBring(kind: Kind, draft: Draft, { open }: Known): boolean {
  return (open?.flow ?? flowOf(kind, { role: draft.lines[draft.open]?.role ?? null, direction: 'count' })).brings === 'new'
}

/** Puts goods into the line that is open, or into another one where that line has others. */
function putGoods(kind: Kind, draft: Draft, goods: Goods, scan: Scan, candidate: Candidate | null, { product, open, mark }: Known): Filled {
  const newLot = goods.lot !== null && 'code' in goods.lot ? goods.lot.code : null
  const code = (candidate?.kind === 'product' ? (goods.serial ?? newLot) : null) ?? candidate?.code ?? goods.serial ?? newLot ?? scan.text
  const role = draft.lines[draft.open]?.role ?? null
  if (goods.serial !== null) {
    const number = draft.lines.flatMap((line) => (line.product === goods.product && line.role === role ? line.serials : [])).findIndex(({ serial }) => serial === goods.serial)
    if (number >= 0) return { did: 'nothing', why: 'twice', code: goods.serial, number: number + 1 }
  }
  const at = lineFor(draft, goods, open)
  const change = (line: Line | undefined): Partial<Line> => ({
    product: goods.product, whole: null, ...(goods.lot === null ? {} : { lot: goods.lot }), ...(goods.serial === null ? {} : { serials: [...(line?.product === goods.product ? line.serials : []), { serial: goods.serial, quantity: weightOf(scan, product, mark) }] }),
    ...(line?.product === goods.product || line?.product === null || line === undefined ? {} : { lot: goods.lot, serials: goods.serial === null ? [] : [{ serial: goods.serial, quantity: '' }], quantity: '', uom: '', date: '' }),
    ...datesOf(scan, product), ...amountOf(scan, candidate, product, line?.product === goods.product ? line.quantity : '', goods.serial !== null, mark),
  })
  const before = at === null ? undefined : draft.lines[at]
  const after = at === null ? addLine(draft, kind, change(undefined)) : { ...changeLine(draft, change(before), at), open: at }
  if (before !== undefined && sameLine(before, after.lines[after.open])) return { did: 'nothing', why: 'same', code, number: (at ?? 0) + 1 }
  const fresh = goods.serial !== null && candidate?.kind !== 'unit' ? 'unit' : newLot !== null ? 'lot' : null
  return { did: 'filled', draft: after, what: scan.read === null ? (candidate?.kind ?? (goods.serial === null ? 'lot' : 'unit')) : 'label', code, title: product?.name ?? candidate?.title ?? '', fresh }
}

/** Where these goods go: the open line if they fit in it, else the one that has them already; null: a new one. */
function lineFor(draft: Draft, { product, lot }: Goods, open: Settled | undefined): number | null {
  const line = draft.lines[draft.open]
  const role = line?.role ?? null
  const isSame = (one: Line): boolean => one.role === role && one.product === product && one.whole === null && (lot === null || one.lot === null || sameLot(one.lot, lot))
  if (line !== undefined && (isBlank(line) || isSame(line))) return draft.open
  const at = draft.lines.findIndex((one) => isSame(one) && (one.lot !== null || lot === null))
  if (at >= 0) return at
  // what was only begun was another product by mistake
  const isBegun = line !== undefined && line.lot === null && line.quantity === '' && line.serials.length === 0 && line.whole === null && open?.byLot !== false
  return isBegun ? draft.open : null
}

function sameLot(a: NonNullable<Line['lot']>, b: NonNullable<Line['lot']>): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function sameLine(a: Line, b: Line | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The date of the label that the product carries, and when it was made. */
function datesOf({ read }: Scan, product: Product | undefined): Partial<Line> {
  if (read === null || product === undefined) return {}
  const date = { none: null, best_by: read.bestBy ?? read.expiry, sell_by: read.sellBy, use_by: read.useBy ?? read.expiry, expiry: read.expiry ?? read.useBy }[product.dateKind]
  return { ...(date === null ? {} : { date }), ...(read.madeOn === null ? {} : { madeOn: read.madeOn }) }
}

/** How much the label says: so many of the package that was scanned, or a weight in the unit the product is kept in. What was typed stays. */
function amountOf({ read }: Scan, candidate: Candidate | null, product: Product | undefined, typed: string, isUnit: boolean, mark: DecimalMark): Partial<Line> {
  if (product === undefined || isUnit || typed !== '') return {}
  const pack = candidate?.packQuantity ?? null
  const uom = pack === null ? undefined : uomOfPack(uomsOf(product), pack)?.id
  const count = read?.count ?? null
  const weight = read?.measures.find((one) => one.uom === product.baseUom)
  if (weight !== undefined && (count === null || product.baseUom !== 'each')) return { quantity: typeDecimal(formatQuantity(parseQuantity(weight.value) ?? ZERO), mark), uom: '' }
  return { ...(uom === undefined ? {} : { uom }), ...(count === null ? {} : { quantity: count }) }
}

/** Of a piece how much of it the label says. */
function weightOf({ read }: Scan, product: Product | undefined, mark: DecimalMark): string {
  const weight = product?.measured === true ? read?.measures.find((one) => one.uom === product.baseUom) : undefined
  return weight === undefined ? '' : typeDecimal(formatQuantity(parseQuantity(weight.value) ?? ZERO), mark)
}

/** A code nobody knows: of the product at hand it is a lot or a serial that comes new, where one is asked for. Nothing is made before it is posted. */
function fillUnknown(kind: Kind, draft: Draft, scan: Scan, known: Known): Filled {
  const { open } = known
  const code = scan.text
  if (scan.read !== null && scan.read.gtin !== null) return { did: 'unknown', code: scan.read.gtin, gtin: scan.read.gtin }
  const text = scan.read?.serial ?? scan.read?.lot ?? code
  if (open === undefined || open.product === null || open.productFacts === undefined) return { did: 'unknown', code: text, gtin: null }
  const of = { ...known, product: open.productFacts }
  if (open.flow.brings === 'new' && open.byLot && open.lot === null && !(scan.read?.serial !== null && scan.read !== null)) return putGoods(kind, draft, { product: open.product, lot: { code: text }, serial: null }, scan, null, of)
  if (open.flow.brings === 'new' && open.bySerial) return putGoods(kind, draft, { product: open.product, lot: open.lot, serial: text }, scan, null, of)
  return { did: 'unknown', code: text, gtin: null }
}
