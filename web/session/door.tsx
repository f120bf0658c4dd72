import { Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { HelpButton, useHelp } from '../help/help.tsx'
import classes from './door.module.css'

/** The page of those who are not in yet. */
export function Door({ title, lead, children }: { readonly title: string; readonly lead?: string; readonly children: ReactNode }) {
  useDocumentTitle(`${title} – Lotwise`)
  const help = useHelp({ isSignedIn: false })
  return (
    <main className={classes['door']}>
      <div className={classes['help']}><HelpButton onClick={help.toggle} /></div>
      <div className={classes['brand']}><img src="/icon.svg" alt="" width={28} height={28} />Lotwise</div>
      <div className={classes['card']}>
        <Title order={1} size="h1">{title}</Title>
        {lead !== undefined && <p className={classes['lead']}>{lead}</p>}
        {children}
      </div>
      {help.drawer}
    </main>
  )
}
