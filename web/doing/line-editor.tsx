import { useLingui } from '@lingui/react/macro'
import { Button, TextInput } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { formatQuantity, ZERO } from '#src/lib/quantity.ts'
import { sayQuantity } from '../parts/format.ts'
import { LotPick } from '../parts/pick-lot.tsx'
import pick from '../parts/pick.module.css'
import { PickField, PlacePick, PlatePick, ProductPick, type Option, type Options } from '../parts/pick.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { QuantityField } from '../parts/quantity-field.tsx'
import { readDecimal } from '../parts/uoms.ts'
import { get } from '../queries.ts'
import { dateKindName } from '../words.ts'
import { useQuery } from '@tanstack/react-query'
import { knownDate } from './command.ts'
import classes from './doing.module.css'
import type { Draft, Kind, Line } from './draft.ts'
import type { Facts, Spot } from './facts.ts'
import { LotState } from './lot-state.tsx'
import { booked, type Settled } from './settle.ts'

const Directions = lazy(() => import('./directions.tsx'))
const LotProperties = lazy(() => import('./lot-properties.tsx'))
const SerialsField = lazy(() => import('./serials-field.tsx'))

export interface LineProps {
  readonly kind: Kind
  readonly draft: Draft
  readonly line: Settled
  readonly facts: Facts
  /** What is wrong with a field of the line, by its name. */
  readonly errorOf: (field: string) => string | null
  readonly onChange: (change: Partial<Line>) => void
  /** After Enter: on to the next field that is empty. */
  readonly onDone: () => void
}

/** The fields of the line that is open: what, of which lot or which units, how much, from where to where. */
export function LineEditor(props: LineProps) {
  const { t } = useLingui()
  const { kind, line, errorOf, onChange, onDone } = props
  const { at, flow, productFacts: product, bySerial } = line
  const mayBeWhole = (kind === 'move' || kind === 'ship') && line.product === null
  const to = flow.puts && <PlacePick label={t`To`} required value={line.to} onChange={(id) => onChange({ to: id })} error={errorOf('to')} field={`${at}.to`} onDone={onDone} {...firstTo(line)} />
  if (line.whole !== null) {
    return (
      <div className={classes['fields']}>
        <div>
          <PlatePick label={t`Whole plate`} required value={line.whole === '' ? null : line.whole} onChange={(id) => onChange({ whole: id ?? '' })} error={errorOf('plate') ?? errorOf('lot')} field={`${at}.plate`} onDone={onDone} />
          <Button mt={6} size="compact-sm" variant="subtle" onClick={() => onChange({ whole: null })}>{t`Goods instead of a plate`}</Button>
        </div>
        {to}
      </div>
    )
  }
  // before the product is known, or read, the lot may lead to it
  const isLotAsked = (line.byLot || product === undefined) && !line.mixed && !(bySerial && (flow.takes || flow.brings === 'known') && kind !== 'adjust')
  const isDateAsked = flow.brings === 'new' && product !== undefined && product.dateKind !== 'none' && line.byLot && (kind !== 'adjust' || (line.lot !== null && 'code' in line.lot))
  return (
    <div className={classes['fields']}>
      {kind === 'adjust' && <Suspense><Directions line={line} onChange={onChange} /></Suspense>}
      <div>
        <ProductPick label={t`Product`} required value={line.product} error={errorOf('product')} field={`${at}.product`} onDone={onDone}
          onChange={(id) => id !== line.product && onChange({ product: id, lot: null, serials: [], quantity: '', uom: '', second: '', date: '', plate: null, owner: null, ...(flow.takes && kind !== 'adjust' ? { from: null } : {}) })} />
        {mayBeWhole && <Button mt={6} size="compact-sm" variant="subtle" onClick={() => onChange({ whole: '' })}>{t`A whole plate instead`}</Button>}
      </div>
      {isLotAsked && (
        <div>
          <LotPick label={t`Lot`} required product={line.product} value={line.lot} onHand={flow.takes && flow.brings === null} mayBeNew={flow.brings === 'new'} error={errorOf('lot')} field={`${at}.lot`} onDone={onDone}
            onChange={(lot, productId) => onChange({ lot, plate: null, owner: null, ...(productId === null ? {} : { product: productId }), ...(flow.takes && kind !== 'adjust' ? { from: null } : {}) })} />
          <LotState line={line} isRefused={errorOf('lot') !== null} onChange={onChange} />
        </div>
      )}
      {isDateAsked && <DateField {...props} />}
      {flow.brings === 'new' && line.lot !== null && 'code' in line.lot && <Suspense><LotProperties line={line} required onLine={onChange} /></Suspense>}
      {(flow.takes || kind === 'adjust') && !(bySerial && kind !== 'adjust') && <FromPick {...props} />}
      {bySerial ? <Suspense><SerialsField line={line} error={errorOf('serials')} onChange={(serials) => onChange({ serials })} /></Suspense> : <AmountField {...props} />}
      {product?.secondUom != null && !bySerial && (
        <TextInput label={t`Second quantity`} inputMode="decimal" value={line.second} error={errorOf('second')} data-field={`${at}.second`} autoComplete="off" className={pick['field'] ?? ''} rightSectionWidth={64} rightSection={<span className={pick['uom']}>{product.secondUom}</span>} onChange={({ currentTarget: { value } }) => onChange({ second: value })} />
      )}
      {to}
    </div>
  )
}

