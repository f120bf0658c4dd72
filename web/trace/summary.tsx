import { useLingui } from '@lingui/react/macro'
import { IconAlertTriangle, IconChevronDown } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { totalsByUom } from '#src/lib/trace-rows.ts'
import { PlaceLink, ProductLink } from '../parts/links.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { useFilters } from '../search.ts'
import classes from './trace.module.css'
import type { Answer, Trace } from './use-trace.ts'
import { sayTotals, useCounts } from './words.ts'

type Totals = Answer['totals']
type Product = Totals['products'][number]
type Pick = (product: Product) => string

/** A part of what the trace comes to: a number that opens to the rows it adds up. */
interface Part {
  /** Its name in the address while it is open: `?part=customers`. */
  readonly id: string
  readonly name: string
  readonly sum: string
  readonly note: string
  readonly rows: readonly { readonly key: string; readonly cells: readonly [ReactNode, ReactNode, ReactNode] }[]
  /** Rows that only the CSV has. */
  readonly more: number
}

/** What the trace comes to, in the order things flow: from whom, what was made, where it is, who got it, what is gone. Each number opens to its rows. */
export function Summary({ trace }: { readonly trace: Trace }) {
  const { t } = useLingui()
  const { search, setSearch } = useFilters()
  const parts = useParts(trace)
  const opened = parts.find(({ id }) => id === search['part'])
  return (
    <>
      <div className={classes['parts']} role="group" aria-label={t`What it comes to`}>
        {parts.map(({ id, name, sum, note }) => (
          <button key={id} type="button" className={classes['part']} aria-expanded={id === opened?.id} aria-controls={id === opened?.id ? 'trace-part' : undefined} onClick={() => setSearch({ part: id === opened?.id ? undefined : id })}>
            <span className={classes['partName']}>{name}<IconChevronDown size={14} aria-hidden className={`${classes['chevron']} no-print`} /></span>
            <span className={classes['sum']}>{sum}</span>
            <span className="dim">{note}</span>
          </button>
        ))}
      </div>
      {opened !== undefined && (
        <section id="trace-part" aria-label={opened.name} className={classes['rows']} tabIndex={opened.rows.length > 10 ? 0 : undefined}>
          <ul>
            {opened.rows.map(({ key, cells }) => <li key={key}><span>{cells[0]}</span><span>{cells[1]}</span><span>{cells[2]}</span></li>)}
            {opened.more > 0 && <li><span className="dim">{t`${opened.more} more: the CSV has them all`}</span></li>}
          </ul>
        </section>
      )}
      <Gaps trace={trace} />
    </>
  )
}

