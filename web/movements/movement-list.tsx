import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { ItemOf } from '../api.ts'
import { RelativeTime } from '../parts/dates.tsx'
import { LotLink, ProductLink, Spot } from '../parts/links.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { Tone } from '../parts/tone.tsx'
import type { Column } from '../parts/table.tsx'
import { kindName } from '../words.ts'
import classes from './movements.module.css'

export type MovementItem = ItemOf<'/movements'>

/** What happened, in a word; a reversed one is struck through. */
export function KindOf({ movement: { kind, run, reversedBy, reversal } }: { readonly movement: Pick<MovementItem, 'kind' | 'run' | 'reversedBy' | 'reversal'> }) {
  const { t } = useLingui()
  const name = kindName(kind === 'reverse' ? 'reverse' : (run ?? kind))
  return (
    <span className={classes['kind']}>
      {reversedBy === null ? name : <s>{name}</s>}
      {reversedBy !== null && <Tone tone="quiet">{t`reversed`}</Tone>}
      {reversal !== null && <Tone tone="quiet">{reversal === 'never_happened' ? t`never happened` : t`undone`}</Tone>}
    </span>
  )
}

/** What moved: the first line, and how many more there are. */
export function WhatMoved({ movement: { lines, lineCount } }: { readonly movement: MovementItem }) {
  const { t } = useLingui()
  const [line] = lines
  if (line === undefined) return null
  const more = lineCount - 1
  return <span><ProductLink productId={line.productId} product={line.product} />{line.lot !== null && <> · <LotLink lotId={line.lotId} lot={line.lot} /></>}{more > 0 && <span className="dim"> {t`+${more} more`}</span>}</span>
}

/** The columns of a list of movements, wherever it stands. */
export function useMovementColumns(): readonly Column<MovementItem>[] {
  const { t } = useLingui()
  return [
    { id: 'kind', title: t`What`, width: 'minmax(150px, 0.9fr)', phone: 'title', text: ({ kind, run }) => kindName(run ?? kind), cell: (movement) => <Link to="/movements/$movementId" params={{ movementId: movement.movementId }}><KindOf movement={movement} /></Link> },
    { id: 'when', title: t`When`, width: 'minmax(130px, 0.8fr)', sort: 'occurred', text: ({ occurredAt }) => occurredAt, cell: ({ occurredAt }) => <RelativeTime instant={occurredAt} /> },
    { id: 'goods', title: t`Goods`, width: 'minmax(180px, 1.6fr)', text: ({ lines }) => lines.map(({ product, lot }) => (lot === null ? product : `${product} ${lot}`)).join('; '), cell: (movement) => <WhatMoved movement={movement} /> },
    { id: 'quantity', title: t`Quantity`, width: '110px', number: true, text: ({ lines }) => lines.map(({ quantity, uom }) => `${quantity} ${uom}`).join('; '), cell: ({ lines: [line] }) => line && <Quantity value={line.quantity} uom={line.uom} /> },
    { id: 'from', title: t`From`, text: ({ lines: [line] }) => line?.from.party ?? line?.from.place, cell: ({ lines: [line] }) => line && <Spot spot={line.from} />, phone: 'hide' },
    { id: 'to', title: t`To`, text: ({ lines: [line] }) => line?.to.party ?? line?.to.place, cell: ({ lines: [line] }) => line && <Spot spot={line.to} />, phone: 'hide' },
    { id: 'documents', title: t`Documents`, optional: true, text: ({ references }) => references.map(({ number }) => number).join(', '), cell: ({ references }) => references.map(({ number }) => number).join(', ') },
    { id: 'who', title: t`Who`, width: 'minmax(90px, 0.6fr)', text: ({ actor }) => actor.name ?? actor.kind, cell: ({ actor }) => actor.name ?? actor.kind, phone: 'hide' },
    { id: 'reason', title: t`Reason`, optional: true, text: ({ reason }) => reason, cell: ({ reason }) => reason },
    { id: 'recorded', title: t`Recorded`, optional: true, sort: 'recorded', text: ({ recordedAt }) => recordedAt, cell: ({ recordedAt }) => <RelativeTime instant={recordedAt} /> },
  ]
}
