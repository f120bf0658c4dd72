import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { useMay } from '../session/me.ts'
import classes from './stock.module.css'

/** The pages under Stock, as one. */
export function StockTabs({ here }: { readonly here: 'stock' | 'products' | 'plates' | 'imports' }) {
  const { t } = useLingui()
  const may = useMay()
  return (
    <nav aria-label={t`Stock`} className={classes['tabs']}>
      <Link to="/stock" aria-current={here === 'stock' ? 'page' : undefined}>{t`On hand`}</Link>
      <Link to="/products" aria-current={here === 'products' ? 'page' : undefined}>{t`Products`}</Link>
      <Link to="/plates" aria-current={here === 'plates' ? 'page' : undefined}>{t`Plates`}</Link>
      {may('imports.read') && <Link to="/imports" aria-current={here === 'imports' ? 'page' : undefined}>{t`Imports`}</Link>}
    </nav>
  )
}
