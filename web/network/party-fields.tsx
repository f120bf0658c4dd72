import { useLingui } from '@lingui/react/macro'
import { Checkbox, Group, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { ItemOf, ReadOutput } from '../api.ts'
import forms from '../parts/form.module.css'
import { language } from '../i18n.ts'
import { PropertyFields } from '../parts/property-fields.tsx'
import { propertyTexts, type PropertyTexts } from '../parts/property-values.ts'
import { partyRoleName } from '../words.ts'

export const partyRoles = ['supplier', 'customer', 'maker', 'carrier'] as const
export type PartyRole = (typeof partyRoles)[number]
const addressFields = ['street', 'postalCode', 'city', 'region', 'country'] as const
type Address = Record<(typeof addressFields)[number], string>

export interface PartyValues {
  readonly name: string
  readonly roles: PartyRole[]
  readonly code: string
  readonly gln: string
  readonly email: string
  readonly phone: string
  readonly address: Address
  readonly properties: PropertyTexts
}

/** What stands in the fields for a party; for a new one what it is asked for as. */
export function toPartyValues(party: ReadOutput<'/parties/:partyId'> | null, role?: PartyRole): PartyValues {
  const address = Object.fromEntries(addressFields.map((field) => [field, party?.address?.[field] ?? ''])) as Address
  const roles = party === null ? (role === undefined ? [] : [role]) : party.roles.filter((one): one is PartyRole => one !== 'own' && one !== 'unknown')
  return { name: party?.name ?? '', roles, code: party?.code ?? '', gln: party?.gln ?? '', email: party?.email ?? '', phone: party?.phone ?? '', address, properties: propertyTexts(party?.properties ?? {}) }
}

/** An address for a command; null where nothing of it is given. */
export function givenAddress(address: Address): Partial<Address> | null {
  const given = Object.fromEntries(Object.entries(address).map(([field, text]) => [field, text.trim()]).filter(([, text]) => text !== ''))
  return Object.keys(given).length === 0 ? null : given
}

interface FieldsProps<V extends PartyValues> {
  readonly form: UseFormReturnType<V>
  readonly definitions: readonly ItemOf<'/properties'>[]
  /** Ourselves and the unknown are what they are. */
  readonly hasRoles: boolean
}

/** The fields of a party, what everybody has first. */
export function PartyFields<V extends PartyValues>({ form, definitions, hasRoles }: FieldsProps<V>) {
  const { values, errors, getInputProps, setFieldValue, clearFieldError } = form
  const { t } = useLingui()
  const { country } = values.address
  return (
    <>
      <TextInput label={t`Name`} required maxLength={300} autoComplete="off" data-autofocus {...getInputProps('name')} />
      {hasRoles && (
        <Checkbox.Group label={t`Role`} {...getInputProps('roles')}>
          <Group gap="lg" mt={6}>{partyRoles.map((role) => <Checkbox key={role} value={role} label={partyRoleName(role)} />)}</Group>
        </Checkbox.Group>
      )}
      <div className={forms['pair']}>
        <TextInput label={t`Code`} description={t`Yours for it; may stay empty.`} maxLength={90} autoComplete="off" classNames={{ input: 'code' }} {...getInputProps('code')} />
        <TextInput label="GLN" description={t`13 digits; may stay empty.`} inputMode="numeric" maxLength={13} autoComplete="off" classNames={{ input: 'code' }} {...getInputProps('gln')} />
      </div>
      <div className={forms['pair']}>
        <TextInput label={t`E-mail`} type="email" maxLength={200} autoComplete="off" {...getInputProps('email')} />
        <TextInput label={t`Phone`} type="tel" maxLength={60} autoComplete="off" {...getInputProps('phone')} />
      </div>
      <TextInput label={t`Street`} maxLength={200} autoComplete="off" {...getInputProps('address.street')} />
      <div className={forms['pair']}>
        <TextInput label={t`Postal code`} maxLength={20} autoComplete="off" {...getInputProps('address.postalCode')} />
        <TextInput label={t`City`} maxLength={100} autoComplete="off" {...getInputProps('address.city')} />
      </div>
      <div className={forms['pair']}>
        <TextInput label={t`Region`} maxLength={100} autoComplete="off" {...getInputProps('address.region')} />
        <TextInput label={t`Country`} placeholder="AT" maxLength={2} pattern="[A-Z]{2}" title={t`Two letters, such as AT or US.`} autoComplete="off" classNames={{ input: 'code' }} rightSectionWidth={110} rightSectionPointerEvents="none" rightSection={<span className="dim">{countryName(country)}</span>} {...getInputProps('address.country')}
          onChange={({ currentTarget: { value } }) => {
            setFieldValue('address.country', value.toUpperCase() as never)
            clearFieldError('address.country')
          }} />
      </div>
      <PropertyFields definitions={definitions} values={values.properties} errors={errors} onChange={(now) => {
        setFieldValue('properties', now as never)
        for (const { key } of definitions) clearFieldError(`properties.${key}`)
      }} />
    </>
  )
}

function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return ''
  const name = new Intl.DisplayNames(language(), { type: 'region' }).of(code)
  return name === undefined || name === code ? '' : name
}
