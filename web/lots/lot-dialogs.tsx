import { useLingui } from '@lingui/react/macro'
import { lazy, Suspense } from 'react'
import type { ReadOutput } from '../api.ts'
import { RecordActions, useEdit } from '../parts/actions.tsx'

const CorrectLot = lazy(() => import('./correct-lot.tsx'))
const LearnIssuer = lazy(() => import('./learn-issuer.tsx'))
const MergeLot = lazy(() => import('./merge-lot.tsx'))

type Lot = ReadOutput<'/lots/:lotId'>

/** What can be done to the record of a lot; goods without a lot have none, and of a merged one the other is used. */
export function LotActions({ lot: { code, mergedInto } }: { readonly lot: Lot }) {
  const { t } = useLingui()
  if (code === null || mergedInto !== null) return null
  return <RecordActions permission="lots.write" actions={[{ name: 'lot', label: t`Correct` }, { name: 'issuer', label: t`Say who issued it` }, { name: 'merge', label: t`Merge into another` }]} />
}

/** The dialog the address says, over the page of a lot. */
export function LotDialogs({ lot }: { readonly lot: Lot }) {
  const { edit, close } = useEdit('lots.write')
  if (lot.code === null || lot.mergedInto !== null) return null
  return (
    <Suspense>
      {edit === 'lot' && <CorrectLot lot={lot} onClose={close} />}
      {edit === 'issuer' && <LearnIssuer lot={lot} onClose={close} />}
      {edit === 'merge' && <MergeLot lot={lot} onClose={close} />}
    </Suspense>
  )
}
