import { useLingui } from '@lingui/react/macro'
import { PasswordInput, type PasswordInputProps } from '@mantine/core'

/** A password that is shown on demand; says to those who do not see it that it is wrong, which Mantine's own field does not. */
export function PasswordField(props: PasswordInputProps) {
  const { t } = useLingui()
  return <PasswordInput maxLength={128} visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }} aria-invalid={Boolean(props.error) || undefined} {...props} />
}
