import { useLingui } from '@lingui/react/macro'
import { Alert } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate } from '@tanstack/react-router'
import type { ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { ProductPick } from '../parts/pick.tsx'
import { givenReason, ReasonField } from '../parts/reason-field.tsx'
import { useCommand } from '../queries.ts'

/** A product that was entered twice becomes one. */
export default function MergeProduct({ product: { productId, name, version }, onClose }: { readonly product: ReadOutput<'/products/:productId'>; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const navigate = useNavigate()
  const merge = useCommand('POST /products/:productId/merge', { ifMatch: version })
  const form = useForm<{ into: string | null; reason: string }>({ initialValues: { into: null, reason: '' }, validate: { into: (into) => (into === null ? t`This is needed.` : null) } })
  return (
    <FormDialog title={t`${name} is another product`} submit={t`Merge`} danger form={form} problem={merge.error} isPending={merge.isPending} onClose={onClose} at={{ merge_into_itself: 'into', merge_differs: 'into', merge_collides: 'into', merge_has_movements: 'into', merged_already: 'into' }}
      onSubmit={({ into, reason }) => merge.mutate({ params: { productId }, body: { into: into ?? '', ...givenReason(reason) } }, {
        onSuccess: () => {
          done(t`Merged`)
          void navigate({ to: '/products/$productId', params: { productId: into ?? '' } })
        },
      })}>
      <ProductPick label={t`The product that stays`} required autoFocus value={form.values.into} onChange={(into) => form.setFieldValue('into', into)} error={form.errors['into']} field="into" />
      <Alert variant="outline" color="var(--warn)">{t`The SKU, codes, lots and units of ${name} lead to that product from now on. Only a product without movements can be merged away. A merge is not undone.`}</Alert>
      <ReasonField {...form.getInputProps('reason')} />
    </FormDialog>
  )
}
