import { useLingui } from '@lingui/react/macro'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { givenProperties } from '../parts/property-values.ts'
import { get, useCommand } from '../queries.ts'
import { givenAddress, PartyFields, toPartyValues, type PartyRole, type PartyValues } from './party-fields.tsx'

/** A new supplier, customer, maker or carrier. `role`: what it is asked for as. */
export default function NewParty({ role, onClose }: { readonly role?: PartyRole; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const navigate = useNavigate()
  const definitions = useQuery(get('/properties', { query: { subject: 'party' } })).data?.items ?? []
  const make = useCommand('POST /parties')
  const form = useForm<PartyValues>({ initialValues: toPartyValues(null, role) })
  const submit = ({ name, roles, address, properties, ...texts }: PartyValues): void => {
    const given = Object.fromEntries(Object.entries(texts).map(([field, text]) => [field, text.trim()]).filter(([, text]) => text !== ''))
    const where = givenAddress(address)
    make.mutate({ body: { name: name.trim(), roles, ...given, ...(where === null ? {} : { address: where }), properties: givenProperties(properties) } }, {
      onSuccess: ({ partyId }) => {
        onClose()
        done(t`${name.trim()} is there`)
        void navigate({ to: '/parties/$partyId', params: { partyId } })
      },
    })
  }
  return (
    <FormDialog title={t`New party`} submit={t`Make it`} size="lg" form={form} onSubmit={submit} problem={make.error} isPending={make.isPending} onClose={onClose} at={{ code_taken: 'code', gln_check_digit: 'gln' }}>
      <PartyFields form={form} definitions={definitions} hasRoles />
    </FormDialog>
  )
}
