import { useCallback, useMemo, useState } from 'react'
import type { Selection } from '../parts/table.tsx'

export interface Selecting<Row> extends Selection<Row> {
  readonly begin: () => void
  readonly clear: () => void
}

/** Rows of a list that are marked; they stay marked while one filters and scrolls. */
export function useSelection<Row>(rowKey: (row: Row) => string, rowName: (row: Row) => string): Selecting<Row> {
  const [selected, setSelected] = useState<ReadonlyMap<string, Row>>(new Map())
  const [isBegun, setBegun] = useState(false)
  const set = useCallback((rows: readonly Row[], isSelected: boolean) => setSelected((before) => {
    const after = new Map(before)
    for (const row of rows) {
      if (isSelected) after.set(rowKey(row), row)
      else after.delete(rowKey(row))
    }
    return after
  }), [rowKey])
  const clear = useCallback(() => {
    setSelected(new Map())
    setBegun(false)
  }, [])
  return useMemo(() => ({ selected, rowName, isOn: isBegun || selected.size > 0, set, begin: () => setBegun(true), clear }), [selected, rowName, isBegun, set, clear])
}
