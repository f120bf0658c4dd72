import type { ReactNode } from 'react'
import classes from './parts.module.css'

export type ToneName = 'ok' | 'warn' | 'stop' | 'info' | 'quiet'

/** A short word about a state; the word says it, the colour only underlines. */
export function Tone({ tone, children }: { readonly tone: ToneName; readonly children: ReactNode }) {
  return <span className={classes['tone']} data-tone={tone}>{children}</span>
}
