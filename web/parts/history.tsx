import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from '@mantine/core'
import type { ItemOf } from '../api.ts'
import { pages } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { Code } from './code.tsx'
import { RelativeTime } from './dates.tsx'
import classes from './history.module.css'
import { ProblemAlert } from './problem.tsx'

type Change = ItemOf<'/audit'>

/** "Changed 3 times": who changed the record when, why, from what to what. Not there for who may not read the audit. */
export function Changes({ subjectId }: { readonly subjectId: string }) {
  const { t } = useLingui()
  const may = useMay()
  const list = useInfiniteQuery({ ...pages('/audit', { query: { subjectId, limit: 50 } }), enabled: may('audit.read') })
  if (!may('audit.read')) return null
  const changes = list.data?.pages.flatMap(({ items }) => items) ?? []
  const made = changes.find(({ before }) => before === null)
  const count = changes.filter(({ before }) => before !== null).length
  if (changes.length === 0) return <ProblemAlert problem={list.error} />
  return (
    <details className={classes['history']}>
      <summary>
        {list.hasNextPage ? t`Changed often` : count === 0 ? t`Never changed` : t`Changed ${plural(count, { one: '# time', other: '# times' })}`}
        {made !== undefined && <span className="dim"> · {t`made by ${made.actor.name ?? made.actor.kind}`} <RelativeTime instant={made.recordedAt} /></span>}
      </summary>
      <ol className={classes['changes']}>
        {changes.map((change) => (
          <li key={change.auditId}>
            <div className={classes['what']}>
              <span>{change.before === null ? t`Made` : t`Changed`} {t`by ${change.actor.name ?? change.actor.kind}`}</span>
              <span className="dim"><RelativeTime instant={change.recordedAt} />{change.reason !== null && ` · ${change.reason}`}</span>
            </div>
            {change.before !== null && <Fields change={change} />}
          </li>
        ))}
      </ol>
      {list.hasNextPage && <div><Button size="xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t`Earlier changes`}</Button></div>}
    </details>
  )
}

function Fields({ change: { before, after } }: { readonly change: Change }) {
  const [old, now] = [asFields(before), asFields(after)]
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
  return <ul className={classes['fields']}>{names.map((name) => <li key={name}><span className="dim">{name}</span> <s><Code value={show(old[name])} plain /></s> → <Code value={show(now[name])} plain /></li>)}</ul>
}

function asFields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function show(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
