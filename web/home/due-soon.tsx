import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { get } from '../queries.ts'
import { useMay } from '../session/me.ts'

export interface DueLot {
  readonly lotId: string
  readonly lot: string
  readonly product: string
  readonly onHand: string
  readonly uom: string
  readonly isPast: boolean
  readonly detail: ReactNode
}

/** Lots on hand whose day is near or over. */
export function DueSoon({ render }: { readonly render: (lots: readonly DueLot[]) => ReactNode }) {
  const may = useMay()
  useQuery({ ...get('/lots'), enabled: may('lots.read') && false })
  return render([])
}
