import { useLingui } from '@lingui/react/macro'
import { Button, Loader } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconAlertTriangle, IconCircleCheck, IconHandStop, IconPencil } from '@tabler/icons-react'
import { useEffect, type ReactNode } from 'react'
import classes from './doing.module.css'

export type BarTone = 'quiet' | 'ok' | 'warn' | 'stop' | 'checking'

const icons = { quiet: IconPencil, ok: IconCircleCheck, warn: IconAlertTriangle, stop: IconHandStop } as const

/** What would come of posting it, always in sight beside the button that does. */
export function Bar({ tone, children, verb, isPending, disabled = false, color }: { readonly tone: BarTone; readonly children: ReactNode; readonly verb: string; readonly isPending: boolean; readonly disabled?: boolean; readonly color?: string }) {
  const { t } = useLingui()
  const { ref, height } = useElementSize<HTMLDivElement>()
  // what is said for some seconds stands above it
  useEffect(() => document.documentElement.style.setProperty('--bar-height', `${height}px`), [height])
  const ToneIcon = tone === 'checking' ? null : icons[tone]
  return (
    <div ref={ref} className={`${classes['bar']} no-print`} data-bar>
      <div className={classes['verdict']} data-tone={tone} role="status" aria-label={t`Verdict`}>
        {ToneIcon === null ? <Loader size={18} /> : <ToneIcon size={20} stroke={1.8} aria-hidden />}
        <div>{children}</div>
      </div>
      <Button type="submit" className={classes['post'] ?? ''} loading={isPending} disabled={disabled} data-post title="Ctrl ↵" {...(color === undefined ? {} : { color })}>{verb}</Button>
    </div>
  )
}
