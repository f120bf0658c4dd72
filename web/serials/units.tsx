import { useLingui } from '@lingui/react/macro'
import { IconBarcode } from '@tabler/icons-react'
import type { ItemOf } from '../api.ts'
import { useRecordFilters } from '../lists/common.tsx'
import { DoLink } from '../lists/do-link.tsx'
import type { Filter } from '../lists/filters.ts'
import { List } from '../lists/list.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useUnitColumns } from './unit-columns.tsx'

type Unit = ItemOf<'/units'>

/** The units there are, newest first, or by serial where one is searched for. */
export default function Units() {
  const { t } = useLingui()
  const { search: { q, sort, product, lot, place, state } } = useFilters()
  const records = useRecordFilters()
  const filters: readonly Filter[] = [
    records.product, records.lot, records.place, { kind: 'choice', name: 'state', label: t`State`, choices: [['here', t`here`], ['gone', t`gone`], ['expected', t`not seen yet`]] },
  ]
  return (
    <Page title={t`Units`}>
      <List page="units" label={t`Units`} columns={useUnitColumns()} rowKey={keyOf} rowName={nameOf} rowTo={({ unitId }) => `/units/${unitId}`} filters={filters} usualSort={lot === undefined ? '-created' : 'created'}
        searchFor={t`Serial begins with`} searchHint={t`Case, spaces, O and 0, I and 1 make no difference. Nothing was created.`} query={pages('/units', { query: { search: q, sort, product, lot, place, state } })}
        empty={<EmptyState icon={<IconBarcode size={28} />} title={t`No units yet`} action={<DoLink id="receive" />}>{t`A unit is one identified thing: a machine with a serial, a wheel of cheese, a roll. It is made by the receipt or run that names it, for products tracked by serial.`}</EmptyState>} />
    </Page>
  )
}

function keyOf({ unitId }: Unit): string {
  return unitId
}

function nameOf({ serial }: Unit): string {
  return serial
}
