import { useLingui } from '@lingui/react/macro'
import { Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { PartyPick } from '../parts/pick.tsx'
import { givenReason, ReasonField } from '../parts/reason-field.tsx'
import { useCommand } from '../queries.ts'

/** Who gave a lot its code is known now. */
export default function LearnIssuer({ lot: { lotId, code, issuer: before, version }, onClose }: { readonly lot: ReadOutput<'/lots/:lotId'>; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const learn = useCommand('POST /lots/:lotId/issuer', { ifMatch: version })
  const form = useForm<{ issuer: string | null; reason: string }>({ initialValues: { issuer: null, reason: '' }, validate: { issuer: (issuer) => (issuer === null ? t`This is needed.` : null) } })
  return (
    <FormDialog title={t`Who issued the lot ${code ?? ''}?`} submit={t`Save`} form={form} problem={learn.error} isPending={learn.isPending} onClose={onClose} at={{ lot_code_taken: 'issuer', party_unknown: 'issuer', party_ambiguous: 'issuer' }}
      onSubmit={({ issuer, reason }) => learn.mutate({ params: { lotId }, body: { issuer: issuer ?? '', ...givenReason(reason) } }, {
        onSuccess: () => {
          onClose()
          done(t`Saved`)
        },
      })}>
      <Text size="sm">{t`It was received as a lot of ${before?.name ?? ''}. The code is the maker's from now on; under the old name it is still found.`}</Text>
      <PartyPick label={t`Issued by`} role="maker" required value={form.values.issuer} onChange={(issuer) => form.setFieldValue('issuer', issuer)} error={form.errors['issuer']} field="issuer" />
      <ReasonField {...form.getInputProps('reason')} />
    </FormDialog>
  )
}
