import { lazy, Suspense } from 'react'

const ChangesOf = lazy(() => import('./changes.tsx'))

/** "Changed 3 times": who changed the record when, why, from what to what. Not there for who may not read the audit; `quiet`: not where it was never changed, in a list of records. */
export function Changes(props: { readonly subjectId: string; readonly quiet?: boolean }) {
  return <Suspense><ChangesOf {...props} /></Suspense>
}
