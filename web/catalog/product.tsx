import { useLingui } from '@lingui/react/macro'
import { Alert, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { ReadOutput } from '../api.ts'
import { DoMenu } from '../doing/do-menu.tsx'
import { useLotColumns } from '../lots/lot-columns.tsx'
import { useMovementColumns } from '../movements/movement-list.tsx'
import { RecordActions } from '../parts/actions.tsx'
import { AsOf, useAsOf } from '../parts/as-of.tsx'
import { Code } from '../parts/code.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Changes } from '../parts/history.tsx'
import { PlaceLink, ProductLink } from '../parts/links.tsx'
import { Facts, Page, Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { ProblemAlert } from '../parts/problem.tsx'
import { usePropertyFacts } from '../parts/property-facts.ts'
import { Quantity } from '../parts/quantity.tsx'
import { DataTable } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { get, pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useUnitColumns } from '../serials/unit-columns.tsx'
import { dateKindName, trackingName } from '../words.ts'
import { ProductDialogs } from './product-dialogs.tsx'
import classes from './product.module.css'
import { schemeName } from './words.ts'

const ProductCodes = lazy(() => import('./product-codes.tsx'))

type Product = ReadOutput<'/products/:productId'>

/** Everything about one product: how much there is and where, its lots, its codes. */
export default function ProductPage() {
  const { t } = useLingui()
  const { productId } = useParams({ from: '/shell/products/$productId' })
  const { data: product, error } = useQuery(get('/products/:productId', { params: { productId } }))
  const properties = usePropertyFacts('product', product?.properties ?? {})
  if (product === undefined) return <Page title={t`Product`}><ProblemAlert problem={error} /></Page>
  return (
    <Page title={product.name} over={<Link to="/products">{t`Products`}</Link>} heading={<>{product.name} {product.archivedAt !== null && <Tone tone="quiet">{t`archived`}</Tone>}</>} actions={<>{product.archivedAt === null && <DoMenu what={['receive', 'move', 'ship', 'run', 'adjust', 'return', 'sample', 'destroy']} known={{ product: productId }} />}<ProductActions product={product} /><AsOf /></>}>
      {product.mergedInto !== null && <Alert variant="outline" color="var(--warn)">{t`This product was found to be another one.`} <ProductLink productId={product.mergedInto} product={t`Open that one`} /></Alert>}
      <OnHand product={product} />
      <Facts facts={[
        [t`SKU`, <Code key="s" value={product.sku} />], [t`Tracked`, trackingName(product.tracking)], [t`Unit of measure`, product.secondUom === null ? product.baseUom : `${product.baseUom}, ${product.secondUom}`],
        product.dateKind === 'none' ? null : [t`Date`, `${dateKindName(product.dateKind)}${product.blocksAfterDate ? `, ${t`blocks after it`}` : ''}`],
        ...product.uoms.map(({ uom, numerator, denominator }): readonly [string, string] => [t`1 ${uom}`, `${numerator}${denominator === '1' ? '' : ` / ${denominator}`} ${product.baseUom}`]),
        product.aliases.length === 0 ? null : [t`Other codes`, <span key="a" className={classes['codes']}>{product.aliases.map(({ aliasId, scheme, code, uom }) => <span key={aliasId}><Code value={code} /> <span className="dim">{schemeName(scheme)}{uom !== null && `, ${uom}`}</span></span>)}</span>],
        ...properties,
      ]} />
      <ProductTabs product={product} />
      <Changes subjectId={productId} />
      <ProductDialogs product={product} />
    </Page>
  )
}

function ProductActions({ product: { archivedAt, mergedInto } }: { readonly product: Product }) {
  const { t } = useLingui()
  if (mergedInto !== null) return null
  return (
    <RecordActions permission="catalog.write" actions={[
      { name: 'product', label: t`Edit` }, { name: 'tracking', label: t`Change how it is tracked` }, { name: 'merge', label: t`Merge into another` },
      archivedAt === null ? { name: 'archive', label: t`Archive`, danger: true } : { name: 'restore', label: t`Take back into use` },
    ]} />
  )
}

function OnHand({ product: { productId, baseUom } }: { readonly product: Product }) {
  const { t } = useLingui()
  const asOf = useAsOf()
  const total = useQuery(get('/stock', { query: { productId, by: 'product', ...asOf } }))
  const byPlace = useQuery(get('/stock', { query: { productId, by: 'place', limit: 500, ...asOf } }))
  const [row] = total.data?.items ?? []
  return (
    <Section title={asOf.at === undefined ? t`On hand` : t`On hand then`} aside={<Link to="/stock" search={{ by: 'lot,place', product: productId, ...asOf }}>{t`By lot and place`}</Link>}>
      <ProblemAlert problem={total.error} />
      <div className={classes['figures']}>
        <div><span className={classes['figure']}><Quantity value={row?.onHand ?? '0'} uom={baseUom} /></span><span className="dim">{t`on hand`}</span></div>
        {row?.allocated != null && <div><span className={classes['figure']}><Quantity value={row.allocated} uom={baseUom} /></span><span className="dim">{t`promised`}</span></div>}
        {row?.available != null && <div><span className={classes['figure']}><Quantity value={row.available} uom={baseUom} /></span><span className="dim">{t`available`}</span></div>}
      </div>
      {(byPlace.data?.items.length ?? 0) > 0 && <ul className={`${parts['card']} ${classes['places']}`}>{byPlace.data?.items.map((item) => <li key={item.placeId}><PlaceLink placeId={item.placeId ?? ''} place={item.place ?? ''} /><Quantity value={item.onHand} uom={item.uom} /></li>)}</ul>}
    </Section>
  )
}

function ProductTabs({ product }: { readonly product: Product }) {
  const { t } = useLingui()
  const { productId, tracking } = product
  const { search, setSearch } = useFilters()
  const first = tracking === 'serial' ? 'units' : tracking === 'none' ? 'history' : 'lots'
  const { tab = first } = search
  const [lots, units, movements] = [useLotColumns(), useUnitColumns(), useMovementColumns()]
  const { at, known } = useAsOf()
  return (
    <Tabs value={tab} onChange={(value) => setSearch({ tab: value === first ? undefined : (value ?? undefined), cols: undefined })} keepMounted={false}>
      <Tabs.List mb="md">
        {tracking.includes('lot') && <Tabs.Tab value="lots">{t`Lots`}</Tabs.Tab>}
        {tracking.includes('serial') && <Tabs.Tab value="units">{t`Units`}</Tabs.Tab>}
        <Tabs.Tab value="history">{t`History`}</Tabs.Tab>
        <Tabs.Tab value="codes">{t`Codes and packages`}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="lots"><DataTable label={t`Lots`} columns={lots.filter(({ id }) => id !== 'product' && id !== 'sku')} rowKey={({ lotId }) => lotId} rowTo={({ lotId }) => `/lots/${lotId}`} query={pages('/lots', { query: { product: productId } })} empty={<EmptyState title={t`No lots of it yet`}>{t`The first receipt or run that names one makes it.`}</EmptyState>} /></Tabs.Panel>
      <Tabs.Panel value="units"><DataTable label={t`Units`} columns={units.filter(({ id }) => id !== 'product')} rowKey={({ unitId }) => unitId} rowTo={({ unitId }) => `/units/${unitId}`} query={pages('/units', { query: { product: productId } })} empty={<EmptyState title={t`No units of it yet`}>{t`The first receipt or run that names one makes it.`}</EmptyState>} /></Tabs.Panel>
      <Tabs.Panel value="history"><DataTable label={t`History`} columns={movements} rowKey={({ movementId }) => movementId} rowTo={({ movementId }) => `/movements/${movementId}`} query={pages('/movements', { query: { productId, occurredTo: at, recordedTo: known } })} empty={<EmptyState title={t`Nothing happened to it yet`} />} /></Tabs.Panel>
      <Tabs.Panel value="codes"><Suspense><ProductCodes product={product} /></Suspense></Tabs.Panel>
    </Tabs>
  )
}
