import { useLingui } from '@lingui/react/macro'
import { Anchor, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Code } from '../parts/code.tsx'
import { FormDialog } from '../parts/form.tsx'
import { localDay } from '../parts/format.ts'
import { ShownOnce } from '../parts/shown-once.tsx'
import { useCommand } from '../queries.ts'
import { RoleField } from './role-field.tsx'

/** Makes a key, and shows its text once. */
export default function NewKey({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const [made, setMade] = useState<{ readonly name: string; readonly key: string } | null>(null)
  const make = useCommand('POST /api-keys')
  const form = useForm({ initialValues: { name: '', role: 'viewer', day: '' } })
  if (made !== null) {
    return (
      <ShownOnce title={t`The API key ${made.name}`} label={t`Key`} secret={made.key} warning={t`Copy it now: it is not shown again, and nobody can read it out of Lotwise.`} onClose={onClose}>
        <Text size="sm" component="div">{t`A request says it in a header:`} <Code value={`Authorization: Bearer ${made.key.slice(0, 7)}…`} plain /> · <Anchor component={Link} to="/help" size="sm" target="_blank">{t`How to use the API`}</Anchor></Text>
      </ShownOnce>
    )
  }
  return (
    <FormDialog title={t`New API key`} submit={t`Make it`} form={form} problem={make.error} isPending={make.isPending} onClose={onClose} at={{ role_unknown: 'role', role_beyond_yours: 'role' }}
      onSubmit={({ name, role, day }) => make.mutate({ body: { name: name.trim(), role, ...(day === '' ? {} : { expiresAt: endOf(day) }) } }, {
        // a repeated request gets no text: the key that was made is then revoked in the list
        onSuccess: ({ key, name: named }) => (key === null ? onClose() : setMade({ name: named, key })),
      })}>
      <TextInput label={t`Name`} description={t`What will use it: “Web shop”, “Scale at the dock”.`} required maxLength={100} data-autofocus {...form.getInputProps('name')} />
      <RoleField description={t`It may see and do what this role may. Give it no more than it needs.`} {...form.getInputProps('role')} />
      <TextInput type="date" label={t`Opens through`} description={t`Empty: until it is revoked.`} min={localDay()} {...form.getInputProps('day')} />
    </FormDialog>
  )
}

/** The end of a day here. */
function endOf(day: string): string {
  const [year = NaN, month = NaN, date = NaN] = day.split('-').map(Number)
  return new Date(year, month - 1, date + 1).toISOString()
}