function useParts(trace: Trace): readonly Part[] {
  const { t } = useLingui()
  const counts = useCounts()
  const { forward, backward } = trace.answers
  const told = [backward, forward].filter((answer) => answer !== undefined)
  const here = forward ?? backward
  const nothing = t`none`
  const exactNote = (totals: Totals, pick: Pick, exact: Pick): string => {
    const [all, certain] = [sumOf(totals, pick), sumOf(totals, exact)]
    return all === '' ? '' : all === certain ? t`all exact` : certain === '' ? t`none of it exact` : t`of that ${certain} exact`
  }
  const partyRows = (rows: Answer['consignees'], back: string): Part['rows'] => rows.flatMap((row) => row.products.map((product, index) => ({
    key: `${row.placeId} ${product.productId}`,
    cells: [
      index === 0 && <PartyLink at={row} withPlace />, <ProductLink key="p" productId={product.productId} product={product.product} />,
      <span key="q"><Link to="/movements" search={{ product: product.productId, ...(row.partyId === null ? { place: row.placeId } : { party: row.partyId }) }}><Quantity value={product.quantity} uom={product.uom} /></Link>{product.returned !== '0' && <span className="dim">, {back} <Quantity value={product.returned} uom={product.uom} /></span>}</span>,
    ] as const,
  })))
  const runs = told.reduce((all, { totals }) => all + totals.runs, 0)
  const reached = told.reduce((all, { totals }) => ({ lots: all.lots + totals.lots, units: all.units + totals.units }), { lots: 0, units: 0 })
  // both ways begin with what was asked for
  const twice = told.length - 1
  const [lots, units] = [reached.lots - (trace.start.unitId === null ? twice : 0), reached.units - (trace.start.unitId === null ? 0 : twice)]
  const gone = forward === undefined ? [] : (['destroyed', 'sampled', 'lost'] as const).flatMap((end) => forward.totals.products.filter((product) => product[end] !== '0').map((product) => ({ end, product, uom: product.uom, quantity: product[end] })))
  const endNames = { destroyed: t`destroyed`, sampled: t`sampled`, lost: t`lost` }
  const endKinds = { destroyed: 'destroy', sampled: 'sample', lost: 'adjust' } as const
  return [
    ...(backward === undefined ? [] : [{
      id: 'suppliers', name: counts.suppliers(backward.totals.suppliers), sum: sumOf(backward.totals, (product) => product.received) || nothing, note: exactNote(backward.totals, (product) => product.received, (product) => product.exact.received),
      rows: partyRows(backward.suppliers, t`sent back`), more: backward.totals.suppliers - backward.suppliers.length,
    }]),
    {
      id: 'products', name: t`Lots and units`, sum: [lots > 0 ? counts.lots(lots) : null, units > 0 ? counts.units(units) : null].filter(Boolean).join(', '), note: counts.runs(runs), more: 0,
      rows: told.flatMap(({ direction, totals }) => totals.products.map((product) => ({
        key: `${direction} ${product.productId}`,
        cells: [
          <ProductLink key="p" productId={product.productId} product={product.product} />, <span key="c" className="dim">{[product.lots > 0 ? counts.lots(product.lots) : null, product.units > 0 ? counts.units(product.units) : null].filter(Boolean).join(', ')}</span>,
          <Link key="h" to="/stock" search={{ by: 'lot,place', product: product.productId }}>{t`on hand`} <Quantity value={product.onHand} uom={product.uom} /></Link>,
        ] as const,
      }))),
    },
    ...(here === undefined ? [] : [{
      id: 'places', name: t`On hand now`, sum: sumOf(here.totals, (product) => product.onHand) || nothing,
      note: [here.totals.places > 0 ? counts.places(here.totals.places) : '', exactNote(here.totals, (product) => product.onHand, (product) => product.exact.onHand)].filter(Boolean).join(', '), more: here.totals.places - here.places.length,
      rows: here.places.flatMap(({ placeId, place, products }) => products.map((product, index) => ({
        key: `${placeId} ${product.productId}`,
        cells: [
          index === 0 && <PlaceLink placeId={placeId} place={place} />, <ProductLink key="p" productId={product.productId} product={product.product} />,
          <Link key="q" to="/stock" search={{ by: 'lot,place', product: product.productId, place: placeId }}><Quantity value={product.quantity} uom={product.uom} /></Link>,
        ] as const,
      }))),
    }]),
    ...(forward === undefined ? [] : [{
      id: 'customers', name: counts.customers(forward.totals.consignees), sum: sumOf(forward.totals, (product) => product.shipped) || nothing, note: exactNote(forward.totals, (product) => product.shipped, (product) => product.exact.shipped),
      rows: partyRows(forward.consignees, t`came back`), more: forward.totals.consignees - forward.consignees.length,
    }]),
    ...(gone.length === 0 ? [] : [{
      id: 'gone', name: t`Gone`, sum: sayTotals(gone), note: [...new Set(gone.map(({ end }) => endNames[end]))].join(', '), more: 0,
      rows: gone.map(({ end, product, quantity }) => ({
        key: `${end} ${product.productId}`,
        cells: [
          endNames[end], <ProductLink key="p" productId={product.productId} product={product.product} />,
          <Link key="q" to="/movements" search={{ product: product.productId, kind: endKinds[end] }}><Quantity value={quantity} uom={product.uom} /></Link>,
        ] as const,
      })),
    }]),
  ]
}

function sumOf({ products }: Totals, pick: Pick): string {
  return sayTotals(products.map((product) => ({ uom: product.uom, quantity: pick(product) })))
}

/** What nobody can say, said: mixtures, shared inputs, goods without a lot, what was found by counting. */
function Gaps({ trace: { answers, nodes } }: { readonly trace: Trace }) {
  const { t } = useLingui()
  const told = [answers.backward, answers.forward].filter((answer) => answer !== undefined)
  const count = (pick: (totals: Totals) => number): number => told.reduce((all, { totals }) => all + pick(totals), 0)
  const [possible, atMost, unfollowed] = [count((totals) => totals.possible), count((totals) => totals.atMost), count((totals) => totals.unfollowed)]
  const names = [...new Set([...nodes.backward, ...nodes.forward].filter(({ followed }) => !followed).map(({ product }) => product))].join(', ')
  const found = totalsByUom((answers.backward?.totals.products ?? []).filter(({ counted }) => counted.startsWith('-')).map(({ uom, counted }) => ({ uom, quantity: counted.slice(1) })))
  const gaps = [
    possible > 0 ? t`${possible} possible: drawn from a mixture (a tank, a silo, a bulk bin) that held some of it.` : null,
    atMost > 0 ? t`${atMost} at most: several outputs shared an input, and nobody said which took how much.` : null,
    unfollowed > 0 ? t`Without a lot: ${names === '' ? String(unfollowed) : names}. The way ends there.` : null,
    found.length > 0 ? t`Found by counting: ${sayTotals(found)}. Where that came from is not known.` : null,
  ].filter((gap) => gap !== null)
  if (gaps.length === 0) return null
  return <ul className={classes['gaps']} aria-label={t`What is not certain`}>{gaps.map((gap) => <li key={gap}><IconAlertTriangle size={15} aria-hidden />{gap}</li>)}</ul>
}

/** A supplier or customer by name; `withPlace` names the ship-to place too, where it says more. */
export function PartyLink({ at: { partyId, party, placeId, place }, withPlace = false }: { readonly at: { readonly placeId: string; readonly place: string; readonly partyId: string | null; readonly party: string | null }; readonly withPlace?: boolean }) {
  if (partyId === null || party === null) return <PlaceLink placeId={placeId} place={place} />
  return <><Link to="/parties/$partyId" params={{ partyId }}>{party}</Link>{withPlace && place !== party && <span className="dim"> {place}</span>}</>
}
