import { useLingui } from '@lingui/react/macro'
import { TextInput } from '@mantine/core'
import type { ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { ChangedMeanwhile, useRecordForm } from '../parts/record-form.tsx'
import { get, useCommand } from '../queries.ts'
import { RoleField } from './role-field.tsx'
import { roleName } from './words.ts'

type Person = ReadOutput<'/people/:userId'>

/** Gives a person another role. */
export default function ChangeRole({ person, onClose }: { readonly person: Person; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const { userId, name } = person
  const { form, version, onError, meanwhile } = useRecordForm({
    record: person, query: get('/people/:userId', { params: { userId } }), subjectId: userId,
    toValues: ({ role }: Person) => ({ role, reason: '' }), names: { role: { label: t`Role`, say: roleName }, reason: { label: t`Why` } },
  })
  const change = useCommand('PATCH /people/:userId', { ifMatch: version })
  return (
    <FormDialog title={t`Another role for ${name}`} submit={t`Save`} form={form} problem={change.error} isPending={change.isPending} onClose={onClose} at={{ last_owner: 'role', role_unknown: 'role', role_beyond_yours: 'role' }}
      onSubmit={({ role, reason }) => change.mutate({ params: { userId }, body: { role, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) } }, {
        onError,
        onSuccess: () => {
          onClose()
          done(t`${name} is ${roleName(role)} now`)
        },
      })}>
      <ChangedMeanwhile meanwhile={meanwhile} />
      <RoleField data-autofocus {...form.getInputProps('role')} />
      <TextInput label={t`Why`} description={t`Stands in the history.`} maxLength={200} {...form.getInputProps('reason')} />
    </FormDialog>
  )
}
