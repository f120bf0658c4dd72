import { useLingui } from '@lingui/react/macro'
import { IconArrowsExchange } from '@tabler/icons-react'
import { useHappened, useRecordFilters } from '../lists/common.tsx'
import { DoLink } from '../lists/do-link.tsx'
import { instantOf, type Filter } from '../lists/filters.ts'
import { List } from '../lists/list.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { kindName } from '../words.ts'
import { useMovementColumns, type MovementItem } from './movement-list.tsx'

const kinds = ['receive', 'move', 'transform', 'ship', 'return', 'adjust', 'sample', 'destroy', 'pack', 'unpack', 'change_owner', 'reverse'] as const

/** Everything that happened, the latest first. */
export default function Movements() {
  const { t } = useLingui()
  const { search: { sort, kind, from, to, product, lot, unit, place, party, person, document } } = useFilters()
  const records = useRecordFilters()
  const filters: readonly Filter[] = [
    { kind: 'choice', name: 'kind', label: t`What`, choices: kinds.map((one) => [one, kindName(one)]) }, useHappened(), records.product, records.lot, records.unit, records.place, records.party,
    { kind: 'record', name: 'person', label: t`Who`, of: 'person' }, { kind: 'text', name: 'document', label: t`Document number` },
  ]
  return (
    <Page title={t`Movements`}>
      <List page="movements" label={t`Movements`} columns={useMovementColumns()} rowKey={keyOf} rowName={keyOf} rowTo={({ movementId }) => `/movements/${movementId}`} filters={filters} usualSort="-occurred"
        query={pages('/movements', { query: { sort, kind, productId: product, lotId: lot, unitId: unit, placeId: place, partyId: party, actorId: person, referenceNumber: document, occurredFrom: instantOf(from), occurredTo: instantOf(to, 1) } })}
        empty={<EmptyState icon={<IconArrowsExchange size={28} />} title={t`Nothing happened yet`} action={<DoLink id="receive" />}>{t`Every receipt, move, run and shipment stands here, and none is ever changed or deleted.`}</EmptyState>} />
    </Page>
  )
}

function keyOf({ movementId }: MovementItem): string {
  return movementId
}
