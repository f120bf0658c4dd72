import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { ItemOf } from '../api.ts'
import { get } from '../queries.ts'

/** The custom properties of a record as facts: each by the name it was given. */
export function usePropertyFacts(subject: ItemOf<'/properties'>['subject'], values: Readonly<Record<string, unknown>>): readonly (readonly [name: string, value: string])[] {
  const { t } = useLingui()
  const { data } = useQuery({ ...get('/properties', { query: { subject } }), enabled: Object.keys(values).length > 0 })
  const say = (value: unknown): string => (typeof value === 'boolean' ? (value ? t`yes` : t`no`) : typeof value === 'string' ? value : JSON.stringify(value))
  return Object.entries(values).map(([key, value]) => [data?.items.find((one) => one.key === key)?.name ?? key.replaceAll('_', ' '), say(value)])
}
