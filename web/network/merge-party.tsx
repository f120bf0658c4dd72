import { useLingui } from '@lingui/react/macro'
import { Alert } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate } from '@tanstack/react-router'
import type { ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { PartyPick } from '../parts/pick.tsx'
import { givenReason, ReasonField } from '../parts/reason-field.tsx'
import { useCommand } from '../queries.ts'

/** A party that was entered twice becomes one. */
export default function MergeParty({ party: { partyId, name, version }, onClose }: { readonly party: ReadOutput<'/parties/:partyId'>; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const navigate = useNavigate()
  const merge = useCommand('POST /parties/:partyId/merge', { ifMatch: version })
  const form = useForm<{ into: string | null; reason: string }>({ initialValues: { into: null, reason: '' }, validate: { into: (into) => (into === null ? t`This is needed.` : null) } })
  return (
    <FormDialog title={t`${name} is another party`} submit={t`Merge`} danger form={form} problem={merge.error} isPending={merge.isPending} onClose={onClose} at={{ merge_into_itself: 'into', merge_collides: 'into', merged_already: 'into', party_is_ours: 'into', party_owns_stock: 'into' }}
      onSubmit={({ into, reason }) => merge.mutate({ params: { partyId }, body: { into: into ?? '', ...givenReason(reason) } }, {
        onSuccess: () => {
          done(t`Merged`)
          void navigate({ to: '/parties/$partyId', params: { partyId: into ?? '' } })
        },
      })}>
      <PartyPick label={t`The party that stays`} required autoFocus value={form.values.into} onChange={(into) => form.setFieldValue('into', into)} error={form.errors['into']} field="into" />
      <Alert variant="outline" color="var(--warn)">{t`The places, codes, lots and licences of ${name} are that party's from now on. Movements keep the name they were written with. A merge is not undone.`}</Alert>
      <ReasonField {...form.getInputProps('reason')} />
    </FormDialog>
  )
}
