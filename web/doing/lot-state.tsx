import { useLingui } from '@lingui/react/macro'
import { Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { fold } from '#src/lib/fold.ts'
import { DateWithDistance } from '../parts/dates.tsx'
import { LotLink } from '../parts/links.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { Tone } from '../parts/tone.tsx'
import { get, useCommand } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { dateKindName } from '../words.ts'
import { dateFieldOf, knownDate } from './command.ts'
import classes from './doing.module.css'
import type { Line } from './draft.ts'
import type { Settled } from './settle.ts'

/** Says of the lot in a line whether it is new or known, its date and that it is on hold, unless that was refused above it; asks where the label says another date than we do. */
export function LotState({ line, isRefused, onChange }: { readonly line: Settled; readonly isRefused: boolean; readonly onChange: (change: Partial<Line>) => void }) {
  if (line.lot === null || line.product === null) return null
  return 'code' in line.lot ? <NewLot line={line} code={line.lot.code} onChange={onChange} /> : <KnownLot line={line} lotId={line.lot.id} isRefused={isRefused} onChange={onChange} />
}

/** A code nobody knows, or one that is spelled nearly so, or one that another issuer uses. */
function NewLot({ line: { product }, code, onChange }: { readonly line: Settled; readonly code: string; readonly onChange: (change: Partial<Line>) => void }) {
  const { t } = useLingui()
  const { data } = useQuery(get('/lots', { query: { product: product ?? '', search: code, limit: 20 } }))
  const alike = data?.items.filter((lot) => fold(lot.code) === fold(code)) ?? []
  return (
    <>
      <div className={classes['state']}><Tone tone="info">{t`new lot`}</Tone>{t`It is made when this is posted.`}</div>
      {alike.map((lot) => (
        <div key={lot.lotId} className={classes['state']}>
          <span>{t`There is a lot`} <LotLink lotId={lot.lotId} lot={lot.code} /> {lot.issuer.name}.</span>
          <Button size="compact-sm" variant="light" onClick={() => onChange({ lot: { id: lot.lotId } })}>{t`It is that one`}</Button>
        </div>
      ))}
    </>
  )
}

function KnownLot({ line, lotId, isRefused, onChange }: { readonly line: Settled; readonly lotId: string; readonly isRefused: boolean; readonly onChange: (change: Partial<Line>) => void }) {
  const { t } = useLingui()
  const held = useQuery(get('/holds', { query: { active: 'true', subjectId: lotId } }))
  const hold = held.data?.items[0]
  const known = knownDate(line)
  const name = dateKindName(line.productFacts?.dateKind ?? 'none')
  const isOther = known !== null && line.date !== '' && line.date !== known && line.flow.brings === 'new'
  return (
    <>
      <div className={classes['state']}>
        {line.flow.brings !== null && <span>{t`Known lot`}</span>}
        {known !== null && <span>{name} <DateWithDistance date={known} alarm /></span>}
        {hold !== undefined && !isRefused && <span><Tone tone="stop">{t`on hold`}</Tone> {hold.reason}</span>}
      </div>
      {isOther && <DateDiffers line={line} known={known} onChange={onChange} />}
    </>
  )
}

/** Never silently two dates: ours is kept, or the lot is corrected. */
function DateDiffers({ line, known, onChange }: { readonly line: Settled; readonly known: string; readonly onChange: (change: Partial<Line>) => void }) {
  const { t } = useLingui()
  const may = useMay()
  const correct = useCommand('PATCH /lots/:lotId')
  const { lotFacts: lot, productFacts: product, date } = line
  if (lot === undefined || product === undefined || product.dateKind === 'none') return null
  const field = dateFieldOf[product.dateKind]
  return (
    <div className={classes['differs']} role="alert">
      <span>{t`Lot ${lot.code ?? ''} has ${known} in our records, and here it says ${date}. Which is right?`}</span>
      <Group gap="xs">
        <Button size="compact-sm" variant="default" onClick={() => onChange({ date: known })}>{t`Ours: ${known}`}</Button>
        {may('lots.write') && <Button size="compact-sm" variant="default" loading={correct.isPending} onClick={() => correct.mutate({ params: { lotId: lot.lotId }, body: { [field]: date, reason: t`The label says so` } })}>{t`The label: ${date}. Correct the lot`}</Button>}
      </Group>
      <ProblemAlert problem={correct.error} />
    </div>
  )
}
