import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Loader, Menu, Popover } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconAdjustmentsHorizontal, IconFilter, IconX } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useId, useRef, useState } from 'react'
import { SearchFilter, type Column } from '../parts/table.tsx'
import { useFilters } from '../search.ts'
import { useKeys } from '../shell/keys.ts'
import { isOn, namesOf, type Filter } from './filters.ts'
import classes from './lists.module.css'

const FilterEditor = lazy(() => import('./filter-editor.tsx'))
const FilterValue = lazy(() => import('./filter-value.tsx'))
const FilterSheet = lazy(() => import('./filter-sheet.tsx'))

export interface FilterBarProps {
  readonly filters: readonly Filter[]
  /** What is searched for: the placeholder of the field. Without it there is no search. */
  readonly searchFor?: string | undefined
  /** What the sheet of a phone can put the list in order by. */
  readonly sorts: readonly Pick<Column<never>, 'id' | 'title' | 'sort'>[]
}

/**
 * Search, what the list is narrowed by as pills, and a menu with the rest. Every pill opens the field it was set in and
 * can be taken away; on a phone one sheet holds all of them.
 */
export function FilterBar({ filters, searchFor, sorts }: FilterBarProps) {
  const { t } = useLingui()
  const { search, setSearch } = useFilters()
  const isPhone = useMediaQuery('(max-width: 47.99em)')
  const [edited, setEdited] = useState<string | null>(null)
  const [isSheetOpen, setSheetOpen] = useState(false)
  const [isMenuOpen, setMenuOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const on = filters.filter((filter) => isOn(filter, search))
  const shown = filters.filter((filter) => isOn(filter, search) || filter.name === edited)
  const others = filters.filter((filter) => !isOn(filter, search) && !(filter.kind === 'record' && filter.fixed))
  useKeys(filters.length === 0 ? {} : { f: () => (isPhone ? setSheetOpen(true) : setMenuOpen(true)) })

  const add = (filter: Filter): void => {
    if (filter.kind === 'flag') setSearch({ [filter.name]: 'true' })
    else setEdited(filter.name)
  }
  const remove = (filter: Filter): void => {
    setEdited(null)
    setSearch(Object.fromEntries(namesOf(filter).map((name) => [name, undefined])))
    button.current?.focus()
  }
  return (
    <>
      {searchFor !== undefined && <SearchFilter placeholder={searchFor} />}
      {filters.length > 0 && (isPhone ? (
        <Button ref={button} variant="default" className={classes['filter'] ?? ''} aria-haspopup="dialog" leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />} onClick={() => setSheetOpen(true)}>{on.length === 0 ? t`Filter` : t`Filter (${on.length})`}</Button>
      ) : (
        <Menu opened={isMenuOpen} onChange={setMenuOpen} position="bottom-start" returnFocus={false} width={220} withInitialFocusPlaceholder={false} menuItemTabIndex={0} transitionProps={{ duration: 0 }}>
          <Menu.Target><Button ref={button} variant="default" leftSection={<IconFilter size={16} aria-hidden />} disabled={others.length === 0}>{t`Filter`}</Button></Menu.Target>
          <Menu.Dropdown>{others.map((filter) => <Menu.Item key={filter.name} onClick={() => add(filter)}>{filter.label}</Menu.Item>)}</Menu.Dropdown>
        </Menu>
      ))}
      {shown.map((filter) => (
        <Pill key={filter.name} filter={filter} isOpen={edited === filter.name && !isPhone} onOpen={() => (isPhone ? setSheetOpen(true) : setEdited(filter.name))} onRemove={() => remove(filter)}
          onClose={() => {
            setEdited(null)
            // one that was not set is gone, and its pill with it
            if (!isOn(filter, search)) button.current?.focus()
          }} />
      ))}
      {isSheetOpen && <Suspense><FilterSheet filters={filters} sorts={sorts} onClose={() => setSheetOpen(false)} /></Suspense>}
    </>
  )
}

interface PillProps {
  readonly filter: Filter
  readonly isOpen: boolean
  readonly onOpen: () => void
  readonly onClose: () => void
  readonly onRemove: () => void
}

function Pill({ filter, isOpen, onOpen, onClose, onRemove }: PillProps) {
  const { t } = useLingui()
  const { search, setSearch } = useFilters()
  const id = useId()
  const closing = useRef(onClose)
  closing.current = onClose
  useEffect(() => {
    if (!isOpen) return undefined
    // what a field offers lies outside of the popover, and is not beside it
    const onPress = ({ target }: PointerEvent): void => void (target instanceof Element && target.closest(`[data-pill="${id}"], [role="listbox"]`) === null && closing.current())
    document.addEventListener('pointerdown', onPress)
    return () => document.removeEventListener('pointerdown', onPress)
  }, [isOpen, id])
  const isSet = isOn(filter, search)
  const isFixed = filter.kind === 'flag' || (filter.kind === 'record' && filter.fixed === true)
  const text = isSet && filter.kind !== 'flag' ? <>{filter.label}: <b><Suspense fallback="…"><FilterValue filter={filter} search={search} /></Suspense></b></> : filter.label
  return (
    <span className={classes['pill']} data-set={isSet || undefined} data-pill={id}>
      {isFixed ? <span className={classes['text']}>{text}</span> : (
        <Popover opened={isOpen} onChange={(opened) => opened || onClose()} position="bottom-start" shadow="md" trapFocus returnFocus closeOnClickOutside={false} width={320}>
          <Popover.Target><button type="button" className={classes['text']} aria-haspopup="dialog" aria-expanded={isOpen} onClick={isOpen ? onClose : onOpen}>{text}</button></Popover.Target>
          <Popover.Dropdown data-pill={id}>
            <Suspense fallback={<Loader size={16} />}><FilterEditor filter={filter} search={search} onChange={setSearch} onDone={onClose} autoFocus /></Suspense>
          </Popover.Dropdown>
        </Popover>
      )}
      <ActionIcon size="sm" className={classes['remove'] ?? ''} aria-label={t`Take away: ${filter.label}`} onClick={onRemove}><IconX size={14} aria-hidden /></ActionIcon>
    </span>
  )
}
