import { useLingui } from '@lingui/react/macro'
import { Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import type { Problem } from '../api.ts'
import { FormDialog } from './form.tsx'

export interface ConfirmDialogProps {
  readonly title: string
  /** What it does, and what stays. */
  readonly children: ReactNode
  readonly submit: string
  readonly danger?: boolean
  /** Whether it is asked why; '' is given where nothing was said. */
  readonly reason?: 'none' | 'optional' | 'needed'
  readonly onConfirm: (reason: string) => void
  readonly problem: Problem | null
  readonly isPending: boolean
  readonly onClose: () => void
}

/** Asks before something is done that one does not do by accident, and why. */
export function ConfirmDialog({ title, children, submit, danger = false, reason = 'optional', onConfirm, problem, isPending, onClose }: ConfirmDialogProps) {
  const { t } = useLingui()
  const form = useForm({ initialValues: { reason: '' } })
  return (
    <FormDialog title={title} submit={submit} danger={danger} form={form} problem={problem} isPending={isPending} onClose={onClose} onSubmit={(values) => onConfirm(values.reason.trim())}>
      <Text size="sm" component="div">{children}</Text>
      {reason !== 'none' && <TextInput label={t`Why`} description={t`Stands in the history.`} required={reason === 'needed'} maxLength={200} data-autofocus {...form.getInputProps('reason')} />}
    </FormDialog>
  )
}
