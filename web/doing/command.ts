import { formatQuantity, ZERO } from '#src/lib/quantity.ts'
import type { CommandInput, CommandName, ProblemDetails } from '../api.ts'
import { givenProperties } from '../parts/property-values.ts'
import { readDecimal } from '../parts/uoms.ts'
import { isBlank, type Draft, type Kind } from './draft.ts'
import type { Facts, Product } from './facts.ts'
import { booked, stops, type Serial, type Settled } from './settle.ts'

/** A field that has to be filled in yet, by its name in the form: `party`, `0.lot`. */
export interface Missing {
  readonly field: string
  /** It can be posted without; somebody who goes from field to field is led to it. */
  readonly soft?: true
  /** Counted as much as the book says. */
  readonly same?: true
}

/** A form as a command. */
export interface Built {
  readonly name: CommandName
  readonly input: { readonly body: object }
  /** Which line of the form a line of the command came from: `lines.0`, `inputs.2`. */
  readonly origin: ReadonlyMap<string, number>
}

const names: { readonly [K in Kind]: CommandName } = {
  receive: 'POST /movements/receive', move: 'POST /movements/move', ship: 'POST /movements/ship', return: 'POST /movements/return', run: 'POST /movements/transform', adjust: 'POST /movements/adjust', sample: 'POST /movements/sample',
  destroy: 'POST /movements/destroy', pack: 'POST /movements/pack', unpack: 'POST /movements/unpack', change_owner: 'POST /movements/change-owner',
}

/** The command that posts a form of this kind. */
export function commandOf(kind: Kind): CommandName {
  return names[kind]
}

/** The date a product carries, as a lot names it. */
export const dateFieldOf = { best_by: 'bestBy', sell_by: 'sellBy', use_by: 'useBy', expiry: 'expiresOn' } as const
type DateKind = keyof typeof dateFieldOf

/** The date of the kind its product carries that is known of a lot; null: none is, or the product carries none. */
export function knownDate({ productFacts: product, lotFacts: lot }: Pick<Settled, 'productFacts' | 'lotFacts'>): string | null {
  return product === undefined || product.dateKind === 'none' || lot === undefined ? null : lot[dateFieldOf[product.dateKind as DateKind]]
}

/** The lines that say something; of a form that says nothing the first. */
export function said(lines: readonly Settled[]): readonly Settled[] {
  const some = lines.filter((line) => !isBlank(line))
  return some.length > 0 ? some : lines.slice(0, 1)
}

/** What has to be said yet, in the order of the form. */
export function missing(kind: Kind, draft: Draft, lines: readonly Settled[]): readonly Missing[] {
  const given = said(lines)
  const header: Missing[] = [
    ...((kind === 'receive' || kind === 'ship' || kind === 'change_owner' || (kind === 'return' && placeOfReturn(given) === null)) && draft.party === null ? [{ field: 'party' }] : []),
    ...((kind === 'pack' || kind === 'unpack') && draft.plate === null ? [{ field: 'plate' }] : []),
  ]
  const roles = kind === 'run' ? (['input', 'output'] as const).filter((role) => !given.some((line) => line.role === role && !isBlank(line)) && !given.some((line) => line.role === role)).map((role) => ({ field: `${role}s` })) : []
  return [...header, ...given.flatMap((line) => missingOf(kind, line)), ...roles, ...(needsReason(kind) && draft.reason.trim() === '' ? [{ field: 'reason' }] : [])]
}

/** Whether a movement of this kind is refused without a reason. */
export function needsReason(kind: Kind): boolean {
  return kind === 'adjust' || kind === 'sample' || kind === 'destroy' || kind === 'change_owner'
}

function missingOf(kind: Kind, line: Settled): Missing[] {
  const { at, flow, productFacts: product, bySerial, byLot, base } = line
  const field = (name: string, more: Omit<Missing, 'field'> = {}): Missing => ({ field: `${at}.${name}`, ...more })
  if (line.whole !== null) return flow.puts && line.to === null ? [field('to')] : []
  const all: Missing[] = []
  if (line.product === null) all.push(field('product'))
  const ofUnits = bySerial && (flow.takes || flow.brings === 'known')
  if (byLot && line.lot === null && !line.mixed && !ofUnits) all.push(field('lot'))
  if (flow.brings === 'new' && line.lot !== null && product !== undefined && product.dateKind !== 'none' && line.date === '' && knownDate(line) === null) all.push(field('date', { soft: true }))
  if (bySerial && (line.numbers.length === 0 || line.numbers.some(({ state }) => stops.includes(state)))) all.push(field('serials'))
  if (line.from === null && (flow.takes || kind === 'adjust') && !(ofUnits && kind !== 'adjust')) all.push(field('from'))
  if (kind === 'adjust' && line.direction === 'count' && base !== undefined && line.from !== null && line.spots !== undefined && base === booked(line)) all.push(field('quantity', { same: true }))
  else if (!bySerial && (base === undefined || (base <= 0n && !(kind === 'adjust' && line.direction === 'count')))) all.push(field('quantity'))
  if (flow.puts && line.to === null) all.push(field('to'))
  return all
}

