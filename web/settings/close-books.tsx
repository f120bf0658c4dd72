import { useLingui } from '@lingui/react/macro'
import { Alert, TextInput } from '@mantine/core'
import type { ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { localDay } from '../parts/format.ts'
import { ChangedMeanwhile, useRecordForm } from '../parts/record-form.tsx'
import { get, useCommand } from '../queries.ts'

type Organization = ReadOutput<'/organization'>

/** Through which day the books are closed. */
export default function CloseBooks({ organization, onClose }: { readonly organization: Organization; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const { form, version, onError, meanwhile } = useRecordForm({
    record: organization, query: get('/organization'), subjectId: organization.organizationId,
    toValues: ({ closedThrough }: Organization) => ({ closedThrough: closedThrough ?? '', reason: '' }),
    names: { closedThrough: { label: t`Closed through` }, reason: { label: t`Why` } },
  })
  const save = useCommand('PATCH /organization', { ifMatch: version })
  const { closedThrough } = form.values
  const opens = organization.closedThrough !== null && closedThrough < organization.closedThrough
  return (
    <FormDialog title={t`Close the books`} submit={opens ? t`Open the books` : t`Close the books`} danger={!opens} form={form} problem={save.error} isPending={save.isPending} onClose={onClose} at={{ input_invalid: 'closedThrough' }}
      onSubmit={({ closedThrough: day, reason }) => save.mutate({ body: { closedThrough: day === '' ? null : day, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) } }, {
        onError,
        onSuccess: () => {
          onClose()
          done(day === '' ? t`The books are open` : t`The books are closed through ${day}`)
        },
      })}>
      <ChangedMeanwhile meanwhile={meanwhile} />
      <TextInput type="date" label={t`Closed through`} description={t`Empty: no day is closed.`} max={localDay()} data-autofocus {...form.getInputProps('closedThrough')} />
      <Alert variant="outline" color={opens ? 'var(--warn)' : 'var(--info)'}>
        {opens ? t`Days that were closed take movements again. What was reported for them may change.` : t`Nothing that happened on that day or before can be entered, changed or undone any more, through whichever door. Reading stays as it is, and an owner can open the books again.`}
      </Alert>
      <TextInput label={t`Why`} description={t`Stands in the history.`} maxLength={200} {...form.getInputProps('reason')} />
    </FormDialog>
  )
}
