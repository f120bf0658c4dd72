import { useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { uuidv7 } from 'uuidv7'
import type { ImportView } from '#src/imports/contract.ts'
import { Problem, send } from '../api.ts'
import { useReturnFocus } from '../parts/form.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { queryClient } from '../queries.ts'
import classes from './imports.module.css'
import { useSayFault } from './sentences.ts'
import { isBroken } from './row.ts'
import { takeIn } from './use-import.ts'
import type { Row } from './use-rows.ts'
import { fieldName, type Field } from './words.ts'

/** One row as a form: all of its cells, each with what is wrong with it. For small screens, and for rows that are no rows of the table yet. */
export default function RowDialog({ view, row, onClose }: { readonly view: ImportView; readonly row: Row; readonly onClose: () => void }) {
  const { t } = useLingui()
  const say = useSayFault()
  const { importId, header, settings: { mapping } } = view
  const broken = isBroken(row)
  // of a row that is no row yet, all cells are what is stated now
  const [was] = useState(row.cells)
  const [cells, setCells] = useState<Readonly<Record<string, string>>>(() => Object.fromEntries(header.map((column) => [column, (broken && row.problems.some(({ code }) => code.startsWith('row_quote')) ? '' : row.cells[column]) ?? ''])))
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isSending, setSending] = useState(false)
  useReturnFocus()
  const fieldsOf = (column: string): string => (Object.keys(mapping) as Field[]).filter((field) => mapping[field] === column).map(fieldName).join(', ')
  const used = header.filter((column) => fieldsOf(column) !== '')
  const wrong = (column: string): string | undefined => row.problems.filter((one) => one.column === column).map((one) => `${say.fault(one).why} ${say.fault(one).fix}`).join(' ') || undefined
  const first = used.find((column) => wrong(column) !== undefined) ?? used[0]
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const changed = Object.fromEntries(header.flatMap((column) => (broken || cells[column] !== (was[column] ?? '') ? [[column, cells[column] ?? '']] : [])))
    if (Object.keys(changed).length === 0) return onClose()
    setSending(true)
    try {
      takeIn(await send('PATCH /imports/:importId/rows', { params: { importId }, body: { rowNo: row.rowNo, cells: changed, ...(broken ? {} : { was: Object.fromEntries(Object.keys(changed).map((column) => [column, was[column] ?? ''])) }) } }, uuidv7()))
      void queryClient.invalidateQueries({ queryKey: ['/imports/:importId/reasons'] })
      onClose()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      setProblem(error)
      setSending(false)
      if (error.code === 'record_changed') void queryClient.invalidateQueries({ queryKey: ['/imports/:importId'] })
    }
  }
  const field = (column: string) => (
    <TextInput key={column} label={column} description={fieldsOf(column) === column ? undefined : fieldsOf(column) || undefined} error={wrong(column)} spellCheck={false} classNames={{ input: 'code' }} value={cells[column] ?? ''} onChange={({ currentTarget }) => setCells((before) => ({ ...before, [column]: currentTarget.value }))}
      {...(column === first ? { 'data-autofocus': true } : {})} />
  )
  return (
    <Modal opened onClose={onClose} title={t`Line ${row.line}`} size={560} closeButtonProps={{ 'aria-label': t`Close` }}>
      <form onSubmit={(event) => void submit(event)} className={classes['rowForm']}>
        <Stack>
          <ProblemAlert problem={problem} />
          {row.problems.filter(({ column }) => column === null).map((one) => <Text key={one.code} size="sm" c="var(--stop)">{say.fault(one).why} {say.fault(one).fix}</Text>)}
          {broken && <div><Text size="sm" c="dimmed">{t`As it stands in the file:`}</Text><pre className={`code ${classes['raw']}`} tabIndex={0}>{Object.values(row.cells).join(' | ')}</pre></div>}
          {used.map(field)}
          {used.length < header.length && <details className={classes['more']}><summary>{t`Columns that are not used`}</summary><Stack mt="sm">{header.filter((column) => !used.includes(column)).map(field)}</Stack></details>}
          <Group justify="flex-end"><Button variant="default" onClick={onClose}>{t`Cancel`}</Button><Button type="submit" loading={isSending}>{t`Save the row`}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}
