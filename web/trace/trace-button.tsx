import { useLingui } from '@lingui/react/macro'
import { IconRoute } from '@tabler/icons-react'
import { ButtonLink } from '../parts/button-link.tsx'
import type { Search } from '../search.ts'
import { useMay } from '../session/me.ts'

/** From a lot (`what={{ lot: lotId }}`) or a unit to its trace; not there for who may not trace. */
export function TraceButton({ what }: { readonly what: Search }) {
  const { t } = useLingui()
  const may = useMay()
  if (!may('trace.read')) return null
  return <ButtonLink to="/trace" search={what} variant="default" leftSection={<IconRoute size={16} aria-hidden />}>{t`Trace`}</ButtonLink>
}
