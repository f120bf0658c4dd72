import { useLingui } from '@lingui/react/macro'
import { CloseButton, Loader, Popover, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { ItemOf } from '../api.ts'
import { get, useCommand } from '../queries.ts'
import { partyRoleName, placeKindName } from '../words.ts'
import classes from './pick.module.css'
import { useSayProblem } from './problem.tsx'

/** A record that can be chosen. */
export interface Option {
  readonly id: string
  /** What it goes by, in the typeface of codes; null: it has a name only. */
  readonly code: string | null
  readonly name: string
  /** At the right: how much of it there is. */
  readonly aside?: ReactNode
  /** Under it: its date, that it is on hold. */
  readonly note?: ReactNode
}

export interface Options {
  readonly options: readonly Option[]
  readonly isSearching: boolean
}

/** What every field for a record has in common. */
export interface FieldProps {
  readonly label: string
  readonly error?: ReactNode
  readonly description?: ReactNode
  readonly placeholder?: string
  readonly required?: boolean
  readonly disabled?: boolean
  readonly autoFocus?: boolean
  /** The name the field is found by in its form: `data-field`. */
  readonly field?: string
  /** After Enter has chosen: a form goes on to its next field. */
  readonly onDone?: () => void
}

interface PickFieldProps extends FieldProps {
  /** What is chosen; null: nothing; undefined: something whose name is still being read. */
  readonly chosen: Option | null | undefined
  readonly onChoose: (option: Option | null) => void
  /** What begins with this text; asked while the list is open. */
  readonly useOptions: (search: string, isOpen: boolean) => Options
  /** Whether people know it by its code or by its name: that stands first. */
  readonly by?: 'code' | 'name'
  /** A text that nothing is called may be meant: a code that comes new. Without it only what is in the list can be chosen. */
  readonly fresh?: { readonly text: string; readonly onText: (text: string) => void; readonly say: (text: string) => ReactNode }
}

/**
 * A field that a record is chosen in by what its code or name begins with: by arrows and Enter, by a tap, or by typing
 * all of it. What is typed and is not in the list stays there, and says so.
 */
export function PickField({ label, chosen, onChoose, useOptions, by = 'code', fresh, error, description, placeholder, required = false, disabled = false, autoFocus = false, field, onDone }: PickFieldProps) {
  const { t } = useLingui()
  const listId = useId()
  const input = useRef<HTMLInputElement>(null)
  /** What is being typed; null: what is chosen stands there. */
  const [typed, setTyped] = useState<string | null>(null)
  const [opened, setOpened] = useState(false)
  const [at, setAt] = useState(0)
  /** Enter or leaving the field came before the answer; what it is to do then. */
  const [awaited, setAwaited] = useState<'enter' | 'leave' | null>(null)
  const wanted = (typed ?? '').trim()
  const [search] = useDebouncedValue(wanted, 120)
  const { options, isSearching } = useOptions(search, opened || awaited !== null)
  const isBehind = wanted !== search || isSearching
  const exact = options.find((option) => isCalled(option, wanted))
  const isFresh = fresh !== undefined && wanted !== '' && exact === undefined && !isBehind
  const count = options.length + (isFresh ? 1 : 0)
  const current = Math.min(at, count - 1)
  const main = chosen && (by === 'code' ? (chosen.code ?? chosen.name) : chosen.name)
  const also = chosen && (by === 'code' ? (chosen.code === null || chosen.name === chosen.code ? null : chosen.name) : chosen.code)
  /** What stands there while nothing is typed. */
  const shown = (main || fresh?.text) ?? ''

  // chosen by somebody else, such as a scan: then that is what stands there
  useEffect(() => setTyped(null), [chosen?.id])
  const close = (): void => {
    setOpened(false)
    setAt(0)
  }
  const choose = (option: Option): void => {
    setTyped(null)
    close()
    onChoose(option)
  }
  const take = (text: string): void => {
    setTyped(null)
    close()
    fresh?.onText(text)
  }
  /** What Enter means: the option that is marked; the new text, which stands first. */
  const enter = (): void => {
    const option = options[isFresh ? current - 1 : current]
    if (isFresh && current === 0) take(wanted)
    else if (option !== undefined) choose(option)
    else return
    // whoever has gone on already is not led
    if (document.activeElement === input.current) onDone?.()
  }
  const leave = (): void => {
    if (exact !== undefined) choose(exact)
    else if (isFresh) take(wanted)
    close()
  }
  useEffect(() => {
    if (awaited === null || isBehind) return
    setAwaited(null)
    if (awaited === 'enter') enter()
    else leave()
  })
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      if (!opened) return setOpened(true)
      const next = count === 0 ? 0 : (current + step + count) % count
      setAt(next)
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter' && opened && (typed !== null || !chosen) && !event.ctrlKey && !event.metaKey) {
      // an empty field is left as it is; Enter is the form's then
      if (wanted === '' && at === 0 && fresh !== undefined) return close()
      event.preventDefault()
      if (isBehind) setAwaited('enter')
      else enter()
    } else if (event.key === 'Escape' && (opened || typed !== null)) {
      event.preventDefault()
      event.stopPropagation()
      setTyped(null)
      close()
    }
  }
  const unknown = typed !== null && wanted !== '' && !opened && awaited === null && fresh === undefined ? t`Nothing is called ${wanted}. Choose one of the list.` : null
  const isCode = typed === null && (chosen ? by === 'code' && chosen.code !== null : fresh !== undefined)
  return (
    <Popover opened={opened && !disabled} width="target" position="bottom-start" offset={4} shadow="md" withRoles={false} trapFocus={false} returnFocus={false} transitionProps={{ duration: 0 }} hideDetached={false}>
      <Popover.Target>
        <TextInput ref={input} label={label} description={description} error={error ?? unknown} placeholder={chosen === undefined ? '…' : placeholder} disabled={disabled} autoFocus={autoFocus} aria-required={required || undefined}
          className={classes['field'] ?? ''} classNames={isCode ? { input: 'code' } : {}} data-field={field} autoComplete="off" spellCheck={false} maxLength={300}
          role="combobox" aria-expanded={opened} aria-controls={listId} aria-autocomplete="list" aria-activedescendant={opened && count > 0 ? `${listId}-${current}` : undefined}
          value={typed ?? shown}
          rightSection={opened && isBehind ? <Loader size={14} /> : disabled ? null : typed === null && also ? <span className={classes['also']}>{also}</span> : typed !== null || (fresh?.text ?? '') !== '' ? clear() : null}
          rightSectionWidth={typed === null && also ? `${Math.min(60, Math.max(24, also.length * 2.2))}%` : 34} rightSectionPointerEvents={typed === null && also ? 'none' : 'all'}
          onFocus={({ currentTarget }) => {
            currentTarget.select()
            if (!chosen && (fresh?.text ?? '') === '') setOpened(true)
          }}
          onClick={() => setOpened(true)} onKeyDown={onKey}
          onBlur={() => {
            if (typed === null || wanted === '') {
              if (typed !== null) setTyped(null)
              return close()
            }
            setOpened(false)
            if (isBehind) setAwaited((before) => before ?? 'leave')
            else leave()
          }}
          onChange={({ currentTarget: { value } }) => {
            // a scan that went elsewhere leaves the field as it was
            const isAsBefore = value === shown
            setTyped(isAsBefore ? null : value)
            setOpened(!isAsBefore)
            setAt(0)
            setAwaited(null)
            if (value !== '' || isAsBefore) return
            if (chosen !== null) onChoose(null)
            if ((fresh?.text ?? '') !== '') fresh?.onText('')
          }} />
      </Popover.Target>
      <Popover.Dropdown p={0}>
        {/* a tap on it leaves the focus in the field */}
        <div id={listId} role="listbox" aria-label={label} className={classes['list']} onMouseDown={(event) => event.preventDefault()}>
          {isFresh && (
            <div id={`${listId}-0`} role="option" aria-selected={current === 0} className={classes['option']} onMouseMove={() => setAt(0)} onClick={() => take(wanted)}><IconPlus size={16} aria-hidden /><span className={classes['what']}>{fresh.say(wanted)}</span></div>
          )}
          {options.map((option, index) => {
            const place = index + (isFresh ? 1 : 0)
            return <div key={option.id} id={`${listId}-${place}`} role="option" aria-selected={place === current} className={classes['option']} onMouseMove={() => setAt(place)} onClick={() => choose(option)}><OptionText option={option} by={by} /></div>
          })}
          {count === 0 && <div role="option" aria-selected={false} aria-disabled className={classes['none']}>{isBehind ? t`Searching…` : wanted === '' ? t`There is none yet.` : t`Nothing begins with ${wanted}.`}</div>}
        </div>
      </Popover.Dropdown>
    </Popover>
  )

  function clear(): ReactNode {
    return <CloseButton size="sm" tabIndex={-1} aria-label={t`Empty ${label}`} onClick={() => {
      setTyped(null)
      onChoose(null)
      fresh?.onText('')
      input.current?.focus()
    }} />
  }
}

