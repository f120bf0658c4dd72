import { useLingui } from '@lingui/react/macro'
import { Select, type SelectProps } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { get } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { roleName } from './words.ts'

/** One of the roles that may be given: nobody gives what his own role does not hold. */
export function RoleField({ description, ...field }: Omit<SelectProps, 'data'>) {
  const { t } = useLingui()
  const may = useMay()
  const { data } = useQuery(get('/roles'))
  const roles = (data?.items ?? []).filter(({ name, permissions }) => permissions.every(may) || name === field.value)
  return (
    <Select label={t`Role`} required allowDeselect={false} data={roles.map(({ name }) => ({ value: name, label: roleName(name) }))}
      description={description ?? <>{t`What they may see and do:`} <Link to="/settings/roles" target="_blank">{t`Roles`}</Link></>} {...field} />
  )
}
