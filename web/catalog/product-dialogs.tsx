import { useLingui } from '@lingui/react/macro'
import { lazy, Suspense } from 'react'
import type { ReadOutput } from '../api.ts'
import { useEdit } from '../parts/actions.tsx'

const EditProduct = lazy(() => import('./edit-product.tsx'))
const ProductTracking = lazy(() => import('./product-tracking.tsx'))
const MergeProduct = lazy(() => import('./merge-product.tsx'))
const ArchiveDialog = lazy(async () => ({ default: (await import('../parts/archive-dialog.tsx')).ArchiveDialog }))

/** The dialog the address says, over the page of a product. */
export function ProductDialogs({ product }: { readonly product: ReadOutput<'/products/:productId'> }) {
  const { t } = useLingui()
  const { edit, close } = useEdit('catalog.write')
  const { productId, name, version, archivedAt, mergedInto } = product
  const params = { productId }
  return (
    <Suspense>
      {edit === 'product' && mergedInto === null && <EditProduct product={product} onClose={close} />}
      {edit === 'tracking' && mergedInto === null && <ProductTracking product={product} onClose={close} />}
      {edit === 'merge' && mergedInto === null && <MergeProduct product={product} onClose={close} />}
      {edit === 'archive' && archivedAt === null && <ArchiveDialog command="POST /products/:productId/archive" params={params} name={name} version={version} onClose={close}>{t`It is no longer offered where a product is chosen. Its stock and its history stay, and it can be taken back.`}</ArchiveDialog>}
      {edit === 'restore' && archivedAt !== null && <ArchiveDialog command="POST /products/:productId/restore" params={params} name={name} version={version} onClose={close}>{t`It is offered again where a product is chosen.`}</ArchiveDialog>}
    </Suspense>
  )
}
