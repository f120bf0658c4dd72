import { useLingui } from '@lingui/react/macro'
import { Text } from '@mantine/core'
import { Problem } from '../api.ts'
import type { ImportView } from '#src/imports/contract.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { Told } from './told.tsx'
import { useUndo } from './use-import.ts'

/** Asks before a whole import is taken back, and why. */
export default function Undo({ view, onClose }: { readonly view: ImportView; readonly onClose: () => void }) {
  const { t } = useLingui()
  const undo = useUndo(view)
  return (
    <ConfirmDialog title={t`Undo the whole import?`} submit={t`Undo it`} danger reason="needed" problem={undo.error instanceof Problem ? undo.error : null} isPending={undo.isPending} onClose={onClose}
      onConfirm={(reason) => undo.mutate({ reason }, { onSuccess: onClose })}>
      {undo.error !== null && !(undo.error instanceof Problem) && <Told sending={undo} />}
      <Text size="sm">{t`Its movements never happened: stock is again what it was without them. Products, lots and places that it made and nobody else uses are archived.`}</Text>
      <Text size="sm" mt="xs">{t`Where some of it was shipped or used since, nothing is undone, and you are told what stands in the way.`}</Text>
    </ConfirmDialog>
  )
}