/** A form as its command; undefined while something is missing, or what it names is still being read. */
export function toCommand(kind: Kind, draft: Draft, lines: readonly Settled[], facts: Facts): Built | undefined {
  if (missing(kind, draft, lines).some(({ soft }) => soft !== true)) return undefined
  const given = said(lines).filter((line) => !isBlank(line))
  if (given.some(({ whole, productFacts: product }) => whole === null && product === undefined) || (draft.party !== null && !facts.parties.has(draft.party))) return undefined
  if (given.some((line) => line.numbers.some(({ state }) => state === 'checking')) || given.some((line) => kind === 'adjust' && line.direction === 'count' && line.lot !== null && 'id' in line.lot && line.spots === undefined)) return undefined
  const origin = new Map<string, number>()
  const numbered = <T>(list: string, of: readonly Settled[], toLines: (line: Settled) => readonly T[]): T[] => {
    const all: T[] = []
    for (const line of of) {
      for (const one of toLines(line)) {
        origin.set(`${list}.${all.length}`, line.at)
        all.push(one)
      }
    }
    return all
  }
  return { name: names[kind], input: { body: bodyOf(kind, draft, given, facts, numbered) }, origin }
}

type Numbered = <T>(list: string, of: readonly Settled[], toLines: (line: Settled) => readonly T[]) => T[]

function bodyOf(kind: Kind, draft: Draft, given: readonly Settled[], facts: Facts, numbered: Numbered): object {
  const header = headerOf(draft)
  const reason = draft.reason.trim()
  const party = draft.party ?? ''
  const lines = <T>(toLine: (line: Settled, part: Part) => T): T[] => numbered('lines', given, (line) => partsOf(line).map((part) => toLine(line, part)))
  switch (kind) {
    case 'receive': return { ...header, from: { supplier: party }, lines: lines((line, part) => ({ ...whatOf(line, part, facts), ...bringsOf(line), to: line.to ?? '', ...plateOf(line) })) } satisfies Body<'POST /movements/receive'>
    case 'return': return { ...header, from: placeOf(draft, given) ?? { customer: party }, lines: lines((line, part) => ({ ...whatOf(line, part, facts), to: line.to ?? '', ...plateOf(line) })) } satisfies Body<'POST /movements/return'>
    case 'ship': return {
      ...header, to: placeOf(draft, given) ?? { customer: party }, ...itIsHere(draft),
      lines: lines((line, part) => (line.whole !== null ? { wholePlate: line.whole } : { ...whatOf(line, part, facts), from: part.place ?? '', ...plateOf(line) })),
    } satisfies Body<'POST /movements/ship'>
    case 'move': return {
      ...header, ...itIsHere(draft),
      lines: lines((line, part) => (line.whole !== null ? { wholePlate: line.whole, to: line.to ?? '' } : { ...whatOf(line, part, facts), from: part.place ?? '', to: line.to ?? '', ...plateOf(line), ...(line.toPlate === null ? {} : { toPlate: line.toPlate }) })),
    } satisfies Body<'POST /movements/move'>
    case 'run': {
      const [inputs, outputs] = [given.filter(({ role }) => role === 'input'), given.filter(({ role }) => role === 'output')]
      const used = numbered('inputs', inputs, (line) => partsOf(line).map((part) => ({ key: line.key, line: { ...whatOf(line, part, facts), from: part.place ?? '', ...plateOf(line) } })))
      const usesOf = (line: Settled) => {
        const uses = used.flatMap(({ key }, input) => (line.uses.includes(key) ? [{ input }] : []))
        return uses.length === 0 ? {} : { uses }
      }
      return {
        ...header, ...itIsHere(draft), run: draft.run, inputs: used.map(({ line }) => line),
        outputs: numbered('outputs', outputs, (line) => partsOf(line).map((part) => ({ ...whatOf(line, part, facts), ...bringsOf(line), to: line.to ?? '', ...plateOf(line), ...usesOf(line) }))),
      } satisfies Body<'POST /movements/transform'>
    }
    case 'adjust': return {
      ...header, reason,
      lines: lines((line, part) => {
        const difference = (line.base ?? ZERO) - booked(line)
        const counted = line.direction === 'count' ? { quantity: formatQuantity((difference < 0n ? -difference : difference) as typeof ZERO), uom: line.productFacts?.baseUom ?? '' } : {}
        const direction = line.direction === 'count' ? (difference < 0n ? 'down' : 'up') : line.direction
        return { ...whatOf(line, part, facts), ...counted, ...(direction === 'up' ? bringsOf(line) : {}), place: part.place ?? line.from ?? '', ...plateOf(line), direction, against: draft.against } as const
      }),
    } satisfies Body<'POST /movements/adjust'>
    case 'sample': case 'destroy': return { ...header, reason, lines: lines((line, part) => ({ ...whatOf(line, part, facts), from: part.place ?? '', ...plateOf(line) })) } satisfies Body<'POST /movements/sample'>
    case 'change_owner': return { ...header, reason, lines: lines((line, part) => ({ ...whatOf(line, part, facts), place: part.place ?? '', ...plateOf(line), toOwner: party })) } satisfies Body<'POST /movements/change-owner'>
    case 'pack': return { ...header, plate: draft.plate ?? '', lines: lines((line, part) => ({ ...whatOf(line, part, facts), place: part.place ?? '', ...(line.plate === null || line.bySerial ? {} : { fromPlate: line.plate }) })) } satisfies Body<'POST /movements/pack'>
    case 'unpack': return { ...header, plate: draft.plate ?? '', ...(given.length === 0 ? {} : { lines: lines((line, part) => ({ ...whatOf(line, part, facts), place: part.place ?? '' })) }) } satisfies Body<'POST /movements/unpack'>
  }
}

