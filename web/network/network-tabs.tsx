import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import classes from '../stock/stock.module.css'

/** The two pages under Places & parties, as one. */
export function NetworkTabs({ here }: { readonly here: 'places' | 'parties' }) {
  const { t } = useLingui()
  return (
    <nav aria-label={t`Places and parties`} className={classes['tabs']}>
      <Link to="/places" aria-current={here === 'places' ? 'page' : undefined}>{t`Places`}</Link>
      <Link to="/parties" aria-current={here === 'parties' ? 'page' : undefined}>{t`Parties`}</Link>
    </nav>
  )
}
