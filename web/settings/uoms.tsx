import { useLingui } from '@lingui/react/macro'
import { ActionIcon, NativeSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPencil } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ItemOf } from '../api.ts'
import { NewButton, useEdit, useNew } from '../parts/actions.tsx'
import { Code } from '../parts/code.tsx'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { Changes } from '../parts/history.tsx'
import parts from '../parts/parts.module.css'
import { Permitted } from '../parts/permitted.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { get, useCommand } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useMay } from '../session/me.ts'
import { SettingsPage } from './settings-page.tsx'
import classes from './settings.module.css'

type Uom = ItemOf<'/uoms'>

/** What is counted, weighed and measured in. */
export default function UomSettings() {
  const { t } = useLingui()
  return <Permitted permission="catalog.read" title={t`Units of measure`}><Uoms /></Permitted>
}

function Uoms() {
  const { t } = useLingui()
  const may = useMay()
  const { setSearch } = useFilters()
  const { isNew, close } = useNew('catalog.write', 'uom')
  const { edit, close: closeEdit } = useEdit('catalog.write')
  const { data, error } = useQuery(get('/uoms'))
  const edited = data?.items.find(({ uom }) => uom === edit)
  return (
    <SettingsPage title={t`Units of measure`} actions={<NewButton permission="catalog.write" name="uom" label={t`New unit of measure`} />}>
      <p className="dim">{t`How many of one make one of another is said at each product: a case holds 12 of this and 6 of that.`}</p>
      <ProblemAlert problem={error} />
      <ul className={`${parts['card']} ${classes['entries']}`} aria-label={t`Units of measure`}>
        {data?.items.map(({ uom, uomId, name, scale }) => (
          <li key={uom} className={classes['row']}>
            <span className={classes['rowMain']}><b><Code value={uom} plain /></b> <span>{name}</span><Changes subjectId={uomId} quiet /></span>
            <span className="dim">{scale === 0 ? t`whole ones` : t`to ${10 ** -scale}`}</span>
            {may('catalog.write') && <ActionIcon size="lg" aria-label={t`Edit ${uom}`} onClick={() => setSearch({ edit: uom })}><IconPencil size={16} aria-hidden /></ActionIcon>}
          </li>
        ))}
      </ul>
      {isNew && <EditUom uom={null} onClose={close} />}
      {edited !== undefined && <EditUom key={edited.uom} uom={edited} onClose={closeEdit} />}
    </SettingsPage>
  )
}

function EditUom({ uom: before, onClose }: { readonly uom: Uom | null; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const make = useCommand('POST /uoms')
  const change = useCommand('PATCH /uoms/:uom')
  const form = useForm({ initialValues: { uom: before?.uom ?? '', name: before?.name ?? '', scale: String(before?.scale ?? 0) } })
  const onSuccess = (): void => {
    onClose()
    done(t`Saved`)
  }
  return (
    <FormDialog title={before === null ? t`New unit of measure` : t`Edit ${before.uom}`} submit={before === null ? t`Make it` : t`Save`} form={form} problem={make.error ?? change.error} isPending={make.isPending || change.isPending} onClose={onClose} at={{ uom_taken: 'uom' }}
      onSubmit={({ uom, name, scale }) => (before === null ? make.mutate({ body: { uom, name: name.trim(), scale: Number(scale) } }, { onSuccess }) : change.mutate({ params: { uom }, body: { name: name.trim(), scale: Number(scale) } }, { onSuccess }))}>
      <TextInput label={t`Short`} description={t`As it stands behind a number: kg, case, m².`} required disabled={before !== null} maxLength={20} pattern="[A-Za-z0-9_.%²³\-]+" title={t`Letters, digits, and _ . - %; no spaces.`} classNames={{ input: 'code' }} data-autofocus={before === null || undefined} {...form.getInputProps('uom')} />
      <TextInput label={t`Name`} required maxLength={60} data-autofocus={before !== null || undefined} {...form.getInputProps('name')} />
      <NativeSelect label={t`Decimals`} description={before === null ? t`How exact a quantity is: 0 for what is counted, 3 for a kilogram to the gram.` : t`Counts for new products; one that is there keeps its own.`} required data={['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']} {...form.getInputProps('scale')} />
    </FormDialog>
  )
}
