import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReadOutput } from '../api.ts'
import { Code } from '../parts/code.tsx'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { DateWithDistance } from '../parts/dates.tsx'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { givenReason, ReasonField } from '../parts/reason-field.tsx'
import { useCommand } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useMay } from '../session/me.ts'
import classes from './network.module.css'

type Party = ReadOutput<'/parties/:partyId'>
type Licence = Party['licences'][number]

/** What a party is permitted, and until when. */
export default function Licences({ party: { partyId, licences, mergedInto } }: { readonly party: Party }) {
  const { t } = useLingui()
  const may = useMay()
  const { search: { edit }, setSearch } = useFilters()
  const mayChange = may('network.write') && mergedInto === null
  const [what, which] = mayChange ? (edit?.split(':') ?? []) : []
  const chosen = licences.find(({ licenceId }) => licenceId === which)
  const open = (name: string): void => setSearch({ edit: name })
  const close = (): void => setSearch({ edit: undefined })
  if (licences.length === 0 && !mayChange) return null
  return (
    <Section title={t`Licences`} aside={mayChange && <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => open('licence')}>{t`Add a licence`}</Button>}>
      {licences.length === 0 ? <p className="dim">{t`None. A permit to deal in something, an organic certificate: with the day it ends.`}</p> : (
        <ul className={`${parts['card']} ${classes['rows']}`} aria-label={t`Licences`}>
          {licences.map(({ licenceId, type, number, expiresOn, issuer }) => (
            <li key={licenceId}>
              <span className={classes['rowMain']}>{type} <Code value={number} />{issuer !== null && <span className="dim"> · {issuer}</span>}</span>
              {expiresOn !== null && <DateWithDistance date={expiresOn} alarm />}
              {mayChange && <ActionIcon aria-label={t`Edit ${type} ${number}`} onClick={() => open(`licence:${licenceId}`)}><IconPencil size={16} aria-hidden /></ActionIcon>}
              {mayChange && <ActionIcon aria-label={t`Archive ${type} ${number}`} onClick={() => open(`no-licence:${licenceId}`)}><IconTrash size={16} aria-hidden /></ActionIcon>}
            </li>
          ))}
        </ul>
      )}
      {what === 'licence' && <EditLicence key={which ?? ''} partyId={partyId} licence={chosen ?? null} onClose={close} />}
      {what === 'no-licence' && chosen !== undefined && <ArchiveLicence licence={chosen} onClose={close} />}
    </Section>
  )
}

function EditLicence({ partyId, licence, onClose }: { readonly partyId: string; readonly licence: Licence | null; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const add = useCommand('POST /parties/:partyId/licences')
  const change = useCommand('PATCH /licences/:licenceId', licence === null ? {} : { ifMatch: licence.version })
  const form = useForm({ initialValues: { type: licence?.type ?? '', number: licence?.number ?? '', expiresOn: licence?.expiresOn ?? '', issuer: licence?.issuer ?? '', reason: '' } })
  const onSuccess = (): void => {
    onClose()
    done(t`Saved`)
  }
  return (
    <FormDialog title={licence === null ? t`A licence` : t`Edit the licence`} submit={t`Save`} form={form} problem={add.error ?? change.error} isPending={add.isPending || change.isPending} onClose={onClose} at={{ record_changed: ['number', t`Somebody else changed this licence meanwhile. Close this, and look at it again.`] }}
      onSubmit={({ type, number, expiresOn, issuer, reason }) => {
        const body = { number: number.trim(), expiresOn: expiresOn === '' ? null : expiresOn, issuer: issuer.trim() === '' ? null : issuer.trim() }
        if (licence === null) add.mutate({ params: { partyId }, body: { type: type.trim(), ...body } }, { onSuccess })
        else change.mutate({ params: { licenceId: licence.licenceId }, body: { ...body, ...givenReason(reason) } }, { onSuccess })
      }}>
      <TextInput label={t`Kind`} placeholder={t`Organic certificate`} required maxLength={60} disabled={licence !== null} data-autofocus={licence === null || undefined} {...form.getInputProps('type')} />
      <TextInput label={t`Number`} required maxLength={90} classNames={{ input: 'code' }} data-autofocus={licence !== null || undefined} {...form.getInputProps('number')} />
      <TextInput type="date" label={t`Expires`} description={t`Empty: never.`} {...form.getInputProps('expiresOn')} />
      <TextInput label={t`Issued by`} maxLength={200} {...form.getInputProps('issuer')} />
      {licence !== null && <ReasonField {...form.getInputProps('reason')} />}
    </FormDialog>
  )
}

function ArchiveLicence({ licence: { licenceId, type, number, version }, onClose }: { readonly licence: Licence; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const change = useCommand('PATCH /licences/:licenceId', { ifMatch: version })
  return (
    <ConfirmDialog title={t`Archive ${type} ${number}?`} submit={t`Archive`} problem={change.error} isPending={change.isPending} onClose={onClose}
      onConfirm={(reason) => change.mutate({ params: { licenceId }, body: { archived: true, ...givenReason(reason) } }, {
        onSuccess: () => {
          onClose()
          done(t`Archived`)
        },
      })}>{t`It is shown no more; the history keeps it.`}</ConfirmDialog>
  )
}
