import { sayQuantity } from '../parts/format.ts'
import classes from './imports.module.css'

export interface CountOf<Key extends string> {
  readonly key: Key
  readonly value: number
  readonly label: string
  readonly tone: 'ok' | 'info' | 'stop' | 'quiet'
}

/** Numbers of rows, large; each opens to its rows. */
export function Counts<Key extends string>({ label, counts, shown, onShow, isOld = false }: { readonly label: string; readonly counts: readonly CountOf<Key>[]; readonly shown: Key | undefined; readonly onShow: (key: Key) => void; readonly isOld?: boolean }) {
  return (
    <div className={classes['counts']} role="group" aria-label={label} data-old={isOld || undefined}>
      {counts.map(({ key, value, label: name, tone }) => (
        <button key={key} type="button" className={classes['count']} data-tone={tone} aria-pressed={shown === key} onClick={() => onShow(key)}>
          <b>{sayQuantity(String(value))}</b><span>{name}</span>
        </button>
      ))}
    </div>
  )
}
