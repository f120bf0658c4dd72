import { useLingui } from '@lingui/react/macro'
import type { ReadOutput } from '../api.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { useDone } from '../parts/done.tsx'
import { useCommand } from '../queries.ts'

/** Ends a membership. */
export default function RemovePerson({ person: { userId, name }, onClose }: { readonly person: ReadOutput<'/people/:userId'>; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const remove = useCommand('DELETE /people/:userId')
  return (
    <ConfirmDialog title={t`Remove ${name}?`} submit={t`Remove`} danger reason="none" problem={remove.error} isPending={remove.isPending} onClose={onClose}
      onConfirm={() => remove.mutate({ params: { userId } }, {
        onSuccess: () => {
          onClose()
          done(t`${name} is out`)
        },
      })}>
      {t`They are out at once, on every device. What they did keeps their name, and they can be added again.`}
    </ConfirmDialog>
  )
}
