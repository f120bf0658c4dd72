import { useLingui } from '@lingui/react/macro'
import { ButtonLink } from '../parts/button-link.tsx'
import type { Search } from '../search.ts'
import { useMay } from '../session/me.ts'
import { actions } from '../shell/navigation.tsx'

/** A button that leads to where something is done (shell/navigation.tsx), filled in by `search`; not there for who may not. */
export function DoLink({ id, search = {}, plain = false }: { readonly id: string; readonly search?: Search; readonly plain?: boolean }) {
  const { i18n } = useLingui()
  const may = useMay()
  const action = actions.find((one) => one.id === id)
  if (action === undefined || !may(action.permission)) return null
  const ActionIcon = action.icon
  return <ButtonLink to={action.to} search={search} {...(plain ? { variant: 'default' } : {})} leftSection={<ActionIcon size={16} aria-hidden />}>{i18n._(action.label)}</ButtonLink>
}
