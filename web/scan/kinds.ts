import { IconArrowsExchange, IconBarcode, IconBuildingWarehouse, IconPackage, IconPackages, IconStack2, IconStack3, IconUsers, type Icon } from '@tabler/icons-react'
import type { Candidate, Scan } from './resolve.ts'

/** The picture of each kind of record. */
export const kindIcons: Readonly<Record<Candidate['kind'], Icon>> = {
  lot: IconStack2, unit: IconBarcode, product: IconPackage, plate: IconPackages, place: IconBuildingWarehouse, party: IconUsers, family: IconStack3, movement: IconArrowsExchange,
}

/** What the label names, nearest first, that is not known here: the best that was found is only what surrounds it. */
export function missingOf({ read, candidates: [best] }: Scan): { readonly kind: 'unit' | 'lot' | 'plate'; readonly code: string } | null {
  if (read === null || best === undefined || best.match === 'prefix') return null
  if (read.sscc !== null && best.kind !== 'plate') return { kind: 'plate', code: read.sscc }
  if (best.kind === 'plate') return null
  if (read.serial !== null && best.kind !== 'unit') return { kind: 'unit', code: read.serial }
  if (read.lot !== null && best.kind === 'product') return { kind: 'lot', code: read.lot }
  return null
}

/** A scanned text as it is shown: on one line, with the separator visible, no longer than a line. */
export function shownScan(text: string): string {
  const line = text.replaceAll(/\p{Cc}/gu, '␝')
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
