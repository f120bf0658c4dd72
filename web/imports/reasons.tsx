import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { Button, Group, Loader } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ItemOf } from '../api.ts'
import { sayQuantity } from '../parts/format.ts'
import parts from '../parts/parts.module.css'
import { get } from '../queries.ts'
import { AllAlike } from './all-alike.tsx'
import classes from './imports.module.css'
import { useSayFault } from './sentences.ts'
import type { StepProps } from './understood.tsx'
import type { RowFilter } from './use-rows.ts'
import type { Settings } from './words.ts'

export type Reason = ItemOf<'/imports/:importId/reasons'>

/** Why rows are bad, the commonest reason first: each opens to its rows, and is mended for all of them at once where that can be. */
export function Reasons({ view, settings, mayWrite, filter, onShow, onDates }: StepProps & { readonly filter: RowFilter; readonly onShow: (filter: RowFilter) => void; readonly onDates: () => void }) {
  const { t } = useLingui()
  const { importId, version, status } = view
  const say = useSayFault()
  const [alike, setAlike] = useState<Reason | null>(null)
  const { queryKey, queryFn } = get('/imports/:importId/reasons', { params: { importId } })
  // while rows are looked through the reasons are those of before
  const { data } = useQuery({ queryKey: [...queryKey, status === 'checking' ? 'before' : version], queryFn, enabled: status !== 'checking', placeholderData: keepPreviousData })
  if (data === undefined) return <Loader size="sm" />
  return (
    <ul className={`${parts['card']} ${classes['reasons']}`} aria-label={t`Why rows are bad`}>
      {data.items.map((reason) => {
        const { code, column, rows, distinct } = reason
        const { why, fix } = say.fault(reason)
        const isShown = filter.problem === code && (filter.column ?? '') === (column ?? '')
        return (
          <li key={`${code} ${column}`} className={classes['reason']}>
            <button type="button" className={classes['reasonCount']} aria-pressed={isShown} onClick={() => onShow({ verdict: 'bad', problem: code, column: column ?? '' })} aria-label={t`Show ${plural(rows, { one: '# row', other: '# rows' })}: ${column ?? ''} ${why}`}>{sayQuantity(String(rows))}</button>
            <span className={classes['reasonText']}>
              <span>{column !== null && <b>{column}: </b>}{why}</span>
              <span className="dim">{fix}</span>
            </span>
            {mayWrite && (
              <Group gap="xs" className={classes['reasonDo'] ?? ''}>
                <Remedy code={code} settings={settings} />
                {code === 'date_invalid' && <Button size="xs" variant="default" onClick={onDates}>{t`Read dates differently`}</Button>}
                {column !== null && distinct > 0 && <Button size="xs" variant="default" onClick={() => setAlike(reason)}>{rows === 1 ? t`Correct it` : t`Correct all alike`}</Button>}
              </Group>
            )}
          </li>
        )
      })}
      {alike !== null && alike.column !== null && <AllAlike view={view} reason={alike} column={alike.column} onClose={() => setAlike(null)} />}
    </ul>
  )
}

/** What the import itself may do about a reason, where it may. */
function Remedy({ code, settings }: { readonly code: string; readonly settings: StepProps['settings'] }) {
  const { t } = useLingui()
  const remedies: Readonly<Record<string, readonly [label: string, change: Partial<Settings>]>> = {
    product_unknown: [t`Let it make products`, { createProducts: true }],
    facility_unknown: [t`Let it make places`, { createPlaces: true }], place_unknown: [t`Let it make places`, { createPlaces: true }],
    party_unknown: [t`Let it make parties`, { createParties: true }],
    lot_not_tracked: [t`Track these by lot from now on`, { raiseTracking: true }], units_not_tracked: [t`Track these by serial from now on`, { raiseTracking: true }],
    row_twice: [t`Add them up`, { duplicates: 'sum' }], row_same_key: [t`Add them up`, { duplicates: 'careful' }],
  }
  const remedy = remedies[code]
  if (remedy === undefined) return null
  const [label, change] = remedy
  return <Button size="xs" variant="light" loading={settings.isPending} onClick={() => settings.mutate(change)}>{label}</Button>
}
