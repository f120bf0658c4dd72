import { useLingui } from '@lingui/react/macro'
import { IconStack2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { bearDates } from '#src/lib/trades.ts'
import type { ItemOf } from '../api.ts'
import { useDue, useRecordFilters } from '../lists/common.tsx'
import { DoLink } from '../lists/do-link.tsx'
import { dayOf, type Filter } from '../lists/filters.ts'
import { List } from '../lists/list.tsx'
import { NewButton, useNew } from '../parts/actions.tsx'
import { Code } from '../parts/code.tsx'
import { DateWithDistance, dueOf, type LotDates } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { ProductLink } from '../parts/links.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/table.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useMe } from '../session/me.ts'

const NewLot = lazy(() => import('./new-lot.tsx'))

type Lot = ItemOf<'/lots'>

/** The lots there are, newest first, or by code where one is searched for. */
export default function Lots() {
  const { t } = useLingui()
  const { search: { q, sort, product, family, issuer, dueFrom, dueTo, inStock, held } } = useFilters()
  const { product: ofProduct, family: ofFamily } = useRecordFilters()
  const { isNew, close } = useNew('lots.write', 'lot')
  const filters: readonly Filter[] = [
    ofProduct, useDue(), { kind: 'flag', name: 'inStock', label: t`On hand` }, { kind: 'flag', name: 'held', label: t`On hold` }, { kind: 'record', name: 'issuer', label: t`Issued by`, of: 'party' }, ofFamily,
  ]
  return (
    <Page title={t`Lots`} actions={<NewButton permission="lots.write" name="lot" label={t`New lot`} variant="default" />}>
      {isNew && <Suspense><NewLot onClose={close} /></Suspense>}
      <List page="lots" label={t`Lots`} columns={useLotColumns()} rowKey={keyOf} rowName={nameOf} rowTo={({ lotId }) => `/lots/${lotId}`} filters={filters} usualSort="-created"
        searchFor={t`Lot code begins with`} searchHint={t`Case, spaces, O and 0, I and 1 make no difference. Nothing was created.`}
        query={pages('/lots', { query: { search: q, sort, product, family, issuer, dueFrom: dayOf(dueFrom), dueTo: dayOf(dueTo), inStock, held } })}
        empty={<EmptyState icon={<IconStack2 size={28} />} title={t`No lots yet`} action={<DoLink id="receive" />}>{t`What was made or received together stands under one number. It is made by the first receipt or run that names it.`}</EmptyState>} />
    </Page>
  )
}

function keyOf({ lotId }: Lot): string {
  return lotId
}

function nameOf({ code }: Lot): string {
  return code
}

/** Dates stand in it where what is handled bears dates, families where one dye bath goes over several products. */
export function useLotColumns(): readonly Column<Lot>[] {
  const { t } = useLingui()
  const { trades } = useMe()
  return [
    { id: 'code', title: t`Lot`, width: 'minmax(150px, 1fr)', phone: 'title', sort: 'code', text: ({ code }) => code, cell: ({ lotId, code }) => <Link to="/lots/$lotId" params={{ lotId }}><Code value={code} plain /></Link> },
    { id: 'product', title: t`Product`, width: 'minmax(160px, 1.5fr)', sort: 'product', text: ({ product }) => product.name, cell: ({ product }) => <ProductLink productId={product.productId} product={product.name} /> },
    { id: 'date', title: t`Date`, width: 'minmax(190px, 1.1fr)', optional: !bearDates(trades), sort: 'due', text: dueOf, cell: (lot) => <LotDate lot={lot} /> },
    { id: 'issuer', title: t`Issued by`, text: ({ issuer }) => issuer.name, cell: ({ issuer }) => issuer.name },
    { id: 'family', title: t`Family`, optional: !trades.includes('yarn'), text: ({ family }) => family?.code, cell: ({ family }) => family !== null && <Code value={family.code} plain /> },
    { id: 'made', title: t`Made`, width: '170px', optional: true, phone: 'hide', text: ({ madeOn }) => madeOn, cell: ({ madeOn }) => madeOn !== null && <DateWithDistance date={madeOn} /> },
    { id: 'sku', title: t`SKU`, optional: true, phone: 'hide', text: ({ product }) => product.sku, cell: ({ product }) => <Code value={product.sku} plain /> },
  ]
}

function LotDate({ lot }: { readonly lot: LotDates }) {
  const date = dueOf(lot)
  return date === null ? null : <DateWithDistance date={date} alarm />
}
