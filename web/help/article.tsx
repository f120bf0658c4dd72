import { useEffect, type MouseEvent, type ReactNode } from 'react'
import { ShownExample } from './example.tsx'
import classes from './help.module.css'
import type { Shown } from './pages.ts'

/** Opens a page of the help where one reads: `lots`, `undo#late-entries`. */
export type Open = (address: string) => void

export interface ArticleProps {
  readonly page: Shown
  readonly part: string | null
  /** It is the first page: groups of links. */
  readonly isIndex: boolean
  readonly onOpen: Open
}

/** The text of a page; its links to other pages of the help are opened where one reads. */
export function Article({ page, part, isIndex, onOpen }: ArticleProps) {
  useEffect(() => {
    if (part !== null) document.getElementById(part)?.scrollIntoView()
  }, [page, part])
  const onClick = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest('a')?.getAttribute('href') : null
    if (link == null || !isPlain(event)) return
    if (link.startsWith('/help/')) {
      event.preventDefault()
      onOpen(link.slice('/help/'.length))
    }
    if (link.startsWith('#')) {
      event.preventDefault()
      document.getElementById(link.slice(1))?.scrollIntoView()
    }
  }
  return (
    <div className={`${classes['article']} ${isIndex ? classes['index'] : ''}`} lang="en" onClick={onClick}>
      {page.parts.map((one, at) => 'html' in one
        // made of our own pages when the app is built (render.ts), where HTML in them is text
        ? <div key={at} dangerouslySetInnerHTML={{ __html: one.html }} />
        : <ShownExample key={at} example={one.example} />)}
    </div>
  )
}

/** A link to a page of the help that is opened where one reads. */
export function HelpLink({ to, onOpen, children }: { readonly to: string; readonly onOpen: Open; readonly children: ReactNode }) {
  return <a href={`/help/${to}`} onClick={(event) => {
    if (!isPlain(event)) return
    event.preventDefault()
    onOpen(to)
  }}>{children}</a>
}

/** Not one that opens another tab or window. */
function isPlain({ button, ctrlKey, metaKey, shiftKey, altKey }: MouseEvent): boolean {
  return button === 0 && !ctrlKey && !metaKey && !shiftKey && !altKey
}
