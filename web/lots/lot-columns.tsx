import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { bearDates } from '#src/lib/trades.ts'
import type { ItemOf } from '../api.ts'
import { Code } from '../parts/code.tsx'
import { DateWithDistance, dueOf, type LotDates } from '../parts/dates.tsx'
import { ProductLink } from '../parts/links.tsx'
import type { Column } from '../parts/table.tsx'
import { useMe } from '../session/me.ts'

type Lot = ItemOf<'/lots'>

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
