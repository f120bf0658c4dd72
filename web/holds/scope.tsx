import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { Link } from '@tanstack/react-router'
import { formatQuantity, parseQuantity, ZERO, type Quantity as Amount } from '#src/lib/quantity.ts'
import type { ReadOutput } from '../api.ts'
import { LotLink, PlaceLink, UnitLink } from '../parts/links.tsx'
import { Quantity } from '../parts/quantity.tsx'
import classes from './holds.module.css'

export type Scope = ReadOutput<'/holds/:holdId'>['scope']

/** What a hold reaches: how much of what is on hand, to whom it was promised, who has some of it; each opens to its rows. */
export function ScopeView({ scope }: { readonly scope: Scope }) {
  const { t } = useLingui()
  const places = new Set(scope.onHand.map(({ placeId }) => placeId)).size
  return (
    <div className={classes['scope']}>
      <Part title={t`On hand`} amount={<Totals rows={scope.onHand} />} note={places === 0 ? t`nothing` : t`in ${plural(places, { one: '# place', other: '# places' })}`} isThere={scope.onHand.length > 0}>
        {scope.onHand.map((row) => <li key={`${row.lotId} ${row.placeId}`}><span><PlaceLink placeId={row.placeId} place={row.place} /> · {row.product} <LotLink lotId={row.lotId} lot={row.lot} /></span><Quantity value={row.quantity} uom={row.uom} /></li>)}
      </Part>
      {scope.unitCount > 0 && (
        <Part title={t`Units`} amount={scope.unitCount} note="" isThere>
          {scope.units.map((unit) => <li key={unit.unitId}><UnitLink unitId={unit.unitId} serial={unit.serial} /><PlaceLink placeId={unit.placeId} place={unit.place} /></li>)}
        </Part>
      )}
      <Part title={t`Promised`} amount={<Totals rows={scope.allocated} />} note={scope.allocated.length === 0 ? t`to nobody` : t`not served while it is on hold`} isThere={scope.allocated.length > 0}>
        {scope.allocated.map((row) => <li key={`${row.demandNumber} ${row.demandLine} ${row.lotId}`}><span>{row.demandType.replaceAll('_', ' ')} <span className="code">{row.demandNumber}</span> · {row.product} <LotLink lotId={row.lotId} lot={row.lot} /></span><Quantity value={row.quantity} uom={row.uom} /></li>)}
      </Part>
      <Part title={t`Shipped before`} amount={<Totals rows={scope.shipped} />} note={scope.shipped.length === 0 ? t`to nobody` : t`a hold does not call it back`} isThere={scope.shipped.length > 0}>
        {scope.shipped.map((row) => <li key={`${row.lotId} ${row.placeId}`}><span><Link to="/places/$placeId" params={{ placeId: row.placeId }}>{row.place}</Link> · {row.product} <LotLink lotId={row.lotId} lot={row.lot} /></span><Quantity value={row.quantity} uom={row.uom} /></li>)}
      </Part>
      {scope.more && <p className="dim">{t`There is more than is listed here; the hold reaches all of it.`}</p>}
    </div>
  )
}

function Part({ title, amount, note, isThere, children }: { readonly title: string; readonly amount: React.ReactNode; readonly note: string; readonly isThere: boolean; readonly children: React.ReactNode }) {
  const head = <><span className={classes['name']}>{title}</span> <span className={classes['amount']}>{amount}</span> <span className="dim">{note}</span></>
  return isThere ? <details className={classes['part']}><summary>{head}</summary><ul className={classes['rows']}>{children}</ul></details> : <div className={classes['part']}><div className={classes['none']}>{head}</div></div>
}

/** Sums by unit of measure: kilograms and pieces are never one number. */
function Totals({ rows }: { readonly rows: readonly { readonly quantity: string; readonly uom: string }[] }) {
  if (rows.length === 0) return '–'
  const sums = new Map<string, Amount>()
  for (const { quantity, uom } of rows) sums.set(uom, ((sums.get(uom) ?? ZERO) + (parseQuantity(quantity) ?? ZERO)) as Amount)
  return [...sums].map(([uom, sum], at) => <span key={uom}>{at > 0 && ' + '}<Quantity value={formatQuantity(sum)} uom={uom} /></span>)
}
