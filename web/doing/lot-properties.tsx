import { useQuery } from '@tanstack/react-query'
import { PropertyFields } from '../parts/property-fields.tsx'
import { get } from '../queries.ts'
import type { Line } from './draft.ts'
import type { Settled } from './settle.ts'

/** Custom properties of a lot that comes new: those that every lot has, or the others. */
export default function LotProperties({ line, required = false, onLine }: { readonly line: Settled; readonly required?: boolean; readonly onLine: (change: Partial<Line>) => void }) {
  const { data } = useQuery({ ...get('/properties', { query: { subject: 'lot' } }), staleTime: 60_000 })
  return <PropertyFields definitions={(data?.items ?? []).filter((one) => one.required === required)} values={line.properties} onChange={(properties) => onLine({ properties })} />
}
