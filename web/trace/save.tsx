import { useLingui } from '@lingui/react/macro'
import { Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconChevronDown, IconDownload, IconFileTypeCsv, IconFileTypePdf, IconPrinter } from '@tabler/icons-react'
import { useState } from 'react'
import type { TraceDirection } from '#src/lib/trace-rows.ts'
import { download, urlOf } from '../api.ts'
import { useSayProblem } from '../parts/problem.tsx'
import { directionsOf, type Trace } from './use-trace.ts'
import { nameOfNode } from './words.ts'

/** All of the trace as a file, whatever of it is loaded; or what is on the screen on paper. */
export function Save({ trace: { question, start } }: { readonly trace: Trace }) {
  const { t } = useLingui()
  const say = useSayProblem()
  const [isBusy, setBusy] = useState(false)
  const names = { forward: { csv: t`Where it went, as CSV`, pdf: t`Where it went, as PDF` }, backward: { csv: t`Where it came from, as CSV`, pdf: t`Where it came from, as PDF` } }
  const query = { lotId: question.lot, unitId: question.unit }
  const save = async (direction: TraceDirection, kind: 'csv' | 'pdf'): Promise<void> => {
    setBusy(true)
    try {
      await download(urlOf(`/trace/${direction}.${kind}`, { query: { ...query, ...(kind === 'pdf' ? { paper: paperSize() } : {}) } }), `trace-${direction}-${nameOfNode(start)}.${kind}`)
    } catch (problem) {
      const { title, next } = say(problem)
      notifications.show({ title, message: next, color: 'red', autoClose: false, closeButtonProps: { 'aria-label': t`Close` } })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Menu position="bottom-end" width={270}>
      <Menu.Target><Button variant="default" loading={isBusy} leftSection={<IconDownload size={16} aria-hidden />} rightSection={<IconChevronDown size={14} aria-hidden />}>{t`Save or print`}</Button></Menu.Target>
      <Menu.Dropdown>
        {directionsOf(question.way).flatMap((direction) => [
          <Menu.Item key={`${direction} csv`} leftSection={<IconFileTypeCsv size={16} aria-hidden />} onClick={() => void save(direction, 'csv')}>{names[direction].csv}</Menu.Item>,
          <Menu.Item key={`${direction} pdf`} leftSection={<IconFileTypePdf size={16} aria-hidden />} onClick={() => void save(direction, 'pdf')}>{names[direction].pdf}</Menu.Item>,
        ])}
        <Menu.Divider />
        <Menu.Item leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => setTimeout(print)}>{t`Print what is shown`}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** What sheets are in this device's region. */
function paperSize(): 'a4' | 'letter' {
  return /-(?:US|CA|MX|PH|CL|CO|VE|CR|GT|PA|DO|PR)$/i.test(navigator.language) ? 'letter' : 'a4'
}
