import { useLingui } from '@lingui/react/macro'
import { IconPackage } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { bearDates } from '#src/lib/trades.ts'
import type { ItemOf } from '../api.ts'
import type { Filter } from '../lists/filters.ts'
import { List } from '../lists/list.tsx'
import { Code } from '../parts/code.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/table.tsx'
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
  const { search: { q, sort, tracking, archived, new: making }, setSearch } = useFilters()
  const may = useMay()
  const filters: readonly Filter[] = [{ kind: 'choice', name: 'tracking', label: t`Tracked`, choices: trackings.map((one) => [one, trackingName(one)]) }, { kind: 'flag', name: 'archived', label: t`Archived` }]
  return (
    <Page title={t`Products`} actions={<NewProduct />} under={<StockTabs here="products" />}>
      <List page="products" label={t`Products`} columns={useColumns()} rowKey={keyOf} rowName={nameOf} rowTo={({ productId }) => `/products/${productId}`} filters={filters} usualSort="sku"
        searchFor={t`SKU, name or code begins with`} searchHint={t`It is looked for in SKUs, names, GTINs and the codes of suppliers and customers.`} query={pages('/products', { query: { search: q, sort, tracking, archived } })}
        empty={<EmptyState icon={<IconPackage size={28} />} title={t`No products yet`} action={<NewProduct />}>{t`A product is what you buy, make and sell. A name, a SKU and a unit of measure are enough.`}</EmptyState>} />
      {making === 'product' && may('catalog.write') && <Suspense><NewProductDialog onClose={() => setSearch({ new: undefined })} /></Suspense>}
    </Page>
  )
}

type Product = ItemOf<'/products'>
const trackings = ['lot', 'serial', 'lot_and_serial', 'none'] as const

function keyOf({ productId }: Product): string {
  return productId
}

function nameOf({ sku }: Product): string {
  return sku
}

function useColumns(): readonly Column<Product>[] {
  const { t } = useLingui()
  const { trades } = useMe()
  return [
    { id: 'name', title: t`Product`, width: 'minmax(200px, 1.8fr)', phone: 'title', sort: 'name', text: ({ name }) => name, cell: ({ productId, name, archivedAt }) => <><Link to="/products/$productId" params={{ productId }}>{name}</Link>{archivedAt !== null && <> <Tone tone="quiet">{t`archived`}</Tone></>}</> },
    { id: 'sku', title: t`SKU`, sort: 'sku', text: ({ sku }) => sku, cell: ({ sku }) => <Code value={sku} plain /> },
    { id: 'tracking', title: t`Tracked`, text: ({ tracking }) => trackingName(tracking), cell: ({ tracking }) => trackingName(tracking) },
    { id: 'date', title: t`Date`, width: 'minmax(90px, 0.6fr)', phone: 'hide', optional: !bearDates(trades), text: ({ dateKind }) => dateKindName(dateKind), cell: ({ dateKind }) => (dateKind === 'none' ? null : dateKindName(dateKind)) },
    { id: 'uom', title: t`Unit of measure`, width: '130px', phone: 'side', text: ({ baseUom }) => baseUom, cell: ({ baseUom }) => baseUom },
  ]
}
