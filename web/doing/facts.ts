import { useQueries, useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { parseQuantity, subtract, ZERO, type Quantity } from '#src/lib/quantity.ts'
import type { ItemOf, ReadOutput } from '../api.ts'
import { decimalMark } from '../parts/format.ts'
import type { DecimalMark } from '../parts/uoms.ts'
import { get } from '../queries.ts'
import type { Draft, Kind, Line } from './draft.ts'
import { flowOf } from './flow.ts'

export type Product = ReadOutput<'/products/:productId'>
export type Lot = ReadOutput<'/lots/:lotId'>
export type Place = ReadOutput<'/places/:placeId'>
export type Party = ReadOutput<'/parties/:partyId'>
export type Plate = ReadOutput<'/plates/:plateId'>
export type NamedUnit = ItemOf<'/units/named'>

/** Goods of one lot in one place, of one owner, on one plate or loose. Quantities are in base units. */
export interface Spot {
  readonly lotId: string
  readonly lot: string | null
  readonly placeId: string
  readonly place: string
  readonly plateId: string | null
  readonly plate: string | null
  readonly ownerId: string
  readonly owner: string
  readonly onHand: Quantity
  /** Not promised to anybody. */
  readonly free: Quantity
}

/** What is known of the records a form names; what is not there is still being read. */
export interface Facts {
  readonly products: ReadonlyMap<string, Product>
  readonly lots: ReadonlyMap<string, Lot>
  readonly places: ReadonlyMap<string, Place>
  readonly parties: ReadonlyMap<string, Party>
  readonly plates: ReadonlyMap<string, Plate>
  /** By the id of the lot, or of the product where no lot is named. */
  readonly spots: ReadonlyMap<string, readonly Spot[]>
  /** By product and serial as it was asked for: the unit called so, or nearly so; an empty list where nobody knows it. */
  readonly units: ReadonlyMap<string, readonly NamedUnit[]>
  readonly own: string | undefined
  /** The one place for what comes back, where there is just one. */
  readonly quarantine: string | undefined
  readonly mark: DecimalMark
}

/** A serial of a product, in the maps above. */
export function unitKey(product: string, serial: string): string {
  return `${product} ${serial}`
}

/** Reads everything a form names: each record once, however many lines name it. */
export function useFacts(kind: Kind, draft: Draft): Facts {
  const lines = draft.lines
  const ids = (all: readonly (string | null | undefined)[]): string[] => [...new Set(all.filter((id) => id !== null && id !== undefined && id !== ''))] as string[]
  const lotIds = ids(lines.map(({ lot }) => (lot !== null && 'id' in lot ? lot.id : null)))
  const products = useMap(ids(lines.map(({ product }) => product)), (productId) => get('/products/:productId', { params: { productId } }))
  const lots = useMap(lotIds, (lotId) => get('/lots/:lotId', { params: { lotId } }))
  const parties = useMap(ids([draft.party, ...lines.map(({ owner }) => owner)]), (partyId) => get('/parties/:partyId', { params: { partyId } }))
  const plates = useMap(ids([draft.plate, ...lines.flatMap(({ plate, toPlate, whole }) => [plate, toPlate, whole])]), (plateId) => get('/plates/:plateId', { params: { plateId } }))
  const stock = useStock(kind, lines, products)
  const quarantine = useQuery({ ...get('/places', { query: { kind: 'quarantine', limit: 2 } }), enabled: kind === 'return', staleTime: 60_000 })
  const [only, another] = quarantine.data?.items ?? []
  // where goods without a lot are may be places that mix what is put in
  const mixing = lines.flatMap(({ product, lot }) => (lot === null ? (stock.get(product ?? '') ?? []).map(({ placeId }) => placeId).slice(0, 12) : []))
  const places = useMap(ids([...lines.flatMap(({ from, to }) => [from, to]), ...mixing, only?.placeId]), (placeId) => get('/places/:placeId', { params: { placeId } }))
  const units = useUnits(lines)
  const own = useQuery({ ...get('/parties', { query: { role: 'own', limit: 1 } }), staleTime: Infinity })
  return {
    products, lots, places, parties, plates, spots: stock, units, own: own.data?.items[0]?.partyId, quarantine: another === undefined ? only?.placeId : undefined, mark: decimalMark(),
  }
}

function useMap<Output>(ids: readonly string[], query: (id: string) => { readonly queryKey: readonly unknown[]; readonly queryFn: () => Promise<Output> }): ReadonlyMap<string, Output> {
  const results = useQueries({ queries: ids.map((id) => query(id)) })
  return new Map(ids.flatMap((id, at) => (results[at]?.data === undefined ? [] : [[id, results[at].data as Output] as const])))
}

/** Where the goods of lines that take some are: of their lot, or of their product where no lot is named. */
function useStock(kind: Kind, lines: readonly Line[], products: ReadonlyMap<string, Product>): ReadonlyMap<string, readonly Spot[]> {
  const wanted = new Map<string, { lotId: string } | { productId: string }>()
  for (const line of lines) {
    const { takes } = flowOf(kind, line)
    if (!takes && kind !== 'adjust') continue
    if (line.lot !== null && 'id' in line.lot) wanted.set(line.lot.id, { lotId: line.lot.id })
    else if (line.product !== null && line.lot === null && products.has(line.product)) wanted.set(line.product, { productId: line.product })
  }
  const keys = [...wanted.keys()]
  const results = useQueries({ queries: keys.map((key) => ({ ...get('/stock', { query: { by: 'lot,place,owner,plate', limit: 500, ...wanted.get(key) } }), staleTime: 0 })) })
  return new Map(keys.flatMap((key, at) => (results[at]?.data === undefined ? [] : [[key, results[at].data.items.map(toSpot)] as const])))
}

function toSpot(row: ItemOf<'/stock'>): Spot {
  const onHand = parseQuantity(row.onHand) ?? ZERO
  return {
    lotId: row.lotId ?? '', lot: row.lot ?? null, placeId: row.placeId ?? '', place: row.place ?? '', plateId: row.plateId ?? null, plate: row.plate ?? null, ownerId: row.ownerId ?? '', owner: row.owner ?? '',
    onHand, free: subtract(onHand, parseQuantity(row.allocated ?? '0') ?? ZERO),
  }
}

/** How many characters of serials are asked about at once: an address has its limits. */
const MOST = 4_000

/** Looks all serials of the form up: those that were looked up before are not asked about again. */
function useUnits(lines: readonly Line[]): ReadonlyMap<string, readonly NamedUnit[]> {
  const questions = lines.flatMap(({ product, serials }) => (product === null ? [] : chunksOf(serials.map(({ serial }) => serial)).map((chunk) => ({ product, chunk }))))
  const results = useQueries({ queries: questions.map(({ product, chunk }) => ({ ...get('/units/named', { query: { product, serials: chunk.join('\n') } }), staleTime: 5_000 })) })
  // one more in a chunk asks about all of it again: until the answer is there, what was known stays
  const known = useRef(new Map<string, readonly NamedUnit[]>())
  for (const [at, { product, chunk }] of questions.entries()) {
    const found = results[at]?.data
    if (found === undefined) continue
    const bySerial = Map.groupBy(found.items, ({ asked }) => asked)
    for (const serial of chunk) known.current.set(unitKey(product, serial), bySerial.get(serial) ?? [])
  }
  return known.current
}

/** In the order they came, so that one more at the end leaves the chunks before it as they were. */
function chunksOf(serials: readonly string[]): string[][] {
  const chunks: string[][] = []
  let size = MOST
  for (const serial of new Set(serials)) {
    const needs = encodeURIComponent(serial).length + 3
    if (size + needs > MOST || (chunks.at(-1)?.length ?? 0) >= 100) {
      chunks.push([])
      size = 0
    }
    chunks.at(-1)?.push(serial)
    size += needs
  }
  return chunks
}
