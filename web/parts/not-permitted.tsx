import { useLingui } from '@lingui/react/macro'
import { IconLock } from '@tabler/icons-react'
import type { Permission } from '#src/lib/permissions.ts'
import { useMe } from '../session/me.ts'
import { permissionName } from '../settings/permissions.ts'
import { EmptyState } from './empty-state.tsx'
import { Page } from './page.tsx'

/** See permitted.tsx. */
export default function NotPermitted({ permission, title }: { readonly permission: Permission; readonly title: string }) {
  const { t } = useLingui()
  const { role } = useMe()
  return (
    <Page title={title}>
      <EmptyState icon={<IconLock size={28} />} title={t`Your role does not allow this`}>{t`You are here as ${role ?? '–'}. To open this page, a role has to be allowed to: ${permissionName(permission)}. Who manages people can change that.`}</EmptyState>
    </Page>
  )
}
