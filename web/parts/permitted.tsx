import { lazy, Suspense, type ReactNode } from 'react'
import type { Permission } from '#src/lib/permissions.ts'
import { useMay } from '../session/me.ts'

const NotPermitted = lazy(() => import('./not-permitted.tsx'))

/** A page for those whose role allows it; the others are told what their role is and what it would take. */
export function Permitted({ permission, title, children }: { readonly permission: Permission; readonly title: string; readonly children: ReactNode }) {
  const may = useMay()
  return may(permission) ? children : <Suspense><NotPermitted permission={permission} title={title} /></Suspense>
}
