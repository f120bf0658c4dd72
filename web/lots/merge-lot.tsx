import { useLingui } from '@lingui/react/macro'
import { Alert, Radio, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReadOutput } from '../api.ts'
import { fieldName } from '../parts/change-words.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { LotPick } from '../parts/pick-lot.tsx'
import { ReasonField } from '../parts/reason-field.tsx'
import { get, useCommand } from '../queries.ts'

type Lot = ReadOutput<'/lots/:lotId'>
type Side = 'into' | 'from'

interface MergeForm {
  readonly into: string | null
  readonly keep: Record<string, Side>
  readonly reason: string
}

/** Two lots were found to be one: where they differ it is said which is right. */
export default function MergeLot({ lot, onClose }: { readonly lot: Lot; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const navigate = useNavigate()
  const { lotId, code, version, product } = lot
  const merge = useCommand('POST /lots/:lotId/merge', { ifMatch: version })
  const form = useForm<MergeForm>({ initialValues: { into: null, keep: {}, reason: '' }, validate: { into: (into) => (into === null ? t`This is needed.` : null) } })
  const { into, keep } = form.values
  const { data: other } = useQuery({ ...get('/lots/:lotId', { params: { lotId: into ?? '' } }), enabled: into !== null })
  const definitions = useQuery(get('/properties', { query: { subject: 'lot' } })).data?.items ?? []
  const differing = other === undefined || other.lotId === lotId ? [] : differencesOf(lot, other)
  const nameOf = (field: string): string => (field.startsWith('properties.') ? (definitions.find(({ key }) => `properties.${key}` === field)?.name ?? field.slice('properties.'.length)) : fieldName(field))
  return (
    <FormDialog title={t`${code ?? ''} is another lot`} submit={t`Merge`} danger form={form} problem={merge.error} isPending={merge.isPending} onClose={onClose} at={{ merge_into_itself: 'into', merged_already: 'into', lot_of_other_product: 'into', lot_hidden: 'into' }}
      onSubmit={({ reason }) => merge.mutate({ params: { lotId }, body: { into: into ?? '', reason: reason.trim(), keep: Object.fromEntries(differing.map(({ field }) => [field, keep[field] ?? 'into'])) } }, {
        onSuccess: () => {
          done(t`Merged`)
          void navigate({ to: '/lots/$lotId', params: { lotId: into ?? '' } })
        },
      })}>
      <LotPick label={t`The lot that stays`} product={product.productId} required value={into === null ? null : { id: into }} onChange={(chosen) => form.setValues({ into: chosen !== null && 'id' in chosen ? chosen.id : null, keep: {} })} error={form.errors['into']} field="into" />
      {differing.map(({ field, ours, theirs }) => (
        <Radio.Group key={field} label={t`${nameOf(field)}: which is right?`} value={keep[field] ?? 'into'} onChange={(side) => form.setFieldValue('keep', { ...keep, [field]: side as Side })}>
          <Stack gap={6} mt={4}><Radio value="into" label={`${theirs} (${other?.code ?? ''})`} /><Radio value="from" label={`${ours} (${code ?? ''})`} /></Stack>
        </Radio.Group>
      ))}
      <Alert variant="outline" color="var(--warn)">{t`Codes, stock, units, promises and holds lead to the lot that stays; what was written stays as it was written. A merge is not undone.`}</Alert>
      <ReasonField required {...form.getInputProps('reason')} />
    </FormDialog>
  )
}

interface Difference {
  readonly field: string
  readonly ours: string
  readonly theirs: string
}

/** What both say and say differently. */
function differencesOf(ours: Lot, theirs: Lot): readonly Difference[] {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['family', ours.family?.code, theirs.family?.code], ...(['madeOn', 'bestBy', 'sellBy', 'useBy', 'expiresOn'] as const).map((field) => [field, ours[field], theirs[field]] as const),
    ...Object.keys(ours.properties).map((key) => [`properties.${key}`, ours.properties[key], theirs.properties[key]] as const),
  ]
  const isThere = (value: unknown): boolean => value !== null && value !== undefined
  return pairs.filter(([, a, b]) => isThere(a) && isThere(b) && a !== b).map(([field, a, b]) => ({ field, ours: String(a as string | number), theirs: String(b as string | number) }))
}
