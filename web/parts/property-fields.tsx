import { Checkbox, NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ItemOf } from '../api.ts'
import type { PropertyTexts } from './property-values.ts'

type Definition = ItemOf<'/properties'>

/** A field for each custom property, of the kind its type asks for. `errors`: what is wrong, of a form that has them under `properties`. */
export function PropertyFields({ definitions, values, onChange, errors = {} }: { readonly definitions: readonly Definition[]; readonly values: PropertyTexts; readonly onChange: (values: PropertyTexts) => void; readonly errors?: Readonly<Record<string, ReactNode>> }) {
  return definitions.map(({ key, name, valueType, choices, required }) => {
    const value = values[key] ?? ''
    const field = { 'data-path': `properties.${key}`, error: errors[`properties.${key}`] }
    const set = (given: string | boolean): void => onChange({ ...values, [key]: given })
    if (valueType === 'boolean') return <Checkbox key={key} {...field} label={name} checked={value === true} onChange={({ currentTarget: { checked } }) => set(checked)} />
    if (valueType === 'choice') return <NativeSelect key={key} {...field} label={name} required={required} data={['', ...(choices ?? [])]} value={String(value)} onChange={({ currentTarget: { value: chosen } }) => set(chosen)} />
    return <TextInput key={key} {...field} label={name} required={required} maxLength={2000} type={valueType === 'date' ? 'date' : 'text'} inputMode={valueType === 'number' ? 'decimal' : undefined} value={String(value)} onChange={({ currentTarget: { value: text } }) => set(text)} />
  })
}
