import { useLingui } from '@lingui/react/macro'
import { Switch } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { ItemOf } from '../api.ts'
import { NewButton, useNew } from '../parts/actions.tsx'
import { RelativeTime } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { sayInstant } from '../parts/format.ts'
import { Permitted } from '../parts/permitted.tsx'
import { DataTable, type Column } from '../parts/table.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { KeyState } from './key-state.tsx'
import { SettingsPage } from './settings-page.tsx'
import { roleName } from './words.ts'

const NewKey = lazy(() => import('./new-key.tsx'))

type Key = ItemOf<'/api-keys'>

/** The programs that may work with Lotwise. */
export default function KeySettings() {
  const { t } = useLingui()
  return <Permitted permission="keys.manage" title={t`API keys`}><Keys /></Permitted>
}

function Keys() {
  const { t } = useLingui()
  const { search: { over }, setSearch } = useFilters()
  const { isNew, close } = useNew('keys.manage', 'key')
  const button = <NewButton permission="keys.manage" name="key" label={t`New API key`} />
  return (
    <SettingsPage title={t`API keys`} actions={button}>
      <DataTable label={t`API keys`} columns={useColumns()} rowKey={({ apiKeyId }) => apiKeyId} rowTo={({ apiKeyId }) => `/settings/keys/${apiKeyId}`} query={pages('/api-keys', { query: { active: over === 'true' ? 'false' : 'true' } })}
        filters={<Switch label={t`Revoked and expired`} checked={over === 'true'} onChange={({ currentTarget: { checked } }) => setSearch({ over: checked ? 'true' : undefined })} />}
        empty={over === 'true' ? <EmptyState icon={<IconKey size={28} />} title={t`None was revoked or has expired`} /> : (
          <EmptyState icon={<IconKey size={28} />} title={t`No API keys`} action={button}>{t`A key lets a program in: a shop, a scale, a script. It may do what the role it is given may.`}</EmptyState>
        )} />
      {isNew && <Suspense><NewKey onClose={close} /></Suspense>}
    </SettingsPage>
  )
}

function useColumns(): readonly Column<Key>[] {
  const { t } = useLingui()
  return [
    { id: 'name', title: t`Name`, width: 'minmax(150px, 1.4fr)', phone: 'title', cell: (key) => <><Link to="/settings/keys/$apiKeyId" params={{ apiKeyId: key.apiKeyId }}>{key.name}</Link> <KeyState apiKey={key} /></> },
    { id: 'role', title: t`Role`, phone: 'side', cell: ({ role }) => roleName(role) },
    { id: 'used', title: t`Last used`, cell: ({ lastUsedAt }) => (lastUsedAt === null ? <span className="dim">{t`never used`}</span> : <RelativeTime instant={lastUsedAt} />) },
    { id: 'expires', title: t`Opens until`, phone: 'hide', cell: ({ expiresAt, revokedAt }) => (revokedAt !== null ? null : expiresAt === null ? <span className="dim">{t`it is revoked`}</span> : sayInstant(expiresAt)) },
    { id: 'made', title: t`Made`, phone: 'hide', cell: ({ createdAt, createdByName }) => <><RelativeTime instant={createdAt} />{createdByName !== null && <span className="dim"> · {createdByName}</span>}</> },
  ]
}
