import { useLingui } from '@lingui/react/macro'
import { Switch, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { ItemOf } from '../api.ts'
import forms from '../parts/form.module.css'
import { PropertyFields } from '../parts/property-fields.tsx'
import type { PropertyTexts } from '../parts/property-values.ts'

export interface PlaceValues {
  readonly code: string
  readonly name: string
  readonly commingled: boolean
  readonly gln: string
  readonly properties: PropertyTexts
}

/** Code and name: what a place is asked for first. */
export function PlaceNames({ getInputProps, autoFocus }: { readonly getInputProps: (name: 'code' | 'name') => object; readonly autoFocus: boolean }) {
  const { t } = useLingui()
  return (
    <div className={forms['pair']}>
      <TextInput label={t`Code`} description={t`As on its label.`} required maxLength={90} autoComplete="off" classNames={{ input: 'code' }} data-autofocus={autoFocus || undefined} {...getInputProps('code')} />
      <TextInput label={t`Name`} description={t`Empty: the code.`} maxLength={200} autoComplete="off" {...getInputProps('name')} />
    </div>
  )
}

/** What few places need. */
export function PlaceMore<V extends PlaceValues>({ form, definitions, mayMix }: { readonly form: UseFormReturnType<V>; readonly definitions: readonly ItemOf<'/properties'>[]; readonly mayMix: boolean }) {
  const { t } = useLingui()
  const { commingled, properties } = form.values
  return (
    <>
      {mayMix && <Switch label={t`Mixes what is put in`} description={t`A tank, a silo: what is drawn is a share of every lot in it.`} checked={commingled} error={form.errors['commingled']} data-path="commingled" onChange={({ currentTarget: { checked } }) => {
        form.setFieldValue('commingled', checked as never)
        form.clearFieldError('commingled')
      }} />}
      <PropertyFields definitions={definitions} values={properties} errors={form.errors} onChange={(now) => {
        form.setFieldValue('properties', now as never)
        for (const { key } of definitions) form.clearFieldError(`properties.${key}`)
      }} />
      <TextInput label="GLN" description={t`13 digits; may stay empty.`} inputMode="numeric" maxLength={13} classNames={{ input: 'code' }} {...form.getInputProps('gln')} />
    </>
  )
}
