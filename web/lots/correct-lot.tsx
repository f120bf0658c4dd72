import { useLingui } from '@lingui/react/macro'
import { Autocomplete, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import forms from '../parts/form.module.css'
import { PropertyFields } from '../parts/property-fields.tsx'
import { changedProperties, propertyTexts } from '../parts/property-values.ts'
import { ReasonField } from '../parts/reason-field.tsx'
import { ChangedMeanwhile, useRecordForm } from '../parts/record-form.tsx'
import { get, useCommand } from '../queries.ts'

type Lot = ReadOutput<'/lots/:lotId'>
const dateFields = ['madeOn', 'bestBy', 'sellBy', 'useBy', 'expiresOn'] as const
type DateField = (typeof dateFields)[number]
const fieldOfKind: Readonly<Record<string, DateField>> = { best_by: 'bestBy', sell_by: 'sellBy', use_by: 'useBy', expiry: 'expiresOn' }

/** What was read or typed wrongly of a lot: its code, dates, family, properties. It says why. */
export default function CorrectLot({ lot, onClose }: { readonly lot: Lot; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const { lotId } = lot
  const definitions = useQuery(get('/properties', { query: { subject: 'lot' } })).data?.items ?? []
  const { data: product } = useQuery(get('/products/:productId', { params: { productId: lot.product.productId } }))
  const { form, base, version, changes, onError, meanwhile } = useRecordForm({
    record: lot, query: get('/lots/:lotId', { params: { lotId } }), subjectId: lotId,
    toValues: ({ code, family, properties, ...dates }: Lot) => ({ code: code ?? '', ...(Object.fromEntries(dateFields.map((field) => [field, dates[field] ?? ''])) as Record<DateField, string>), family: family?.code ?? '', properties: propertyTexts(properties), reason: '' }),
    names: {
      code: { label: t`Code` }, madeOn: { label: t`Made` }, bestBy: { label: t`Best by` }, sellBy: { label: t`Sell by` }, useBy: { label: t`Use by` }, expiresOn: { label: t`Expires` }, family: { label: t`Family` }, properties: { label: t`Properties` }, reason: { label: t`Why` },
    },
  })
  const save = useCommand('PATCH /lots/:lotId', { ifMatch: version })
  const [search] = useDebouncedValue(form.values.family, 150)
  const families = useQuery(get('/lot-families', { query: { search, limit: 20 } })).data?.items ?? []
  const own = fieldOfKind[product?.dateKind ?? '']
  const labels: Readonly<Record<DateField, string>> = { madeOn: t`Made`, bestBy: t`Best by`, sellBy: t`Sell by`, useBy: t`Use by`, expiresOn: t`Expires` }
  const dateField = (field: DateField) => <TextInput key={field} type="date" label={labels[field]} {...form.getInputProps(field)} />
  // the date the product goes by and those the lot has; the others are asked for only where somebody wants them
  const shown = dateFields.filter((field) => field === 'madeOn' || field === own || base[field] !== null)
  const submit = (): void => {
    const { reason, code, family, properties, ...dates } = { reason: '', ...changes() }
    const body = {
      ...(code === undefined ? {} : { code: code.trim() }), ...Object.fromEntries(Object.entries(dates).map(([field, day]) => [field, day === '' ? null : day])), ...(family === undefined ? {} : { family: family.trim() === '' ? null : family.trim() }),
      ...(properties === undefined ? {} : { properties: changedProperties(propertyTexts(base.properties), properties) }),
    }
    if (Object.keys(body).length === 0) return onClose()
    save.mutate({ params: { lotId }, body: { ...body, reason: reason.trim() } }, {
      onError,
      onSuccess: () => {
        onClose()
        done(t`Corrected`)
      },
    })
  }
  return (
    <FormDialog title={t`Correct the lot`} submit={t`Save`} form={form} onSubmit={submit} problem={save.error} isPending={save.isPending} onClose={onClose} at={{ lot_code_taken: 'code', lot_code_invalid: 'code' }}>
      <ChangedMeanwhile meanwhile={meanwhile} />
      <TextInput label={t`Code`} description={t`One that is replaced still leads here.`} required maxLength={90} autoComplete="off" classNames={{ input: 'code' }} {...form.getInputProps('code')} />
      <div className={forms['pair']}>{shown.map(dateField)}</div>
      {shown.length < dateFields.length && <details className={forms['more']}><summary>{t`Other dates`}</summary><div className={forms['pair']}>{dateFields.filter((field) => !shown.includes(field)).map(dateField)}</div></details>}
      <Autocomplete label={t`Family`} description={t`What it shares with lots of other products: a dye bath, a batch of dough.`} maxLength={90} data={families.map(({ code }) => code)} classNames={{ input: 'code' }} {...form.getInputProps('family')} />
      <PropertyFields definitions={definitions} values={form.values.properties} errors={form.errors} onChange={(now) => {
        form.setFieldValue('properties', now)
        for (const { key } of definitions) form.clearFieldError(`properties.${key}`)
      }} />
      <ReasonField required {...form.getInputProps('reason')} />
    </FormDialog>
  )
}
