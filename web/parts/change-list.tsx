import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Permission } from '#src/lib/permissions.ts'
import { schemeName } from '../catalog/words.ts'
import { get } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { permissionName } from '../settings/permissions.ts'
import { propertySubjectName, roleName, valueTypeName } from '../settings/words.ts'
import { dateKindName, kindName, partyRoleName, placeKindName, tradeName, trackingName } from '../words.ts'
import { asFields, fieldChanges, fieldName, type Change, type FieldChange } from './change-words.ts'
import { Code } from './code.tsx'
import { sayInstant, sayQuantity } from './format.ts'
import classes from './history.module.css'

/** What a change changed, each field in a line: from what to what, in words. */
export default function ChangeFields({ change }: { readonly change: Change }) {
  const { before, after, subject } = change
  const { alias } = asFields(after ?? before)
  if (subject === 'product_uom') return <ul className={classes['fields']}><li><Conversion change={change} /></li></ul>
  if (subject === 'product' && alias !== undefined && (before === null || after === null)) return <ul className={classes['fields']}><li><CodeChange alias={asFields(alias)} isAdded={before === null} /></li></ul>
  if (subject === 'party_licence') return <LicenceChange change={change} />
  return <FieldList change={change} fields={fieldChanges(change)} />
}

function FieldList({ change, fields }: { readonly change: Change; readonly fields: readonly FieldChange[] }) {
  const { t } = useLingui()
  const definitions = useQuery({ ...get('/properties', { query: { subject: propertySubject(change.subject) } }), enabled: fields.some(({ key }) => key !== null) }).data?.items
  return (
    <ul className={classes['fields']}>
      {fields.map(({ field, key, before, after, isErasable }) => {
        const name = key === null ? fieldName(field) : (definitions?.find((one) => one.key === key)?.name ?? key.replaceAll('_', ' '))
        const show = (value: unknown): ReactNode => <Value subject={change.subject} field={field} value={value} />
        if (isErasable) return <li key={`changed ${field}`}><span className="dim">{name}</span> {t`changed; what it was is not kept here, since it can be erased`}</li>
        if (field === 'permissions') return <PermissionChange key={field} name={name} before={before} after={after} />
        if (change.before === null) return isNothing(after) ? null : <li key={field + (key ?? '')}><span className="dim">{name}</span> {show(after)}</li>
        return <li key={field + (key ?? '')}><span className="dim">{name}</span> <s>{show(before)}</s> <span aria-label={t`is now`} role="img">→</span> {show(after)}</li>
      })}
    </ul>
  )
}

function PermissionChange({ name, before, after }: { readonly name: string; readonly before: unknown; readonly after: unknown }) {
  const { t } = useLingui()
  const [was, is] = [asList(before), asList(after)] as [Permission[], Permission[]]
  const [more, less] = [is.filter((one) => !was.includes(one)), was.filter((one) => !is.includes(one))]
  const say = (all: readonly Permission[]): string => all.map(permissionName).join(', ')
  return <>{more.length > 0 && <li><span className="dim">{was.length === 0 ? name : t`May now`}</span> {say(more)}</li>}{less.length > 0 && <li><span className="dim">{t`May no more`}</span> {say(less)}</li>}</>
}

function Conversion({ change: { before, after } }: { readonly change: Change }) {
  const { t } = useLingui()
  const [was, is] = [asFields(before), asFields(after)]
  const uom = String(was['uom'] ?? is['uom'])
  const content = ({ numerator, denominator }: Readonly<Record<string, unknown>>): string => `${sayQuantity(String(numerator))}${Number(denominator) === 1 ? '' : ` / ${sayQuantity(String(denominator))}`}`
  if (before === null) return <>{t`Also counted in ${uom}: 1 is ${content(is)}`}</>
  return after === null ? <>{t`Counted no more in ${uom}`}</> : <><span className="dim">{t`1 ${uom}`}</span> <s>{content(was)}</s> → {content(is)}</>
}

function CodeChange({ alias, isAdded }: { readonly alias: Readonly<Record<string, unknown>>; readonly isAdded: boolean }) {
  const { t } = useLingui()
  return <><span className="dim">{isAdded ? t`Code added:` : t`Code taken away:`}</span> <Code value={String(alias['code'])} plain /> {schemeName(String(alias['scheme']))}</>
}

