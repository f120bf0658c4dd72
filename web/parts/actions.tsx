import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconDots, IconPencil, IconPlus } from '@tabler/icons-react'
import type { Permission } from '#src/lib/permissions.ts'
import { useFilters } from '../search.ts'
import { useMay } from '../session/me.ts'
import { useKeys } from '../shell/keys.ts'

/** Something that is done to a record in a dialog of its own; the dialog stands in the address, `?edit=archive`. */
export interface RecordAction {
  readonly name: string
  readonly label: string
  /** Takes something away. */
  readonly danger?: boolean
  /** The pencil says that a form opens with what is there; what does something else has none. */
  readonly icon?: 'none'
}

/** What can be done to the record of a page: the first as a button and by `e`, the others in a menu. Not there for who may not. */
export function RecordActions({ permission, actions }: { readonly permission: Permission; readonly actions: readonly (RecordAction | null)[] }) {
  const { t } = useLingui()
  const may = useMay()
  const { setSearch } = useFilters()
  const [main, ...others] = actions.filter((action) => action !== null)
  const open = (name: string): void => setSearch({ edit: name })
  useKeys(main !== undefined && may(permission) ? { e: () => open(main.name) } : {})
  if (main === undefined || !may(permission)) return null
  return (
    <>
      <Button variant="default" leftSection={main.icon === 'none' ? undefined : <IconPencil size={16} aria-hidden />} onClick={() => open(main.name)}>{main.label}</Button>
      {others.length > 0 && (
        <Menu position="bottom-end" width={230}>
          <Menu.Target><ActionIcon variant="default" size={36} aria-label={t`More to do`}><IconDots size={18} aria-hidden /></ActionIcon></Menu.Target>
          <Menu.Dropdown>{others.map(({ name, label, danger }) => <Menu.Item key={name} {...(danger === true ? { c: 'var(--stop)' } : {})} onClick={() => open(name)}>{label}</Menu.Item>)}</Menu.Dropdown>
        </Menu>
      )}
    </>
  )
}

/** Which dialog is open by the address, for who may: `const { edit, close } = useEdit('catalog.write')`. */
export function useEdit(permission: Permission): { readonly edit: string | undefined; readonly close: () => void } {
  const may = useMay()
  const { search: { edit }, setSearch } = useFilters()
  return { edit: may(permission) ? edit : undefined, close: () => setSearch({ edit: undefined }) }
}

/** The button of a list that makes a new one, and its key `n`; the dialog stands in the address, `?new=party`. */
export function NewButton({ permission, name, label, variant = 'filled' }: { readonly permission: Permission; readonly name: string; readonly label: string; readonly variant?: 'filled' | 'default' }) {
  const may = useMay()
  const { setSearch } = useFilters()
  const open = (): void => setSearch({ new: name })
  useKeys(may(permission) ? { n: open } : {})
  return may(permission) ? <Button variant={variant} leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>{label}</Button> : null
}

/** Whether that dialog is open: `const { isNew, close } = useNew('network.write', 'party')`. */
export function useNew(permission: Permission, name: string): { readonly isNew: boolean; readonly close: () => void } {
  const may = useMay()
  const { search, setSearch } = useFilters()
  return { isNew: search['new'] === name && may(permission), close: () => setSearch({ new: undefined }) }
}
