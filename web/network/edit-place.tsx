import { useLingui } from '@lingui/react/macro'
import { Autocomplete } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { PlacePick } from '../parts/pick.tsx'
import { changedProperties, propertyTexts } from '../parts/property-values.ts'
import { givenReason, ReasonField } from '../parts/reason-field.tsx'
import { ChangedMeanwhile, useRecordForm } from '../parts/record-form.tsx'
import { get, useCommand } from '../queries.ts'
import { PlaceMore, PlaceNames } from './place-fields.tsx'

type Place = ReadOutput<'/places/:placeId'>

/** What a place is called, where it stands, whether it mixes. */
export default function EditPlace({ place, onClose }: { readonly place: Place; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const { placeId, kind, parentId: stands } = place
  const definitions = useQuery(get('/properties', { query: { subject: 'place' } })).data?.items ?? []
  const { form, base, version, changes, onError, meanwhile } = useRecordForm({
    record: place, query: get('/places/:placeId', { params: { placeId } }), subjectId: placeId,
    toValues: ({ code, name, parentId, timeZone, commingled, gln, properties }: Place) => ({ code, name, parentId, timeZone, commingled, gln: gln ?? '', properties: propertyTexts(properties), reason: '' }),
    names: {
      code: { label: t`Code` }, name: { label: t`Name` }, parentId: { label: t`Stands in` }, timeZone: { label: t`Time zone` }, commingled: { label: t`Mixes what is put in` }, gln: { label: 'GLN' }, properties: { label: t`Properties` }, reason: { label: t`Why` },
    },
  })
  const save = useCommand('PATCH /places/:placeId', { ifMatch: version })
  const submit = (): void => {
    const { reason = '', properties, gln, name, parentId, ...changed } = changes()
    const body = {
      ...changed, ...(name === undefined ? {} : { name: name.trim() === '' ? form.values.code : name.trim() }), ...(parentId === undefined || parentId === null ? {} : { parentId }), ...(gln === undefined ? {} : { gln: gln === '' ? null : gln }),
      ...(properties === undefined ? {} : { properties: changedProperties(propertyTexts(base.properties), properties) }),
    }
    if (Object.keys(body).length === 0) return onClose()
    save.mutate({ params: { placeId }, body: { ...body, ...givenReason(reason) } }, {
      onError,
      onSuccess: () => {
        onClose()
        done(t`Saved`)
      },
    })
  }
  return (
    <FormDialog title={t`Edit the place`} submit={t`Save`} form={form} onSubmit={submit} problem={save.error} isPending={save.isPending} onClose={onClose} at={{ code_taken: 'code', place_unknown: 'parentId', place_inside_itself: 'parentId', place_kind_wrong: 'parentId', place_not_empty: 'commingled', gln_check_digit: 'gln' }}>
      <ChangedMeanwhile meanwhile={meanwhile} />
      <PlaceNames getInputProps={form.getInputProps} autoFocus />
      {stands !== null && <PlacePick label={t`Stands in`} description={t`Another one of the same facility takes everything inside along.`} required value={form.values.parentId} onChange={(id) => form.setFieldValue('parentId', id)} error={form.errors['parentId']} field="parentId" />}
      {kind === 'facility' && <Autocomplete label={t`Time zone`} description={t`Decides which day it is for everything that happens in it.`} required limit={50} data={Intl.supportedValuesOf('timeZone')} {...form.getInputProps('timeZone')} />}
      <PlaceMore form={form} definitions={definitions} mayMix={stands !== null} />
      <ReasonField {...form.getInputProps('reason')} />
    </FormDialog>
  )
}
