import { Checkbox, NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ItemOf } from '../api.ts'

type Definition = ItemOf<'/properties'>
/** What stands in the fields, by key; '' where nothing does. */
export type PropertyTexts = Readonly<Record<string, string | boolean>>

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

/** What the fields say, for a command: nothing of those that are empty. */
export function givenProperties(values: PropertyTexts): Record<string, string | boolean> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, typeof value === 'string' ? value.trim() : value] as const).filter(([, value]) => value !== ''))
}

/** The values of a record as they stand in its fields. */
export function propertyTexts(values: Readonly<Record<string, unknown>>): PropertyTexts {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, typeof value === 'boolean' ? value : String(value as string | number)]))
}

/** What was changed in the fields, for a command: null takes a value away. */
export function changedProperties(before: PropertyTexts, now: PropertyTexts): Record<string, string | boolean | null> {
  const trimmed = Object.entries(now).map(([key, value]) => [key, typeof value === 'string' ? value.trim() : value] as const)
  return Object.fromEntries(trimmed.filter(([key, value]) => value !== (before[key] ?? '')).map(([key, value]) => [key, value === '' ? null : value]))
}
