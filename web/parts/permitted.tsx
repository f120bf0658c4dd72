import { useLingui } from '@lingui/react/macro'
import { IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Permission } from '#src/lib/permissions.ts'
import { useMay, useMe } from '../session/me.ts'
import { permissionName } from '../settings/permissions.ts'
import { EmptyState } from './empty-state.tsx'
import { Page } from './page.tsx'

/** A page for those whose role allows it; the others are told what their role is and what it would take. */
export function Permitted({ permission, title, children }: { readonly permission: Permission; readonly title: string; readonly children: ReactNode }) {
  const { t } = useLingui()
  const may = useMay()
  const { role } = useMe()
  if (may(permission)) return children
  return (
    <Page title={title}>
      <EmptyState icon={<IconLock size={28} />} title={t`Your role does not allow this`}>{t`You are here as ${role ?? '–'}. To open this page, a role has to be allowed to: ${permissionName(permission)}. Who manages people can change that.`}</EmptyState>
    </Page>
  )
}