function OptionText({ option: { code, name, aside, note }, by }: { readonly option: Option; readonly by: 'code' | 'name' }) {
  const [first, second] = by === 'code' || code === null ? [code === null ? name : <span key="c" className="code">{code}</span>, code === null || name === code ? null : <span key="n" className="dim">{name}</span>] : [name, <span key="c" className="code dim">{code}</span>]
  return (
    <>
      <span className={classes['what']}>
        <span>{first}{second}</span>
        {note !== undefined && <span className={classes['note']}>{note}</span>}
      </span>
      {aside !== undefined && <span className={classes['aside']}>{aside}</span>}
    </>
  )
}

/** Whether this text names the record whole, by code or by name. */
function isCalled({ code, name }: Option, text: string): boolean {
  return text !== '' && (code?.toLowerCase() === text.toLowerCase() || name.toLowerCase() === text.toLowerCase())
}

const MOST = 20

/** Whoever chooses a record by its id. */
export interface IdPickProps extends FieldProps {
  readonly value: string | null
  readonly onChange: (id: string | null) => void
}

/** A product, by SKU, name or any code that leads to it. */
export function ProductPick({ value, onChange, ...field }: IdPickProps) {
  const { data } = useQuery({ ...get('/products/:productId', { params: { productId: value ?? '' } }), enabled: value !== null })
  return <PickField {...field} by="name" chosen={value === null ? null : data && toProduct(data)} onChoose={(option) => onChange(option?.id ?? null)} useOptions={useProducts} />
}

