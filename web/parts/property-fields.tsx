import { useLingui } from '@lingui/react/macro'
import { Checkbox, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ItemOf } from '../api.ts'
import { get } from '../queries.ts'

type Definition = ItemOf<'/properties'>
/** What stands in the fields, by key; '' where nothing does. */
export type PropertyTexts = Readonly<Record<string, string | boolean>>

/** A field for each custom property, of the kind its type asks for. */
export function PropertyFields({ definitions, values, onChange }: { readonly definitions: readonly Definition[]; readonly values: PropertyTexts; readonly onChange: (values: PropertyTexts) => void }) {
  return definitions.map(({ key, name, valueType, choices, required }) => {
    const value = values[key] ?? ''
    const set = (given: string | boolean): void => onChange({ ...values, [key]: given })
    if (valueType === 'boolean') return <Checkbox key={key} label={name} checked={value === true} onChange={({ currentTarget: { checked } }) => set(checked)} />
    if (valueType === 'choice') return <Select key={key} label={name} required={required} clearable={!required} data={[...(choices ?? [])]} value={value === '' ? null : String(value)} onChange={(chosen) => set(chosen ?? '')} />
    return <TextInput key={key} label={name} required={required} maxLength={2000} type={valueType === 'date' ? 'date' : 'text'} inputMode={valueType === 'number' ? 'decimal' : undefined} value={String(value)} onChange={({ currentTarget: { value: text } }) => set(text)} />
  })
}

/** What the fields say, for a command: nothing of those that are empty. */
export function givenProperties(values: PropertyTexts): Record<string, string | boolean> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, typeof value === 'string' ? value.trim() : value] as const).filter(([, value]) => value !== ''))
}

/** The custom properties of a record as facts: each by the name it was given. */
export function usePropertyFacts(subject: Definition['subject'], values: Readonly<Record<string, unknown>>): readonly (readonly [name: string, value: string])[] {
  const { t } = useLingui()
  const { data } = useQuery({ ...get('/properties', { query: { subject } }), enabled: Object.keys(values).length > 0 })
  const say = (value: unknown): string => (typeof value === 'boolean' ? (value ? t`yes` : t`no`) : typeof value === 'string' ? value : JSON.stringify(value))
  return Object.entries(values).map(([key, value]) => [data?.items.find((one) => one.key === key)?.name ?? key.replaceAll('_', ' '), say(value)])
}
