import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { pages } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { isEmpty, isMaking } from './change-words.ts'
import { RelativeTime } from './dates.tsx'
import classes from './history.module.css'
import { ProblemAlert } from './problem.tsx'

const ChangeFields = lazy(() => import('./change-list.tsx'))

/** See history.tsx, which loads it beside the page. */
export default function ChangesOf({ subjectId, quiet = false }: { readonly subjectId: string; readonly quiet?: boolean }) {
  const { t } = useLingui()
  const may = useMay()
  const [isOpen, setOpen] = useState(false)
  const list = useInfiniteQuery({ ...pages('/audit', { query: { subjectId, limit: 50 } }), enabled: may('audit.read') })
  if (!may('audit.read')) return null
  const changes = (list.data?.pages.flatMap(({ items }) => items) ?? []).filter((change) => !isEmpty(change))
  const made = changes.find(isMaking)
  const count = changes.filter((change) => !isMaking(change)).length
  if (changes.length === 0 || (quiet && count === 0)) return quiet ? null : <ProblemAlert problem={list.error} />
  return (
    <details className={`${classes['history']} ${quiet ? classes['quiet'] : ''}`} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        {list.hasNextPage ? t`Changed often` : count === 0 ? t`Never changed` : t`Changed ${plural(count, { one: '# time', other: '# times' })}`}
        {made !== undefined && !quiet && <span className="dim"> · {t`made by ${made.actor.name ?? made.actor.kind}`} <RelativeTime instant={made.recordedAt} /></span>}
      </summary>
      {isOpen && (
        <ol className={classes['changes']}>
          {changes.map((change) => (
            <li key={change.auditId}>
              <div className={classes['what']}>
                <span>{isMaking(change) ? t`Made by ${change.actor.name ?? change.actor.kind}` : t`Changed by ${change.actor.name ?? change.actor.kind}`}</span>
                <span className="dim"><RelativeTime instant={change.recordedAt} />{change.reason !== null && ` · ${change.reason}`}</span>
              </div>
              {!isMaking(change) && <Suspense><ChangeFields change={change} /></Suspense>}
            </li>
          ))}
        </ol>
      )}
      {isOpen && list.hasNextPage && <div><Button size="xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t`Earlier changes`}</Button></div>}
    </details>
  )
}
