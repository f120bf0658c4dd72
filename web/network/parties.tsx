import { useLingui } from '@lingui/react/macro'
import { IconUsers } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { ItemOf } from '../api.ts'
import type { Filter } from '../lists/filters.ts'
import { List } from '../lists/list.tsx'
import { NewButton, useNew } from '../parts/actions.tsx'
import { Code } from '../parts/code.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/table.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { partyRoleName } from '../words.ts'
import { NetworkTabs } from './network-tabs.tsx'

const NewParty = lazy(() => import('./new-party.tsx'))

type Party = ItemOf<'/parties'>
const roles = ['supplier', 'customer', 'maker', 'carrier'] as const

/** Everybody we deal with, by name. */
export default function Parties() {
  const { t } = useLingui()
  const { search: { q, sort, role, archived } } = useFilters()
  const { isNew, close } = useNew('network.write', 'party')
  const button = <NewButton permission="network.write" name="party" label={t`New party`} />
  const filters: readonly Filter[] = [{ kind: 'choice', name: 'role', label: t`Role`, choices: roles.map((one) => [one, partyRoleName(one)]) }, { kind: 'flag', name: 'archived', label: t`Archived` }]
  return (
    <Page title={t`Parties`} actions={button} under={<NetworkTabs here="parties" />}>
      {isNew && <Suspense><NewParty onClose={close} /></Suspense>}
      <List page="parties" label={t`Parties`} columns={useColumns()} rowKey={keyOf} rowName={nameOf} rowTo={({ partyId }) => `/parties/${partyId}`} filters={filters} usualSort="name" searchFor={t`Name or code begins with`}
        query={pages('/parties', { query: { search: q, sort, role, archived } })}
        empty={<EmptyState icon={<IconUsers size={28} />} title={t`Nobody yet`} action={button}>{t`Suppliers, customers, makers and carriers: who goods come from and go to.`}</EmptyState>} />
    </Page>
  )
}

function keyOf({ partyId }: Party): string {
  return partyId
}

function nameOf({ code, name }: Party): string {
  return code ?? name
}

function useColumns(): readonly Column<Party>[] {
  const { t } = useLingui()
  return [
    { id: 'name', title: t`Name`, width: 'minmax(180px, 1.8fr)', phone: 'title', sort: 'name', text: ({ name }) => name, cell: ({ partyId, name }) => <Link to="/parties/$partyId" params={{ partyId }}>{name}</Link> },
    { id: 'roles', title: t`Role`, text: (party) => party.roles.map(partyRoleName).join(', '), cell: (party) => party.roles.map(partyRoleName).join(', ') },
    { id: 'code', title: t`Code`, sort: 'code', text: ({ code }) => code, cell: ({ code }) => code !== null && <Code value={code} plain /> },
  ]
}
