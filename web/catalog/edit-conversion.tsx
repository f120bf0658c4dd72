import { useLingui } from '@lingui/react/macro'
import { Select, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import forms from '../parts/form.module.css'
import { decimalMark } from '../parts/format.ts'
import { readDecimal, typeDecimal } from '../parts/uoms.ts'
import { get, useCommand } from '../queries.ts'
import { fraction } from './product-codes.tsx'

type Product = ReadOutput<'/products/:productId'>

/** "1 case = 12 each": a unit of measure a product is counted in besides its own, or what it is changed to. */
export default function EditConversion({ product: { productId, baseUom, uoms }, conversion, onClose }: { readonly product: Product; readonly conversion: Product['uoms'][number] | null; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const all = useQuery(get('/uoms')).data?.items ?? []
  const save = useCommand('PUT /products/:productId/uoms/:uom')
  const mark = decimalMark()
  const form = useForm({
    initialValues: { uom: conversion?.uom ?? '', content: conversion === null ? '' : [conversion.numerator, ...(conversion.denominator === '1' ? [] : [conversion.denominator])].map((one) => typeDecimal(one, mark)).join(' / ') },
    validate: { content: (text) => (text.trim() === '' || readFraction(text) !== null ? null : t`A number above zero such as 12 or ${typeDecimal('0.5', mark)}, or a fraction such as 1/3.`) },
  })
  const { uom, content } = form.values
  const read = readFraction(content)
  const free = all.filter((one) => one.uom !== baseUom && (one.uom === conversion?.uom || !uoms.some((known) => known.uom === one.uom)))
  return (
    <FormDialog title={conversion === null ? t`Also counted in` : t`What 1 ${conversion.uom} is`} submit={t`Save`} form={form} problem={save.error} isPending={save.isPending} onClose={onClose} at={{ uom_unknown: 'uom', uom_is_base: 'uom' }}
      onSubmit={() => read !== null && save.mutate({ params: { productId, uom }, body: read }, {
        onSuccess: () => {
          onClose()
          done(t`1 ${uom} = ${fraction(read.numerator, read.denominator)} ${baseUom}`)
        },
      })}>
      <div className={forms['pair']}>
        <Select label={t`1 of`} required searchable disabled={conversion !== null} allowDeselect={false} placeholder={t`case`} data={free.map((one) => ({ value: one.uom, label: one.uom === one.name ? one.uom : `${one.uom} · ${one.name}` }))} data-autofocus={conversion === null || undefined} {...form.getInputProps('uom')} value={uom === '' ? null : uom} />
        <TextInput label={t`is so many ${baseUom}`} required inputMode="decimal" maxLength={40} placeholder="12" data-autofocus={conversion !== null || undefined} {...form.getInputProps('content')} />
      </div>
      <Text size="sm" role="status" mih={20}>{uom !== '' && read !== null && t`1 ${uom} = ${fraction(read.numerator, read.denominator)} ${baseUom}`}</Text>
      {conversion === null && <p className={forms['hint']}>{t`It is not in the list?`} <Link to="/settings/units-of-measure" search={{ new: 'uom' }} target="_blank">{t`Make a unit of measure`}</Link></p>}
    </FormDialog>
  )

  /** `12`, `0.5`, `1/3`; null where it is none of these. */
  function readFraction(text: string): { readonly numerator: string; readonly denominator: string } | null {
    const [numerator, denominator = '1', ...rest] = text.split('/').map((part) => readDecimal(part, mark))
    const isRead = (one: string | null | undefined): one is string => one !== null && one !== undefined && one !== 'unclear' && one !== '0'
    return isRead(numerator) && isRead(denominator) && rest.length === 0 ? { numerator, denominator } : null
  }
}
