import { useLingui } from '@lingui/react/macro'
import type { DaysFilter, RecordFilter } from './filters.ts'

/** Filters that several lists have. */
export function useRecordFilters(): Readonly<Record<'product' | 'lot' | 'unit' | 'place' | 'party' | 'family', RecordFilter>> {
  const { t } = useLingui()
  return {
    product: { kind: 'record', name: 'product', label: t`Product`, of: 'product' }, lot: { kind: 'record', name: 'lot', label: t`Lot`, of: 'lot' }, unit: { kind: 'record', name: 'unit', label: t`Unit`, of: 'unit', fixed: true },
    place: { kind: 'record', name: 'place', label: t`Place`, of: 'place' }, party: { kind: 'record', name: 'party', label: t`Party`, of: 'party' }, family: { kind: 'record', name: 'family', label: t`Family`, of: 'family' },
  }
}

export function useDue(): DaysFilter {
  const { t } = useLingui()
  return {
    kind: 'days', name: 'due', label: t`Date`, from: 'dueFrom', to: 'dueTo',
    presets: [[t`past`, undefined, '-1d'], [t`in the next 7 days`, '0d', '7d'], [t`in the next 14 days`, '0d', '14d'], [t`in the next 30 days`, '0d', '30d'], [t`in the next 90 days`, '0d', '90d']],
  }
}

export function useHappened(): DaysFilter {
  const { t } = useLingui()
  return {
    kind: 'days', name: 'happened', label: t`When`, from: 'from', to: 'to',
    presets: [[t`today`, '0d', '0d'], [t`in the last 7 days`, '-6d', undefined], [t`in the last 30 days`, '-29d', undefined], [t`in the last 90 days`, '-89d', undefined]],
  }
}
