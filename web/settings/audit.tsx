import { useLingui } from '@lingui/react/macro'
import { NativeSelect, Pill } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { instantOf } from '../lists/filters.ts'
import { asFields, fieldChanges, fieldName, isMaking, subjectKindName, type Change } from '../parts/change-words.ts'
import ChangeFields from '../parts/change-list.tsx'
import { RelativeTime } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Permitted } from '../parts/permitted.tsx'
import { DataTable, type Column } from '../parts/table.tsx'
import { get, pages } from '../queries.ts'
import { useFilters, type Search } from '../search.ts'
import { useMay, useMe } from '../session/me.ts'
import { kindName } from '../words.ts'
import { SettingsPage } from './settings-page.tsx'
import classes from './settings.module.css'
import { roleName } from './words.ts'

const subjects = ['product', 'product_uom', 'lot', 'unit', 'plate', 'place', 'party', 'party_licence', 'movement', 'hold', 'exception', 'allocation', 'import', 'property', 'uom', 'person', 'role', 'api_key', 'organization', 'freeze', 'verification'] as const

/** Who changed what, when, why, from what to what: all of it, the latest first. */
export default function AuditSettings() {
  const { t } = useLingui()
  return <Permitted permission="audit.read" title={t`Audit`}><Audit /></Permitted>
}

function Audit() {
  const { t } = useLingui()
  const { search: { kind, who, from, to, of }, setSearch } = useFilters()
  return (
    <SettingsPage title={t`Audit`}>
      <DataTable label={t`Audit`} columns={useColumns()} rowKey={({ auditId }) => auditId} query={pages('/audit', { query: { subject: kind, actorId: who, subjectId: of, recordedFrom: instantOf(from), recordedTo: instantOf(to, 1) } })}
        filters={<>
          <NativeSelect aria-label={t`Kind`} value={kind ?? ''} data={[{ value: '', label: t`Every kind` }, ...subjects.map((value) => ({ value, label: kindLabel(value) }))]} onChange={({ currentTarget: { value } }) => setSearch({ kind: value })} />
          <WhoFilter />
          <DayFilter name="from" label={t`From day`} />
          <DayFilter name="to" label={t`To day`} />
          {of !== undefined && <Pill size="lg" withRemoveButton onRemove={() => setSearch({ of: undefined })} removeButtonProps={{ 'aria-label': t`Not only this record`, tabIndex: 0, 'aria-hidden': false }}>{t`this record`}</Pill>}
        </>}
        empty={<EmptyState icon={<IconHistory size={28} />} title={t`Nothing like that was changed`}>{t`Every change through whichever door stands here, and none is ever taken away.`}</EmptyState>} />
    </SettingsPage>
  )

  function kindLabel(value: string): string {
    return value === 'product_uom' ? t`Product: counted in` : value === 'party_licence' ? t`Party: licence` : subjectKindName(value)
  }
}

/** People who are here and, for who may see them, API keys; somebody else who comes by a link stands there too. */
function WhoFilter() {
  const { t } = useLingui()
  const may = useMay()
  const { actor } = useMe()
  const { search: { who }, setSearch } = useFilters()
  const people = useQuery(get('/colleagues')).data?.items ?? []
  const keys = useQuery({ ...get('/api-keys', { query: { limit: 500 } }), enabled: may('keys.manage') }).data?.items ?? []
  const known = [...people.map(({ userId, name }) => ({ value: userId, label: userId === actor.id ? t`${name} (you)` : name })), ...keys.map(({ apiKeyId, name }) => ({ value: apiKeyId, label: t`${name} (API key)` }))]
  const data = who === undefined || known.some(({ value }) => value === who) ? known : [...known, { value: who, label: t`somebody who left` }]
  return <NativeSelect aria-label={t`Who`} value={who ?? ''} data={[{ value: '', label: t`Everybody` }, ...data]} onChange={({ currentTarget: { value } }) => setSearch({ who: value })} />
}