type Body<N extends CommandName> = CommandInput<N> extends { readonly body?: infer B } ? NonNullable<B> : never

function headerOf({ occurredAt, reason, note, references }: Draft) {
  const documents = references.filter(({ number }) => number.trim() !== '').map(({ type, number }) => ({ type, number: number.trim() }))
  return {
    ...(occurredAt === '' ? {} : { occurredAt: new Date(occurredAt).toISOString() }), ...(reason.trim() === '' ? {} : { reason: reason.trim() }), ...(note.trim() === '' ? {} : { note: note.trim() }),
    ...(documents.length === 0 ? {} : { references: documents }),
  }
}

function itIsHere(draft: Draft): { itIsHere?: true } {
  return draft.itIsHere ? { itIsHere: true } : {}
}

/** A part of a line that goes as a line of its own: units are taken from where each of them is. */
interface Part {
  readonly place: string | null
  readonly serials: readonly Serial[]
}

function partsOf(line: Settled): readonly Part[] {
  if (!line.bySerial || !line.flow.takes || line.numbers.length === 0) return [{ place: line.from, serials: line.numbers }]
  // where somebody said where they are, that is what is meant, whatever the book says
  const places = Map.groupBy(line.numbers, ({ state, unit }) => (state === 'elsewhere' || line.from !== null ? line.from : (unit?.place?.placeId ?? null)))
  return [...places].map(([place, serials]) => ({ place, serials }))
}

function whatOf(line: Settled, { serials }: Part, facts: Facts) {
  const { productFacts: product, flow } = line
  const uom = line.uoms.find(({ id }) => id === line.uom)
  const isPack = line.uom.startsWith('pack:')
  const second = readDecimal(line.second, facts.mark)
  const entered = line.isAll || isPack || uom === undefined ? { quantity: formatQuantity(line.base ?? ZERO) } : { quantity: readDecimal(line.quantity, facts.mark) ?? '', ...(line.uom === '' ? {} : { uom: line.uom }) }
  const ofUnit = line.bySerial && (flow.takes || flow.brings === 'known')
  return {
    product: line.product ?? '', ...(line.lot === null || ofUnit ? {} : { lot: 'id' in line.lot ? line.lot.id : { code: line.lot.code } }),
    ...(line.bySerial ? { units: serials.map((one) => unitOf(one, product, flow.takes, facts)) } : entered),
    ...(line.second.trim() === '' || second === null ? {} : { secondQuantity: second }), ...(line.owner === null ? {} : { owner: line.owner }),
  }
}

function unitOf({ serial, quantity, unit }: Serial, product: Product | undefined, takes: boolean, facts: Facts) {
  const measure = product?.measured === true && quantity.trim() !== '' ? { quantity: readDecimal(quantity, facts.mark) ?? '' } : {}
  return takes && unit !== null ? { id: unit.unitId, ...measure } : { serial, ...measure }
}