function LicenceChange({ change }: { readonly change: Change }) {
  const { t } = useLingui()
  const type = String(asFields(change.after)['type'])
  const fields = fieldChanges(change).filter(({ field }) => field !== 'type')
  return <><div>{change.before === null ? t`Licence added: ${type}` : t`Licence: ${type}`}</div><FieldList change={change} fields={fields} /></>
}

const isTime = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/

/** A value as people say it: ids by what they stand for, words of the API by ours. */
function Value({ subject, field, value }: { readonly subject: string; readonly field: string; readonly value: unknown }) {
  const { t } = useLingui()
  if (isNothing(value)) return <>–</>
  if (typeof value === 'boolean') return <>{value ? t`yes` : t`no`}</>
  if (Array.isArray(value)) return <>{value.map((one) => word(subject, field, String(one))).join(', ')}</>
  if (typeof value === 'object') return <>{Object.values(asFields(value)).filter((one) => !isNothing(one)).map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(', ')}</>
  const text = String(value as string | number)
  const kind = recordOf[field] ?? (field === 'mergedInto' ? subject : field === 'subjectId' ? '' : undefined)
  if (kind !== undefined && /^[0-9a-f-]{36}$/.test(text)) return <NameOf kind={kind} id={text} />
  if (isTime.test(text)) return <>{sayInstant(text)}</>
  const said = word(subject, field, text)
  return said === text ? <Code value={text} plain /> : <>{said}</>
}

const recordOf: Readonly<Record<string, string>> = { parentId: 'place', facilityId: 'place', makerId: 'party', issuerId: 'party', partyId: 'party', familyId: 'family', productId: 'product', assignedTo: 'person', lotId: 'lot' }

function word(subject: string, field: string, text: string): string {
  const namer = {
    tracking: trackingName, dateKind: dateKindName, roles: partyRoleName, role: roleName, trades: tradeName, valueType: valueTypeName, kind: subject === 'place' ? placeKindName : kindName, allows: kindName, subject: subject === 'property' ? propertySubjectName : undefined,
  }[field]
  return namer?.(text) ?? text
}

/** What an id stands for, leading there. */
function NameOf({ kind, id }: { readonly kind: string; readonly id: string }) {
  const may = useMay()
  const network = may('network.read')
  const place = useQuery({ ...get('/places/:placeId', { params: { placeId: id } }), enabled: kind === 'place' && network })
  const party = useQuery({ ...get('/parties/:partyId', { params: { partyId: id } }), enabled: kind === 'party' && network })
  const product = useQuery({ ...get('/products/:productId', { params: { productId: id } }), enabled: kind === 'product' && may('catalog.read') })
  const lot = useQuery({ ...get('/lots/:lotId', { params: { lotId: id } }), enabled: kind === 'lot' && may('lots.read') })
  const family = useQuery({ ...get('/lot-families/:familyId', { params: { familyId: id } }), enabled: kind === 'family' && may('lots.read') })
  const people = useQuery({ ...get('/colleagues'), enabled: kind === 'person' })
  if (place.data) return <Link to="/places/$placeId" params={{ placeId: id }}><Code value={place.data.code} plain /></Link>
  if (party.data) return <Link to="/parties/$partyId" params={{ partyId: id }}>{party.data.name}</Link>
  if (product.data) return <Link to="/products/$productId" params={{ productId: id }}>{product.data.name}</Link>
  if (lot.data) return <Link to="/lots/$lotId" params={{ lotId: id }}><Code value={lot.data.code ?? '–'} plain /></Link>
  if (family.data) return <Code value={family.data.code} plain />
  const person = people.data?.items.find(({ userId }) => userId === id)
  return person === undefined ? <Code value={id.slice(-12)} plain /> : <>{person.name}</>
}

function propertySubject(subject: string): 'product' | 'lot' | 'unit' | 'party' | 'place' | undefined {
  return (['product', 'lot', 'unit', 'party', 'place'] as const).find((one) => one === subject)
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
