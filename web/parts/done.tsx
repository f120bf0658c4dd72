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
  const undo = useUndo()
  return (message, { movementId } = {}) => {
    const take = (): void => {
      notifications.hide(id)
      if (movementId !== undefined) void undo(movementId)
    }
    const id = notifications.show({
      message: <Group justify="space-between" gap="md" wrap="nowrap"><Text size="sm">{message}</Text>{movementId !== undefined && may('movements.reverse') && <Button size="compact-sm" variant="light" flex="none" onClick={take}>{t`Undo`}</Button>}</Group>,
      icon: <IconCheck size={16} aria-hidden />, color: 'petrol', autoClose: movementId === undefined ? 5_000 : 10_000, closeButtonProps: { 'aria-label': t`Close` },
    })
  }
}

/** Takes a movement back that was just posted, as one that never happened, and says so, or what stands in the way. True where it is undone. */
export function useUndo(): (movementId: string) => Promise<boolean> {
  const { t } = useLingui()
  const say = useSayProblem()
  const reverse = useCommand('POST /movements/:movementId/reverse')
  return async (movementId) => {
    try {
      await reverse.mutateAsync({ params: { movementId }, body: { meaning: 'never_happened', reason: t`Undone at once` } })
      notifications.show({ message: t`Undone: it never happened.`, icon: <IconCheck size={16} aria-hidden />, color: 'petrol', closeButtonProps: { 'aria-label': t`Close` } })
      return true
    } catch (problem) {
      const { title, next } = say(problem)
      notifications.show({ title, message: next, color: 'red', autoClose: false, closeButtonProps: { 'aria-label': t`Close` } })
      return false
    }
  }
}
