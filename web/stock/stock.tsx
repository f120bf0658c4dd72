import { useLingui } from '@lingui/react/macro'
import { SegmentedControl } from '@mantine/core'
import { IconPackage } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ItemOf } from '../api.ts'
import { useRecordFilters } from '../lists/common.tsx'
import { DoLink } from '../lists/do-link.tsx'
import type { Filter } from '../lists/filters.ts'
import { List } from '../lists/list.tsx'
import { AsOf, useAsOf } from '../parts/as-of.tsx'
import { ButtonLink } from '../parts/button-link.tsx'
import { DateWithDistance } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { LotLink, PlaceLink, ProductLink } from '../parts/links.tsx'
import { Page } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { Quantity } from '../parts/quantity.tsx'
import type { Column } from '../parts/table.tsx'
import { pages } from '../queries.ts'
import { useFilters, type Search } from '../search.ts'
import { useMay } from '../session/me.ts'
import { StockTabs } from './stock-tabs.tsx'

type Row = ItemOf<'/stock'>

const groups = ['product', 'lot', 'lot,place', 'place', 'lot,place,plate'] as const
type Group = (typeof groups)[number]

/** What is on hand, by product, lot or place: now, or as of any instant. */
export default function Stock() {
  const { t } = useLingui()
  const may = useMay()
  const { search: { by: asked, sort = 'product', product, place, lot, owner, held }, setSearch } = useFilters()
  const by = groups.find((group) => group === asked) ?? 'product'
  const asOf = useAsOf()
  const records = useRecordFilters()
  const labels: Record<Group, string> = { product: t`Product`, lot: t`Lot`, 'lot,place': t`Lot and place`, place: t`Place`, 'lot,place,plate': t`Plate` }
  const filters: readonly Filter[] = [
    records.product, records.lot, records.place, { kind: 'record', name: 'owner', label: t`Owner`, of: 'party' },
    // what is on hold is known for now only
    ...(asOf.at === undefined ? [{ kind: 'flag', name: 'held', label: t`On hold` } as const] : []),
  ]
  return (
    <Page title={t`Stock`} actions={<AsOf />} under={<StockTabs here="stock" />}>
      <List kind={by} page="stock" label={t`On hand`} columns={useColumns(by)} rowKey={keyOf} rowName={nameOf} rowTo={(row) => (row.lotId !== undefined && row.lot !== null ? `/lots/${row.lotId}` : `/products/${row.productId}`)} filters={filters} usualSort="product"
        query={pages('/stock', { query: { by, sort, productId: product, placeId: place, lotId: lot, ownerId: owner, held: asOf.at === undefined ? held : undefined, ...asOf } })}
        before={<div className={parts['scroller']}><SegmentedControl aria-label={t`By`} value={by} onChange={(value) => setSearch({ by: value === 'product' ? undefined : value, cols: undefined, sort: undefined })} data={groups.map((value) => ({ value, label: labels[value] }))} /></div>}
        act={(rows) => asOf.at === undefined && rows.length === 1 && rows[0] !== undefined && <RowActions row={rows[0]} />}
        empty={<EmptyState icon={<IconPackage size={28} />} title={asOf.at === undefined ? t`Nothing is on hand` : t`Nothing was on hand then`} action={asOf.at === undefined ? <div className={parts['pageActions']}><DoLink id="receive" />{may('imports.write') && <ButtonLink to="/imports/new" variant="default">{t`Import from a file`}</ButtonLink>}</div> : undefined}>{t`What is received or made stands here, until it is used or shipped.`}</EmptyState>} />
    </Page>
  )
}

/** A form takes over what one row says; several rows are several lines, which are filled in there. */
function RowActions({ row }: { readonly row: Row }) {
  const what: Search = { product: row.productId, lot: row.lot == null ? undefined : row.lotId, place: row.placeId, plate: row.plateId ?? undefined }
  return <><DoLink id="move" search={what} plain /><DoLink id="ship" search={what} plain /><DoLink id="adjust" search={what} plain /></>
}

function keyOf(row: Row): string {
  return [row.productId, row.lotId, row.placeId, row.plateId].join(' ')
}

function nameOf(row: Row): string {
  return [row.lot ?? row.sku, row.place].filter((part) => part !== undefined).join(' ')
}

function useColumns(by: Group): readonly Column<Row>[] {
  const { t } = useLingui()
  const { at } = useAsOf()
  const grouped = new Set(by.split(','))
  const all: readonly (Column<Row> & { readonly when?: string })[] = [
    { id: 'product', title: t`Product`, width: 'minmax(180px, 1.6fr)', phone: 'title', sort: 'product', text: (row) => row.product, cell: (row) => <ProductLink productId={row.productId} product={row.product} /> },
    { id: 'lot', when: 'lot', title: t`Lot`, width: 'minmax(130px, 1fr)', sort: 'lot', text: (row) => row.lot, cell: (row) => <LotLink lotId={row.lotId ?? ''} lot={row.lot ?? null} /> },
    { id: 'date', when: 'lot', title: t`Date`, width: 'minmax(190px, 1fr)', optional: true, phone: 'hide', sort: 'due', text: (row) => row.due, cell: (row) => row.due != null && <DateWithDistance date={row.due} alarm /> },
    { id: 'place', when: 'place', title: t`Place`, sort: 'place', text: (row) => row.place, cell: (row) => row.placeId !== undefined && <PlaceLink placeId={row.placeId} place={row.place ?? ''} /> },
    { id: 'plate', when: 'plate', title: t`Plate`, text: (row) => row.plate, cell: (row) => (row.plateId === null || row.plateId === undefined ? <span className="dim">{t`loose`}</span> : <Link to="/plates/$plateId" params={{ plateId: row.plateId }}>{row.plate}</Link>) },
    { id: 'sku', title: t`SKU`, optional: true, phone: 'hide', text: (row) => row.sku, cell: (row) => <span className="code">{row.sku}</span> },
    { id: 'onHand', title: t`On hand`, width: 'minmax(96px, 0.7fr)', number: true, sort: 'onHand', text: (row) => row.onHand, cell: (row) => <Quantity value={row.onHand} uom={row.uom} /> },
    { id: 'uom', title: t`Unit of measure`, width: '120px', optional: true, phone: 'hide', text: (row) => row.uom, cell: (row) => row.uom },
    { id: 'second', title: t`Second quantity`, width: '120px', number: true, optional: true, phone: 'hide', text: (row) => row.secondOnHand, cell: (row) => row.secondOnHand !== null && row.secondUom !== null && <Quantity value={row.secondOnHand} uom={row.secondUom} /> },
    // for another time than now they are not known
    ...(at !== undefined ? [] : [
      { id: 'allocated', title: t`Promised`, width: 'minmax(96px, 0.6fr)', number: true, phone: 'hide', text: (row: Row) => row.allocated, cell: (row: Row) => row.allocated !== null && row.allocated !== '0' && <Quantity value={row.allocated} uom={row.uom} /> } as const,
      { id: 'available', title: t`Available`, width: 'minmax(96px, 0.6fr)', number: true, phone: 'hide', text: (row: Row) => row.available, cell: (row: Row) => row.available !== null && <Quantity value={row.available} uom={row.uom} /> } as const,
    ]),
  ]
  return all.filter(({ when }) => when === undefined || grouped.has(when))
}
