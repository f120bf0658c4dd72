import { useLingui } from '@lingui/react/macro'
import { Button, Group } from '@mantine/core'
import { Code } from '../parts/code.tsx'
import { sayQuantity } from '../parts/format.ts'
import { useSayProblem } from '../parts/problem.tsx'
import classes from './imports.module.css'
import { isBroken } from './row.ts'
import { useSayFault } from './sentences.ts'
import type { Row, Rows } from './use-rows.ts'

/** What is wrong with a row and how it is mended, what was done with it, and what of it was not saved; below its cells. */
export function RowNotes({ row, list, id, onOpen, asCell = true }: { readonly row: Row; readonly list: Rows; readonly id: string; readonly onOpen: ((row: Row) => void) | undefined; readonly asCell?: boolean }) {
  const { t } = useLingui()
  const say = useSayFault()
  const sayProblem = useSayProblem()
  const unsaved = list.unsaved.get(row.rowNo)
  if (row.problems.length === 0 && row.notes.length === 0 && unsaved === undefined) return null
  const now = unsaved === undefined ? '' : (row.cells[unsaved.column] ?? '')
  return (
    <div {...(asCell ? { role: 'gridcell' } : {})} className={classes['rowNotes']}>
      <div>
        {unsaved !== undefined && (
          <div className={classes['unsaved']} role="alert">
            {unsaved.problem.code === 'record_changed'
              ? <span>{t`Somebody else wrote into ${unsaved.column} meanwhile:`} <Code value={now === '' ? t`empty` : now} plain />. {t`You wrote:`} <Code value={unsaved.text === '' ? t`empty` : unsaved.text} plain /></span>
              : <span>{t`Not saved:`} <Code value={unsaved.text} plain />. {sayProblem(unsaved.problem).title} {sayProblem(unsaved.problem).next}</span>}
            <Group gap="xs"><Button size="compact-xs" onClick={() => list.write(row, unsaved.column, unsaved.text)}>{unsaved.problem.code === 'record_changed' ? t`Take mine` : t`Try again`}</Button><Button size="compact-xs" variant="default" onClick={() => list.forget(row.rowNo)}>{t`Leave it`}</Button></Group>
          </div>
        )}
        <ul id={id}>
          {row.problems.map((problem) => {
            const { why, fix } = say.fault(problem)
            return <li key={`${problem.code} ${problem.column}`} data-bad>{problem.column !== null && <b>{problem.column}: </b>}{why} <span className="dim">{fix}</span></li>
          })}
          {row.notes.map((note) => <li key={`${note.code} ${note.text}`} className="dim">{say.note(note)}</li>)}
        </ul>
        {isBroken(row) && onOpen !== undefined && <Button size="compact-xs" variant="default" onClick={() => onOpen(row)}>{t`Mend the row`}</Button>}
      </div>
    </div>
  )
}

/** What is on hand and what it will be, in base units. */
export function Stock({ row: { before, stated, verdict } }: { readonly row: Row }) {
  const { t } = useLingui()
  if (stated === null || before === null || verdict === 'bad') return null
  if (before === stated) return <span className="dim">{sayQuantity(stated)}</span>
  return <span className={classes['stock']}><span className="dim">{sayQuantity(before)}</span> <span aria-hidden>→</span><span className="visually-hidden">{t`becomes`}</span> <b>{sayQuantity(stated)}</b></span>
}
