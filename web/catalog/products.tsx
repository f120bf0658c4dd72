import { useLingui } from '@lingui/react/macro'
import { Switch } from '@mantine/core'
import { IconPackage } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { bearDates } from '#src/lib/trades.ts'
import type { ItemOf } from '../api.ts'
import { Code } from '../parts/code.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import { DataTable, SearchFilter, type Column } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useMay, useMe } from '../session/me.ts'
import { StockTabs } from '../stock/stock-tabs.tsx'
import { dateKindName, trackingName } from '../words.ts'
import { NewProduct } from './new-product.tsx'

const NewProductDialog = lazy(() => import('./new-product-dialog.tsx'))

/** The products there are, by SKU. */
export default function Products() {
  const { t } = useLingui()
  const { search: { q, archived, new: making }, setSearch } = useFilters()
  const may = useMay()
  return (
    <Page title={t`Products`} actions={<NewProduct />} under={<StockTabs here="products" />}>
      <DataTable label={t`Products`} columns={useColumns()} rowKey={({ productId }) => productId} rowTo={({ productId }) => `/products/${productId}`} query={pages('/products', { query: { search: q, archived } })}
        filters={<><SearchFilter placeholder={t`SKU, name or code begins with`} /><Switch label={t`Archived too`} checked={archived === 'true'} onChange={({ currentTarget: { checked } }) => setSearch({ archived: checked ? 'true' : undefined })} /></>}
        empty={q === undefined ? (
          <EmptyState icon={<IconPackage size={28} />} title={t`No products yet`} action={<NewProduct />}>{t`A product is what you buy, make and sell. A name, a SKU and a unit of measure are enough.`}</EmptyState>
        ) : (
          <EmptyState icon={<IconPackage size={28} />} title={t`No product begins with ${q}`}>{t`It is looked for in SKUs, names, GTINs and the codes of suppliers and customers.`}</EmptyState>
        )} />
      {making === 'product' && may('catalog.write') && <Suspense><NewProductDialog onClose={() => setSearch({ new: undefined })} /></Suspense>}
    </Page>
  )
}

function useColumns(): readonly Column<ItemOf<'/products'>>[] {
  const { t } = useLingui()
  const { trades } = useMe()
  return [
    { id: 'name', title: t`Product`, width: 'minmax(200px, 1.8fr)', phone: 'title', cell: ({ productId, name, archivedAt }) => <><Link to="/products/$productId" params={{ productId }}>{name}</Link>{archivedAt !== null && <> <Tone tone="quiet">{t`archived`}</Tone></>}</> },
    { id: 'sku', title: t`SKU`, cell: ({ sku }) => <Code value={sku} plain /> },
    { id: 'tracking', title: t`Tracked`, cell: ({ tracking }) => trackingName(tracking) },
    { id: 'date', title: t`Date`, width: 'minmax(90px, 0.6fr)', phone: 'hide', optional: !bearDates(trades), cell: ({ dateKind }) => (dateKind === 'none' ? null : dateKindName(dateKind)) },
    { id: 'uom', title: t`Unit of measure`, width: '130px', phone: 'side', cell: ({ baseUom }) => baseUom },
  ]
}