/** Of a move: other places that have goods of this lot already come first. */
function firstTo(line: Settled): { readonly first?: readonly Option[] } {
  const others = new Map((line.spots ?? []).filter(({ placeId, lotId }) => line.lot !== null && placeId !== line.from && lotId !== '').map((spot) => [spot.placeId, spot]))
  return others.size === 0 ? {} : { first: [...others.values()].map((spot) => ({ id: spot.placeId, code: spot.place, name: spot.place, aside: <Quantity value={formatQuantity(spot.onHand)} uom={line.productFacts?.baseUom ?? ''} /> })) }
}

function AmountField({ kind, line, facts, errorOf, onChange }: LineProps) {
  const { t } = useLingui()
  const isCount = kind === 'adjust' && line.direction === 'count'
  const uom = line.productFacts?.baseUom ?? ''
  const says = isCount && line.from !== null && line.spots !== undefined ? <span className="dim">{t`The book says ${`${sayQuantity(formatQuantity(booked(line)))} ${uom}`}`}</span> : line.isAll ? <span className="dim">{t`Empty means all of it`}</span> : null
  const all = line.flow.takes && !isCount && kind !== 'adjust' ? line.spot?.free : undefined
  const isTaken = all !== undefined && line.base === all && readDecimal(line.quantity, facts.mark) !== null
  return (
    <QuantityField label={isCount ? t`Counted` : t`Quantity`} required value={line.quantity} uom={line.uom} uoms={line.uoms} error={errorOf('quantity')} field={`${line.at}.quantity`} description={says}
      {...(line.isAll ? { placeholder: sayQuantity(formatQuantity(all ?? ZERO)) } : {})} {...(isTaken || line.isAll ? {} : { all })} onChange={(quantity, unit) => onChange({ quantity, uom: unit })} />
  )
}

function DateField({ line, errorOf, onChange }: LineProps) {
  const kind = line.productFacts?.dateKind ?? 'none'
  return <TextInput type="date" label={dateKindName(kind)} value={line.date === '' ? (knownDate(line) ?? '') : line.date} error={errorOf('date')} data-field={`${line.at}.date`} className={pick['field'] ?? ''} max="9999-12-31" onChange={({ currentTarget: { value } }) => onChange({ date: value })} />
}

