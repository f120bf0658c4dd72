import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { get } from '../queries.ts'
import { DateWithDistance, dueOf } from './dates.tsx'
import { PickField, type FieldProps, type Option, type Options } from './pick.tsx'
import { Quantity } from './quantity.tsx'
import { Tone } from './tone.tsx'

/** A lot that is known, by its id; or one that may be new, by the code on it. */
export type LotEntry = { readonly id: string } | { readonly code: string }

/** A lot among those of a product, and the product it is of. */
export interface LotOption extends Option {
  readonly productId: string
}

export interface LotPickProps extends FieldProps {
  /** null: of every product. */
  readonly product: string | null
  readonly value: LotEntry | null
  /** The product too, since a lot may be chosen before its product. */
  readonly onChange: (lot: LotEntry | null, productId: string | null) => void
  /** Only what is on hand is offered as long as nothing is typed, what is due first on top. */
  readonly onHand?: boolean
  /** A code nobody knows is a new lot. */
  readonly mayBeNew?: boolean
}

const MOST = 20

/** A lot, by the code on it: with how much of it is on hand, its date, and whether it is on hold. */
export function LotPick({ product, value, onChange, onHand = false, mayBeNew = false, ...field }: LotPickProps) {
  const { t } = useLingui()
  const lotId = value !== null && 'id' in value ? value.id : null
  const { data: lot } = useQuery({ ...get('/lots/:lotId', { params: { lotId: lotId ?? '' } }), enabled: lotId !== null })
  const useLots = (search: string, isOpen: boolean): Options => useLotOptions(search, isOpen, product, onHand)
  return (
    <PickField {...field} chosen={lotId === null ? null : lot && { id: lot.lotId, code: lot.code, name: lot.code ?? t`no lot` }} useOptions={useLots}
      onChoose={(option) => onChange(option === null ? null : { id: option.id }, option === null ? null : (option as LotOption).productId)}
      {...(mayBeNew ? { fresh: {
        text: value !== null && 'code' in value ? value.code : '', onText: (code: string) => onChange(code === '' ? null : { code }, null),
        say: (code: string) => <span>{t`New lot`} <span className="code">{code}</span></span>,
      } } : {})} />
  )
}

function useLotOptions(search: string, isOpen: boolean, product: string | null, onHand: boolean): { readonly options: readonly LotOption[]; readonly isSearching: boolean } {
  const { t } = useLingui()
  const isFirst = search === '' && onHand
  const of = product === null ? {} : { product }
  const lots = useQuery({ ...get('/lots', { query: { search, limit: MOST, ...of, ...(isFirst ? { inStock: 'true', sort: 'due' } : {}) } }), enabled: isOpen, placeholderData: (before) => before })
  const isOfOne = isOpen && product !== null
  const stock = useQuery({ ...get('/stock', { query: { by: 'lot', limit: 500, productId: product ?? undefined } }), enabled: isOfOne })
  const held = useQuery({ ...get('/lots', { query: { held: 'true', limit: 500, ...of } }), enabled: isOfOne })
  const heldIds = new Set(held.data?.items.map((one) => one.lotId))
  const amounts = new Map(stock.data?.items.map((row) => [row.lotId, row]))
  const hidden = onHand ? (stock.data?.items.filter(({ lot }) => lot === null) ?? []) : []
  const amount = (lotId: string | undefined) => {
    const row = amounts.get(lotId)
    return row === undefined ? (stock.data === undefined ? {} : { aside: <span className="dim">{t`none here`}</span> }) : { aside: <Quantity value={row.onHand} uom={row.uom} /> }
  }
  return {
    options: [
      ...(lots.data?.items ?? []).map((lot): LotOption => ({
        id: lot.lotId, code: lot.code, name: lot.code, productId: lot.product.productId, ...amount(lot.lotId),
        note: <>{product === null && lot.product.name}{dueOf(lot) !== null && <DateWithDistance date={dueOf(lot) ?? ''} alarm />}{heldIds.has(lot.lotId) && <Tone tone="stop">{t`on hold`}</Tone>}{!onHand && <span>{lot.issuer.name}</span>}</>,
      })),
      // what came before lots were asked for
      ...(search === '' ? hidden : []).map((row): LotOption => ({ id: row.lotId ?? '', code: null, name: t`no lot`, productId: row.productId, ...amount(row.lotId) })),
    ],
    isSearching: lots.isFetching,
  }
}
