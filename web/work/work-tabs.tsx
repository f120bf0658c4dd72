import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { useMay } from '../session/me.ts'
import classes from '../stock/stock.module.css'

/** What waits for people, as one. */
export function WorkTabs({ here }: { readonly here: 'exceptions' | 'holds' }) {
  const { t } = useLingui()
  const may = useMay()
  return (
    <nav aria-label={t`What needs somebody`} className={classes['tabs']}>
      {may('exceptions.read') && <Link to="/exceptions" aria-current={here === 'exceptions' ? 'page' : undefined}>{t`Exceptions`}</Link>}
      {may('stock.read') && <Link to="/holds" aria-current={here === 'holds' ? 'page' : undefined}>{t`Holds`}</Link>}
    </nav>
  )
}