function useProducts(search: string, isOpen: boolean): Options {
  const { data, isFetching } = useQuery({ ...get('/products', { query: { search, limit: MOST } }), enabled: isOpen, placeholderData: (before) => before })
  return { options: (data?.items ?? []).map(toProduct), isSearching: isFetching }
}

function toProduct({ productId, sku, name, baseUom }: Pick<ItemOf<'/products'>, 'productId' | 'sku' | 'name' | 'baseUom'>): Option {
  return { id: productId, code: sku, name, aside: <span className="dim">{baseUom}</span> }
}

/** A place of ours, by code or name. `first`: those that are likelier than others, such as where goods are; only these where `only` says so. */
export function PlacePick({ value, onChange, first = [], only = false, ...field }: IdPickProps & { readonly first?: readonly Option[]; readonly only?: boolean }) {
  const { data } = useQuery({ ...get('/places/:placeId', { params: { placeId: value ?? '' } }), enabled: value !== null })
  const usePlaces = (search: string, isOpen: boolean): Options => {
    const { data, isFetching } = useQuery({ ...get('/places', { query: { search, limit: MOST } }), enabled: isOpen && !only, placeholderData: (before) => before })
    const likely = first.filter((option) => search === '' || begins(option, search))
    return { options: [...likely, ...(only ? [] : (data?.items ?? []).filter(({ placeId }) => !likely.some(({ id }) => id === placeId)).map(toPlace))], isSearching: !only && isFetching }
  }
  const chosen = value === null ? null : (data && toPlace(data))
  return <PickField {...field} chosen={chosen} onChoose={(option) => onChange(option?.id ?? null)} useOptions={usePlaces} />
}

function toPlace({ placeId, code, name, kind }: Pick<ItemOf<'/places'>, 'placeId' | 'code' | 'name' | 'kind'>): Option {
  return { id: placeId, code, name, aside: <span className="dim">{placeKindName(kind)}</span> }
}

function begins({ code, name }: Option, search: string): boolean {
  return (code ?? '').toLowerCase().startsWith(search.toLowerCase()) || name.toLowerCase().startsWith(search.toLowerCase())
}

