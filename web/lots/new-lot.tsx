import { useLingui } from '@lingui/react/macro'
import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import forms from '../parts/form.module.css'
import { PartyPick, ProductPick } from '../parts/pick.tsx'
import { PropertyFields } from '../parts/property-fields.tsx'
import { givenProperties, type PropertyTexts } from '../parts/property-values.ts'
import { get, useCommand } from '../queries.ts'

const fieldOfKind = { best_by: 'bestBy', sell_by: 'sellBy', use_by: 'useBy', expiry: 'expiresOn' } as const

interface NewLotForm {
  readonly product: string | null
  readonly code: string
  readonly issuer: string | null
  readonly family: string
  readonly madeOn: string
  readonly due: string
  readonly properties: PropertyTexts
}

/** Makes a lot known before there is any of it. */
export default function NewLot({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const navigate = useNavigate()
  const register = useCommand('POST /lots')
  const definitions = useQuery(get('/properties', { query: { subject: 'lot' } })).data?.items ?? []
  const form = useForm<NewLotForm>({ initialValues: { product: null, code: '', issuer: null, family: '', madeOn: '', due: '', properties: {} }, validate: { product: (product) => (product === null ? t`This is needed.` : null) } })
  const { product: productId, issuer, properties } = form.values
  const { data: product } = useQuery({ ...get('/products/:productId', { params: { productId: productId ?? '' } }), enabled: productId !== null })
  const due = product === undefined || product.dateKind === 'none' ? undefined : fieldOfKind[product.dateKind]
  const dueLabel = { bestBy: t`Best by`, sellBy: t`Sell by`, useBy: t`Use by`, expiresOn: t`Expires` }
  return (
    <FormDialog title={t`New lot`} submit={t`Make it`} form={form} problem={register.error} isPending={register.isPending} onClose={onClose}
      at={{ product_unknown: 'product', lot_code_invalid: 'code', party_unknown: 'issuer', party_ambiguous: 'issuer', lot_date_differs: 'due', lot_family_differs: 'family', lot_property_differs: 'code' }}
      onSubmit={({ code, family, madeOn, due: day }) => register.mutate({ body: {
        product: productId ?? '', code: code.trim(), ...(issuer === null ? {} : { issuer }), ...(family.trim() === '' ? {} : { family: family.trim() }),
        dates: { ...(madeOn === '' ? {} : { madeOn }), ...(day === '' || due === undefined ? {} : { [due]: day }) }, properties: givenProperties(properties),
      } }, {
        onSuccess: ({ lotId }) => {
          onClose()
          done(t`The lot ${code.trim()} is known`)
          void navigate({ to: '/lots/$lotId', params: { lotId } })
        },
      })}>
      <p className={forms['hint']}>{t`A receipt or a run makes its lots by itself. Here one is made known before there is any of it.`}</p>
      <ProductPick label={t`Product`} required value={productId} onChange={(id) => form.setFieldValue('product', id)} error={form.errors['product']} field="product" />
      <TextInput label={t`Code`} description={t`As it is printed.`} required maxLength={90} autoComplete="off" classNames={{ input: 'code' }} {...form.getInputProps('code')} />
      <PartyPick label={t`Issued by`} description={t`Who gave it its code; empty: not known.`} role="maker" value={issuer} onChange={(id) => form.setFieldValue('issuer', id)} error={form.errors['issuer']} field="issuer" />
      <div className={forms['pair']}>
        <TextInput type="date" label={t`Made`} {...form.getInputProps('madeOn')} />
        {due !== undefined && <TextInput type="date" label={dueLabel[due]} {...form.getInputProps('due')} />}
      </div>
      <TextInput label={t`Family`} description={t`What it shares with lots of other products; may stay empty.`} maxLength={90} autoComplete="off" classNames={{ input: 'code' }} {...form.getInputProps('family')} />
      <PropertyFields definitions={definitions} values={properties} errors={form.errors} onChange={(now) => {
        form.setFieldValue('properties', now)
        for (const { key } of definitions) form.clearFieldError(`properties.${key}`)
      }} />
    </FormDialog>
  )
}
