import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { sayDay } from '../parts/format.ts'
import { get } from '../queries.ts'
import type { Search } from '../search.ts'
import { useMe } from '../session/me.ts'
import { dayOf, type DaysFilter, type Filter, type RecordKind } from './filters.ts'

/** What a filter is set to, as people say it. */
export default function FilterValue({ filter, search }: { readonly filter: Filter; readonly search: Search }) {
  const value = search[filter.name]
  switch (filter.kind) {
    case 'record': return value === undefined ? null : <RecordName of={filter.of} id={value} />
    case 'choice': return <>{filter.choices.find(([one]) => one === value)?.[1] ?? value}</>
    case 'days': return <Days filter={filter} search={search} />
    case 'text': return <span className="code">{value}</span>
    case 'flag': return null
  }
}

function Days({ filter: { from, to, presets }, search }: { readonly filter: DaysFilter; readonly search: Search }) {
  const { t } = useLingui()
  const [first, last] = [search[from], search[to]]
  const preset = presets.find(([, one, other]) => one === first && other === last)
  if (preset !== undefined) return <>{preset[0]}</>
  const [start, end] = [say(first), say(last)]
  return <>{first === undefined ? t`until ${end}` : last === undefined ? t`from ${start}` : first === last ? start : t`${start} to ${end}`}</>
}

function say(text: string | undefined): string {
  const day = dayOf(text) ?? ''
  return /^\d{4}-\d\d-\d\d$/.test(day) ? sayDay(day) : day
}

/** What each kind of record is called by; it is read once and kept. */
function RecordName({ of, id }: { readonly of: RecordKind; readonly id: string }) {
  switch (of) {
    case 'product': return <ProductName id={id} />
    case 'lot': return <LotName id={id} />
    case 'unit': return <UnitName id={id} />
    case 'place': case 'facility': return <PlaceName id={id} />
    case 'party': return <PartyName id={id} />
    case 'family': return <FamilyName id={id} />
    case 'person': return <PersonName id={id} />
  }
}

function ProductName({ id }: { readonly id: string }) {
  const { data, isError } = useQuery(get('/products/:productId', { params: { productId: id } }))
  return <Name name={data?.name} isUnknown={isError} />
}

function LotName({ id }: { readonly id: string }) {
  const { t } = useLingui()
  const { data, isError } = useQuery(get('/lots/:lotId', { params: { lotId: id } }))
  return <Name code={data === undefined ? undefined : (data.code ?? t`no lot`)} isUnknown={isError} />
}

function UnitName({ id }: { readonly id: string }) {
  const { data, isError } = useQuery(get('/units/:unitId', { params: { unitId: id } }))
  return <Name code={data?.serial} isUnknown={isError} />
}

function PlaceName({ id }: { readonly id: string }) {
  const { data, isError } = useQuery(get('/places/:placeId', { params: { placeId: id } }))
  return <Name code={data?.code} isUnknown={isError} />
}

function PartyName({ id }: { readonly id: string }) {
  const { data, isError } = useQuery(get('/parties/:partyId', { params: { partyId: id } }))
  return <Name name={data?.name} isUnknown={isError} />
}

function FamilyName({ id }: { readonly id: string }) {
  const { data, isError } = useQuery(get('/lot-families/:familyId', { params: { familyId: id } }))
  return <Name code={data?.code} isUnknown={isError} />
}

function PersonName({ id }: { readonly id: string }) {
  const { t } = useLingui()
  const { actor } = useMe()
  const { data, isError } = useQuery(get('/colleagues'))
  const name = data?.items.find(({ userId }) => userId === id)?.name
  return <Name name={actor.id === id ? t`me` : name} isUnknown={isError || (data !== undefined && name === undefined)} />
}

function Name({ name, code, isUnknown }: { readonly name?: string | undefined; readonly code?: string | undefined; readonly isUnknown: boolean }) {
  const { t } = useLingui()
  if (isUnknown) return <>{t`unknown`}</>
  return code === undefined ? <>{name ?? '…'}</> : <span className="code">{code}</span>
}
