import { useLingui } from '@lingui/react/macro'
import { useParams } from '@tanstack/react-router'
import { NotFoundPage } from '../parts/fault-page.tsx'
import { Page } from '../parts/page.tsx'
import { stringifySearch, useFilters } from '../search.ts'
import { useMay } from '../session/me.ts'
import { doings } from './doings.ts'
import { DoingForm } from './form.tsx'
import { NotPermitted } from './not-permitted.tsx'

/** What is done with goods, each kind at its own address; what is known can be filled in by it: `/do/move?lot=…&from=…`. */
export default function DoingPage() {
  const { i18n } = useLingui()
  const may = useMay()
  const { what } = useParams({ from: '/shell/do/$what' })
  const { search } = useFilters()
  const doing = doings[what]
  if (doing === undefined) return <NotFoundPage />
  if (!may(doing.permission)) return <Page title={i18n._(doing.title)}><NotPermitted permission={doing.permission} /></Page>
  return <DoingForm key={`${what}${stringifySearch({ ...search })}`} doing={doing} search={search} />
}
