import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Drawer, Title, Tooltip } from '@mantine/core'
import { IconArrowLeft, IconArrowsDiagonal, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { HelpContent, useTitleOf } from './content.tsx'
import classes from './help.module.css'
import { helpOf } from './page-of.ts'

export interface HelpDrawerProps {
  /** The page of the app one is at, by its line in router.tsx. */
  readonly route: string
  readonly isBeside: boolean
  /** Only then it can be opened as a page. */
  readonly isSignedIn: boolean
  readonly onClose: () => void
}

/** The help beside the page one is at, or over it: with the way back, and the way to read it as a page. */
export default function HelpDrawer({ route, isBeside, isSignedIn, onClose }: HelpDrawerProps) {
  const { t } = useLingui()
  const [trail, setTrail] = useState<readonly string[]>([helpOf[route] ?? ''])
  const [search, setSearch] = useState('')
  const address = trail.at(-1) ?? ''
  const title = useTitleOf(address)
  const size = isBeside ? 'lg' : 44
  const content = (
    <>
      <header className={classes['drawerHead']}>
        {trail.length > 1 && <Tooltip label={t`Back`}><ActionIcon size={size} aria-label={t`Back`} onClick={() => setTrail(trail.slice(0, -1))}><IconArrowLeft size={18} aria-hidden /></ActionIcon></Tooltip>}
        <Title order={2} tabIndex={-1} data-autofocus className={classes['drawerTitle'] ?? ''}>{title}</Title>
        {isSignedIn && <Tooltip label={t`Open as a page`}><ActionIcon component={Link} to={`/help/${address}`} size={size} aria-label={t`Open as a page`} onClick={onClose}><IconArrowsDiagonal size={18} aria-hidden /></ActionIcon></Tooltip>}
        <Tooltip label={t`Close the help (Esc)`}><ActionIcon size={size} aria-label={t`Close the help`} onClick={onClose}><IconX size={18} aria-hidden /></ActionIcon></Tooltip>
      </header>
      <div className={classes['drawerBody']} key={address}>
        <HelpContent address={address} search={search} onSearch={setSearch} onOpen={(to) => setTrail([...trail, to])} />
      </div>
    </>
  )
  if (isBeside) return <Beside label={t`Help`} address={address} onClose={onClose}>{content}</Beside>
  return (
    <Drawer.Root opened onClose={onClose} position="right" size={440} classNames={{ content: classes['drawer'] ?? '' }} transitionProps={{ duration: 80 }}>
      <Drawer.Overlay />
      <Drawer.Content id="help" aria-label={t`Help`} radius={0}>{content}</Drawer.Content>
    </Drawer.Root>
  )
}

/** A part of the page, not a dialog: what is beside it can be used, and Escape within it closes it. */
function Beside({ label, address, onClose, children }: { readonly label: string; readonly address: string; readonly onClose: () => void; readonly children: ReactNode }) {
  const part = useRef<HTMLElement>(null)
  useEffect(() => part.current?.focus({ preventScroll: true }), [address])
  return (
    <aside id="help" ref={part} tabIndex={-1} aria-label={label} className={`${classes['drawer']} ${classes['beside']} no-print`} onKeyDown={(event) => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      onClose()
    }}>{children}</aside>
  )
}
