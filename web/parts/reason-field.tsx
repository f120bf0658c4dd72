import { useLingui } from '@lingui/react/macro'
import { TextInput, type TextInputProps } from '@mantine/core'

/** Why something is changed: kept with who and when. */
export function ReasonField(props: TextInputProps) {
  const { t } = useLingui()
  return <TextInput label={t`Why`} description={t`Stands in the history.`} maxLength={200} {...props} />
}

/** For a command: nothing where nothing was said. */
export function givenReason(reason: string): { readonly reason?: string } {
  return reason.trim() === '' ? {} : { reason: reason.trim() }
}
