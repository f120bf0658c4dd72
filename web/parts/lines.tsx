import { Textarea } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useState, type ReactNode } from 'react'

/** A list of texts, one a line. */
export function Lines({ label, description, value, onChange, error, field }: { readonly label: string; readonly description?: string; readonly value: readonly string[]; readonly onChange: (value: readonly string[]) => void; readonly error?: ReactNode; readonly field: string }) {
  const { t } = useLingui()
  // what is being typed keeps its empty lines and spaces
  const [text, setText] = useState(value.join('\n'))
  const linesOf = (typed: string): readonly string[] => [...new Set(typed.split('\n').map((line) => line.trim()).filter((line) => line !== ''))]
  const shown = linesOf(text).join('\n') === value.join('\n') ? text : value.join('\n')
  return (
    <Textarea label={label} description={[t`One a line.`, description].filter((one) => one !== undefined).join(' ')} rows={5} value={shown} error={error} data-field={field} onChange={({ currentTarget }) => {
      setText(currentTarget.value)
      onChange(linesOf(currentTarget.value))
    }} />
  )
}
