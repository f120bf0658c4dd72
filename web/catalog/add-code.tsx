import { useLingui } from '@lingui/react/macro'
import { Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { formatQuantity } from '#src/lib/quantity.ts'
import type { CommandInput, ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { decimalMark } from '../parts/format.ts'
import { PartyPick } from '../parts/pick.tsx'
import { QuantityField } from '../parts/quantity-field.tsx'
import { toBase, uomsOf } from '../parts/uoms.ts'
import { useCommand } from '../queries.ts'
import { schemeName } from './words.ts'

type Scheme = CommandInput<'POST /products/:productId/aliases'>['body']['scheme']
const schemes: readonly Scheme[] = ['gtin', 'supplier', 'customer', 'maker', 'barcode']

/** A code that leads to the product: of it, or of a package of it. */
export default function AddCode({ product, onClose }: { readonly product: ReadOutput<'/products/:productId'>; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const { productId, name } = product
  const add = useCommand('POST /products/:productId/aliases')
  const uoms = uomsOf(product)
  const content = (value: string, id: string): string | null => {
    const uom = uoms.find((one) => one.id === id)
    const base = uom && toBase(value, uom, decimalMark())
    return base === undefined || base <= 0n ? null : formatQuantity(base)
  }
  const form = useForm<{ scheme: Scheme; code: string; partyId: string | null; quantity: string; uom: string; level: string }>({
    initialValues: { scheme: 'gtin', code: '', partyId: null, quantity: '1', uom: '', level: '' },
    validate: {
      partyId: (partyId, { scheme }) => (isOfParty(scheme) && partyId === null ? t`This is needed.` : null),
      quantity: (quantity, { uom }) => (content(quantity, uom) === null ? t`A number above zero that comes out exactly.` : null),
    },
  })
  const { scheme, code, partyId, quantity, uom } = form.values
  return (
    <FormDialog title={t`A code for ${name}`} submit={t`Add`} form={form} problem={add.error} isPending={add.isPending} onClose={onClose} at={{ gtin_check_digit: 'code', gtin_taken: 'code', code_taken: 'code', party_unknown: 'partyId', uom_unknown: 'quantity' }}
      onSubmit={({ level }) => add.mutate({ params: { productId }, body: {
        scheme, code: scheme === 'gtin' ? code.replaceAll(/\s/g, '') : code.trim(), ...(isOfParty(scheme) && partyId !== null ? { partyId } : {}),
        // a unit of measure of the product keeps its name; any other package is so many base units
        ...(uom !== '' && !uom.startsWith('pack:') && content(quantity, uom) === content('1', uom) ? { uom } : { packQuantity: content(quantity, uom) ?? '1' }),
        ...(level.trim() === '' ? {} : { level: level.trim() }),
      } }, {
        onSuccess: ({ code: taken }) => {
          onClose()
          done(t`${taken} leads here now`)
        },
      })}>
      <Select label={t`Kind`} allowDeselect={false} data={schemes.map((value) => ({ value, label: schemeName(value) }))} {...form.getInputProps('scheme')} />
      <TextInput label={scheme === 'gtin' ? 'GTIN' : t`Code`} description={scheme === 'gtin' ? t`The number under the barcode: 8, 12, 13 or 14 digits.` : t`As it is printed.`} required maxLength={90} autoComplete="off" classNames={{ input: 'code' }} data-autofocus inputMode={scheme === 'gtin' ? 'numeric' : undefined} {...form.getInputProps('code')} />
      {isOfParty(scheme) && <PartyPick label={t`Whose code it is`} required {...(scheme === 'supplier' || scheme === 'customer' || scheme === 'maker' ? { role: scheme } : {})} value={partyId} onChange={(id) => form.setFieldValue('partyId', id)} error={form.errors['partyId']} field="partyId" />}
      <QuantityField label={t`It stands on`} description={<span className="dim">{t`What is counted when it is scanned.`}</span>} value={quantity} uom={uom} uoms={uoms} error={form.errors['quantity']} field="quantity" onChange={(value, chosen) => form.setValues({ quantity: value, uom: chosen })} />
      <TextInput label={t`Package`} description={t`What it is called, such as inner pack or pallet; may stay empty.`} maxLength={40} {...form.getInputProps('level')} />
    </FormDialog>
  )
}

function isOfParty(scheme: Scheme): boolean {
  return scheme === 'supplier' || scheme === 'customer' || scheme === 'maker'
}
