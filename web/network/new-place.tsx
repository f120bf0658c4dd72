import { useLingui } from '@lingui/react/macro'
import { Autocomplete, Checkbox, Select } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { CommandInput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { PartyPick, PlacePick } from '../parts/pick.tsx'
import { givenProperties } from '../parts/property-values.ts'
import { get, useCommand } from '../queries.ts'
import { placeKindName } from '../words.ts'
import { PlaceMore, PlaceNames, type PlaceValues } from './place-fields.tsx'

type Kind = CommandInput<'POST /places'>['body']['kind']
const kinds: readonly Kind[] = ['facility', 'zone', 'storage', 'staging', 'tank', 'quarantine', 'production', 'repair', 'in_transit', 'ship_to']

interface NewPlaceForm extends PlaceValues {
  readonly kind: Kind
  readonly parentId: string | null
  readonly partyId: string | null
  readonly timeZone: string
}

/** A facility, a place inside one, or another ship-to place of a party. `parentId`, `partyId`: where it was asked for. */
export default function NewPlace({ parentId = null, partyId = null, onClose }: { readonly parentId?: string | null; readonly partyId?: string | null; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const navigate = useNavigate()
  const [hasMore, setMore] = useState(false)
  const definitions = useQuery(get('/properties', { query: { subject: 'place' } })).data?.items ?? []
  const facilities = useQuery(get('/places', { query: { kind: 'facility', limit: 2 } })).data?.items
  // where there is only one facility it is that one; without any the first place is a facility
  const only = facilities?.length === 1 ? (facilities[0]?.placeId ?? null) : null
  const make = useCommand('POST /places')
  const form = useForm<NewPlaceForm>({
    initialValues: { kind: partyId === null ? 'storage' : 'ship_to', code: '', name: '', parentId, partyId, timeZone: '', commingled: false, gln: '', properties: {} },
    validate: { parentId: (id, { kind }) => (isInside(kind) && (id ?? only) === null ? t`This is needed.` : null), partyId: (id, { kind }) => (kind === 'ship_to' && id === null ? t`This is needed.` : null) },
  })
  const kind = facilities?.length === 0 && form.values.kind === 'storage' ? 'facility' : form.values.kind
  const parent = form.values.parentId ?? only
  const submit = ({ code, name, gln, commingled, properties, timeZone, ...values }: NewPlaceForm): void => make.mutate({ body: {
    kind, code: code.trim(), ...(name.trim() === '' ? {} : { name: name.trim() }), ...(gln === '' ? {} : { gln }), ...(isInside(kind) && parent !== null ? { parentId: parent, commingled } : {}),
    ...(kind === 'ship_to' && values.partyId !== null ? { partyId: values.partyId } : {}), ...(kind === 'facility' && timeZone !== '' ? { timeZone } : {}), properties: givenProperties(properties),
  } }, {
    onSuccess: ({ placeId }) => {
      done(t`${code.trim()} is there`)
      if (!hasMore) {
        onClose()
        return void navigate({ to: '/places/$placeId', params: { placeId } })
      }
      form.setValues({ code: '', name: '', gln: '' })
      form.resetDirty()
      form.getInputNode('code')?.focus()
    },
  })
  return (
    <FormDialog title={t`New place`} submit={t`Make it`} form={form} onSubmit={submit} problem={make.error} isPending={make.isPending} onClose={onClose} at={{ code_taken: 'code', place_unknown: 'parentId', place_kind_wrong: 'kind', party_unknown: 'partyId', gln_check_digit: 'gln' }}
      aside={<Checkbox label={t`And another`} checked={hasMore} onChange={({ currentTarget: { checked } }) => setMore(checked)} />}>
      <Select label={t`Kind`} description={<KindHint kind={kind} />} allowDeselect={false} data={kinds.map((value) => ({ value, label: placeKindName(value) }))} {...form.getInputProps('kind')} value={kind} onChange={(chosen) => form.setValues({ kind: chosen as Kind, commingled: chosen === 'tank' })} />
      <PlaceNames getInputProps={form.getInputProps} autoFocus />
      {isInside(kind) && <PlacePick label={t`Stands in`} required value={parent} onChange={(id) => form.setFieldValue('parentId', id)} error={form.errors['parentId']} field="parentId" />}
      {kind === 'ship_to' && <PartyPick label={t`Of`} role="customer" required value={form.values.partyId} onChange={(id) => form.setFieldValue('partyId', id)} error={form.errors['partyId']} field="partyId" />}
      {kind === 'facility' && <Autocomplete label={t`Time zone`} description={t`Empty: the organisation's.`} limit={50} data={Intl.supportedValuesOf('timeZone')} {...form.getInputProps('timeZone')} />}
      <PlaceMore form={form} definitions={definitions} mayMix={isInside(kind)} />
    </FormDialog>
  )
}

function isInside(kind: Kind): boolean {
  return kind !== 'facility' && kind !== 'ship_to'
}

function KindHint({ kind }: { readonly kind: Kind }) {
  const { t } = useLingui()
  const hints: Partial<Record<Kind, string>> = {
    facility: t`A site with an address: a dairy, a warehouse, a shop.`, zone: t`A part of a facility that holds other places.`, storage: t`An aisle, a shelf, a bin.`, staging: t`A dock, where goods come in or wait to go out.`,
    tank: t`What is put in mixes.`, quarantine: t`Where goods wait for a decision.`, production: t`Where runs use goods up.`, repair: t`Where things are mended.`, in_transit: t`A truck, a ferry: ours, and under way.`, ship_to: t`Where goods for a customer go.`,
  }
  return <>{hints[kind]}</>
}
