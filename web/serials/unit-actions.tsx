import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import type { ReadOutput } from '../api.ts'
import { RecordActions, useEdit } from '../parts/actions.tsx'
import { get } from '../queries.ts'

const EditUnit = lazy(() => import('./edit-unit.tsx'))

/** The button that changes the properties of a unit, and its dialog; not there where units have no properties. */
export function UnitActions({ unit }: { readonly unit: ReadOutput<'/units/:unitId'> }) {
  const { t } = useLingui()
  const { edit, close } = useEdit('lots.write')
  const { data } = useQuery(get('/properties', { query: { subject: 'unit' } }))
  if (data === undefined || data.items.length === 0) return null
  return (
    <>
      <RecordActions permission="lots.write" actions={[{ name: 'unit', label: t`Edit` }]} />
      {edit === 'unit' && <Suspense><EditUnit unit={unit} onClose={close} /></Suspense>}
    </>
  )
}
