import { useLingui } from '@lingui/react/macro'
import { SegmentedControl } from '@mantine/core'
import { IconPackage } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ItemOf } from '../api.ts'
import { AsOf, useAsOf } from '../parts/as-of.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { FilteredBy } from '../parts/filtered-by.tsx'
import { LotLink, PlaceLink, ProductLink } from '../parts/links.tsx'
import { Page } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { Quantity } from '../parts/quantity.tsx'
import { DataTable, type Column } from '../parts/table.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { StockTabs } from './stock-tabs.tsx'

type Row = ItemOf<'/stock'>

const groups = ['product', 'lot', 'lot,place', 'place', 'lot,place,plate'] as const
type Group = (typeof groups)[number]

/** What is on hand, by product, lot or place: now, or as of any instant. */
export default function Stock() {
  const { t } = useLingui()
  const { search, setSearch } = useFilters()
  const { product, place, lot } = search
  const by = groups.find((group) => group === search['by']) ?? 'product'
  const asOf = useAsOf()
  const labels: Record<Group, string> = { product: t`Product`, lot: t`Lot`, 'lot,place': t`Lot and place`, place: t`Place`, 'lot,place,plate': t`Plate` }
  return (
    <Page title={t`Stock`} actions={<AsOf />} under={<StockTabs here="stock" />}>
      <DataTable label={t`On hand`} columns={useColumns(by)} rowKey={keyOf} rowTo={(row) => (row.lotId !== undefined && row.lot !== null ? `/lots/${row.lotId}` : `/products/${row.productId}`)}
        query={pages('/stock', { query: { by, productId: product, placeId: place, lotId: lot, ...asOf } })}
        filters={<>
          <div className={parts['scroller']}><SegmentedControl aria-label={t`By`} value={by} onChange={(value) => setSearch({ by: value === 'product' ? undefined : value, cols: undefined })} data={groups.map((value) => ({ value, label: labels[value] }))} /></div>
          <FilteredBy product={product} place={place} lot={lot} />
        </>}
        empty={<EmptyState icon={<IconPackage size={28} />} title={asOf.at === undefined ? t`Nothing is on hand` : t`Nothing was on hand then`}>{t`What is received or made stands here, until it is used or shipped.`}</EmptyState>} />
    </Page>
  )
}

function keyOf(row: Row): string {
  return [row.productId, row.lotId, row.placeId, row.plateId].join(' ')
}

function useColumns(by: Group): readonly Column<Row>[] {
  const { t } = useLingui()
  const { at } = useAsOf()
  const grouped = new Set(by.split(','))
  const all: readonly (Column<Row> & { readonly when?: string })[] = [
    { id: 'product', title: t`Product`, width: 'minmax(180px, 1.6fr)', phone: 'title', cell: (row) => <ProductLink productId={row.productId} product={row.product} /> },
    { id: 'lot', when: 'lot', title: t`Lot`, width: 'minmax(130px, 1fr)', cell: (row) => <LotLink lotId={row.lotId ?? ''} lot={row.lot ?? null} /> },
    { id: 'place', when: 'place', title: t`Place`, cell: (row) => row.placeId !== undefined && <PlaceLink placeId={row.placeId} place={row.place ?? ''} /> },
    { id: 'plate', when: 'plate', title: t`Plate`, cell: (row) => (row.plateId === null || row.plateId === undefined ? <span className="dim">{t`loose`}</span> : <Link to="/plates/$plateId" params={{ plateId: row.plateId }}>{row.plate}</Link>) },
    { id: 'sku', title: t`SKU`, optional: true, phone: 'hide', cell: (row) => <span className="code">{row.sku}</span> },
    { id: 'onHand', title: t`On hand`, width: 'minmax(96px, 0.7fr)', number: true, cell: (row) => <Quantity value={row.onHand} uom={row.uom} /> },
    { id: 'second', title: t`Second quantity`, width: '120px', number: true, optional: true, phone: 'hide', cell: (row) => row.secondOnHand !== null && row.secondUom !== null && <Quantity value={row.secondOnHand} uom={row.secondUom} /> },
    // for another time than now they are not known
    ...(at !== undefined ? [] : [
      { id: 'allocated', title: t`Promised`, width: 'minmax(96px, 0.6fr)', number: true, phone: 'hide', cell: (row: Row) => row.allocated !== null && row.allocated !== '0' && <Quantity value={row.allocated} uom={row.uom} /> } as const,
      { id: 'available', title: t`Available`, width: 'minmax(96px, 0.6fr)', number: true, phone: 'hide', cell: (row: Row) => row.available !== null && <Quantity value={row.available} uom={row.uom} /> } as const,
    ]),
  ]
  return all.filter(({ when }) => when === undefined || grouped.has(when))
}
