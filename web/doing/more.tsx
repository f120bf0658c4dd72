import { useLingui } from '@lingui/react/macro'
import { lazy, Suspense, useState } from 'react'
import classes from './doing.module.css'
import type { Props } from './more-fields.tsx'

const MoreFields = lazy(() => import('./more-fields.tsx'))

/** What is seldom said, folded away: when it happened, papers, a note; of the open line its plate, owner, when it was made. */
export function More(props: Props) {
  const { t } = useLingui()
  const { draft, line } = props
  const isSaid = Boolean(draft.occurredAt !== '' || draft.note !== '' || draft.references.length > 0 || line?.toPlate != null || (line?.flow.takes === false && line.plate !== null) || line?.madeOn || line?.family)
  // what was said in it is seen, and it is not folded again while it is being emptied
  const [isOpen, setOpen] = useState(isSaid)
  return (
    <details className={classes['more']} open={isOpen || isSaid} onToggle={({ currentTarget: { open } }) => setOpen(open)}>
      <summary>{t`More: when, papers, a note`}</summary>
      {(isOpen || isSaid) && <Suspense><MoreFields {...props} /></Suspense>}
    </details>
  )
}
