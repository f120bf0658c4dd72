import { useLingui } from '@lingui/react/macro'
import { lazy, Suspense } from 'react'
import type { ReadOutput } from '../api.ts'
import { RecordActions, useEdit } from '../parts/actions.tsx'

const EditParty = lazy(() => import('./edit-party.tsx'))
const MergeParty = lazy(() => import('./merge-party.tsx'))
const NewPlace = lazy(() => import('./new-place.tsx'))
const ArchiveDialog = lazy(async () => ({ default: (await import('../parts/archive-dialog.tsx')).ArchiveDialog }))

type Party = ReadOutput<'/parties/:partyId'>

/** What can be done to a party; ourselves and the unknown stay. */
export function PartyActions({ party: { roles, archivedAt, mergedInto } }: { readonly party: Party }) {
  const { t } = useLingui()
  const isOurs = roles.includes('own') || roles.includes('unknown')
  if (mergedInto !== null) return null
  return (
    <RecordActions permission="network.write" actions={[
      { name: 'party', label: t`Edit` }, isOurs ? null : { name: 'ship-to', label: t`Another ship-to place` }, isOurs ? null : { name: 'merge', label: t`Merge into another` },
      isOurs ? null : archivedAt === null ? { name: 'archive', label: t`Archive`, danger: true } : { name: 'restore', label: t`Take back into use` },
    ]} />
  )
}

/** The dialog the address says, over the page of a party. */
export function PartyDialogs({ party }: { readonly party: Party }) {
  const { t } = useLingui()
  const { edit, close } = useEdit('network.write')
  const { partyId, name, version, archivedAt, mergedInto } = party
  if (mergedInto !== null) return null
  const params = { partyId }
  return (
    <Suspense>
      {edit === 'party' && <EditParty party={party} onClose={close} />}
      {edit === 'ship-to' && <NewPlace partyId={partyId} onClose={close} />}
      {edit === 'merge' && <MergeParty party={party} onClose={close} />}
      {edit === 'archive' && archivedAt === null && <ArchiveDialog command="POST /parties/:partyId/archive" params={params} name={name} version={version} onClose={close}>{t`It is no longer offered where a party is chosen. Its history stays, and it can be taken back.`}</ArchiveDialog>}
      {edit === 'restore' && archivedAt !== null && <ArchiveDialog command="POST /parties/:partyId/restore" params={params} name={name} version={version} onClose={close}>{t`It is offered again where a party is chosen.`}</ArchiveDialog>}
    </Suspense>
  )
}
