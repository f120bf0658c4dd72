import { useLingui } from '@lingui/react/macro'
import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useId, useState, type ReactNode } from 'react'
import { FamilyPick, PartyPick, PickField, PlacePick, ProductPick, type IdPickProps, type Options } from '../parts/pick.tsx'
import { LotPick } from '../parts/pick-lot.tsx'
import { get } from '../queries.ts'
import type { Search } from '../search.ts'
import { useMe } from '../session/me.ts'
import { dayOf, type ChoiceFilter, type DaysFilter, type Filter, type RecordFilter, type TextFilter } from './filters.ts'
import classes from './lists.module.css'

interface EditorProps<One extends Filter> {
  readonly filter: One
  readonly search: Search
  readonly onChange: (change: Search) => void
  /** It is set: who opened it closes it again. */
  readonly onDone?: () => void
  readonly autoFocus?: boolean
}

/** The field or fields in which one filter is set. */
export default function FilterEditor({ filter, ...rest }: EditorProps<Filter>) {
  switch (filter.kind) {
    case 'record': return <RecordEditor filter={filter} {...rest} />
    case 'choice': return <ChoiceEditor filter={filter} {...rest} />
    case 'days': return <DaysEditor filter={filter} {...rest} />
    case 'text': return <TextEditor filter={filter} {...rest} />
    case 'flag': return <Choices name={filter.label} legend={null} value={search(filter.name)} choices={[['true', filter.label]]} onChoose={(value) => rest.onChange({ [filter.name]: value })} autoFocus={rest.autoFocus} />
  }
  function search(name: string): string | undefined {
    return rest.search[name]
  }
}

function RecordEditor({ filter: { name, label, of }, search, onChange, onDone, autoFocus = false }: EditorProps<RecordFilter>) {
  const value = search[name] ?? null
  const field: IdPickProps = {
    label, value, autoFocus,
    onChange: (id) => {
      onChange({ [name]: id ?? undefined })
      if (id !== null) onDone?.()
    },
  }
  switch (of) {
    case 'product': return <ProductPick {...field} />
    case 'place': return <PlacePick {...field} />
    case 'facility': return <FacilityPick {...field} />
    case 'party': return <PartyPick {...field} />
    case 'family': return <FamilyPick {...field} />
    case 'person': return <PersonPick {...field} />
    case 'lot': return (
      <LotPick label={label} autoFocus={autoFocus} product={search['product'] ?? null} value={value === null ? null : { id: value }} onChange={(entry) => {
        const id = entry !== null && 'id' in entry ? entry.id : null
        onChange({ [name]: id ?? undefined })
        if (id !== null) onDone?.()
      }} />
    )
    case 'unit': return null
  }
}

function FacilityPick(props: IdPickProps) {
  const { data } = useQuery(get('/places', { query: { kind: 'facility', limit: 500 } }))
  const all = (data?.items ?? []).map(({ placeId, code, name }) => ({ id: placeId, code, name }))
  const { value, onChange, ...field } = props
  return <PickField {...field} chosen={value === null ? null : all.find(({ id }) => id === value)} onChoose={(option) => onChange(option?.id ?? null)} useOptions={(text) => found(all, text, data === undefined)} />
}

/** Me first, then everybody who is here. */
function PersonPick(props: IdPickProps) {
  const { t } = useLingui()
  const { actor } = useMe()
  const { data } = useQuery(get('/colleagues'))
  const others = (data?.items ?? []).filter(({ userId }) => userId !== actor.id).map(({ userId, name }) => ({ id: userId, code: null, name }))
  const all = [{ id: actor.id, code: null, name: t`me` }, ...others]
  const { value, onChange, ...field } = props
  return <PickField {...field} by="name" chosen={value === null ? null : all.find(({ id }) => id === value)} onChoose={(option) => onChange(option?.id ?? null)} useOptions={(text) => found(all, text, data === undefined)} />
}

function found(all: Options['options'], text: string, isSearching: boolean): Options {
  const begins = (word: string | null): boolean => word !== null && word.toLowerCase().split(' ').some((part, at, parts) => parts.slice(at).join(' ').startsWith(text.toLowerCase()))
  return { options: all.filter(({ code, name }) => begins(name) || begins(code)), isSearching }
}

