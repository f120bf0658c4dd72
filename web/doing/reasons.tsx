import { useLingui } from '@lingui/react/macro'
import { TextInput } from '@mantine/core'
import pick from '../parts/pick.module.css'
import classes from './doing.module.css'
import type { Reason } from './doings.ts'

/** Why: one tap on a usual reason, or one's own words. */
export function Reasons({ reasons, value, error, onChange, label }: { readonly reasons: readonly Reason[]; readonly value: string; readonly error?: string | null; readonly onChange: (value: string, reason: Reason | null) => void; readonly label?: string }) {
  const { t, i18n } = useLingui()
  const usual = reasons.find(({ text }) => i18n._(text) === value)
  return (
    <div className={classes['group']} role="group" aria-label={label ?? t`Reason`}>
      <div className={classes['chips']}>
        {reasons.map((reason) => <button key={reason.text.id} type="button" className={classes['chip']} aria-pressed={reason === usual} onClick={() => onChange(i18n._(reason.text), reason)}>{i18n._(reason.text)}</button>)}
      </div>
      <TextInput label={label ?? t`Reason`} value={value} maxLength={200} required withAsterisk={false} error={error} data-field="reason" autoComplete="off" className={pick['field'] ?? ''} onChange={({ currentTarget }) => onChange(currentTarget.value, null)} />
    </div>
  )
}
