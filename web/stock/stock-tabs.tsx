import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import classes from './stock.module.css'

/** The three pages under Stock, as one. */
export function StockTabs({ here }: { readonly here: 'stock' | 'products' | 'plates' }) {
  const { t } = useLingui()
  return (
    <nav aria-label={t`Stock`} className={classes['tabs']}>
      <Link to="/stock" aria-current={here === 'stock' ? 'page' : undefined}>{t`On hand`}</Link>
      <Link to="/products" aria-current={here === 'products' ? 'page' : undefined}>{t`Products`}</Link>
      <Link to="/plates" aria-current={here === 'plates' ? 'page' : undefined}>{t`Plates`}</Link>
    </nav>
  )
}
