import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { Button, Group, Pill, Progress, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { lazy, Suspense, useRef, useState } from 'react'
import type { ImportView } from '#src/imports/contract.ts'
import { sayQuantity } from '../parts/format.ts'
import { Section } from '../parts/page.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { useFilters } from '../search.ts'
import { Counts } from './counts.tsx'
import classes from './imports.module.css'
import { Reasons } from './reasons.tsx'
import { RowCards } from './row-cards.tsx'
import { RowGrid } from './row-grid.tsx'
import type { StepProps } from './understood.tsx'
import { usePhone } from './use-phone.ts'
import { useRows, type Row, type RowFilter } from './use-rows.ts'
import { verdictName, verdictTone, type Verdict } from './words.ts'

const RowDialog = lazy(() => import('./row-dialog.tsx'))

const verdicts: readonly Verdict[] = ['new', 'changed', 'unchanged', 'bad']

/** The third step: how many rows are new, changed, unchanged and bad, why, and the rows themselves, corrected where they stand. */
export default function Preview({ view, settings, mayWrite, onDates }: StepProps & { readonly onDates: () => void }) {
  const { t } = useLingui()
  const isChecking = view.status === 'checking'
  const counts = useLastCounts(view)
  const { filter, show } = useRowFilter(counts.bad > 0)
  const rows = useRows(view, filter)
  const isPhone = usePhone()
  const [opened, setOpened] = useState<number | null>(null)
  const open = rows.rows.find(({ rowNo }) => rowNo === opened)
  const List = isPhone ? RowCards : RowGrid
  const gone = filter.verdict === undefined ? 0 : rows.rows.filter(({ verdict }) => verdict !== null && verdict !== filter.verdict).length
  return (
    <Section title={t`What will happen`} aside={<CheckAgain settings={settings} isHidden={isChecking || !mayWrite} />}>
      <Counts label={t`Rows by what will happen`} counts={verdicts.map((verdict) => ({ key: verdict, value: counts[verdict], label: verdictName(verdict), tone: verdictTone(verdict) as 'ok' }))} shown={filter.problem === undefined ? filter.verdict : undefined} onShow={(verdict) => show({ verdict })} isOld={isChecking} />
      {isChecking && <div className={classes['progress']}><Progress value={100} animated striped aria-label={t`The rows are being looked through`} /><Text size="sm" c="dimmed" role="status">{t`${sayQuantity(String(view.rows))} rows are being looked through. You can go on meanwhile.`}</Text></div>}
      {counts.bad > 0 && <Reasons view={view} settings={settings} mayWrite={mayWrite} filter={filter} onShow={show} onDates={onDates} />}
      <Group gap="sm" className={classes['rowsBar'] ?? ''}>
        <Button variant={filter.verdict === undefined ? 'light' : 'default'} size="xs" aria-pressed={filter.verdict === undefined} onClick={() => show({})}>{t`All rows`}</Button>
        {filter.problem !== undefined && <Pill withRemoveButton size="lg" onRemove={() => show({ verdict: 'bad' })} removeButtonProps={{ 'aria-label': t`Not only these`, tabIndex: 0, 'aria-hidden': false }}>{filter.column === undefined || filter.column === '' ? t`One reason` : t`One reason: ${filter.column}`}</Pill>}
        {gone > 0 && <Group gap="xs" role="status"><Text size="sm">{filter.verdict === 'bad' ? t`${plural(gone, { one: '# of these is', other: '# of these are' })} no longer bad.` : t`${plural(gone, { one: '# of these is', other: '# of these are' })} something else now.`}</Text><Button size="xs" variant="default" onClick={rows.again}>{t`Take them off the list`}</Button></Group>}
        {mayWrite && !isPhone && rows.rows.length > 0 && <Text size="sm" c="dimmed" className={classes['hint'] ?? ''}>{t`Enter corrects a cell, Tab goes on, Esc leaves it as it was.`}</Text>}
      </Group>
      <ProblemAlert problem={rows.problem} onRetry={rows.again} />
      <List view={view} rows={rows} mayWrite={mayWrite} onOpen={({ rowNo }: Row) => setOpened(rowNo)} />
      {open !== undefined && <Suspense><RowDialog view={view} row={open} onClose={() => setOpened(null)} /></Suspense>}
    </Section>
  )
}

/** The numbers as they were last known: while the rows are looked through again there are none. */
function useLastCounts({ status, counts }: ImportView): ImportView['counts'] {
  const last = useRef(counts)
  if (status !== 'checking') last.current = counts
  return last.current
}

/** Which rows are looked at, in the address; the bad ones first where there are any. */
function useRowFilter(hasBad: boolean): { readonly filter: RowFilter; readonly show: (filter: RowFilter) => void } {
  const { search: { rows, problem, column }, setSearch } = useFilters()
  // what is shown at first stays when the last bad row is mended
  const [first] = useState<Verdict | undefined>(hasBad ? 'bad' : undefined)
  const verdict = rows === undefined ? (problem === undefined ? first : 'bad') : verdicts.find((one) => one === rows)
  return {
    filter: { verdict, ...(problem === undefined ? {} : { problem, column: column === 'row' ? '' : column }) },
    show: (filter) => setSearch({ rows: filter.verdict ?? 'all', problem: filter.problem, column: filter.column === '' ? 'row' : filter.column }),
  }
}

function CheckAgain({ settings, isHidden }: { readonly settings: StepProps['settings']; readonly isHidden: boolean }) {
  const { t } = useLingui()
  if (isHidden) return null
  return <Button size="xs" variant="default" leftSection={<IconRefresh size={14} aria-hidden />} loading={settings.isPending} onClick={() => settings.mutate({})}>{t`Look through again`}</Button>
}
