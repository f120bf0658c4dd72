import { useLingui } from '@lingui/react/macro'
import { IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Fragment, lazy, Suspense } from 'react'
import type { ReadOutput } from '../api.ts'
import { NewButton, useNew } from '../parts/actions.tsx'
import parts from '../parts/parts.module.css'
import { Permitted } from '../parts/permitted.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { get } from '../queries.ts'
import { permissionGroups, permissionName } from './permissions.ts'
import { SettingsPage } from './settings-page.tsx'
import classes from './settings.module.css'
import { roleName } from './words.ts'

const EditRole = lazy(() => import('./edit-role.tsx'))

export type Role = ReadOutput<'/roles'>['items'][number]

/** What each role may, side by side. */
export default function RoleSettings() {
  const { t } = useLingui()
  return <Permitted permission="organization.read" title={t`Roles`}><Roles /></Permitted>
}

function Roles() {
  const { t } = useLingui()
  const { isNew, close } = useNew('people.manage', 'role')
  const { data, error } = useQuery(get('/roles'))
  return (
    <SettingsPage title={t`Roles`} actions={<NewButton permission="people.manage" name="role" label={t`New role`} />}>
      <ProblemAlert problem={error} />
      {data !== undefined && <Matrix roles={inOrder(data.items)} />}
      {isNew && data !== undefined && <Suspense><EditRole roles={data.items} role={null} onClose={close} /></Suspense>}
    </SettingsPage>
  )
}

/** Those that may most first. */
function inOrder(roles: readonly Role[]): readonly Role[] {
  return roles.toSorted((a, b) => b.permissions.length - a.permissions.length || a.name.localeCompare(b.name))
}

function Matrix({ roles }: { readonly roles: readonly Role[] }) {
  const { t, i18n } = useLingui()
  return (
    // scrolled sideways where the screen is narrow, by keys too
    <div className={`${parts['card']} ${parts['scroller']} ${classes['roles']}`} role="region" aria-label={t`What each role may`} tabIndex={0}>
      <table className={classes['matrix']}>
        <thead><tr><th scope="col"><span className="visually-hidden">{t`May`}</span></th>{roles.map(({ name }) => <th key={name} scope="col"><Link to="/settings/roles/$role" params={{ role: name }}>{roleName(name)}</Link></th>)}</tr></thead>
        <tbody>
          {permissionGroups.map(({ title, permissions }) => (
            <Fragment key={title.id}>
              <tr className={classes['groupRow']}><th scope="colgroup" colSpan={roles.length + 1}>{i18n._(title)}</th></tr>
              {permissions.map((permission) => (
                <tr key={permission}>
                  <th scope="row">{permissionName(permission)}</th>
                  {roles.map((role) => <td key={role.name}>{role.permissions.includes(permission) ? <span className={classes['yes']}><IconCheck size={17} stroke={2.2} aria-label={t`yes`} role="img" /></span> : <span className="dim" aria-label={t`no`} role="img">–</span>}</td>)}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  )
}
