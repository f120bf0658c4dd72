import { useLingui } from '@lingui/react/macro'
import { SegmentedControl, Skeleton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Code } from '../parts/code.tsx'
import { sayInstant } from '../parts/format.ts'
import { ProductLink } from '../parts/links.tsx'
import { Page } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { usePrinting } from '../parts/printing.ts'
import { ProblemAlert } from '../parts/problem.tsx'
import { useFilters } from '../search.ts'
import { useMe } from '../session/me.ts'
import { Save } from './save.tsx'
import { Summary } from './summary.tsx'
import { pathOf, TraceTable } from './table.tsx'
import classes from './trace.module.css'
import { useQuestion, useTrace, views, ways, type Question, type Trace, type View } from './use-trace.ts'
import { nameOfNode } from './words.ts'

// what is not always shown is loaded when it is
const AskWhat = lazy(() => import('./ask.tsx'))
const Graph = lazy(() => import('./graph-view.tsx'))
const TimeLine = lazy(() => import('./time-line.tsx'))

/** A lot or unit followed back to its suppliers and on to its customers: as a table, a graph, a time line. */
export default function TracePage() {
  const { t } = useLingui()
  const { question, view } = useQuestion()
  if (question.lot === undefined && question.unit === undefined) return <Page title={t`Trace`}><Suspense><AskWhat /></Suspense></Page>
  return <Traced question={question} view={view} />
}

function Traced({ question, view }: { readonly question: Question; readonly view: View }) {
  const { t } = useLingui()
  const { trace, error, retry } = useTrace(question)
  const asked = <Link to="/trace">{t`Trace something else`}</Link>
  if (trace === null) return <Page title={t`Trace`} over={asked}>{error === null ? <Waiting /> : <ProblemAlert problem={error} onRetry={retry} />}</Page>
  const { start } = trace
  const name = nameOfNode(start)
  return (
    <Page title={t`Trace of ${name}`} heading={<>{t`Trace of`} <Code value={name} /></>} actions={<Save trace={trace} />}
      over={<span className="no-print">{asked} · <Link to={pathOf(start)}>{start.unitId === null ? t`Lot page` : t`Unit page`}</Link> · <ProductLink productId={start.productId} product={start.product} /></span>}>
      <div className={classes['page']}>
        <div className={parts['section']}>
          <PrintHead trace={trace} />
          {error !== null && <ProblemAlert problem={error} onRetry={retry} />}
          <Switches question={question} view={view} />
          <Summary trace={trace} />
          {view === 'table' && <TraceTable trace={trace} />}
          <Suspense fallback={<Waiting />}>
            {view === 'graph' && <Graph trace={trace} />}
            {view === 'time' && <TimeLine trace={trace} />}
          </Suspense>
        </div>
      </div>
    </Page>
  )
}

/** Which way, and how it is shown; both in the address. */
function Switches({ question, view }: { readonly question: Question; readonly view: View }) {
  const { t } = useLingui()
  const { setSearch } = useFilters()
  const wayNames = { backward: t`Where from`, both: t`Both`, forward: t`Where to` }
  const viewNames = { table: t`Table`, graph: t`Graph`, time: t`Time line` }
  return (
    <div className={`${classes['bar']} no-print`}>
      <SegmentedControl aria-label={t`Which way`} value={question.way} onChange={(way) => setSearch({ way: way === 'both' ? undefined : way, closed: undefined })} data={ways.map((value) => ({ value, label: wayNames[value] }))} />
      <SegmentedControl aria-label={t`Shown as`} value={view} onChange={(value) => setSearch({ view: value === 'table' ? undefined : value })} data={views.map((value) => ({ value, label: viewNames[value] }))} />
    </div>
  )
}

/** On paper only: what was asked, when it was printed and by whom. */
function PrintHead({ trace: { question, missing } }: { readonly trace: Trace }) {
  const { t } = useLingui()
  const { actor, organizations, organizationId } = useMe()
  const printedAt = usePrinting()
  const company = organizations.find((one) => one.organizationId === organizationId)?.name ?? ''
  const wayNames = { backward: t`Where it came from`, both: t`Where it came from and where it went`, forward: t`Where it went` }
  return (
    <div className={classes['printHead']} aria-hidden>
      <span>{company} · {wayNames[question.way]}{missing > 0 && ` · ${t`${missing} lots and units are not on this paper; the PDF and the CSV have them`}`}</span>
      <span>{printedAt !== null && t`Printed ${sayInstant(printedAt.toISOString())} by ${actor.name}`}</span>
    </div>
  )
}

function Waiting() {
  return <div className={parts['section']}><Skeleton height={34} width={420} /><Skeleton height={150} /><Skeleton height={300} /></div>
}
