import { useLingui } from '@lingui/react/macro'
import { Button, Checkbox, SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { authenticate, type Problem } from '../api.ts'
import { language, languages, speak, type Language } from '../i18n.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { useDone } from '../parts/done.tsx'
import { CheckedForm } from '../parts/form.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { Facts, Section } from '../parts/page.tsx'
import { useFilters } from '../search.ts'
import { leave } from '../session/leave.ts'
import { useMe } from '../session/me.ts'
import { SettingsPage } from './settings-page.tsx'
import classes from './settings.module.css'
import { roleName } from './words.ts'

/** What belongs to the person who is signed in, whatever the organisation. */
export default function AccountSettings() {
  const { t } = useLingui()
  const { actor, role } = useMe()
  const { search: { edit }, setSearch } = useFilters()
  return (
    <SettingsPage title={t`My account`}>
      <Facts facts={[[t`Name`, actor.name], actor.email === null ? null : [t`E-mail`, actor.email], role === null ? null : [t`Role here`, roleName(role)]]} />
      <div className={classes['account']}>
        <Section title={t`How it looks`}><Looks /></Section>
        <Section title={t`Password`}><Password /></Section>
        <Section title={t`Sign out everywhere`}>
          <Text size="sm">{t`Ends every session of yours, on this device and all others: after a device was lost, or used by somebody else.`}</Text>
          <div><Button variant="default" onClick={() => setSearch({ edit: 'sign-out' })}>{t`Sign out everywhere`}</Button></div>
        </Section>
      </div>
      {edit === 'sign-out' && <SignOutEverywhere onClose={() => setSearch({ edit: undefined })} />}
    </SettingsPage>
  )
}

function Looks() {
  const { t } = useLingui()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Stack gap="sm" align="flex-start">
      <SegmentedControl aria-label={t`Language`} value={language()} data={(Object.keys(languages) as Language[]).map((one) => ({ value: one, label: languages[one] }))} onChange={(chosen) => void speak(chosen as Language)} />
      <SegmentedControl aria-label={t`Theme`} value={colorScheme} data={[{ value: 'light', label: t`Light` }, { value: 'dark', label: t`Dark` }, { value: 'auto', label: t`As the device` }]} onChange={(chosen) => setColorScheme(chosen as 'light' | 'dark' | 'auto')} />
      <Text size="sm" c="dimmed">{t`Remembered on this device.`}</Text>
    </Stack>
  )
}

interface Passwords {
  readonly currentPassword: string
  readonly newPassword: string
  readonly revokeOtherSessions: boolean
}

function Password() {
  const { t } = useLingui()
  const done = useDone()
  const form = useForm<Passwords>({ initialValues: { currentPassword: '', newPassword: '', revokeOtherSessions: true } })
  const change = useMutation<unknown, Problem, Passwords>({ mutationFn: (given) => authenticate('change-password', given) })
  return (
    <CheckedForm form={form} problem={change.error} at={{ sign_in_wrong: ['currentPassword', t`This is not your password.`] }} onSubmit={(given) => change.mutate(given, {
      onSuccess: () => {
        form.reset()
        done(t`The password is changed`)
      },
    })}>
      <PasswordField label={t`Password now`} required autoComplete="current-password" {...form.getInputProps('currentPassword')} />
      <PasswordField label={t`New password`} description={t`At least 10 characters; a short sentence is fine.`} required minLength={10} autoComplete="new-password" {...form.getInputProps('newPassword')} />
      <Checkbox label={t`Sign out on all other devices`} {...form.getInputProps('revokeOtherSessions', { type: 'checkbox' })} />
      <div><Button type="submit" loading={change.isPending}>{t`Change the password`}</Button></div>
    </CheckedForm>
  )
}

function SignOutEverywhere({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const out = useMutation({ mutationFn: () => leave({ everywhere: true }), onSuccess: () => navigate({ to: '/sign-in' }) })
  return <ConfirmDialog title={t`Sign out everywhere?`} submit={t`Sign out everywhere`} reason="none" problem={out.error} isPending={out.isPending} onClose={onClose} onConfirm={() => out.mutate()}>{t`You are asked for your password again, here too.`}</ConfirmDialog>
}
