import { useLingui } from '@lingui/react/macro'
import { Checkbox, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { ChangedMeanwhile, useRecordForm } from '../parts/record-form.tsx'
import { Lines } from '../parts/lines.tsx'
import { queryClient, get, useCommand } from '../queries.ts'
import { programName } from './names.ts'
import { propertySubjects, type Property } from './properties.tsx'
import { propertySubjectName, valueTypeName } from './words.ts'

const valueTypes = ['text', 'number', 'date', 'boolean', 'choice'] as const

/** A property that is there, or a new one. */
export default function EditProperty({ property, onClose }: { readonly property: Property | null; readonly onClose: () => void }) {
  return property === null ? <NewProperty onClose={onClose} /> : <ChangeProperty property={property} onClose={onClose} />
}

function NewProperty({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const define = useCommand('POST /properties')
  const form = useForm<{ subject: Property['subject']; name: string; key: string; valueType: Property['valueType']; choices: readonly string[]; required: boolean }>({
    initialValues: { subject: 'product', name: '', key: '', valueType: 'text', choices: [], required: false },
    validate: { choices: (choices, { valueType }) => (valueType === 'choice' && choices.length === 0 ? t`At least one, please.` : null) },
  })
  const { valueType, name, key } = form.values
  return (
    <FormDialog title={t`New property`} submit={t`Make it`} form={form} problem={define.error} isPending={define.isPending} onClose={onClose} at={{ code_taken: ['key', t`There is a property of this name already, perhaps an archived one.`] }}
      onSubmit={({ choices, ...body }) => define.mutate({ body: { ...body, name: body.name.trim(), key: key === '' ? programName(name) : key, ...(valueType === 'choice' ? { choices: [...choices] } : {}) } }, {
        onSuccess: () => {
          onClose()
          done(t`${name} can be filled in now`)
        },
      })}>
      <Select label={t`Of`} allowDeselect={false} data={propertySubjects.map((value) => ({ value, label: propertySubjectName(value) }))} data-autofocus {...form.getInputProps('subject')} />
      <TextInput label={t`Name`} required maxLength={100} {...form.getInputProps('name')} />
      <Select label={t`Holds`} description={t`Stays as it is once made: values rest on it.`} allowDeselect={false} data={valueTypes.map((value) => ({ value, label: valueTypeName(value) }))} {...form.getInputProps('valueType')} />
      {valueType === 'choice' && <Lines label={t`Choices`} value={form.values.choices} onChange={(choices) => form.setFieldValue('choices', [...choices])} error={form.errors['choices']} field="choices" />}
      <TextInput label={t`Name for programs and files`} placeholder={programName(name)} maxLength={40} pattern="[a-z][a-z0-9_]*" title={t`Small letters, digits and _, beginning with a letter.`} required={programName(name) === '' && name !== ''} classNames={{ input: 'code' }} {...form.getInputProps('key')} />
      <Checkbox label={t`Has to be filled in`} description={t`Of whatever comes new. What is there already is not stopped by it.`} {...form.getInputProps('required', { type: 'checkbox' })} />
    </FormDialog>
  )
}

function ChangeProperty({ property, onClose }: { readonly property: Property; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const { propertyId } = property
  const { form, version, changes, onError, meanwhile } = useRecordForm({
    record: property, subjectId: propertyId,
    query: { queryKey: ['property', propertyId], queryFn: async () => {
      const lists = await Promise.all(['false', 'true'].map((archived) => queryClient.fetchQuery({ ...get('/properties', { query: { archived } }), staleTime: 0 })))
      return lists.flatMap(({ items }) => items).find((one) => one.propertyId === propertyId) ?? property
    } },
    toValues: ({ name, choices, required, archivedAt }: Property) => ({ name, choices: choices ?? [], required, archived: archivedAt !== null }),
    names: { name: { label: t`Name` }, choices: { label: t`Choices` }, required: { label: t`Has to be filled in` }, archived: { label: t`Archived` } },
  })
  const change = useCommand('PATCH /properties/:propertyId', { ifMatch: version })
  const submit = (): void => {
    const { choices, ...body } = changes()
    if (choices === undefined && Object.keys(body).length === 0) return onClose()
    change.mutate({ params: { propertyId }, body: { ...body, ...(choices === undefined ? {} : { choices: [...choices] }) } }, {
      onError,
      onSuccess: () => {
        onClose()
        done(t`Saved`)
      },
    })
  }
  return (
    <FormDialog title={t`Edit ${property.name}`} submit={t`Save`} form={form} onSubmit={submit} problem={change.error} isPending={change.isPending} onClose={onClose}>
      <ChangedMeanwhile meanwhile={meanwhile} />
      <TextInput label={t`Name`} required maxLength={100} data-autofocus {...form.getInputProps('name')} />
      {property.valueType === 'choice' && <Lines label={t`Choices`} description={t`One that is taken away stays where it was chosen.`} value={form.values.choices} onChange={(choices) => form.setFieldValue('choices', [...choices])} error={form.errors['choices']} field="choices" />}
      <Checkbox label={t`Has to be filled in`} description={t`Of whatever comes new. What is there already is not stopped by it.`} {...form.getInputProps('required', { type: 'checkbox' })} />
      <Checkbox label={t`Archived`} description={t`It is asked for no more; what was filled in stays.`} {...form.getInputProps('archived', { type: 'checkbox' })} />
    </FormDialog>
  )
}
