import { useLingui } from '@lingui/react/macro'
import { lazy, Suspense } from 'react'
import type { ReadOutput } from '../api.ts'
import { RecordActions, useEdit } from '../parts/actions.tsx'

const EditPlace = lazy(() => import('./edit-place.tsx'))
const ArchiveDialog = lazy(async () => ({ default: (await import('../parts/archive-dialog.tsx')).ArchiveDialog }))

type Place = ReadOutput<'/places/:placeId'>

/** Ours, and ship-to places; what stands for a supplier, a loss or the like comes by itself and stays. */
function mayChange({ internal, kind }: Place): boolean {
  return internal || kind === 'ship_to'
}

/** What can be done to a place. */
export function PlaceActions({ place }: { readonly place: Place }) {
  const { t } = useLingui()
  if (!mayChange(place)) return null
  return <RecordActions permission="network.write" actions={[{ name: 'place', label: t`Edit` }, place.archivedAt === null ? { name: 'archive', label: t`Archive`, danger: true } : { name: 'restore', label: t`Take back into use` }]} />
}

/** The dialog the address says, over the page of a place. */
export function PlaceDialogs({ place }: { readonly place: Place }) {
  const { t } = useLingui()
  const { edit, close } = useEdit('network.write')
  if (!mayChange(place)) return null
  const { placeId, code, version, archivedAt } = place
  const params = { placeId }
  return (
    <Suspense>
      {edit === 'place' && <EditPlace place={place} onClose={close} />}
      {edit === 'archive' && archivedAt === null && <ArchiveDialog command="POST /places/:placeId/archive" params={params} name={code} version={version} onClose={close}>{t`Nothing can be put into it any more. Its history stays, and it can be taken back. It has to be empty.`}</ArchiveDialog>}
      {edit === 'restore' && archivedAt !== null && <ArchiveDialog command="POST /places/:placeId/restore" params={params} name={code} version={version} onClose={close}>{t`Goods can be put into it again.`}</ArchiveDialog>}
    </Suspense>
  )
}
