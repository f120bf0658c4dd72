import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { PropertyFields } from '../parts/property-fields.tsx'
import { changedProperties, propertyTexts } from '../parts/property-values.ts'
import { givenReason, ReasonField } from '../parts/reason-field.tsx'
import { ChangedMeanwhile, useRecordForm } from '../parts/record-form.tsx'
import { get, useCommand } from '../queries.ts'

type Unit = ReadOutput<'/units/:unitId'>

/** The properties of a unit. */
export default function EditUnit({ unit, onClose }: { readonly unit: Unit; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const { unitId, serial } = unit
  const definitions = useQuery(get('/properties', { query: { subject: 'unit' } })).data?.items ?? []
  const { form, base, version, changes, onError, meanwhile } = useRecordForm({
    record: unit, query: get('/units/:unitId', { params: { unitId } }), subjectId: unitId, toValues: ({ properties }: Unit) => ({ properties: propertyTexts(properties), reason: '' }),
    names: { properties: { label: t`Properties` }, reason: { label: t`Why` } },
  })
  const save = useCommand('PATCH /units/:unitId', { ifMatch: version })
  const submit = (): void => {
    const { properties, reason = '' } = changes()
    if (properties === undefined) return onClose()
    save.mutate({ params: { unitId }, body: { properties: changedProperties(propertyTexts(base.properties), properties), ...givenReason(reason) } }, {
      onError,
      onSuccess: () => {
        onClose()
        done(t`Saved`)
      },
    })
  }
  return (
    <FormDialog title={t`Edit the unit ${serial}`} submit={t`Save`} form={form} onSubmit={submit} problem={save.error} isPending={save.isPending} onClose={onClose}>
      <ChangedMeanwhile meanwhile={meanwhile} />
      <PropertyFields definitions={definitions} values={form.values.properties} errors={form.errors} onChange={(now) => {
        form.setFieldValue('properties', now)
        for (const { key } of definitions) form.clearFieldError(`properties.${key}`)
      }} />
      <ReasonField {...form.getInputProps('reason')} />
    </FormDialog>
  )
}
