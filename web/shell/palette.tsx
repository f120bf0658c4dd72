import { useLingui } from '@lingui/react/macro'
import { Loader, Modal, ScrollArea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconBarcode, IconBuildingWarehouse, IconCornerDownLeft, IconPackage, IconPackages, IconSearch, IconStack2, IconUsers, type Icon } from '@tabler/icons-react'
import { useQueries } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type KeyboardEvent } from 'react'
import { get } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { actions, entries } from './navigation.tsx'
import classes from './palette.module.css'

interface Found {
  readonly key: string
  readonly group: string
  readonly icon: Icon
  readonly code?: string
  readonly label: string
  readonly to: string
}

/** Searches everything by its codes and names, and offers every page and action. `text`: what it opens with (a scan, say). */
export default function Palette({ text, onScan, onClose }: { readonly text: string; readonly onScan: (text: string) => void; readonly onClose: () => void }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const [typed, setTyped] = useState(text)
  const [at, setAt] = useState(0)
  const [search] = useDebouncedValue(typed.trim(), text === typed ? 0 : 120)
  const { found, isSearching } = useFound(search)
  const known = usePages(typed.trim())
  const options = [...found, ...known]
  const chosen = options[Math.min(at, options.length - 1)]

  const open = (one: Found | undefined): void => {
    if (one === undefined) return
    onClose()
    void navigate({ to: one.to })
  }
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && options.length > 0) {
      event.preventDefault()
      const next = (at + step + options.length) % options.length
      setAt(next)
      document.getElementById(`found-${next}`)?.scrollIntoView({ block: 'nearest' })
    }
    if (event.key === 'Enter') open(chosen)
  }
  return (
    <Modal opened onClose={onClose} withCloseButton={false} size={620} padding={0} yOffset="10vh" attributes={{ content: { 'aria-label': t`Search everything` } }} transitionProps={{ duration: 80 }}>
      <TextInput data-autofocus size="md" variant="unstyled" className={classes['field'] ?? ''} value={typed} placeholder={t`A code, a name, or what to do`} aria-label={t`Search everything`}
        role="combobox" aria-expanded aria-controls="palette-found" aria-activedescendant={chosen === undefined ? undefined : `found-${options.indexOf(chosen)}`}
        leftSection={isSearching ? <Loader size={16} /> : <IconSearch size={18} aria-hidden />} onKeyDown={onKey}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value)
          setAt(0)
        }} />
      <ScrollArea.Autosize mah="56vh" type="auto">
        <div id="palette-found" role="listbox" aria-label={t`Found`} className={classes['list']}>
          {options.map((one, index) => {
            const FoundIcon = one.icon
            return (
              <div key={one.key}>
                {one.group !== options[index - 1]?.group && <div className={classes['group']} role="presentation">{one.group}</div>}
                <div id={`found-${index}`} role="option" aria-selected={one === chosen} className={classes['found']} onMouseMove={() => setAt(index)} onClick={() => open(one)}>
                  <FoundIcon size={17} stroke={1.7} aria-hidden />
                  {one.code !== undefined && <span className="code">{one.code}</span>}
                  <span className={classes['label']}>{one.label}</span>
                  {one === chosen && <IconCornerDownLeft size={15} aria-hidden />}
                </div>
              </div>
            )
          })}
          {options.length === 0 && !isSearching && <div className={classes['none']} role="status">{t`Nothing begins with “${typed}”. Check the code; nothing was created.`}</div>}
        </div>
      </ScrollArea.Autosize>
    </Modal>
  )
}

function useFound(search: string): { readonly found: readonly Found[]; readonly isSearching: boolean } {
  const { t } = useLingui()
  const may = useMay()
  const query = { search, limit: 6 }
  const enabled = search !== ''
  const [lots, units, products, parties, places, plates] = useQueries({
    queries: [
      { ...get('/lots', { query }), enabled: enabled && may('lots.read') },
      { ...get('/units', { query }), enabled: enabled && may('lots.read') },
      { ...get('/products', { query }), enabled: enabled && may('catalog.read') },
      { ...get('/parties', { query }), enabled: enabled && may('network.read') },
      { ...get('/places', { query }), enabled: enabled && may('network.read') },
      { ...get('/plates', { query }), enabled: enabled && may('stock.read') },
    ],
  })
  if (!enabled) return { found: [], isSearching: false }
  const found: Found[] = [
    ...(lots.data?.items ?? []).map((lot): Found => ({ key: lot.lotId, group: t`Lots`, icon: IconStack2, code: lot.code, label: lot.product.name, to: `/lots/${lot.lotId}` })),
    ...(units.data?.items ?? []).map((unit): Found => ({ key: unit.unitId, group: t`Units`, icon: IconBarcode, code: unit.serial, label: unit.product.name, to: `/units/${unit.unitId}` })),
    ...(products.data?.items ?? []).map((product): Found => ({ key: product.productId, group: t`Products`, icon: IconPackage, code: product.sku, label: product.name, to: `/products/${product.productId}` })),
    ...(parties.data?.items ?? []).map((party): Found => ({ key: party.partyId, group: t`Parties`, icon: IconUsers, label: party.name, to: `/parties/${party.partyId}` })),
    ...(places.data?.items ?? []).map((place): Found => ({ key: place.placeId, group: t`Places`, icon: IconBuildingWarehouse, code: place.code, label: place.name, to: `/places/${place.placeId}` })),
    ...(plates.data?.items ?? []).map((plate): Found => ({ key: plate.plateId, group: t`Plates`, icon: IconPackages, code: plate.code, label: '', to: `/plates/${plate.plateId}` })),
  ]
  // what was typed whole stands before what only begins with it
  const same = search.toLowerCase()
  found.sort((a, b) => Number((b.code ?? b.label).toLowerCase() === same) - Number((a.code ?? a.label).toLowerCase() === same))
  return { found, isSearching: [lots, units, products, parties, places, plates].some(({ isFetching }) => isFetching) }
}

function usePages(typed: string): readonly Found[] {
  const { t, i18n } = useLingui()
  const may = useMay()
  const matches = (label: string): boolean => label.toLowerCase().includes(typed.toLowerCase())
  return [
    ...actions.filter(({ permission }) => may(permission)).map((action): Found => ({ key: action.id, group: t`Do`, icon: action.icon, label: i18n._(action.label), to: action.to })),
    ...entries.filter(({ permission }) => permission === undefined || may(permission)).map((entry): Found => ({ key: entry.to, group: t`Go to`, icon: entry.icon, label: i18n._(entry.label), to: entry.to })),
  ].filter(({ label }) => matches(label))
}
