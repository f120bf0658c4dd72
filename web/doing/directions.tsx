import { useLingui } from '@lingui/react/macro'
import { SegmentedControl } from '@mantine/core'
import classes from './doing.module.css'
import type { Direction, Line } from './draft.ts'
import type { Settled } from './settle.ts'

/** Of an adjustment: counted anew, or so much more or less. */
export default function Directions({ line, onChange }: { readonly line: Settled; readonly onChange: (change: Partial<Line>) => void }) {
  const { t } = useLingui()
  const mayCount = !line.bySerial && (line.productFacts?.secondUom ?? null) === null
  const all: readonly { readonly value: Direction; readonly label: string }[] = [...(mayCount ? [{ value: 'count', label: t`Counted` } as const] : []), { value: 'up', label: t`More` }, { value: 'down', label: t`Less` }]
  return <SegmentedControl className={classes['wide'] ?? ''} aria-label={t`How it differs`} value={line.direction} data={[...all]} onChange={(value) => onChange({ direction: value as Direction })} />
}
