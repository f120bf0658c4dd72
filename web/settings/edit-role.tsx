import { useLingui } from '@lingui/react/macro'
import { Checkbox, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate } from '@tanstack/react-router'
import type { Permission } from '#src/lib/permissions.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { ChangedMeanwhile, useRecordForm } from '../parts/record-form.tsx'
import { get, queryClient, useCommand } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { programName } from './names.ts'
import { permissionGroups, permissionName } from './permissions.ts'
import type { Role } from './roles.tsx'
import classes from './settings.module.css'
import { roleName } from './words.ts'

/** What a role may: of one that is there, or of a new one. */
export default function EditRole({ roles, role, onClose }: { readonly roles: readonly Role[]; readonly role: Role | null; readonly onClose: () => void }) {
  return role === null ? <NewRole roles={roles} onClose={onClose} /> : <ChangeRole role={role} onClose={onClose} />
}

function NewRole({ roles, onClose }: { readonly roles: readonly Role[]; readonly onClose: () => void }) {
  const { t } = useLingui()
  const may = useMay()
  const done = useDone()
  const navigate = useNavigate()
  const like = (name: string | null): Permission[] => [...(roles.find((one) => one.name === name)?.permissions ?? [])].filter(may)
  const form = useForm({
    initialValues: { title: '', like: 'viewer', permissions: like('viewer') },
    validate: { title: (title) => (title.trim() === '' ? null : programName(title) === '' ? t`It has to begin with a letter.` : roles.some(({ name }) => name === programName(title)) ? t`There is a role of this name.` : null) },
  })
  // no version of it is there: one that somebody made meanwhile is not overwritten
  const make = useCommand('PUT /roles/:role', { ifMatch: 0 })
  const name = programName(form.values.title)
  return (
    <FormDialog title={t`New role`} submit={t`Make it`} size="lg" form={form} problem={make.error} isPending={make.isPending} onClose={onClose} at={{ role_fixed: 'title', record_changed: ['title', t`There is a role of this name.`] }}
      onSubmit={({ permissions }) => make.mutate({ params: { role: name }, body: { permissions } }, {
        onSuccess: () => {
          onClose()
          done(t`The role ${roleName(name)} is there`)
          void navigate({ to: '/settings/roles/$role', params: { role: name } })
        },
      })}>
      <TextInput label={t`Name`} description={name === '' || name === form.values.title ? t`Such as “Night shift”.` : t`To programs it is ${name}.`} required maxLength={40} data-autofocus {...form.getInputProps('title')} />
      <Select label={t`Begins like`} allowDeselect={false} data={roles.filter((one) => one.name !== 'owner').map((one) => ({ value: one.name, label: roleName(one.name) }))} {...form.getInputProps('like')}
        onChange={(chosen) => form.setValues({ like: chosen ?? '', permissions: like(chosen) })} />
      <Permissions value={form.values.permissions} onChange={(permissions) => form.setFieldValue('permissions', permissions)} />
    </FormDialog>
  )
}

function ChangeRole({ role, onClose }: { readonly role: Role; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const query = get('/roles')
  const { form, version, onError, meanwhile } = useRecordForm({
    record: role, subjectId: role.roleId, names: { permissions: { label: t`May`, say: (all: readonly Permission[]) => all.map(permissionName).join(', ') }, reason: { label: t`Why` } },
    toValues: ({ permissions }: Role): { permissions: Permission[]; reason: string } => ({ permissions: [...permissions], reason: '' }),
    query: { queryKey: ['role', role.name], queryFn: async () => (await queryClient.fetchQuery({ ...query, staleTime: 0 })).items.find(({ name }) => name === role.name) ?? role },
  })
  const save = useCommand('PUT /roles/:role', { ifMatch: version })
  return (
    <FormDialog title={t`What may ${roleName(role.name)} do?`} submit={t`Save`} size="lg" form={form} problem={save.error} isPending={save.isPending} onClose={onClose} aside={t`Counts at once, for everybody with this role.`}
      onSubmit={({ permissions, reason }) => save.mutate({ params: { role: role.name }, body: { permissions, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) } }, {
        onError,
        onSuccess: () => {
          onClose()
          done(t`Saved`)
        },
      })}>
      <ChangedMeanwhile meanwhile={meanwhile} />
      <Permissions value={form.values.permissions} onChange={(permissions) => form.setFieldValue('permissions', permissions)} />
      <TextInput label={t`Why`} description={t`Stands in the history.`} maxLength={200} {...form.getInputProps('reason')} />
    </FormDialog>
  )
}

/** A box for each permission; what one's own role does not hold cannot be given. */
function Permissions({ value, onChange }: { readonly value: readonly Permission[]; readonly onChange: (value: Permission[]) => void }) {
  const { i18n } = useLingui()
  const may = useMay()
  const toggle = (permission: Permission): void => onChange(value.includes(permission) ? value.filter((one) => one !== permission) : [...value, permission])
  return permissionGroups.map(({ title, permissions }) => (
    <fieldset key={title.id} className={classes['permissions']}>
      <legend>{i18n._(title)}</legend>
      {permissions.map((permission) => <Checkbox key={permission} label={permissionName(permission)} checked={value.includes(permission)} disabled={!may(permission)} onChange={() => toggle(permission)} />)}
    </fieldset>
  ))
}
