import { useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { CommandName } from '../api.ts'
import { useCommand } from '../queries.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { useDone } from './done.tsx'
import { givenReason } from './reason-field.tsx'

/** The commands that take a record out of use or back into it: a reason is all that they are given. */
type Archiving = Extract<CommandName, `POST /${string}/${'archive' | 'restore'}`>

/** Asks before a record is taken out of use, or back into it. `children`: what that means. */
export function ArchiveDialog({ command, params, name, version, children, onClose }: { readonly command: Archiving; readonly params: Readonly<Record<string, string>>; readonly name: string; readonly version: number; readonly children: ReactNode; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const isBack = command.endsWith('/restore')
  const archive = useCommand(command, { ifMatch: version })
  return (
    <ConfirmDialog title={isBack ? t`Take ${name} back into use?` : t`Archive ${name}?`} submit={isBack ? t`Take it back` : t`Archive`} problem={archive.error} isPending={archive.isPending} onClose={onClose}
      onConfirm={(reason) => archive.mutate({ params, body: givenReason(reason) } as never, {
        onSuccess: () => {
          onClose()
          done(isBack ? t`${name} is in use again` : t`${name} is archived`)
        },
      })}>{children}</ConfirmDialog>
  )
}
