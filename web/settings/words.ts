import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

const roles: Readonly<Record<string, MessageDescriptor>> = { owner: msg`Owner`, manager: msg`Manager`, operator: msg`Operator`, viewer: msg`Viewer` }

/** A role by the name people know it by; one that was made here as it was named. */
export function roleName(role: string): string {
  const named = roles[role]
  return named === undefined ? role.replaceAll('_', ' ') : i18n._(named)
}
