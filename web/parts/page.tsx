import { Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useRecent } from '../shell/recent.ts'
import classes from './parts.module.css'

export interface PageProps {
  readonly title: string
  /** What stands above the title: what kind of thing this is, or the way to it. */
  readonly over?: ReactNode
  /** Beside the title, where it is not its text alone (a code to copy, a badge). */
  readonly heading?: ReactNode
  /** Buttons at the right. */
  readonly actions?: ReactNode
  /** Under the title: tabs, or facts in a line. */
  readonly under?: ReactNode
  readonly children: ReactNode
}

/** The frame of every page: its title (also of the tab), what can be done, its content. */
export function Page({ title, over, heading, actions, under, children }: PageProps) {
  useDocumentTitle(`${title} – Lotwise`)
  // a record that is loaded says the way to it
  useRecent(over === undefined ? null : title)
  return (
    <div className={classes['page']}>
      <header className={classes['pageHead']}>
        <div className={classes['pageTitle']}>
          {over !== undefined && <div className={classes['over']}>{over}</div>}
          <Title order={1}>{heading ?? title}</Title>
        </div>
        {actions !== undefined && <div className={classes['pageActions']}>{actions}</div>}
      </header>
      {under}
      {children}
    </div>
  )
}

/** A part of a page under a heading of its own. */
export function Section({ title, aside, children }: { readonly title: string; readonly aside?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className={classes['section']} aria-label={title}>
      <div className={classes['sectionHead']}><Title order={2}>{title}</Title>{aside}</div>
      {children}
    </section>
  )
}

/** Facts by name, in as many columns as fit. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode] | null)[] }) {
  return (
    <dl className={classes['facts']}>
      {facts.filter((fact) => fact !== null).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  )
}
