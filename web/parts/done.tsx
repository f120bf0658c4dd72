import { useLingui } from '@lingui/react/macro'
import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useMay } from '../session/me.ts'
import { useCommand } from '../queries.ts'
import { useSayProblem } from './problem.tsx'

/** Says that something is done: `const done = useDone()`, `done(t`Received`, { movementId })`. With a movement it offers to undo it, for 10 seconds. */
export function useDone(): (message: ReactNode, options?: { readonly movementId?: string }) => void {
  const { t } = useLingui()
  const may = useMay()
  const say = useSayProblem()
  const reverse = useCommand('POST /movements/:movementId/reverse')
  return (message, { movementId } = {}) => {
    const undo = async (): Promise<void> => {
      notifications.hide(id)
      try {
        await reverse.mutateAsync({ params: { movementId: movementId ?? '' }, body: { meaning: 'never_happened', reason: t`Undone at once` } })
        notifications.show({ message: t`Undone: it never happened.`, icon: <IconCheck size={16} aria-hidden />, color: 'petrol' })
      } catch (problem) {
        const { title, next } = say(problem)
        notifications.show({ title, message: next, color: 'red', autoClose: false })
      }
    }
    const id = notifications.show({
      message: <Group justify="space-between" gap="md"><Text size="sm">{message}</Text>{movementId !== undefined && may('movements.reverse') && <Button size="compact-sm" variant="light" onClick={() => void undo()}>{t`Undo`}</Button>}</Group>,
      icon: <IconCheck size={16} aria-hidden />, color: 'petrol', autoClose: movementId === undefined ? 5_000 : 10_000, closeButtonProps: { 'aria-label': t`Close` },
    })
  }
}
