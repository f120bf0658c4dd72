import { useLingui } from '@lingui/react/macro'
import { IconLock } from '@tabler/icons-react'
import type { Permission } from '#src/lib/permissions.ts'
import { EmptyState } from '../parts/empty-state.tsx'

/** Instead of a form, for somebody whose role does not hold its permission. */
export function NotPermitted({ permission }: { readonly permission: Permission }) {
  const { t } = useLingui()
  return <EmptyState icon={<IconLock size={28} />} title={t`Your role may not do this`}>{t`Ask an owner of the organisation for a role that holds the permission ${permission}.`}</EmptyState>
}
