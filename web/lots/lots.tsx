import { useLingui } from '@lingui/react/macro'
import { IconStack2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { bearDates } from '#src/lib/trades.ts'
import type { ItemOf } from '../api.ts'
import { Code } from '../parts/code.tsx'
import { DateWithDistance, dueOf, type LotDates } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { ProductLink } from '../parts/links.tsx'
import { Page } from '../parts/page.tsx'
import { DataTable, SearchFilter, type Column } from '../parts/table.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { FilteredBy } from '../parts/filtered-by.tsx'
import { useMe } from '../session/me.ts'

type Lot = ItemOf<'/lots'>

/** The lots there are, newest first, or by code where one is searched for. */
export default function Lots() {
  const { t } = useLingui()
  const { search: { q, product, family } } = useFilters()
  return (
    <Page title={t`Lots`}>
      <DataTable label={t`Lots`} columns={useLotColumns()} rowKey={({ lotId }) => lotId} rowTo={({ lotId }) => `/lots/${lotId}`} query={pages('/lots', { query: { search: q, product, family } })}
        filters={<><SearchFilter placeholder={t`Lot code begins with`} /><FilteredBy product={product} family={family} /></>}
        empty={q === undefined ? (
          <EmptyState icon={<IconStack2 size={28} />} title={t`No lots yet`}>{t`What was made or received together stands under one number. It is made by the first receipt or run that names it.`}</EmptyState>
        ) : (
          <EmptyState icon={<IconStack2 size={28} />} title={t`No lot begins with ${q}`}>{t`Case, spaces, O and 0, I and 1 make no difference. Nothing was created.`}</EmptyState>
        )} />
    </Page>
  )
}

/** Dates stand in it where what is handled bears dates, families where one dye bath goes over several products. */
export function useLotColumns(): readonly Column<Lot>[] {
  const { t } = useLingui()
  const { trades } = useMe()
  return [
    { id: 'code', title: t`Lot`, width: 'minmax(150px, 1fr)', phone: 'title', cell: ({ lotId, code }) => <Link to="/lots/$lotId" params={{ lotId }}><Code value={code} plain /></Link> },
    { id: 'product', title: t`Product`, width: 'minmax(160px, 1.5fr)', cell: ({ product }) => <ProductLink productId={product.productId} product={product.name} /> },
    { id: 'date', title: t`Date`, width: 'minmax(190px, 1.1fr)', optional: !bearDates(trades), cell: (lot) => <LotDate lot={lot} /> },
    { id: 'issuer', title: t`Issued by`, cell: ({ issuer }) => issuer.name },
    { id: 'family', title: t`Family`, optional: !trades.includes('yarn'), cell: ({ family }) => family !== null && <Code value={family.code} plain /> },
    { id: 'made', title: t`Made`, width: '170px', optional: true, phone: 'hide', cell: ({ madeOn }) => madeOn !== null && <DateWithDistance date={madeOn} /> },
    { id: 'sku', title: t`SKU`, optional: true, phone: 'hide', cell: ({ product }) => <Code value={product.sku} plain /> },
  ]
}

function LotDate({ lot }: { readonly lot: LotDates }) {
  const date = dueOf(lot)
  return date === null ? null : <DateWithDistance date={date} alarm />
}
