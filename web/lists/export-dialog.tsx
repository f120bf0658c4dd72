import { useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, Progress, Stack, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { ProblemAlert } from '../parts/problem.tsx'
import { useReturnFocus } from '../parts/form.tsx'
import { sayQuantity } from '../parts/format.ts'
import type { Column } from '../parts/table.tsx'
import type { ListQuery } from '../queries.ts'
import { saveCsv, toCsv } from './csv.ts'

/** So many rows are a file that spreadsheets still open well. */
const MOST = 100_000

/** Reads a list to its end, page after page, and saves it; how far it is can be seen, and it can be stopped. */
export default function ExportDialog<Row>({ name, columns, query, onClose }: { readonly name: string; readonly columns: readonly Column<Row>[]; readonly query: ListQuery<Row>; readonly onClose: () => void }) {
  const { t } = useLingui()
  const [count, setCount] = useState(0)
  const [problem, setProblem] = useState<unknown>(null)
  const [attempt, setAttempt] = useState(0)
  const rows = useRef<Row[]>([])
  const cursor = useRef<string | undefined>(undefined)
  const given = useRef({ name, columns, query, onClose })
  useReturnFocus()
  useEffect(() => {
    let isStopped = false
    const read = async (): Promise<void> => {
      for (;;) {
        const page = await given.current.query.queryFn({ pageParam: cursor.current, limit: 500 })
        if (isStopped) return
        rows.current.push(...page.items)
        setCount(rows.current.length)
        cursor.current = page.next ?? undefined
        if (page.next === null || rows.current.length >= MOST) break
      }
      saveCsv(given.current.name, toCsv(given.current.columns, rows.current))
      if (cursor.current === undefined) given.current.onClose()
    }
    setProblem(null)
    read().catch((failed: unknown) => void (isStopped || setProblem(failed)))
    return () => void (isStopped = true)
  }, [attempt])
  const isCut = cursor.current !== undefined && count >= MOST
  return (
    <Modal opened onClose={onClose} title={t`Save as CSV`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Stack>
        {problem === null ? <Text role="status">{isCut ? t`The first ${sayQuantity(String(MOST))} rows are saved. Narrow the list down to save the rest.` : t`${sayQuantity(String(count))} rows read`}</Text> : <ProblemAlert problem={problem} onRetry={() => setAttempt(attempt + 1)} />}
        {problem === null && !isCut && <Progress value={100} animated aria-label={t`Reading the list`} />}
        <Group justify="flex-end"><Button variant="default" data-autofocus onClick={onClose}>{isCut ? t`Close` : t`Stop`}</Button></Group>
      </Stack>
    </Modal>
  )
}
