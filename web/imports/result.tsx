import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { Alert, Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertTriangle, IconArrowBackUp, IconDownload, IconPlayerPlay } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { ImportView } from '#src/imports/contract.ts'
import { fillSentence } from '#src/lib/refusal.ts'
import { refusalText } from '../i18n.ts'
import { ButtonLink } from '../parts/button-link.tsx'
import { Section } from '../parts/page.tsx'
import { useMay } from '../session/me.ts'
import { Counts } from './counts.tsx'
import { useDownload } from './exports.tsx'
import classes from './imports.module.css'
import { Made } from './made.tsx'
import { RecordLink } from './record-link.tsx'
import { ResultRows, useResultFilter, type ResultFilter } from './result-rows.tsx'
import { useSayFault } from './sentences.ts'
import { Told } from './told.tsx'
import { useRun, useSettings } from './use-import.ts'
import { keptReason } from './words.ts'

const Undo = lazy(() => import('./undo.tsx'))

/** The last step: what became of it, what was made, the file with what became of each row, and the way back. */
export default function Result({ view }: { readonly view: ImportView }) {
  const { t } = useLingui()
  const may = useMay()
  const { isBusy, save } = useDownload()
  const { shown, show } = useResultFilter()
  const run = useRun(view)
  const settings = useSettings(view)
  const [isUndoing, undo] = useDisclosure()
  const { importId, fileName, source, status, begun, counts, made } = view
  const stem = (fileName ?? source).replace(/\.[a-z]{1,4}$/i, '')
  const isNothing = !begun && status !== 'done' && status !== 'undone' && counts.done === 0
  const mayWrite = may('imports.write')
  const left = counts.new + counts.changed - counts.done - counts.failed
  return (
    <>
      <Section title={t`Result`}>
        <Outcome view={view} />
        <Told sending={run} />
        <Told sending={settings} />
        {!isNothing && (
          <Counts<ResultFilter> label={t`Rows by what became of them`} shown={shown} onShow={(filter) => show(filter === shown ? undefined : filter)} counts={[
            { key: 'done', value: counts.done, label: status === 'undone' ? t`rows were imported` : t`rows imported`, tone: 'ok' },
            ...(left > 0 ? [{ key: 'open', value: left, label: t`rows not imported`, tone: 'info' } as const] : []),
            { key: 'unchanged', value: counts.unchanged, label: t`rows unchanged`, tone: 'quiet' }, { key: 'bad', value: counts.bad, label: t`rows bad`, tone: 'stop' },
          ]} />
        )}
        <Group gap="sm" className={classes['resultActions'] ?? ''}>
          {mayWrite && isNothing && status === 'cancelled' && <Button loading={settings.isPending} leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => settings.mutate({})}>{t`Take it up again`}</Button>}
          {mayWrite && !isNothing && ['cancelled', 'failed'].includes(status) && <Button loading={run.isPending} leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => run.mutate({ mode: 'good_rows' })}>{t`Go on with the rest`}</Button>}
          {!isNothing && <Button variant="default" loading={isBusy} leftSection={<IconDownload size={16} aria-hidden />} onClick={() => void save('/imports/:importId/result.csv', { importId }, `${stem}-result.csv`)}>{t`Save the result file`}</Button>}
          {mayWrite && !isNothing && ['done', 'failed', 'cancelled'].includes(status) && <Button variant="default" leftSection={<IconArrowBackUp size={16} aria-hidden />} onClick={undo.open}>{t`Undo the import`}</Button>}
          {mayWrite && <ButtonLink to="/imports/new" variant="subtle">{t`Import another file`}</ButtonLink>}
        </Group>
        {counts.bad > 0 && !isNothing && status !== 'undone' && <Text size="sm" c="dimmed">{t`Mend the bad rows in the result file and import it again: rows that are in already count as unchanged.`}</Text>}
      </Section>
      {Object.values(made).some((count) => count > 0) && <Made view={view} />}
      {!isNothing && <ResultRows view={view} />}
      <Suspense>{isUndoing && <Undo view={view} onClose={undo.close} />}</Suspense>
    </>
  )
}

/** How it ended, where that needs a word: stopped, refused, taken back but for what was used since, not taken back. */
function Outcome({ view: { status, begun, outcome, counts } }: { readonly view: ImportView }) {
  const { t } = useLingui()
  const say = useSayFault()
  const blocked = outcome?.blocked ?? []
  const kept = outcome?.kept ?? []
  if (blocked.length > 0) {
    return (
      <Alert role="alert" variant="outline" color="var(--stop)" icon={<IconAlertTriangle aria-hidden />} title={t`It could not be undone: some of it was used since. Nothing was changed.`}>
        {t`Take these back first, then undo the import again.`}
        <ul>{blocked.map(({ movementId, code = '', params, why }) => <li key={movementId}>{say.fault({ code, params, why, fix: '' }).why} <Blocking params={params} movementId={movementId} /></li>)}</ul>
      </Alert>
    )
  }
  if (status === 'failed') {
    const said = outcome?.code === undefined ? undefined : refusalText(outcome.code)
    const [why, next] = said === undefined ? [outcome?.why ?? '', outcome?.next ?? ''] : [fillSentence(said.sentence, outcome?.params ?? {}), fillSentence(said.next, outcome?.params ?? {})]
    return <Alert role="alert" variant="outline" color="var(--stop)" icon={<IconAlertTriangle aria-hidden />} title={t`It stopped before it was done.`}>{why} {next}</Alert>
  }
  if (status === 'cancelled') return <Text>{begun ? t`It was stopped. What is in stays until you undo it.` : counts.done === 0 ? t`It was cancelled before anything was imported. Nothing was changed.` : ''}</Text>
  if (status === 'undone') {
    return (
      <>
        <Text>{t`It was taken back: its movements never happened.`}</Text>
        {kept.length > 0 && <div><Text>{t`This is in use by something else and stays:`}</Text><ul className={classes['plain']}>{kept.map(({ kind, id, name, why }) => <li key={id}><RecordLink kind={kind} id={id} name={name} /> <span className="dim">{keptReason(why)}</span></li>)}</ul></div>}
      </>
    )
  }
  return <Text>{t`${plural(counts.done, { one: '# row is', other: '# rows are' })} in.`}</Text>
}

/** The movement that stands in the way, by what the refusal names. */
function Blocking({ params, movementId }: { readonly params: Readonly<Record<string, unknown>>; readonly movementId: string }) {
  const { t } = useLingui()
  const blocking = params['blocking']
  return <Link to="/movements/$movementId" params={{ movementId: typeof blocking === 'string' && /^[0-9a-f-]{36}$/.test(blocking) ? blocking : movementId }}>{t`Look at it`}</Link>
}