type PartyRole = ItemOf<'/parties'>['roles'][number]
/** A party, by name or code: of this role as long as nothing is typed, anybody who begins so afterwards. */
export function PartyPick({ value, onChange, role, ...field }: IdPickProps & { readonly role?: PartyRole }) {
  const { data } = useQuery({ ...get('/parties/:partyId', { params: { partyId: value ?? '' } }), enabled: value !== null })
  const useParties = (search: string, isOpen: boolean): Options => {
    const { data, isFetching } = useQuery({ ...get('/parties', { query: { search, limit: MOST, ...(search === '' && role !== undefined ? { role } : {}) } }), enabled: isOpen, placeholderData: (before) => before })
    const options = (data?.items ?? []).filter(({ roles }) => role === undefined || !roles.includes('unknown'))
    return { options: options.toSorted((a, b) => Number(b.roles.includes(role ?? 'own')) - Number(a.roles.includes(role ?? 'own'))).map(toParty), isSearching: isFetching }
  }
  return <PickField {...field} by="name" chosen={value === null ? null : data && toParty(data)} onChoose={(option) => onChange(option?.id ?? null)} useOptions={useParties} />
}

function toParty({ partyId, name, code, roles }: Pick<ItemOf<'/parties'>, 'partyId' | 'name' | 'code' | 'roles'>): Option {
  return { id: partyId, code, name, aside: <span className="dim">{roles.map(partyRoleName).join(', ')}</span> }
}

/** A plate, by its code. `mayMake`: a code nobody knows is offered as a new plate, which is made when it is chosen. */
export function PlatePick({ value, onChange, mayMake = false, error, ...field }: IdPickProps & { readonly mayMake?: boolean }) {
  const { t } = useLingui()
  const say = useSayProblem()
  const make = useCommand('POST /plates')
  const { data } = useQuery({ ...get('/plates/:plateId', { params: { plateId: value ?? '' } }), enabled: value !== null })
  const onText = (code: string): void => {
    if (code !== '') make.mutate({ body: /^\d{18}$/.test(code) ? { sscc: code } : { code } }, { onSuccess: ({ plateId }) => onChange(plateId) })
  }
  return (
    <PickField {...field} error={error ?? (make.error === null ? null : say(make.error).title)} chosen={value === null ? null : data && toPlate(data)} onChoose={(option) => onChange(option?.id ?? null)} useOptions={usePlates}
      {...(mayMake ? { fresh: { text: '', onText, say: (code: string) => <span>{t`Make the plate`} <span className="code">{code}</span></span> } } : {})} />
  )
}

function usePlates(search: string, isOpen: boolean): Options {
  const { data, isFetching } = useQuery({ ...get('/plates', { query: { search, limit: MOST } }), enabled: isOpen, placeholderData: (before) => before })
  return { options: (data?.items ?? []).map(toPlate), isSearching: isFetching }
}

function toPlate({ plateId, code }: Pick<ItemOf<'/plates'>, 'plateId' | 'code'>): Option {
  return { id: plateId, code, name: code }
}

/** A lot family, by its code. */
export function FamilyPick({ value, onChange, ...field }: IdPickProps) {
  const { data } = useQuery({ ...get('/lot-families/:familyId', { params: { familyId: value ?? '' } }), enabled: value !== null })
  return <PickField {...field} chosen={value === null ? null : data && toFamily(data)} onChoose={(option) => onChange(option?.id ?? null)} useOptions={useFamilies} />
}

function useFamilies(search: string, isOpen: boolean): Options {
  const { data, isFetching } = useQuery({ ...get('/lot-families', { query: { search, limit: MOST } }), enabled: isOpen, placeholderData: (before) => before })
  return { options: (data?.items ?? []).map(toFamily), isSearching: isFetching }
}

function toFamily({ familyId, code }: Pick<ItemOf<'/lot-families'>, 'familyId' | 'code'>): Option {
  return { id: familyId, code, name: code }
}

/** A unit, by its serial: of a product, or any. */
export function UnitPick({ value, onChange, product, ...field }: IdPickProps & { readonly product?: string }) {
  const { data } = useQuery({ ...get('/units/:unitId', { params: { unitId: value ?? '' } }), enabled: value !== null })
  const useUnits = (search: string, isOpen: boolean): Options => {
    const { data, isFetching } = useQuery({ ...get('/units', { query: { search, product, limit: MOST } }), enabled: isOpen, placeholderData: (before) => before })
    return { options: (data?.items ?? []).map(toUnit), isSearching: isFetching }
  }
  return <PickField {...field} chosen={value === null ? null : data && toUnit(data)} onChoose={(option) => onChange(option?.id ?? null)} useOptions={useUnits} />
}

function toUnit({ unitId, serial, product, place }: Pick<ItemOf<'/units'>, 'unitId' | 'serial' | 'product' | 'place'>): Option {
  return { id: unitId, code: serial, name: product.name, aside: <span className="dim">{place?.code}</span> }
}
