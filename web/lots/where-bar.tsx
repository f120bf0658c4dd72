import { useLingui } from '@lingui/react/macro'
import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReadOutput } from '../api.ts'
import { sayPercent, sayQuantity } from '../parts/format.ts'
import { LotLink, PlaceLink } from '../parts/links.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { kindName, whereName } from '../words.ts'
import classes from './lot.module.css'
import { sharesOf, sumOf } from './shares.ts'

type Whereabouts = ReadOutput<'/lots/:lotId/whereabouts'>
type Row = Whereabouts['now'][number]

const order = ['here', 'in_transit', 'used', 'shipped', 'sent_back', 'sampled', 'destroyed', 'counted_away', 'lost'] as const

/** Where all of it is: one bar that adds up to 100 %, and under it each part, which opens to its rows. */
export function WhereBar({ whereabouts }: { readonly whereabouts: Whereabouts }) {
  const { t } = useLingui()
  const { total, uom, came } = whereabouts
  const parts = order.map((where) => ({ where, rows: whereabouts.now.filter((row) => row.where === where) })).filter(({ rows }) => rows.length > 0).map((part) => ({ ...part, quantity: sumOf(part.rows) }))
  const shares = sharesOf(parts.map(({ quantity }) => quantity))
  if (parts.length === 0) return <p className="dim">{t`There was none of it at that time.`}</p>
  return (
    <div>
      <p className={classes['total']}>
        <strong><Quantity value={total} uom={uom} /></strong>
        <span className="dim">{came.map((row, index) => <span key={`${row.how} ${row.placeId}`}>{index > 0 && ', '}{came.length > 1 && <Quantity value={row.quantity} uom={uom} />} <Came row={row} /></span>)}</span>
      </p>
      <div className={classes['bar']} role="img" aria-label={parts.map(({ where, quantity }, index) => `${whereName(where)} ${sayQuantity(quantity)} ${uom}, ${sayPercent(shares[index] ?? 0)}`).join('; ')}>
        {parts.map(({ where }, index) => <div key={where} data-where={where} style={{ flexGrow: shares[index] }} />)}
      </div>
      <div className={classes['parts']}>
        {parts.map(({ where, rows, quantity }, index) => (
          <details key={where} className={classes['part']} open={where === 'here' || undefined}>
            <summary>
              <IconChevronRight size={15} aria-hidden className={classes['chevron'] ?? ''} />
              <span className={classes['swatch']} data-where={where} aria-hidden />
              <span className={classes['name']}>{whereName(where)}</span>
              <span className={classes['share']}>{sayPercent(shares[index] ?? 0)}</span>
              <span className={classes['quantity']}><Quantity value={quantity} uom={uom} /></span>
            </summary>
            <ul>
              {where === 'used' ? <Runs whereabouts={whereabouts} /> : rows.map((row) => <li key={row.placeId}><Whither row={row} /><Quantity value={row.quantity} uom={uom} /></li>)}
            </ul>
          </details>
        ))}
      </div>
    </div>
  )
}

function Came({ row: { how, partyId, party } }: { readonly row: Whereabouts['came'][number] }) {
  const { t } = useLingui()
  if (how === 'made') return t`made here`
  if (how === 'found') return t`found by counting`
  return <>{how === 'received' ? t`received from` : t`returned by`} {partyId === null ? '' : <Link to="/parties/$partyId" params={{ partyId }}>{party}</Link>}</>
}

function Whither({ row }: { readonly row: Row }) {
  const { t } = useLingui()
  if (row.partyId !== null) return <Link to="/parties/$partyId" params={{ partyId: row.partyId }}>{row.party}</Link>
  if (row.facilityId === null) return <span>{whereName(row.where)}</span>
  return <span><PlaceLink placeId={row.placeId} place={row.place} />{row.facility !== row.place && <span className="dim"> {t`in ${row.facility ?? ''}`}</span>}{row.kind === 'quarantine' && <span className="dim"> · {t`quarantine`}</span>}</span>
}

function Runs({ whereabouts: { runs, uom } }: { readonly whereabouts: Whereabouts }) {
  const { t } = useLingui()
  return runs.map((run) => (
    <li key={run.runId}>
      <span>
        <Link to="/movements/$movementId" params={{ movementId: run.movementId }}>{kindName(run.run)}</Link>
        {run.outputs.length > 0 && <span className="dim"> {t`gave`} </span>}
        {run.outputs.map((output, index) => <span key={output.lotId}>{index > 0 && ', '}{output.product} · <LotLink lotId={output.lotId} lot={output.lot} /> <span className="dim"><Quantity value={output.quantity} uom={output.uom} /></span></span>)}
      </span>
      <Quantity value={run.quantity} uom={uom} />
    </li>
  ))
}
