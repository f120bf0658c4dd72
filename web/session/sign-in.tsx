import { useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { authenticate, type Problem } from '../api.ts'
import { ProblemAlert } from '../parts/problem.tsx'
import { queryClient } from '../queries.ts'
import { useFilters } from '../search.ts'
import { Door } from './door.tsx'

/** Who comes without a session; leads back to where it was wanted to go. */
export default function SignIn() {
  const { t } = useLingui()
  const navigate = useNavigate()
  const { search: { to } } = useFilters()
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '', password: '' } })
  const signIn = useMutation<unknown, Problem, { email: string; password: string }>({
    mutationFn: (given) => authenticate('sign-in/email', given),
    onSuccess: async () => {
      queryClient.clear()
      // only within this app
      await navigate({ href: to?.startsWith('/') === true && !to.startsWith('//') ? to : '/' })
    },
  })
  return (
    <Door title={t`Sign in`}>
      <form onSubmit={form.onSubmit((given) => signIn.mutate(given))}>
        <Stack>
          <ProblemAlert problem={signIn.error} />
          <TextInput size="md" label={t`E-mail`} type="email" autoComplete="username" required autoFocus key={form.key('email')} {...form.getInputProps('email')} />
          <PasswordInput size="md" label={t`Password`} autoComplete="current-password" required key={form.key('password')} {...form.getInputProps('password')} visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }} />
          <Button size="md" type="submit" loading={signIn.isPending}>{t`Sign in`}</Button>
        </Stack>
      </form>
    </Door>
  )
}
