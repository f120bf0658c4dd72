import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { changedProperties, propertyTexts } from '../parts/property-values.ts'
import { givenReason, ReasonField } from '../parts/reason-field.tsx'
import { ChangedMeanwhile, useRecordForm } from '../parts/record-form.tsx'
import { get, useCommand } from '../queries.ts'
import { partyRoleName } from '../words.ts'
import { givenAddress, PartyFields, toPartyValues } from './party-fields.tsx'

type Party = ReadOutput<'/parties/:partyId'>

/** Who a party is and how to reach it. */
export default function EditParty({ party, onClose }: { readonly party: Party; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const { partyId } = party
  const definitions = useQuery(get('/properties', { query: { subject: 'party' } })).data?.items ?? []
  const { form, base, version, changes, onError, meanwhile } = useRecordForm({
    record: party, query: get('/parties/:partyId', { params: { partyId } }), subjectId: partyId, toValues: (one: Party) => ({ ...toPartyValues(one), reason: '' }),
    names: {
      name: { label: t`Name` }, roles: { label: t`Role`, say: (roles: readonly string[]) => roles.map(partyRoleName).join(', ') }, code: { label: t`Code` }, gln: { label: 'GLN' }, email: { label: t`E-mail` }, phone: { label: t`Phone` }, address: { label: t`Address` },
      properties: { label: t`Properties` }, reason: { label: t`Why` },
    },
  })
  const save = useCommand('PATCH /parties/:partyId', { ifMatch: version })
  const submit = (): void => {
    const { reason = '', properties, address, name, roles, ...texts } = changes()
    const body = {
      ...(name === undefined ? {} : { name: name.trim() }), ...(roles === undefined ? {} : { roles }), ...Object.fromEntries(Object.entries(texts).map(([field, text]) => [field, text.trim() === '' ? null : text.trim()])),
      ...(address === undefined ? {} : { address: givenAddress(address) }), ...(properties === undefined ? {} : { properties: changedProperties(propertyTexts(base.properties), properties) }),
    }
    if (Object.keys(body).length === 0) return onClose()
    save.mutate({ params: { partyId }, body: { ...body, ...givenReason(reason) } }, {
      onError,
      onSuccess: () => {
        onClose()
        done(t`Saved`)
      },
    })
  }
  return (
    <FormDialog title={t`Edit the party`} submit={t`Save`} size="lg" form={form} onSubmit={submit} problem={save.error} isPending={save.isPending} onClose={onClose} at={{ code_taken: 'code', gln_check_digit: 'gln', party_is_ours: 'roles' }}>
      <ChangedMeanwhile meanwhile={meanwhile} />
      <PartyFields form={form} definitions={definitions} hasRoles={!isOurs(party)} />
      <ReasonField {...form.getInputProps('reason')} />
    </FormDialog>
  )
}

/** Whether it stands for ourselves or for the unknown. */
export function isOurs({ roles }: Pick<Party, 'roles'>): boolean {
  return roles.includes('own') || roles.includes('unknown')
}
