import { useLingui } from '@lingui/react/macro'
import { Button, Checkbox, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { bearDates, beginningsOf, tradePresets, type Trade } from '#src/lib/trades.ts'
import { PropertyFields } from '../parts/property-fields.tsx'
import { givenProperties, type PropertyTexts } from '../parts/property-values.ts'
import { ProblemAlert } from '../parts/problem.tsx'
import { get, useCommand } from '../queries.ts'
import { useMe } from '../session/me.ts'
import { dateKindName, tradeName, trackingName } from '../words.ts'
import classes from './product.module.css'

const trackings = ['lot', 'serial', 'lot_and_serial', 'none'] as const
const dateKinds = ['best_by', 'use_by', 'expiry', 'sell_by', 'none'] as const

interface NewProductForm {
  readonly name: string
  readonly sku: string
  readonly gtin: string
  readonly baseUom: string
  readonly tracking: (typeof trackings)[number]
  readonly dateKind: (typeof dateKinds)[number]
  readonly blocksAfterDate: boolean
  readonly properties: PropertyTexts
}

/** Name, SKU, unit of measure, tracking: enough to begin with. What it begins with goes by what is handled. `gtin`: of a label that was scanned. Its page opens, unless `onMade` wants it. */
export default function NewProductDialog({ gtin = null, onClose, onMade }: { readonly gtin?: string | null; readonly onClose: () => void; readonly onMade?: (productId: string) => void }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const { trades } = useMe()
  const [trade, setTrade] = useState<Trade>(trades[0] ?? 'other')
  const uoms = useQuery(get('/uoms'))
  const definitions = useQuery(get('/properties', { query: { subject: 'product' } })).data?.items ?? []
  const create = useCommand('POST /products')
  const form = useForm<NewProductForm>({ initialValues: { name: '', sku: '', gtin: gtin ?? '', ...tradePresets[trade].product, properties: {} } })
  const { tracking, dateKind } = form.values
  const submit = form.onSubmit(({ gtin: code, properties, ...body }) => create.mutate({ body: { ...body, ...(body.tracking === 'none' ? { dateKind: 'none' as const, blocksAfterDate: false } : {}), ...(code === '' ? {} : { gtin: code }), properties: givenProperties(properties) } }, {
    onSuccess: ({ productId }) => {
      onClose()
      if (onMade !== undefined) onMade(productId)
      else void navigate({ to: '/products/$productId', params: { productId } })
    },
  }))
  const begin = (chosen: Trade): void => {
    setTrade(chosen)
    form.setValues(tradePresets[chosen].product)
  }
  const dateField = <Select label={t`Date on the label`} allowDeselect={false} data={dateKinds.map((value) => ({ value, label: dateKindName(value) }))} {...form.getInputProps('dateKind')} />
  const fields = (some: typeof definitions) => <PropertyFields definitions={some} values={form.values.properties} onChange={(properties) => form.setFieldValue('properties', properties)} />
  const showsDate = tracking !== 'none' && (bearDates(trades) || dateKind !== 'none')
  // what only another of the trades has room for is not asked of this one
  const foreign = new Set(beginningsOf(trades.filter((one) => one !== trade)).properties.map(({ key }) => key))
  for (const { key } of tradePresets[trade].properties) foreign.delete(key)
  const more = definitions.filter(({ key, required }) => !required && !foreign.has(key))
  return (
    <Modal opened onClose={onClose} title={t`New product`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <form onSubmit={submit}>
        <Stack>
          <ProblemAlert problem={create.error} />
          {trades.length > 1 && <Select label={t`What it is`} allowDeselect={false} data={trades.map((value) => ({ value, label: tradeName(value) }))} value={trade} onChange={(value) => begin(value as Trade)} />}
          <TextInput label={t`Name`} required maxLength={300} data-autofocus {...form.getInputProps('name')} />
          <TextInput label={t`SKU`} description={t`Your own code for it.`} required maxLength={90} classNames={{ input: 'code' }} {...form.getInputProps('sku')} />
          {gtin !== null && <TextInput label="GTIN" description={t`As it was scanned.`} maxLength={14} classNames={{ input: 'code' }} {...form.getInputProps('gtin')} />}
          <Select label={t`Unit of measure`} description={t`Everything is counted in it.`} allowDeselect={false} searchable data={(uoms.data?.items ?? []).map(({ uom, name }) => ({ value: uom, label: uom === name ? uom : `${uom} · ${name}` }))} {...form.getInputProps('baseUom')} />
          <Select label={t`Tracked`} allowDeselect={false} data={trackings.map((value) => ({ value, label: trackingName(value) }))} {...form.getInputProps('tracking')} />
          {showsDate && dateField}
          {tracking !== 'none' && dateKind !== 'none' && <Checkbox label={t`Not used or shipped after that day`} {...form.getInputProps('blocksAfterDate', { type: 'checkbox' })} />}
          {fields(definitions.filter(({ required }) => required))}
          {(more.length > 0 || (tracking !== 'none' && !showsDate)) && (
            <details>
              <summary className={classes['more']}>{t`More`}{more.length > 0 && <span className="dim"> · {more.map(({ name }) => name).join(', ')}</span>}</summary>
              <Stack mt="sm">{tracking !== 'none' && !showsDate && dateField}{fields(more)}</Stack>
            </details>
          )}
          <Group justify="flex-end"><Button variant="default" onClick={onClose}>{t`Cancel`}</Button><Button type="submit" loading={create.isPending}>{t`Make it`}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}
