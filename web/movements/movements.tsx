import { useLingui } from '@lingui/react/macro'
import { Select } from '@mantine/core'
import { IconArrowsExchange } from '@tabler/icons-react'
import { EmptyState } from '../parts/empty-state.tsx'
import { FilteredBy } from '../parts/filtered-by.tsx'
import { Page } from '../parts/page.tsx'
import { DataTable } from '../parts/table.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { kindName } from '../words.ts'
import { useMovementColumns } from './movement-list.tsx'

const kinds = ['receive', 'move', 'transform', 'ship', 'return', 'adjust', 'sample', 'destroy', 'pack', 'unpack', 'change_owner', 'reverse'] as const

/** Everything that happened, the latest first. */
export default function Movements() {
  const { t } = useLingui()
  const { search, setSearch } = useFilters()
  const columns = useMovementColumns()
  const { kind, from, to, product, lot, unit, place, party } = search
  const isNarrowed = [kind, from, to, product, lot, unit, place, party].some((one) => one !== undefined)
  return (
    <Page title={t`Movements`}>
      <DataTable label={t`Movements`} columns={columns} rowKey={({ movementId }) => movementId} rowTo={({ movementId }) => `/movements/${movementId}`}
        query={pages('/movements', { query: { kind, productId: product, lotId: lot, unitId: unit, placeId: place, partyId: party, occurredFrom: dayToInstant(from, 0), occurredTo: dayToInstant(to, 1) } })}
        filters={<>
          <Select aria-label={t`Kind`} placeholder={t`Every kind`} clearable searchable value={kind ?? null} data={kinds.map((value) => ({ value, label: kindName(value) }))} onChange={(value) => setSearch({ kind: value ?? undefined })} />
          <DayFilter name="from" label={t`From day`} />
          <DayFilter name="to" label={t`To day`} />
          <FilteredBy product={product} lot={lot} unit={unit} place={place} party={party} />
        </>}
        empty={<EmptyState icon={<IconArrowsExchange size={28} />} title={isNarrowed ? t`Nothing like that happened` : t`Nothing happened yet`}>{t`Every receipt, move, run and shipment stands here, and none is ever changed or deleted.`}</EmptyState>} />
    </Page>
  )
}

function DayFilter({ name, label }: { readonly name: 'from' | 'to'; readonly label: string }) {
  const { search, setSearch } = useFilters()
  return <label className="day-filter"><span>{label}</span><input type="date" value={search[name] ?? ''} onChange={({ currentTarget: { value } }) => setSearch({ [name]: value })} /></label>
}

/** The beginning of a day here, or of the one after it. */
function dayToInstant(day: string | undefined, after: number): string | undefined {
  const [year = NaN, month = NaN, date = NaN] = (day ?? '').split('-').map(Number)
  const instant = new Date(year, month - 1, date + after)
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString()
}
