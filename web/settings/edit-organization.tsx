import { useLingui } from '@lingui/react/macro'
import { Autocomplete, TextInput } from '@mantine/core'
import type { ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import forms from '../parts/form.module.css'
import { ChangedMeanwhile, useRecordForm } from '../parts/record-form.tsx'
import { get, useCommand } from '../queries.ts'

type Organization = ReadOutput<'/organization'>

/** Name, time zone and currency. */
export default function EditOrganization({ organization, onClose }: { readonly organization: Organization; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const { form, version, changes, onError, meanwhile } = useRecordForm({
    record: organization, query: get('/organization'), subjectId: organization.organizationId,
    toValues: ({ name, timeZone, currency }: Organization) => ({ name, timeZone, currency }),
    names: { name: { label: t`Name` }, timeZone: { label: t`Time zone` }, currency: { label: t`Currency` } },
  })
  const save = useCommand('PATCH /organization', { ifMatch: version })
  const submit = (): void => {
    const body = changes()
    if (Object.keys(body).length === 0) return onClose()
    save.mutate({ body }, {
      onError,
      onSuccess: () => {
        onClose()
        done(t`Saved`)
      },
    })
  }
  return (
    <FormDialog title={t`Edit the organisation`} submit={t`Save`} form={form} onSubmit={submit} problem={save.error} isPending={save.isPending} onClose={onClose}>
      <ChangedMeanwhile meanwhile={meanwhile} />
      <TextInput label={t`Name`} required maxLength={200} data-autofocus {...form.getInputProps('name')} />
      <div className={forms['pair']}>
        <Autocomplete label={t`Time zone`} description={t`Of facilities without their own.`} required limit={50} data={Intl.supportedValuesOf('timeZone')} {...form.getInputProps('timeZone')} />
        <TextInput label={t`Currency`} description={t`Three letters.`} required minLength={3} maxLength={3} pattern="[A-Z]{3}" title={t`Three capital letters, such as EUR.`} classNames={{ input: 'code' }} {...form.getInputProps('currency')}
          onChange={({ currentTarget: { value } }) => form.setFieldValue('currency', value.toUpperCase())} />
      </div>
    </FormDialog>
  )
}
