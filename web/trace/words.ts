import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { totalsByUom, type TraceCertainty } from '#src/lib/trace-rows.ts'
import { sayQuantity } from '../parts/format.ts'
import type { TraceNode } from './use-trace.ts'

/** How it is known that some of what was asked for is in it. */
export function useCertaintyName(): (certainty: TraceCertainty) => string {
  const { t } = useLingui()
  const names = { exact: t`exact`, at_most: t`at most`, possible: t`possible` }
  return (certainty) => names[certainty]
}

/** "3 lots", "1 unit": how many of what. */
export function useCounts(): Readonly<Record<'lots' | 'units' | 'runs' | 'customers' | 'suppliers' | 'places', (count: number) => string>> {
  const { t } = useLingui()
  return {
    lots: (count) => t`${plural(count, { one: '# lot', other: '# lots' })}`,
    units: (count) => t`${plural(count, { one: '# unit', other: '# units' })}`,
    runs: (count) => t`${plural(count, { one: '# run', other: '# runs' })}`,
    customers: (count) => t`${plural(count, { one: '# customer', other: '# customers' })}`,
    suppliers: (count) => t`${plural(count, { one: '# supplier', other: '# suppliers' })}`,
    places: (count) => t`${plural(count, { one: '# place', other: '# places' })}`,
  }
}

/** What a lot or unit goes by; goods without a lot by their product. */
export function nameOfNode({ serial, lot, product }: Pick<TraceNode, 'serial' | 'lot' | 'product'>): string {
  return serial ?? lot ?? product
}

/** "480 kg, 12 each": quantities added up by their unit of measure. */
export function sayTotals(rows: readonly { readonly uom: string; readonly quantity: string }[]): string {
  return totalsByUom(rows).map(({ uom, quantity }) => `${sayQuantity(quantity)} ${uom}`).join(', ')
}
