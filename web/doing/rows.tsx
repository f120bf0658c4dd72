import { useLingui } from '@lingui/react/macro'
import { Button, CloseButton, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './doing.module.css'
import { isBlank } from './draft.ts'
import type { Settled } from './settle.ts'

interface Props {
  readonly heading?: string | undefined
  /** What adds another one. */
  readonly another?: string | undefined
  readonly lines: readonly Settled[]
  readonly open: number
  readonly say: (line: Settled) => string
  /** The line that a refusal names, and what it says. */
  readonly wrong: number | null
  readonly says: string
  readonly error: string | null
  readonly onOpen: (at: number) => void
  readonly onRemove: (at: number) => void
  readonly onAdd: () => void
  /** The fields of the line that is open. */
  readonly children: (line: Settled) => ReactNode
}

/** The lines of a form: those that are filled in as one row each, to be opened again or taken out; the open one with its fields. */
export function Rows({ heading, another, lines, open, say, wrong, says, error, onOpen, onRemove, onAdd, children }: Props) {
  const { t } = useLingui()
  const closed = lines.filter((line) => line.at !== open && !isBlank(line))
  const current = lines.find((line) => line.at === open)
  return (
    <section className={classes['group']} aria-label={heading ?? t`Lines`}>
      {heading !== undefined && <div className={classes['groupHead']}><Title order={2}>{heading}</Title></div>}
      {closed.length > 0 && (
        <ul className={classes['rows']}>
          {closed.map((line) => (
            <li key={line.key} className={classes['row']} data-wrong={wrong === line.at || undefined}>
              <button type="button" className={classes['rowText']} onClick={() => onOpen(line.at)}>{say(line)}<small data-stop={wrong === line.at || undefined}>{wrong === line.at ? says : [line.productFacts?.name, line.date].filter(Boolean).join(' · ')}</small></button>
              <CloseButton size="lg" aria-label={t`Take out: ${say(line)}`} onClick={() => onRemove(line.at)} />
            </li>
          ))}
        </ul>
      )}
      {current !== undefined && <div className={classes['card']}>{children(current)}{closed.length > 0 && <div><Button size="compact-sm" variant="subtle" color="gray" onClick={() => onRemove(current.at)}>{t`Take this line out`}</Button></div>}</div>}
      {(current === undefined || !isBlank(current)) && <div><Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} aria-hidden />} onClick={onAdd}>{another ?? t`Another line`}</Button></div>}
      {error !== null && <div role="alert" className={classes['lineError']}>{error}</div>}
    </section>
  )
}