function DayFilter({ name, label }: { readonly name: 'from' | 'to'; readonly label: string }) {
  const { search, setSearch } = useFilters()
  return <label className="day-filter"><span>{label}</span><input type="date" value={search[name] ?? ''} onChange={({ currentTarget: { value } }) => setSearch({ [name]: value })} /></label>
}

function useColumns(): readonly Column<Change>[] {
  const { t } = useLingui()
  return [
    { id: 'record', title: t`Record`, width: 'minmax(150px, 1fr)', phone: 'title', cell: (change) => <RecordLink change={change} /> },
    { id: 'kind', title: t`Kind`, width: 'minmax(90px, 0.5fr)', cell: ({ subject }) => subjectKindName(subject) },
    { id: 'change', title: t`What was changed`, width: 'minmax(220px, 1.8fr)', cell: (change) => <What change={change} /> },
    { id: 'why', title: t`Why`, width: 'minmax(110px, 1fr)', cell: ({ reason }) => reason },
    { id: 'who', title: t`Who`, width: 'minmax(100px, 0.6fr)', cell: ({ actor }) => actor.name ?? actor.kind },
    { id: 'when', title: t`When`, width: '130px', phone: 'side', cell: ({ recordedAt }) => <RelativeTime instant={recordedAt} /> },
  ]
}

/** In a word, opening to each field. */
function What({ change }: { readonly change: Change }) {
  const { t } = useLingui()
  const { after } = change
  const fields = fieldChanges(change)
  const names = [...new Set(fields.map(({ field }) => fieldName(field)))]
  const summary = isMaking(change) ? t`made` : after === null ? t`taken away` : names.length > 3 ? `${names.slice(0, 3).join(', ')} …` : names.join(', ') || t`changed`
  if (fields.length === 0) return <>{summary}</>
  return <details className={classes['what']}><summary>{summary}</summary><ChangeFields change={change} /></details>
}

/** The record a change is of, leading there; by what it is where it has no name. */
function RecordLink({ change }: { readonly change: Change }) {
  const { subject, which, before, after } = change
  const kind = subjectKindName(subject)
  const { kind: moved, name: written } = asFields(after ?? before)
  const name = subject === 'movement' && typeof moved === 'string' ? kindName(moved) : subject === 'role' && which !== null ? roleName(which) : (which ?? (typeof written === 'string' ? written : null))
  const link = linkOf(change)
  const text = ['place', 'lot', 'lot_family', 'unit', 'plate', 'uom'].includes(subject) && name !== null ? <span className="code">{name}</span> : (name ?? kind)
  return link === null ? <>{text}</> : <Link {...link}>{text}</Link>
}

const folders: Readonly<Record<string, string>> = {
  product: '/products', product_uom: '/products', party: '/parties', party_licence: '/parties', place: '/places', lot: '/lots', unit: '/units', plate: '/plates', movement: '/movements', hold: '/holds', exception: '/exceptions', import: '/imports',
  person: '/settings/people', api_key: '/settings/keys',
}
const pagesOf: Readonly<Record<string, string>> = { property: '/settings/properties', uom: '/settings/units-of-measure', freeze: '/settings/integrity', verification: '/settings/integrity', projections: '/settings/integrity' }

function linkOf({ subject, subjectId, which, before, after }: Change): { readonly to: string; readonly search?: Search } | null {
  const [folder, page] = [folders[subject], pagesOf[subject]]
  if (folder !== undefined) return { to: `${folder}/${subjectId}` }
  if (page !== undefined) return { to: page }
  if (subject === 'lot_family') return { to: '/lots', search: { family: subjectId } }
  if (subject === 'role') return { to: `/settings/roles/${String(asFields(after ?? before)['name'])}` }
  // another organisation is one that was made from here
  return subject === 'organization' && which !== null ? { to: '/settings/organization' } : null
}
