import { useLingui } from '@lingui/react/macro'
import { useParams } from '@tanstack/react-router'
import { NotFoundPage } from '../parts/fault-page.tsx'
import { Permitted } from '../parts/permitted.tsx'
import { stringifySearch, useFilters } from '../search.ts'
import { doings } from './doings.ts'
import { DoingForm } from './form.tsx'

/** What is done with goods, each kind at its own address; what is known can be filled in by it: `/do/move?lot=…&from=…`. */
export default function DoingPage() {
  const { i18n } = useLingui()
  const { what } = useParams({ from: '/shell/do/$what' })
  const { search } = useFilters()
  const doing = doings[what]
  if (doing === undefined) return <NotFoundPage />
  return <Permitted permission={doing.permission} title={i18n._(doing.title)}><DoingForm key={`${what}${stringifySearch({ ...search })}`} doing={doing} search={search} /></Permitted>
}
