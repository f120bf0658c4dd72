import { useLingui } from '@lingui/react/macro'
import { Switch } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { ItemOf } from '../api.ts'
import { NewButton, useNew } from '../parts/actions.tsx'
import { RelativeTime } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Permitted } from '../parts/permitted.tsx'
import { DataTable, type Column } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useMe } from '../session/me.ts'
import { SettingsPage } from './settings-page.tsx'
import { roleName } from './words.ts'

const NewPerson = lazy(() => import('./new-person.tsx'))

/** Who works here, and as what. */
export default function PeopleSettings() {
  const { t } = useLingui()
  return <Permitted permission="people.manage" title={t`People`}><People /></Permitted>
}

function People() {
  const { t } = useLingui()
  const { search: { left }, setSearch } = useFilters()
  const { isNew, close } = useNew('people.manage', 'person')
  const button = <NewButton permission="people.manage" name="person" label={t`Add a person`} />
  return (
    <SettingsPage title={t`People`} actions={button}>
      <DataTable label={t`People`} columns={useColumns()} rowKey={({ userId }) => userId} rowTo={({ userId }) => `/settings/people/${userId}`} query={pages('/people', { query: { present: left === 'true' ? 'false' : 'true' } })}
        filters={<Switch label={t`Those who left`} checked={left === 'true'} onChange={({ currentTarget: { checked } }) => setSearch({ left: checked ? 'true' : undefined })} />}
        empty={<EmptyState icon={<IconUsers size={28} />} title={t`Nobody left`}>{t`Who is taken out of the organisation stands here; what they did keeps their name.`}</EmptyState>} />
      {isNew && <Suspense><NewPerson onClose={close} /></Suspense>}
    </SettingsPage>
  )
}

function useColumns(): readonly Column<ItemOf<'/people'>>[] {
  const { t } = useLingui()
  const { actor } = useMe()
  return [
    { id: 'name', title: t`Name`, width: 'minmax(150px, 1.2fr)', phone: 'title', cell: ({ userId, name }) => <><Link to="/settings/people/$userId" params={{ userId }}>{name}</Link>{userId === actor.id && <> <Tone tone="quiet">{t`you`}</Tone></>}</> },
    { id: 'email', title: t`E-mail`, width: 'minmax(170px, 1.4fr)', cell: ({ email }) => email },
    { id: 'role', title: t`Role`, phone: 'side', cell: ({ role }) => roleName(role) },
    { id: 'since', title: t`Since`, phone: 'hide', cell: ({ since, endedAt }) => <><RelativeTime instant={since} />{endedAt !== null && <span className="dim"> · {t`left`} <RelativeTime instant={endedAt} /></span>}</> },
  ]
}
