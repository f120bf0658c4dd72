import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Switch } from '@mantine/core'
import { IconListDetails, IconPencil } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import type { ItemOf } from '../api.ts'
import { NewButton, useEdit, useNew } from '../parts/actions.tsx'
import { Code } from '../parts/code.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Changes } from '../parts/history.tsx'
import parts from '../parts/parts.module.css'
import { Permitted } from '../parts/permitted.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { Tone } from '../parts/tone.tsx'
import { get } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useMay } from '../session/me.ts'
import { SettingsPage } from './settings-page.tsx'
import classes from './settings.module.css'
import { propertySubjectName, valueTypeName } from './words.ts'

const EditProperty = lazy(() => import('./edit-property.tsx'))

export type Property = ItemOf<'/properties'>
export const propertySubjects = ['product', 'lot', 'unit', 'place', 'party'] as const

/** The fields of one's own that records have. */
export default function PropertySettings() {
  const { t } = useLingui()
  return <Permitted permission="catalog.read" title={t`Properties`}><Properties /></Permitted>
}

function Properties() {
  const { t } = useLingui()
  const { search: { archived }, setSearch } = useFilters()
  const { isNew, close } = useNew('catalog.write', 'property')
  const { edit, close: closeEdit } = useEdit('catalog.write')
  const { data, error } = useQuery(get('/properties', { query: { archived: archived === 'true' ? 'true' : 'false' } }))
  const edited = data?.items.find(({ propertyId }) => propertyId === edit)
  const button = <NewButton permission="catalog.write" name="property" label={t`New property`} />
  return (
    <SettingsPage title={t`Properties`} actions={button}>
      <div><Switch label={t`Archived`} checked={archived === 'true'} onChange={({ currentTarget: { checked } }) => setSearch({ archived: checked ? 'true' : undefined })} /></div>
      <ProblemAlert problem={error} />
      {propertySubjects.map((subject) => ({ subject, items: (data?.items ?? []).filter((one) => one.subject === subject) })).filter(({ items }) => items.length > 0).map(({ subject, items }) => (
        <section key={subject} aria-label={propertySubjectName(subject)}>
          <h2 className={classes['group']}>{propertySubjectName(subject)}</h2>
          <ul className={`${parts['card']} ${classes['entries']}`}>{items.map((property) => <Row key={property.propertyId} property={property} />)}</ul>
        </section>
      ))}
      {data?.items.length === 0 && <EmptyState icon={<IconListDetails size={28} />} title={archived === 'true' ? t`None is archived` : t`No properties yet`} action={archived === 'true' ? undefined : button}>{t`A property is a field of your own: the shade of a yarn, the allergens of a food, the firmware of a device.`}</EmptyState>}
      <Suspense>
        {isNew && <EditProperty property={null} onClose={close} />}
        {edited !== undefined && <EditProperty key={edited.propertyId} property={edited} onClose={closeEdit} />}
      </Suspense>
    </SettingsPage>
  )
}

function Row({ property: { propertyId, key, name, valueType, choices, required } }: { readonly property: Property }) {
  const { t } = useLingui()
  const may = useMay()
  const { setSearch } = useFilters()
  return (
    <li className={classes['row']}>
      <span className={classes['rowMain']}>
        <span><b>{name}</b> {required && <Tone tone="info">{t`needed`}</Tone>}</span>
        <span className="dim">{valueTypeName(valueType)}{choices !== null && `: ${choices.join(', ')}`} · <Code value={key} plain /></span>
        <Changes subjectId={propertyId} quiet />
      </span>
      {may('catalog.write') && <ActionIcon size="lg" aria-label={t`Edit ${name}`} onClick={() => setSearch({ edit: propertyId })}><IconPencil size={16} aria-hidden /></ActionIcon>}
    </li>
  )
}
