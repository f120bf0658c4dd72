import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { Button, CloseButton } from '@mantine/core'
import { IconCopy, IconFileSpreadsheet } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useDone } from '../parts/done.tsx'
import type { Column } from '../parts/table.tsx'
import { useKeys } from '../shell/keys.ts'
import { saveCsv, toCsv } from './csv.ts'
import classes from './lists.module.css'
import type { Selecting } from './selection.ts'

export interface SelectionBarProps<Row> {
  readonly selection: Selecting<Row>
  readonly columns: readonly Column<Row>[]
  /** Of the file: `lots`. */
  readonly name: string
  /** What else can be done with all of them. */
  readonly children?: ReactNode
}

/** How many rows are marked, and what can be done with all of them. */
export default function SelectionBar<Row>({ selection: { selected, rowName, clear }, columns, name, children }: SelectionBarProps<Row>) {
  const { t } = useLingui()
  const done = useDone()
  useKeys({ Escape: clear })
  const rows = [...selected.values()]
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(rows.map(rowName).join('\n'))
    done(t`Copied ${plural(rows.length, { one: '# code', other: '# codes' })}`)
  }
  return (
    <div className={`${classes['selection']} no-print`} role="region" aria-label={t`Selected`}>
      <span className={classes['count']} role="status">{t`${rows.length} selected`}</span>
      {rows.length > 0 && (
        <>
          {children}
          <Button variant="default" leftSection={<IconCopy size={16} aria-hidden />} onClick={() => void copy()}>{t`Copy codes`}</Button>
          <Button variant="default" leftSection={<IconFileSpreadsheet size={16} aria-hidden />} onClick={() => saveCsv(name, toCsv(columns, rows))}>{t`Save as CSV`}</Button>
        </>
      )}
      <CloseButton size="lg" className={classes['clear'] ?? ''} aria-label={t`Select nothing`} onClick={clear} />
    </div>
  )
}
