import { useLingui } from '@lingui/react/macro'
import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import forms from '../parts/form.module.css'
import { PartyPick } from '../parts/pick.tsx'
import { PropertyFields } from '../parts/property-fields.tsx'
import { changedProperties, propertyTexts } from '../parts/property-values.ts'
import { givenReason, ReasonField } from '../parts/reason-field.tsx'
import { ChangedMeanwhile, useRecordForm } from '../parts/record-form.tsx'
import { get, useCommand } from '../queries.ts'
import { dateKindName } from '../words.ts'

type Product = ReadOutput<'/products/:productId'>
const dateKinds = ['best_by', 'use_by', 'expiry', 'sell_by', 'none'] as const

/** What a product is called, how it is counted, its dates and properties. */
export default function EditProduct({ product, onClose }: { readonly product: Product; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const { productId } = product
  const uoms = useQuery(get('/uoms')).data?.items ?? []
  const definitions = useQuery(get('/properties', { query: { subject: 'product' } })).data?.items ?? []
  const { form, version, base, changes, onError, meanwhile } = useRecordForm({
    record: product, query: get('/products/:productId', { params: { productId } }), subjectId: productId,
    toValues: ({ name, sku, baseUom, scale, secondUom, measured, dateKind, blocksAfterDate, makerId, properties }: Product) => ({ name, sku, baseUom, scale: String(scale), secondUom, measured, dateKind, blocksAfterDate, makerId, properties: propertyTexts(properties), reason: '' }),
    names: {
      name: { label: t`Name` }, sku: { label: t`SKU` }, baseUom: { label: t`Unit of measure` }, scale: { label: t`Decimals` }, secondUom: { label: t`Also kept in` }, measured: { label: t`Pieces of different size` },
      dateKind: { label: t`Date on the label`, say: dateKindName }, blocksAfterDate: { label: t`Not used or shipped after that day` }, makerId: { label: t`Maker` }, properties: { label: t`Properties` }, reason: { label: t`Why` },
    },
  })
  const save = useCommand('PATCH /products/:productId', { ifMatch: version })
  const { dateKind, measured, properties } = form.values
  const submit = (): void => {
    const { reason = '', properties: given, scale, ...changed } = changes()
    const body = { ...changed, ...(scale === undefined ? {} : { scale: Number(scale) }), ...(given === undefined ? {} : { properties: changedProperties(propertyTexts(base.properties), given) }) }
    if (Object.keys(body).length === 0) return onClose()
    save.mutate({ params: { productId }, body: { ...body, ...givenReason(reason) } }, {
      onError,
      onSuccess: () => {
        onClose()
        done(t`Saved`)
      },
    })
  }
  const uomData = uoms.map(({ uom, name }) => ({ value: uom, label: uom === name ? uom : `${uom} · ${name}` }))
  return (
    <FormDialog title={t`Edit the product`} submit={t`Save`} size="lg" form={form} onSubmit={submit} problem={save.error} isPending={save.isPending} onClose={onClose} at={{ sku_taken: 'sku', scale_fixed: 'baseUom', uom_unknown: 'baseUom', measured_fixed: 'measured', party_unknown: 'makerId' }}>
      <ChangedMeanwhile meanwhile={meanwhile} />
      <TextInput label={t`Name`} required maxLength={300} data-autofocus {...form.getInputProps('name')} />
      <TextInput label={t`SKU`} description={t`One that is replaced still leads here.`} required maxLength={90} classNames={{ input: 'code' }} {...form.getInputProps('sku')} />
      <div className={forms['pair']}>
        <Select label={t`Date on the label`} allowDeselect={false} data={dateKinds.map((value) => ({ value, label: dateKindName(value) }))} {...form.getInputProps('dateKind')} />
        <PartyPick label={t`Maker`} role="maker" value={form.values.makerId} onChange={(makerId) => form.setFieldValue('makerId', makerId)} error={form.errors['makerId']} field="makerId" />
      </div>
      {dateKind !== 'none' && <Checkbox label={t`Not used or shipped after that day`} {...form.getInputProps('blocksAfterDate', { type: 'checkbox' })} />}
      <PropertyFields definitions={definitions} values={properties} errors={form.errors} onChange={(now) => {
        form.setFieldValue('properties', now)
        for (const { key } of definitions) form.clearFieldError(`properties.${key}`)
      }} />
      <details className={forms['more']}>
        <summary>{t`How it is counted`} <span className="dim">· {t`fixed once there are movements`}</span></summary>
        <div className={forms['pair']}>
          <Select label={t`Unit of measure`} allowDeselect={false} searchable data={uomData} {...form.getInputProps('baseUom')} />
          <NumberInput label={t`Decimals`} min={0} max={9} allowDecimal={false} {...form.getInputProps('scale')} />
          <Select label={t`Also kept in`} clearable searchable data={uomData} {...form.getInputProps('secondUom')} />
        </div>
        <Checkbox mt="md" label={t`Pieces of different size`} description={t`Each has a measure of its own: a wheel of cheese, a roll.`} checked={measured} error={form.errors['measured']} data-path="measured" onChange={({ currentTarget: { checked } }) => form.setFieldValue('measured', checked)} />
      </details>
      <ReasonField {...form.getInputProps('reason')} />
    </FormDialog>
  )
}
