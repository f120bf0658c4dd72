import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { tracedKey, type Traced, type TraceRow } from '#src/lib/trace-rows.ts'
import { Code } from '../parts/code.tsx'
import { RelativeTime } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { PlaceLink, ProductLink } from '../parts/links.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { DataTable, type Column } from '../parts/table.tsx'
import { kindName } from '../words.ts'
import { Certainty } from './certainty.tsx'
import { PartyLink } from './summary.tsx'
import classes from './trace.module.css'
import { traceQuery, type Trace } from './use-trace.ts'
import { nameOfNode } from './words.ts'

/** What a row names besides its own lot or unit, before the rest is only counted. */
const NAMED = 4

/** The trace row by row: what is in it, how it came to be there, where it is and went. */
export function TraceTable({ trace }: { readonly trace: Trace }) {
  const { t } = useLingui()
  return <DataTable label={t`Trace`} query={traceQuery(trace.question)} columns={useColumns(trace)} rowKey={({ key }) => key} rowTo={({ node }) => pathOf(node)} empty={<EmptyState title={t`Nothing is known of it yet`} />} />
}

function useColumns(trace: Trace): readonly Column<TraceRow>[] {
  const { t } = useLingui()
  const again = (row: TraceRow): string => (row.first ? '' : (classes['again'] ?? ''))
  return [
    { id: 'thing', title: t`Lot or unit`, width: 'minmax(128px, 1fr)', phone: 'title', cell: (row) => <span className={again(row)}><TracedLink what={row.node} name={nameOfNode(row.node)} /></span> },
    { id: 'step', title: t`Step`, width: '44px', number: true, phone: 'hide', cell: (row) => <span className={`${classes['step']} ${again(row)}`}>{stepOf(trace.depthOf(row))}</span> },
    { id: 'product', title: t`Product`, width: 'minmax(120px, 1fr)', cell: (row) => <span className={row.first ? '' : `${again(row)} ${classes['againOnPhone']}`}><ProductLink productId={row.node.productId} product={row.node.product} /></span> },
    { id: 'what', title: t`What happened`, width: 'minmax(200px, 2fr)', cell: (row) => <span className={classes['what']}><What row={row} trace={trace} /><span className={classes['onPhone']}><Certainty value={row.certainty} /><When row={row} /></span></span> },
    { id: 'quantity', title: t`Quantity`, width: '104px', number: true, cell: (row) => row.relation !== 'more' && row.relation !== 'alone' && <RowsLink row={row}><Quantity value={row.quantity} uom={row.node.uom} /></RowsLink> },
    { id: 'certainty', title: t`How sure`, width: '104px', phone: 'hide', cell: ({ certainty }) => <Certainty value={certainty} /> },
    { id: 'when', title: t`When`, width: '112px', phone: 'hide', cell: (row) => <When row={row} /> },
    { id: 'documents', title: t`Documents`, optional: true, cell: ({ movements }) => [...new Set(movements.flatMap(({ documents }) => documents))].map((one) => one.replace(/^\w+ /, '')).join(', ') },
    { id: 'sku', title: t`SKU`, optional: true, phone: 'hide', cell: ({ node }) => <Code value={node.sku} plain /> },
  ]
}

function stepOf(depth: number | undefined): string {
  return depth === undefined ? '–' : depth > 0 ? `+${depth}` : depth < 0 ? `−${-depth}` : '0'
}

/** Where a lot or a unit is seen. */
export function pathOf({ lotId, unitId }: Traced): string {
  return unitId === null ? `/lots/${lotId}` : `/units/${unitId}`
}

/** A lot or unit by its code. */
export function TracedLink({ what, name }: { readonly what: Traced; readonly name: string }) {
  return <Link to={pathOf(what)}><Code value={name} plain /></Link>
}

function What({ row: { relation, run, at, returned, quantity, node }, trace }: { readonly row: TraceRow; readonly trace: Trace }) {
  const { t } = useLingui()
  const ends = { destroyed: t`Destroyed`, sampled: t`Sampled`, lost: t`Lost`, counted_away: t`Counted away` } as const
  const back = returned === '0' ? null : <span className="dim">, {relation === 'received' ? t`sent back` : t`came back`} <Quantity value={returned} uom={node.uom} /></span>
  switch (relation) {
    case 'made_of': return <>{t`Made of`} <Others run={run} trace={trace} />{!node.followed && <NoLot />}</>
    case 'went_into': return <>{t`Went into`} <Others run={run} trace={trace} />{!node.followed && <NoLot />}</>
    case 'received': return <>{t`Received from`} {at !== null && <PartyLink at={at} />}{back}</>
    case 'shipped': return <>{t`Shipped to`} {at !== null && <PartyLink at={at} withPlace />}{back}</>
    case 'on_hand': return <>{t`On hand in`} {at !== null && <PlaceLink placeId={at.placeId} place={at.place} />}</>
    case 'found': return <>{t`Found by counting`} <span className="dim">{t`where it came from is not known`}</span></>
    case 'more': return <span className="dim">{t`and reached by ${quantity} more ways`}</span>
    case 'alone': return node.followed ? <span className="dim">{t`nothing else is known of it`}</span> : <NoLot />
    default: return ends[relation]
  }
}

function NoLot() {
  const { t } = useLingui()
  return <span className="dim"> · {t`no lot, not followed`}</span>
}

/** What else was in the run, and what kind of run it was. */
function Others({ run, trace }: { readonly run: TraceRow['run']; readonly trace: Trace }) {
  const { t } = useLingui()
  if (run === null) return null
  const more = run.others.length - NAMED
  return (
    <>
      {run.others.slice(0, NAMED).map(({ what, quantity }, index) => {
        const node = trace.byKey.get(tracedKey(what))
        return (
          <Fragment key={tracedKey(what)}>
            {index > 0 && ', '}
            {node === undefined ? <Link to={pathOf(what)}>{t`one further on`}</Link> : <><TracedLink what={what} name={nameOfNode(node)} /> <span className="dim"><Quantity value={quantity} uom={node.uom} /></span></>}
          </Fragment>
        )
      })}
      {more > 0 && <span className="dim"> {t`+${more} more`}</span>}
      <span className="dim"> · {kindName(run.run)}</span>
    </>
  )
}

/** A quantity that opens to what it is the sum of. */
function RowsLink({ row: { relation, at, node, movements }, children }: { readonly row: TraceRow; readonly children: React.ReactNode }) {
  const [first] = movements
  const what = node.unitId === null ? { lot: node.lotId } : { unit: node.unitId }
  if (movements.length === 1 && first !== undefined) return <Link to="/movements/$movementId" params={{ movementId: first.movementId }}>{children}</Link>
  if (relation === 'on_hand') return node.unitId === null ? <Link to="/stock" search={{ by: 'lot,place', lot: node.lotId, ...(at === null ? {} : { place: at.placeId }) }}>{children}</Link> : <Link to="/units/$unitId" params={{ unitId: node.unitId }}>{children}</Link>
  return <Link to="/movements" search={{ ...what, ...(at?.partyId == null ? {} : { party: at.partyId }) }}>{children}</Link>
}

function When({ row: { movements } }: { readonly row: TraceRow }) {
  const { t } = useLingui()
  const last = movements.at(-1)
  if (last === undefined) return null
  return <><Link to="/movements/$movementId" params={{ movementId: last.movementId }}><RelativeTime instant={last.occurredAt} /></Link>{movements.length > 1 && <span className="dim"> {t`${movements.length} times`}</span>}</>
}