function bringsOf(line: Settled): { dates?: object; family?: string; lotProperties?: Record<string, string | boolean> } {
  const kind = line.productFacts?.dateKind ?? 'none'
  const dates = { ...(kind === 'none' || line.date === '' ? {} : { [dateFieldOf[kind]]: line.date }), ...(line.madeOn === '' ? {} : { madeOn: line.madeOn }) }
  const properties = givenProperties(line.properties)
  const some = <T extends object>(name: string, of: T): { [key: string]: T } => (Object.keys(of).length === 0 ? {} : { [name]: of })
  return line.lot === null ? {} : { ...some('dates', dates), ...(line.family.trim() === '' ? {} : { family: line.family.trim() }), ...some('lotProperties', properties) }
}

function plateOf(line: Settled): { plate?: string } {
  return line.plate === null || (line.bySerial && line.flow.takes) ? {} : { plate: line.plate }
}

/** The place of the party, where it is another one than its first. */
function placeOf(draft: Draft, given: readonly Settled[]): { place: string } | null {
  const place = draft.partyPlace ?? (draft.party === null ? placeOfReturn(given) : null)
  return place === null ? null : { place }
}

/** Where all units that come back were sent: it need not be said. */
function placeOfReturn(lines: readonly Settled[]): string | null {
  const places = new Set(lines.flatMap((line) => (line.bySerial && line.numbers.length > 0 ? line.numbers.map(({ unit }) => unit?.place?.placeId ?? null) : [null])))
  const [place = null] = places
  return places.size === 1 ? place : null
}

/** Where in the form a problem belongs: the line it names and the field, as far as it says. */
export function locate({ code, params, errors }: Pick<ProblemDetails, 'code' | 'params' | 'errors'>, built: Pick<Built, 'origin'>, lines: readonly Settled[]): { readonly at: number | null; readonly field: string | null } {
  const path = errors?.[0]?.path ?? String(params['at'] ?? params['field'] ?? '')
  const [, list = '', index = ''] = /(lines|inputs|outputs)[.[](\d+)/.exec(path) ?? []
  const named = built.origin.get(`${list}.${index}`)
  const given = said(lines)
  const param = (name: string): string => String(params[name] ?? '')
  const serials = [param('serial'), ...(Array.isArray(params['serials']) ? params['serials'].map(String) : [])].filter((one) => one !== '')
  const found = given.find(({ numbers }) => numbers.some(({ serial }) => serials.includes(serial)))
    ?? given.find(({ lot, spot, lotFacts }) => param('lotId') !== '' && (spot?.lotId === param('lotId') || (lot !== null && 'id' in lot && lot.id === param('lotId'))) || lotFacts !== undefined && lotFacts.code === (param('lot') || param('which')) && lotFacts.code !== '')
    ?? given.find(({ lot }) => lot !== null && 'code' in lot && lot.code === param('lot'))
    ?? given.find(({ productFacts: product, product: id }) => param('product') !== '' && (product?.sku === param('product') || id === param('product')))
  const at = named ?? found?.at ?? (given.length === 1 && !/^(party|reason|not_permitted|fault|unreachable)/.test(code) ? (given[0]?.at ?? null) : null)
  return { at, field: fieldOf(code, path) }
}

/** The field that a refusal is about, by how its code begins; the first that fits. */
const fieldOfCode: readonly (readonly [begin: string, field: string])[] = [
  ['stock_', 'quantity'], ['quantity_', 'quantity'], ['uom_not_', 'quantity'], ['lot_date_differs', 'date'], ['lot_', 'lot'], ['on_hold', 'lot'], ['mixture_', 'lot'], ['unit_', 'serials'], ['units_', 'serials'], ['serial_', 'serials'], ['piece_', 'serials'],
  ['product_', 'product'], ['second_', 'second'], ['plate_', 'plate'], ['place_', 'to'], ['nothing_moves', 'to'], ['movement_sides', 'to'], ['party_', 'party'],
]
const fieldOfPath: { readonly [name: string]: string } = { place: 'from', units: 'serials', dates: 'date', uom: 'quantity', secondQuantity: 'second' }

function fieldOf(code: string, path: string): string | null {
  const last = /[.\]](quantity|uom|lot|product|from|to|place|plate|dates|units|secondQuantity|owner)(?![a-z])/i.exec(path)?.[1]
  return last === undefined ? (fieldOfCode.find(([begin]) => code.startsWith(begin))?.[1] ?? null) : (fieldOfPath[last] ?? last)
}