function ChoiceEditor({ filter: { name, label, choices }, search, onChange, onDone, autoFocus }: EditorProps<ChoiceFilter>) {
  return <Choices name={name} legend={label} value={search[name]} choices={choices} autoFocus={autoFocus} onDone={onDone} onChoose={(value) => onChange({ [name]: value })} />
}

function DaysEditor({ filter: { name, label, from, to, presets }, search, onChange, onDone, autoFocus }: EditorProps<DaysFilter>) {
  const { t } = useLingui()
  const key = (first: string | undefined, last: string | undefined): string => `${first ?? ''}/${last ?? ''}`
  return (
    <div className={classes['days']}>
      <Choices name={name} legend={label} value={key(search[from], search[to])} choices={presets.map(([say, first, last]) => [key(first, last), say])} autoFocus={autoFocus} onDone={onDone} onChoose={(value) => {
        const [first, last] = value?.split('/') ?? []
        onChange({ [from]: first || undefined, [to]: last || undefined })
      }} />
      <div className={classes['range']}>
        <DayField label={t`From`} value={search[from]} onChange={(day) => onChange({ [from]: day })} onDone={onDone} />
        <DayField label={t`To`} value={search[to]} onChange={(day) => onChange({ [to]: day })} onDone={onDone} />
      </div>
    </div>
  )
}

/** The browser's own: people know it. It is taken over when it is left, so that a year can be typed. */
function DayField({ label, value, onChange, onDone }: { readonly label: string; readonly value: string | undefined; readonly onChange: (day: string | undefined) => void; readonly onDone: (() => void) | undefined }) {
  const day = dayOf(value) ?? ''
  const [typed, setTyped] = useState<string | null>(null)
  const commit = (): void => {
    if (typed !== null && typed !== day) onChange(typed === '' ? undefined : typed)
    setTyped(null)
  }
  return (
    <TextInput type="date" label={label} value={typed ?? day} onChange={({ currentTarget }) => setTyped(currentTarget.value)} onBlur={commit}
      onKeyDown={({ key }) => {
        if (key !== 'Enter') return
        commit()
        onDone?.()
      }} />
  )
}

function TextEditor({ filter: { name, label }, search, onChange, onDone, autoFocus = false }: EditorProps<TextFilter>) {
  const [typed, setTyped] = useState(search[name] ?? '')
  const commit = (): void => void (typed.trim() !== (search[name] ?? '') && onChange({ [name]: typed.trim() || undefined }))
  return (
    <TextInput label={label} value={typed} autoFocus={autoFocus} maxLength={90} classNames={{ input: 'code' }} onChange={({ currentTarget }) => setTyped(currentTarget.value)} onBlur={commit}
      onKeyDown={({ key }) => {
        if (key !== 'Enter') return
        commit()
        onDone?.()
      }} />
  )
}

interface ChoicesProps {
  readonly name: string
  readonly legend: ReactNode
  readonly value: string | undefined
  readonly choices: readonly (readonly [value: string, label: string])[]
  readonly onChoose: (value: string | undefined) => void
  readonly onDone?: (() => void) | undefined
  readonly autoFocus?: boolean | undefined
}

/** One of a few: arrows go through them, each takes effect at once; Enter or a tap is done with it. */
function Choices({ name, legend, value, choices, onChoose, onDone, autoFocus = false }: ChoicesProps) {
  const id = useId()
  const first = Math.max(0, choices.findIndex(([one]) => one === value))
  return (
    <fieldset className={classes['choices']}>
      {legend !== null && <legend>{legend}</legend>}
      {choices.map(([one, label], at) => (
        <label key={one} className={classes['choice']}>
          <input type={choices.length === 1 ? 'checkbox' : 'radio'} name={`${id}${name}`} value={one} checked={one === value} autoFocus={autoFocus && at === first}
            onChange={({ currentTarget: { checked } }) => onChoose(checked ? one : undefined)}
            onClick={({ detail }) => detail > 0 && onDone?.()}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              onChoose(one)
              onDone?.()
            }} />
          {label}
        </label>
      ))}
    </fieldset>
  )
}
