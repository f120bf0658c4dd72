import type { CommandInput } from '../api.ts'
import type { LotEntry } from '../parts/pick-lot.tsx'
import type { PropertyTexts } from '../parts/property-values.ts'
import type { Search } from '../search.ts'

/** What can be done with goods. */
export type Kind = 'receive' | 'move' | 'ship' | 'return' | 'run' | 'adjust' | 'sample' | 'destroy' | 'pack' | 'unpack' | 'change_owner'
export type RunKind = NonNullable<CommandInput<'POST /movements/transform'>['body']['run']>
/** Adjusting: so much was counted, or so much more or less than the book says is there. */
export type Direction = 'count' | 'up' | 'down'

/** One number that was scanned, typed or pasted; of a measured piece also how much of it, as typed. */
export interface SerialEntry {
  readonly serial: string
  readonly quantity: string
}

/** One line of a form as it was filled in so far. What is null or empty was not said; records are held by their ids. */
export interface Line {
  /** Tells the lines of one form apart, and stays while others come and go. */
  readonly key: number
  /** Of a run: whether it is used or made. */
  readonly role: 'input' | 'output' | null
  readonly product: string | null
  readonly lot: LotEntry | null
  readonly serials: readonly SerialEntry[]
  /** As typed, in the unit of measure `uom` (uoms.ts). */
  readonly quantity: string
  readonly uom: string
  readonly second: string
  /** The date of the kind that the product carries. */
  readonly date: string
  readonly madeOn: string
  readonly family: string
  /** Of a new lot. */
  readonly properties: PropertyTexts
  readonly from: string | null
  readonly to: string | null
  /** What it is taken off, or put onto where nothing is taken; '' says loose. */
  readonly plate: string | null
  /** Of a move: what it is put onto. */
  readonly toPlate: string | null
  readonly owner: string | null
  /** A whole plate instead of goods. */
  readonly whole: string | null
  readonly direction: Direction
  /** Of an output: keys of the lines that went into just this one; empty where nobody says. */
  readonly uses: readonly number[]
}

/** A form as it was filled in so far. */
export interface Draft {
  /** Supplier or customer; of a change of owner whose the goods become. */
  readonly party: string | null
  /** Which of the party's places, where it is not its first. */
  readonly partyPlace: string | null
  /** What is packed or unpacked. */
  readonly plate: string | null
  readonly run: RunKind
  readonly reason: string
  readonly against: 'count' | 'loss'
  /** As the browser's field has it, in the time of this device; '' is now. */
  readonly occurredAt: string
  readonly references: readonly { readonly type: string; readonly number: string }[]
  readonly note: string
  readonly itIsHere: boolean
  readonly lines: readonly Line[]
  /** The line that is being filled in. */
  readonly open: number
}

const BLANK: Omit<Line, 'key'> = {
  role: null, product: null, lot: null, serials: [], quantity: '', uom: '', second: '', date: '', madeOn: '', family: '', properties: {}, from: null, to: null, plate: null, toPlate: null, owner: null, whole: null, direction: 'count', uses: [],
}

export function newLine(key: number, given: Partial<Line> = {}): Line {
  return { ...BLANK, ...given, key }
}

/** A form to begin with: what the address knows (`?product=…&lot=…&from=…`) is filled in. `reason`: the usual one. */
export function newDraft(kind: Kind, reason: string, search: Search = {}): Draft {
  const { product = null, lot, serial, quantity = '', date = '', from = null, to = null, plate = null, party = null, place = null } = search
  const isPlate = kind === 'pack' || kind === 'unpack'
  const isWhole = plate !== null && lot === undefined && product === null && (kind === 'move' || kind === 'ship')
  const line = newLine(1, {
    role: kind === 'run' ? (search['role'] === 'output' ? 'output' : 'input') : null, product, lot: lot === undefined ? null : { id: lot }, serials: serial === undefined ? [] : [{ serial, quantity: '' }], quantity, date,
    from: from ?? (kind === 'receive' || kind === 'return' ? null : place), to: to ?? (kind === 'receive' || kind === 'return' ? place : null), plate: isPlate || isWhole ? null : plate, whole: isWhole ? plate : null,
  })
  return {
    party, partyPlace: null, plate: isPlate ? plate : null, run: 'production', reason, against: 'count', occurredAt: '', references: search['reference'] === undefined ? [] : [{ type: search['referenceType'] ?? 'purchase_order', number: search['reference'] }],
    note: '', itIsHere: false, lines: kind === 'unpack' && product === null && lot === undefined ? [] : [line], open: 0,
  }
}

/** Whether nothing was said in the line that is worth keeping; where it would go to or come from is said of the line before too. */
export function isBlank(line: Line): boolean {
  return line.product === null && line.lot === null && line.serials.length === 0 && line.quantity === '' && line.whole === null
}

/** Whether nothing was filled in at all. */
export function isUntouched(draft: Draft, fresh: Draft): boolean {
  return JSON.stringify({ ...draft, lines: draft.lines.map((line) => ({ ...line, key: 0 })) }) === JSON.stringify({ ...fresh, lines: fresh.lines.map((line) => ({ ...line, key: 0 })) })
}

/** Changes the line that is open. */
export function changeLine(draft: Draft, change: Partial<Line>, at: number = draft.open): Draft {
  return { ...draft, lines: draft.lines.map((line, index) => (index === at ? { ...line, ...change } : line)) }
}

/** Begins another line: it goes where the one before it went. A blank one of the same role is used first. */
export function addLine(draft: Draft, kind: Kind, given: Partial<Line> = {}): Draft {
  const role = given.role ?? draft.lines[draft.open]?.role ?? (kind === 'run' ? 'input' : null)
  const before = draft.lines.findLast((line) => line.role === role)
  const kept: Partial<Line> = { role, to: before?.to ?? null, direction: before?.direction ?? 'count', ...(kind === 'adjust' ? { from: before?.from ?? null } : {}) }
  const blank = draft.lines.findIndex((line) => line.role === role && isBlank(line))
  if (blank >= 0) return { ...changeLine(draft, given, blank), open: blank }
  const key = Math.max(0, ...draft.lines.map((line) => line.key)) + 1
  return { ...draft, lines: [...draft.lines, newLine(key, { ...kept, ...given })], open: draft.lines.length }
}

/** Takes a line away; the last one leaves a blank one behind, unless none is needed. */
export function removeLine(draft: Draft, kind: Kind, at: number): Draft {
  const lines = draft.lines.filter((_, index) => index !== at).map((line) => ({ ...line, uses: line.uses.filter((key) => key !== draft.lines[at]?.key) }))
  if (lines.length === 0 && kind !== 'unpack') return { ...draft, lines: [newLine(1, { role: draft.lines[at]?.role ?? null, to: draft.lines[at]?.to ?? null })], open: 0 }
  return { ...draft, lines, open: Math.max(0, at < draft.open ? draft.open - 1 : Math.min(draft.open, lines.length - 1)) }
}

/** The form for the next one: whom it is from or to and where it goes stay. */
export function nextDraft(kind: Kind, reason: string, { party, partyPlace, run, lines }: Draft): Draft {
  const fresh = newDraft(kind, reason)
  const to = lines.findLast((line) => line.role !== 'input')?.to ?? null
  return { ...fresh, ...(kind === 'receive' || kind === 'return' || kind === 'change_owner' ? { party, partyPlace } : {}), run, lines: fresh.lines.map((line) => ({ ...line, to: kind === 'run' ? null : to })) }
}
