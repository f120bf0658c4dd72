import { useLingui } from '@lingui/react/macro'
import { IconBarcode } from '@tabler/icons-react'
import { EmptyState } from '../parts/empty-state.tsx'
import { FilteredBy } from '../parts/filtered-by.tsx'
import { Page } from '../parts/page.tsx'
import { DataTable, SearchFilter } from '../parts/table.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useUnitColumns } from './unit-columns.tsx'

/** The units there are, newest first, or by serial where one is searched for. */
export default function Units() {
  const { t } = useLingui()
  const { search: { q, product, lot } } = useFilters()
  return (
    <Page title={t`Units`}>
      <DataTable label={t`Units`} columns={useUnitColumns()} rowKey={({ unitId }) => unitId} rowTo={({ unitId }) => `/units/${unitId}`} query={pages('/units', { query: { search: q, product, lot } })}
        filters={<><SearchFilter placeholder={t`Serial begins with`} /><FilteredBy product={product} lot={lot} /></>}
        empty={q === undefined ? (
          <EmptyState icon={<IconBarcode size={28} />} title={t`No units yet`}>{t`A unit is one identified thing: a machine with a serial, a wheel of cheese, a roll. It is made by the receipt or run that names it, for products tracked by serial.`}</EmptyState>
        ) : (
          <EmptyState icon={<IconBarcode size={28} />} title={t`No serial begins with ${q}`}>{t`Case, spaces, O and 0, I and 1 make no difference. Nothing was created.`}</EmptyState>
        )} />
    </Page>
  )
}
