import { Plural, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState, type RefObject } from 'react'
import { flushSync } from 'react-dom'
import type { ImportView } from '#src/imports/contract.ts'
import { RelativeTime } from '../parts/dates.tsx'
import { Page, Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { Permitted } from '../parts/permitted.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { Tone } from '../parts/tone.tsx'
import { useMay } from '../session/me.ts'
import { Columns } from './columns.tsx'
import { Go } from './go.tsx'
import classes from './imports.module.css'
import { Working } from './progress.tsx'
import { Told } from './told.tsx'
import { DATES, Understood } from './understood.tsx'
import { isOpen, useCancel, useImport, useSettings } from './use-import.ts'
import { usePhone } from './use-phone.ts'
import { joined, statusName, statusTone } from './words.ts'

const Preview = lazy(() => import('./preview.tsx'))
const Result = lazy(() => import('./result.tsx'))

/** One file on its way in: what was understood of it, what would happen, what happened; the steps follow its state. */
export default function ImportPage() {
  const { t } = useLingui()
  return <Permitted permission="imports.read" title={t`Import`}><OneImport /></Permitted>
}

function OneImport() {
  const { t } = useLingui()
  const { importId } = useParams({ from: '/shell/imports/$importId' })
  const { data: view, error, refetch } = useImport(importId)
  if (view === undefined) return <Page title={t`Import`} over={<Link to="/imports">{t`Imports`}</Link>}><ProblemAlert problem={error} onRetry={() => void refetch()} /></Page>
  return <Steps key={importId} view={view} />
}

function Steps({ view }: { readonly view: ImportView }) {
  const { t } = useLingui()
  const { source, fileName, rows, createdAt, actor, status } = view
  const open = isOpen(view)
  const panel = useFocusOnStep(status)
  return (
    <Page title={fileName ?? source} over={<Link to="/imports">{t`Imports`}</Link>} heading={<span className={classes['heading']}><span>{fileName ?? source}</span><Tone tone={statusTone(status)}>{statusName(status)}</Tone></span>}
      under={<p className={classes['facts']}>{t`from`} <Link to="/imports" search={{ source }}>{source}</Link> · <Plural value={rows} one="# row" other="# rows" /> · <RelativeTime instant={createdAt} />{actor.name !== null && <> · {actor.name}</>}</p>} actions={open && <Discard view={view} />}>
      <StepList view={view} />
      <div ref={panel} className={classes['steps']}>
        {open ? <Open view={view} /> : ['running', 'undoing'].includes(status) ? <Working view={view} /> : <Suspense><Result view={view} /></Suspense>}
      </div>
    </Page>
  )
}

/** How it is read, what its columns mean, what would happen, and the word to do it: all at hand, as each changes the others. */
function Open({ view }: { readonly view: ImportView }) {
  const may = useMay()
  const settings = useSettings(view)
  const mayWrite = may('imports.write')
  const isPhone = usePhone()
  const origins = Object.values(view.origins)
  const isRemembered = origins.length > 0 && origins.every((origin) => origin === 'remembered')
  const [wasShown, setShown] = useState<boolean | null>(null)
  // what is as last time, or leaves no room for what is to be decided, stands there in one line
  const isShown = wasShown ?? (view.questions.length > 0 || (!isRemembered && !isPhone))
  const showDates = (): void => {
    flushSync(() => setShown(true))
    document.getElementById(DATES)?.focus()
  }
  return (
    <>
      <Told sending={settings} />
      {isShown ? (
        <>
          <Understood view={view} settings={settings} mayWrite={mayWrite} />
          <Columns view={view} settings={settings} mayWrite={mayWrite} />
        </>
      ) : <Settled view={view} onShow={() => setShown(true)} />}
      {view.status !== 'asking' && <Suspense><Preview view={view} settings={settings} mayWrite={mayWrite} onDates={showDates} /></Suspense>}
      {view.status !== 'asking' && mayWrite && <Go view={view} settings={settings} />}
    </>
  )
}

/** How it is read, in one line. */
function Settled({ view: { source, header, origins, settings }, onShow }: { readonly view: ImportView; readonly onShow: () => void }) {
  const { t } = useLingui()
  const { mapping, dateFormat, facility } = settings
  const used = new Set(Object.values(mapping).filter((column) => column !== undefined)).size
  const isRemembered = Object.values(origins).every((origin) => origin === 'remembered')
  const facts = [t`${used} of ${header.length} columns are used`, ...(dateFormat === null ? [] : [t`dates are ${dateFormat}`]), ...(facility === null ? [] : [t`the facility is ${facility}`])]
  return (
    <Section title={t`How the file was read`}>
      <div className={`${parts['card']} ${classes['settled']}`}><p>{isRemembered && <b>{t`As for ${source} last time:`} </b>}{joined(facts)}.</p><Button size="xs" variant="default" onClick={onShow}>{t`Look at it or change it`}</Button></div>
    </Section>
  )
}

function Discard({ view }: { readonly view: ImportView }) {
  const { t } = useLingui()
  const may = useMay()
  const cancel = useCancel(view)
  if (!may('imports.write')) return null
  return <Button variant="default" className={classes['thumb'] ?? ''} onClick={() => cancel.mutate(undefined)} loading={cancel.isPending}>{t`Discard`}</Button>
}

type Step = 'read' | 'columns' | 'rows' | 'import' | 'result'
const order: readonly Step[] = ['read', 'columns', 'rows', 'import', 'result']

function stepOf({ status, questions, counts, begun }: ImportView): Step {
  if (status === 'asking') return questions.some(({ setting }) => setting.startsWith('mapping.')) ? 'columns' : 'read'
  if (status === 'checking' || (status === 'ready' && counts.bad > 0)) return 'rows'
  if (status === 'ready' || status === 'running' || (status === 'failed' && !begun)) return 'import'
  return 'result'
}

function StepList({ view }: { readonly view: ImportView }) {
  const { t } = useLingui()
  const names: Record<Step, string> = { read: t`How it is read`, columns: t`Columns`, rows: t`Rows`, import: t`Import`, result: t`Result` }
  const now = order.indexOf(stepOf(view))
  const isOver = view.status === 'done' || view.status === 'undone'
  return (
    <ol className={`${classes['stepList']} no-print`} aria-label={t`Steps`}>
      {order.map((step, at) => <li key={step} data-state={at < now || isOver ? 'past' : at === now ? 'now' : 'to come'} aria-current={at === now ? 'step' : undefined}>{names[step]}</li>)}
    </ol>
  )
}

/** When the state changes and what had the focus is gone with it, the focus goes to the heading of what is there instead. */
function useFocusOnStep(at: string): RefObject<HTMLDivElement | null> {
  const panel = useRef<HTMLDivElement>(null)
  const before = useRef(at)
  useEffect(() => {
    if (before.current === at) return
    before.current = at
    const heading = panel.current?.querySelector<HTMLElement>('h2')
    if (!heading || (document.activeElement !== null && document.activeElement !== document.body)) return
    heading.tabIndex = -1
    heading.focus({ preventScroll: true })
  }, [at])
  return panel
}
