import { Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './parts.module.css'

/** What this is when there is none of it yet: a sentence, and one action. */
export function EmptyState({ icon, title, children, action, order = 2 }: { readonly icon?: ReactNode; readonly title: string; readonly order?: 1 | 2; readonly children?: ReactNode; readonly action?: ReactNode }) {
  return (
    <div className={classes['empty']}>
      {icon !== undefined && <div className={classes['emptyIcon']} aria-hidden>{icon}</div>}
      <Title order={order} size="h3">{title}</Title>
      {children !== undefined && <Text c="dimmed" maw={460}>{children}</Text>}
      {action}
    </div>
  )
}