/** Where it is taken from: the places that have some, with how much; any other of ours, where the goods are in hand. */
function FromPick({ kind, line, facts, errorOf, onChange, onDone }: LineProps) {
  const { t } = useLingui()
  const { data: place } = useQuery({ ...get('/places/:placeId', { params: { placeId: line.from ?? '' } }), enabled: line.from !== null })
  const uom = line.productFacts?.baseUom ?? ''
  const there = optionsOf(line, facts, uom, { on: (plate) => t`on ${plate}`, of: (owner) => t`of ${owner}`, mixed: t`mixed` })
  const useFrom = (search: string, isOpen: boolean): Options => {
    const { data, isFetching } = useQuery({ ...get('/places', { query: { search, limit: 20 } }), enabled: isOpen, placeholderData: (before) => before })
    const likely = there.filter(({ code }) => search === '' || code?.toLowerCase().startsWith(search.toLowerCase()))
    const others = search === '' && likely.length > 0 ? [] : (data?.items ?? []).filter(({ placeId }) => !likely.some(({ id }) => id.startsWith(placeId)))
    return { options: [...likely, ...others.map((one): Option => ({ id: one.placeId, code: one.code, name: one.name, ...(line.spots === undefined ? {} : { aside: <span className="dim">{t`none in the book`}</span> }) }))], isSearching: isFetching }
  }
  const plate = line.plate === null ? null : facts.plates.get(line.plate)?.code
  const chosen: Option | null | undefined = line.from === null ? null : place && { id: place.placeId, code: place.code, name: plate == null ? place.name : t`on ${plate}` }
  const error = errorOf('from') ?? (line.from !== null && line.spot === null && line.spots !== undefined && line.spots.filter(({ placeId }) => placeId === line.from).length > 1 ? t`It is on several plates there: choose which.` : null)
  return (
    <div>
      <PickField label={kind === 'adjust' || kind === 'change_owner' || kind === 'pack' ? t`Place` : t`From`} required chosen={chosen} useOptions={useFrom} error={error} field={`${line.at}.from`} onDone={onDone}
        onChoose={(option) => {
          const [from = null, plateId, owner] = option?.id.split('/') ?? []
          onChange({ from, plate: plateId === undefined ? null : plateId, owner: owner === undefined || owner === facts.own ? null : owner })
        }} />
      {line.mixed && <div className={classes['state']}>{t`What is in there is mixed: every lot in it is taken by its share.`}</div>}
      {line.spot !== null && line.from !== null && <div className={classes['state']}><span>{t`${`${sayQuantity(formatQuantity(line.spot.onHand))} ${uom}`} there`}{line.spot.free < line.spot.onHand && ` · ${t`${`${sayQuantity(formatQuantity((line.spot.onHand - line.spot.free) as typeof ZERO))} ${uom}`} of it promised`}`}</span></div>}
    </div>
  )
}

interface Words {
  readonly on: (plate: string) => string
  readonly of: (owner: string) => string
  readonly mixed: string
}

/** Places with goods of the line's lot, apart by plate and owner; of a product without its lot each place once, with all that is there. */
function optionsOf(line: Settled, { own }: Facts, uom: string, words: Words): readonly Option[] {
  const byPlace = Map.groupBy(line.spots ?? [], ({ placeId, plateId, ownerId }) => (line.lot === null && line.byLot ? placeId : `${placeId}/${plateId ?? ''}/${ownerId}`))
  return [...byPlace].flatMap(([id, spots]) => {
    const [spot] = spots
    if (spot === undefined) return []
    const isOne = id !== spot.placeId
    const name = [isOne && spot.plate !== null ? words.on(spot.plate) : '', isOne && spot.ownerId !== own ? words.of(spot.owner) : ''].filter((text) => text !== '').join(' · ')
    return [{ id, code: spot.place, name: name === '' ? spot.place : name, aside: <Quantity value={formatQuantity(sumOf(spots))} uom={uom} /> }]
  })
}

function sumOf(spots: readonly Spot[]): typeof ZERO {
  return spots.reduce((sum, { onHand }) => (sum + onHand) as typeof ZERO, ZERO)
}
