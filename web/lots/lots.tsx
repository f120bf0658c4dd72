import { useLingui } from '@lingui/react/macro'
import { IconStack2 } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import type { ItemOf } from '../api.ts'
import { useDue, useRecordFilters } from '../lists/common.tsx'
import { DoLink } from '../lists/do-link.tsx'
import { dayOf, type Filter } from '../lists/filters.ts'
import { List } from '../lists/list.tsx'
import { NewButton, useNew } from '../parts/actions.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useLotColumns } from './lot-columns.tsx'

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
