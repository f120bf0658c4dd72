import { useLingui } from '@lingui/react/macro'
import { Anchor, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import type { CommandOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { ShownOnce } from '../parts/shown-once.tsx'
import { useCommand } from '../queries.ts'
import { RoleField } from './role-field.tsx'

/** Adds somebody with a first password, and shows it once: to be handed over. */
export default function NewPerson({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const [added, setAdded] = useState<CommandOutput<'POST /people'> | null>(null)
  const add = useCommand('POST /people')
  const form = useForm({ initialValues: { name: '', email: '', role: 'operator', password: '' } })
  if (added !== null) {
    return (
      <ShownOnce title={t`${added.name} is here now`} label={t`First password of ${added.email}`} secret={form.values.password} warning={t`Hand it over now: it is not shown again. It is changed under Settings, My account.`} onClose={onClose} />
    )
  }
  return (
    <FormDialog title={t`Add a person`} submit={t`Add`} form={form} problem={add.error} isPending={add.isPending} onClose={onClose} at={{ person_already_here: 'email', person_elsewhere: 'email', role_unknown: 'role', role_beyond_yours: 'role' }}
      onSubmit={({ name, email, role, password }) => add.mutate({ body: { name: name.trim(), email: email.trim(), role, password } }, {
        onSuccess: (person) => {
          // somebody who comes back signs in as before
          if (person.version === 1) return setAdded(person)
          onClose()
          done(t`${person.name} is back, with the password from before`)
        },
      })}>
      <TextInput label={t`Name`} required maxLength={200} autoComplete="off" data-autofocus {...form.getInputProps('name')} />
      <TextInput label={t`E-mail`} type="email" required maxLength={254} autoComplete="off" description={t`What they sign in with. No message is sent.`} {...form.getInputProps('email')} />
      <RoleField {...form.getInputProps('role')} />
      <PasswordField label={t`First password`} required minLength={10} autoComplete="new-password" {...form.getInputProps('password')}
        description={<>{t`At least 10 characters; a short sentence is fine.`} <Anchor component="button" type="button" size="xs" onClick={() => form.setFieldValue('password', madeUpPassword())}>{t`Make one up`}</Anchor></>} />
    </FormDialog>
  )
}

/** Something to be read out and typed once: five groups of letters, 62 bits. */
function madeUpPassword(): string {
  const [consonants, vowels] = ['bdfghjkmnprstvz', 'aeiou']
  const numbers = crypto.getRandomValues(new Uint32Array(20))
  const letter = (at: number): string => (at % 2 === 0 ? consonants : vowels).charAt((numbers[at] ?? 0) % (at % 2 === 0 ? consonants.length : vowels.length))
  return Array.from({ length: 5 }, (_, group) => Array.from({ length: 4 }, (__, at) => letter(group * 4 + at)).join('')).join('-')
}
