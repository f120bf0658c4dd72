import { useLingui } from '@lingui/react/macro'
import { Select } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ItemOf } from '../api.ts'
import { Code } from '../parts/code.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import { DataTable, SearchFilter, type Column } from '../parts/table.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { partyRoleName } from '../words.ts'
import { NetworkTabs } from './network-tabs.tsx'

const roles = ['supplier', 'customer', 'maker', 'carrier'] as const

/** Everybody we deal with, by name. */
export default function Parties() {
  const { t } = useLingui()
  const { search: { q, role }, setSearch } = useFilters()
  return (
    <Page title={t`Parties`} under={<NetworkTabs here="parties" />}>
      <DataTable label={t`Parties`} columns={useColumns()} rowKey={({ partyId }) => partyId} rowTo={({ partyId }) => `/parties/${partyId}`} query={pages('/parties', { query: { search: q, role } })}
        filters={<><SearchFilter placeholder={t`Name or code begins with`} /><Select aria-label={t`Role`} placeholder={t`Every role`} clearable value={role ?? null} data={roles.map((value) => ({ value, label: partyRoleName(value) }))} onChange={(value) => setSearch({ role: value ?? undefined })} /></>}
        empty={<EmptyState icon={<IconUsers size={28} />} title={q === undefined ? t`Nobody yet` : t`Nobody begins with ${q}`}>{t`Suppliers, customers, makers and carriers: who goods come from and go to.`}</EmptyState>} />
    </Page>
  )
}

function useColumns(): readonly Column<ItemOf<'/parties'>>[] {
  const { t } = useLingui()
  return [
    { id: 'name', title: t`Name`, width: 'minmax(180px, 1.8fr)', phone: 'title', cell: ({ partyId, name }) => <Link to="/parties/$partyId" params={{ partyId }}>{name}</Link> },
    { id: 'roles', title: t`Role`, cell: (party) => party.roles.map(partyRoleName).join(', ') },
    { id: 'code', title: t`Code`, cell: ({ code }) => code !== null && <Code value={code} plain /> },
  ]
}
