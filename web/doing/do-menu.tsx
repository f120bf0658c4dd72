import { useLingui } from '@lingui/react/macro'
import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconPlayerPlay } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Search } from '../search.ts'
import { useMay } from '../session/me.ts'
import { actions } from '../shell/navigation.tsx'

/**
 * What can be done with the record of a page, by the ids of shell/navigation.tsx; each opens its form with what is known
 * filled in: `<DoMenu what={['move', 'ship', 'hold']} known={{ lot: lotId, product: productId }} />`. Not there for who may do none of it.
 */
export function DoMenu({ what, known }: { readonly what: readonly string[]; readonly known: Search }) {
  const { t, i18n } = useLingui()
  const may = useMay()
  const allowed = what.flatMap((id) => actions.filter((action) => action.id === id && may(action.permission)))
  if (allowed.length === 0) return null
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target><Button leftSection={<IconPlayerPlay size={16} aria-hidden />} rightSection={<IconChevronDown size={14} aria-hidden />}>{t`Do`}</Button></Menu.Target>
      <Menu.Dropdown>
        {allowed.map(({ id, label, icon: ActionIcon, to }) => <Menu.Item key={id} component={Link} to={to} search={{ ...known } as never} leftSection={<ActionIcon size={16} aria-hidden />}>{i18n._(label)}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  )
}
