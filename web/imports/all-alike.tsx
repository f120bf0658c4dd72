import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { uuidv7 } from 'uuidv7'
import type { ImportView } from '#src/imports/contract.ts'
import { Problem, send } from '../api.ts'
import { Code } from '../parts/code.tsx'
import { useDone } from '../parts/done.tsx'
import { useReturnFocus } from '../parts/form.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { queryClient } from '../queries.ts'
import classes from './imports.module.css'
import type { Reason } from './reasons.tsx'
import { useSayFault } from './sentences.ts'
import { takeIn } from './use-import.ts'

/** The same mistake in many rows, mended once: each value that is wrong, and what it becomes in all rows that are bad for it. */
export function AllAlike({ view: { importId }, reason, column, onClose }: { readonly view: ImportView; readonly reason: Reason; readonly column: string; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const { why, fix } = useSayFault().fault(reason)
  const [texts, setTexts] = useState<ReadonlyMap<string, string>>(new Map())
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  useReturnFocus()
  const changed = reason.values.filter(({ value }) => texts.has(value) && texts.get(value) !== value)
  const rows = changed.reduce((sum, one) => sum + one.rows, 0)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (changed.length === 0) return onClose()
    setSending(true)
    setProblem(null)
    try {
      for (const { value } of changed) {
        takeIn(await send('POST /imports/:importId/corrections', { params: { importId }, body: { problem: reason.code, column, value, by: texts.get(value) ?? '' } }, uuidv7()))
        // what is done is done, should the next be refused
        setTexts((before) => new Map([...before].filter(([one]) => one !== value)))
      }
      done(t`Corrected in ${plural(rows, { one: '# row', other: '# rows' })}`)
      onClose()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      setProblem(error)
    } finally {
      setSending(false)
      await queryClient.invalidateQueries({ predicate: ({ queryKey: [path] }) => path === '/imports/:importId/reasons' || path === '/imports/:importId' })
    }
  }
  return (
    <Modal opened onClose={onClose} title={t`Correct all alike: ${column}`} size={560} closeButtonProps={{ 'aria-label': t`Close` }}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <ProblemAlert problem={problem} />
          <Text size="sm">{why} {fix}</Text>
          <div className={classes['alike']}>
            {reason.values.map(({ value, rows: count }, at) => (
              <div key={value} className={classes['alikeRow']}>
                <span>{value === '' ? <span className="dim">{t`empty`}</span> : <Code value={value} plain />}<span className="dim">{t`in ${plural(count, { one: '# row', other: '# rows' })}`}</span></span>
                <TextInput aria-label={value === '' ? t`Instead of an empty cell` : t`Instead of ${value}`} value={texts.get(value) ?? value} onChange={({ currentTarget }) => setTexts((before) => new Map([...before, [value, currentTarget.value]]))} {...(at === 0 ? { 'data-autofocus': true } : {})} />
              </div>
            ))}
          </div>
          {reason.distinct > reason.values.length && <Text size="sm" c="dimmed">{t`These are the ${reason.values.length} commonest of ${reason.distinct} values.`}</Text>}
          <Group justify="flex-end"><Button variant="default" onClick={onClose}>{t`Cancel`}</Button><Button type="submit" loading={isSending}>{changed.length === 0 ? t`Nothing to correct` : t`Correct ${plural(rows, { one: '# row', other: '# rows' })}`}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}
