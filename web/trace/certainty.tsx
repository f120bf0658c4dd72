import type { TraceCertainty } from '#src/lib/trace-rows.ts'
import classes from './trace.module.css'
import { useCertaintyName } from './words.ts'

/** How sure it is, in a word, with the line that stands for it in the graph. */
export function Certainty({ value }: { readonly value: TraceCertainty }) {
  const name = useCertaintyName()
  return <span className={classes['certainty']}><CertaintyLine value={value} />{name(value)}</span>
}

/** Solid: exact. Dashed: at most. Dotted: possible. */
export function CertaintyLine({ value }: { readonly value: TraceCertainty }) {
  return <svg width="26" height="8" aria-hidden className={classes['line']} data-certainty={value}><path d="M1 4 H25" /></svg>
}
