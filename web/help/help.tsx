import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Tooltip } from '@mantine/core'
import { useHotkeys, useMediaQuery } from '@mantine/hooks'
import { IconHelp } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react'

const HelpDrawer = lazy(() => import('./drawer.tsx'))

export interface Help {
  /** The shell makes room for it. */
  readonly isBeside: boolean
  readonly drawer: ReactNode
  /** What F1 does: opens the page that fits where one is, goes there where it is open, closes it from there. */
  readonly toggle: () => void
}

/** The help in place: beside the page where there is room for both, else over it, as always where nobody is signed in. */
export function useHelp({ isSignedIn }: { readonly isSignedIn: boolean }): Help {
  const router = useRouter()
  const [opened, setOpened] = useState<{ readonly route: string; readonly isModal: boolean } | null>(null)
  const hasRoom = useMediaQuery('(min-width: 75em)', true, { getInitialValueInEffect: false })
  const cameFrom = useRef<Element | null>(null)

  const close = (): void => {
    setOpened(null)
    if (cameFrom.current instanceof HTMLElement && cameFrom.current.isConnected && cameFrom.current !== document.body) cameFrom.current.focus({ preventScroll: true })
    else document.getElementById('content')?.focus({ preventScroll: true })
  }
  const toggle = (): void => {
    const route = router.state.matches.at(-1)?.fullPath ?? '/'
    if (route.startsWith('/help')) return void router.navigate({ to: '/help' })
    const drawer = document.getElementById('help')
    if (drawer?.contains(document.activeElement)) return close()
    if (opened !== null) return drawer?.focus()
    cameFrom.current = document.activeElement
    // a dialog keeps the focus to itself, so beside it nothing could be read
    setOpened({ route, isModal: document.querySelector('[role="dialog"][aria-modal="true"]') !== null })
  }
  useHotkeys([['F1', toggle]], [])

  const isBeside = isSignedIn && opened !== null && hasRoom && !opened.isModal
  useFirstEscape(opened !== null && !isBeside, close)
  return {
    isBeside,
    drawer: <Suspense>{opened !== null && <HelpDrawer key={opened.route} route={opened.route} isBeside={isBeside} isSignedIn={isSignedIn} onClose={close} />}</Suspense>,
    toggle,
  }
}

/** Escape closes the help and not the dialog below it, though every open dialog listens. */
function useFirstEscape(isWanted: boolean, onEscape: () => void): void {
  const latest = useRef({ isWanted, onEscape })
  latest.current = { isWanted, onEscape }
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.isComposing || !latest.current.isWanted) return
      event.stopImmediatePropagation()
      latest.current.onEscape()
    }
    window.addEventListener('keydown', onKey, { capture: true })
    return () => window.removeEventListener('keydown', onKey, { capture: true })
  }, [])
}

export function HelpButton({ onClick }: { readonly onClick: () => void }) {
  const { t } = useLingui()
  return <Tooltip label={t`Help for this page (F1)`}><ActionIcon size={44} radius="xl" onClick={onClick} aria-label={t`Help for this page`}><IconHelp size={21} stroke={1.7} aria-hidden /></ActionIcon></Tooltip>
}
