import { useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { authenticate, send, type CommandInput, type Problem } from '../api.ts'
import { ProblemAlert } from '../parts/problem.tsx'
import { get, queryClient } from '../queries.ts'
import { Door } from './door.tsx'

const NEW = { organization: '', name: '', email: '', password: '', token: '' }

/** A new installation: the first owner and the organisation. */
export default function SetUp() {
  const { t } = useLingui()
  const navigate = useNavigate()
  const setup = useQuery(get('/setup'))
  const form = useForm({ mode: 'uncontrolled', initialValues: NEW })
  const setUp = useMutation<void, Problem, typeof NEW>({
    mutationFn: async (given) => {
      await send('POST /setup', { body: toSetup(given) }, 'set-up')
      await authenticate('sign-in/email', { email: given.email, password: given.password })
    },
    onSuccess: async () => {
      queryClient.clear()
      await navigate({ to: '/welcome' })
    },
  })
  return (
    <Door title={t`Welcome to Lotwise`} lead={t`You make the first account. It takes a minute, and everything can be changed later.`}>
      <form onSubmit={form.onSubmit((given) => setUp.mutate(given))}>
        <Stack>
          <ProblemAlert problem={setUp.error ?? setup.error} />
          <TextInput size="md" label={t`Company`} autoComplete="organization" required autoFocus maxLength={200} key={form.key('organization')} {...form.getInputProps('organization')} />
          <TextInput size="md" label={t`Your name`} autoComplete="name" required maxLength={200} key={form.key('name')} {...form.getInputProps('name')} />
          <TextInput size="md" label={t`E-mail`} description={t`To sign in with; nothing is sent to it.`} type="email" autoComplete="username" required key={form.key('email')} {...form.getInputProps('email')} />
          <PasswordInput size="md" label={t`Password`} description={t`10 characters or more; a short sentence is fine.`} autoComplete="new-password" required minLength={10} key={form.key('password')} {...form.getInputProps('password')} visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }} />
          {setup.data?.tokenNeeded === true && <TextInput size="md" label={t`Token`} description={t`Printed on the console where Lotwise was started.`} required className="code" key={form.key('token')} {...form.getInputProps('token')} />}
          <Button size="md" type="submit" loading={setUp.isPending}>{t`Begin`}</Button>
        </Stack>
      </form>
    </Door>
  )
}

function toSetup({ organization, name, email, password, token }: typeof NEW): CommandInput<'POST /setup'>['body'] {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC'
  return { owner: { name, email, password }, organization: { name: organization, timeZone, currency: 'EUR' }, ...(token === '' ? {} : { token: token.trim() }) }
}
