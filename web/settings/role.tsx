import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { RecordActions, useEdit } from '../parts/actions.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Changes } from '../parts/history.tsx'
import { Facts } from '../parts/page.tsx'
import { Permitted } from '../parts/permitted.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { get } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { permissionGroups, permissionName } from './permissions.ts'
import { SettingsPage } from './settings-page.tsx'
import { roleName } from './words.ts'

const EditRole = lazy(() => import('./edit-role.tsx'))

/** One role: what it may. */
export default function RoleSettings() {
  const { t } = useLingui()
  return <Permitted permission="organization.read" title={t`Role`}><RolePage /></Permitted>
}

function RolePage() {
  const { t, i18n } = useLingui()
  const may = useMay()
  const { role: name } = useParams({ from: '/shell/settings/roles/$role' })
  const { edit, close } = useEdit('people.manage')
  const { data, error } = useQuery(get('/roles'))
  const over = <Link to="/settings/roles">{t`Roles`}</Link>
  const role = data?.items.find((one) => one.name === name)
  if (data === undefined) return <SettingsPage title={t`Role`} over={over}><ProblemAlert problem={error} /></SettingsPage>
  if (role === undefined) return <SettingsPage title={t`Role`} over={over}><EmptyState title={t`There is no role ${name}`} /></SettingsPage>
  const isMine = role.permissions.every(may)
  return (
    <SettingsPage title={roleName(name)} over={over} actions={name !== 'owner' && isMine && <RecordActions permission="people.manage" actions={[{ name: 'role', label: t`Edit` }]} />}>
      {name === 'owner' && <p className="dim">{t`The owner may everything, also what is added later. That cannot be changed; at least one person is always owner.`}</p>}
      <Facts facts={permissionGroups.map(({ title, permissions }) => [i18n._(title), permissions.filter((permission) => role.permissions.includes(permission)).map(permissionName).join(', ') || '–'] as const)} />
      <Changes subjectId={role.roleId} />
      {edit === 'role' && name !== 'owner' && <Suspense><EditRole roles={data.items} role={role} onClose={close} /></Suspense>}
    </SettingsPage>
  )
}
