import { useLingui } from '@lingui/react/macro'
import { Loader, Modal, ScrollArea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconCornerDownLeft, IconHelp, IconHistory, IconScan, IconSearch, type Icon } from '@tabler/icons-react'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState, type KeyboardEvent } from 'react'
import { findPages } from '../help/find.ts'
import { abouts } from '../help/pages.ts'
import { get } from '../queries.ts'
import { kindIcons, shownScan } from '../scan/kinds.ts'
import { linkOf, scanQuery, type Candidate } from '../scan/resolve.ts'
import { useScan } from '../scan/use-scan.ts'
import { useMay } from '../session/me.ts'
import { subjectName } from '../words.ts'
import { actions, entries } from './navigation.tsx'
import classes from './palette.module.css'
import { recentRecords } from './recent.ts'

interface Found {
  readonly key: string
  readonly group: string
  readonly icon: Icon
  readonly code?: string | undefined
  readonly label: string
  /** Where it leads; without one it is taken as a scan. */
  readonly link?: { readonly to: string; readonly search?: Record<string, string> }
}

/** Searches everything by its codes and names, and offers every page and action; what is typed may be a scan too. `text`: what it opens with. */
export default function Palette({ text, onScan, onClose }: { readonly text: string; readonly onScan: (text: string) => void; readonly onClose: () => void }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const [typed, setTyped] = useState(text)
  const [at, setAt] = useState(0)
  const [isAwaited, setAwaited] = useState(false)
  const wanted = typed.trim()
  const [search] = useDebouncedValue(wanted, wanted === text.trim() ? 0 : 120)
  const { found, isSearching } = useFound(search)
  const recent = useRecentFound(wanted === '')
  const known = usePages(wanted)
  const asScan = useAsScan(wanted)
  // a page or an action is known at once; what is found joins above it
  const options = [...recent, ...found, ...known, ...asScan, ...useHelpFound(wanted)]
  const chosen = options[Math.min(at, options.length - 1)]
  const isBehind = wanted !== search || isSearching

  const take = (scanned: string): void => {
    onClose()
    onScan(scanned)
  }
  const open = (one: Found | undefined): void => {
    if (one === undefined) return
    if (one.link === undefined) return take(wanted)
    onClose()
    void navigate(one.link)
  }
  useScan(take)
  // Enter before the answer is there means the best of it, not of what stood there before
  useEffect(() => {
    if (isAwaited && !isBehind) open(chosen)
    if (!isBehind) setAwaited(false)
  })
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && options.length > 0) {
      event.preventDefault()
      const next = (Math.min(at, options.length - 1) + step + options.length) % options.length
      setAt(next)
      document.getElementById(`found-${next}`)?.scrollIntoView({ block: 'nearest' })
    }
    if (event.key !== 'Enter') return
    if (isBehind && at === 0) setAwaited(true)
    else open(chosen)
  }
  return (
    <Modal opened onClose={onClose} withCloseButton={false} size={620} padding={0} yOffset="10vh" attributes={{ content: { 'aria-label': t`Search everything` } }} transitionProps={{ duration: 80 }}>
      <TextInput data-autofocus data-scan size="md" variant="unstyled" className={classes['field'] ?? ''} value={typed} placeholder={t`A code, a name, or what to do`} aria-label={t`Search everything`} maxLength={2000} autoComplete="off" spellCheck={false}
        role="combobox" aria-expanded aria-controls="palette-found" aria-activedescendant={chosen === undefined ? undefined : `found-${options.indexOf(chosen)}`}
        leftSection={isBehind ? <Loader size={16} /> : <IconSearch size={18} aria-hidden />} onKeyDown={onKey}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value)
          setAt(0)
          setAwaited(false)
        }} />
      <ScrollArea.Autosize mah="56vh" type="auto">
        <div id="palette-found" role="listbox" aria-label={t`Found`} className={classes['list']}>
          {options.map((one, index) => {
            const FoundIcon = one.icon
            return (
              <div key={one.key} role="presentation">
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
        </div>
        {found.length === 0 && known.length === 0 && wanted !== '' && !isBehind && <div className={classes['none']} role="status">{t`Nothing begins with “${shownScan(wanted)}”. Check the code; nothing was created.`}</div>}
      </ScrollArea.Autosize>
    </Modal>
  )
}

/** What is called so, as a scan would find it, and then what begins so, list by list. */
function useFound(search: string): { readonly found: readonly Found[]; readonly isSearching: boolean } {
  const { t } = useLingui()
  const may = useMay()
  // lists are searched by what can be a code; a whole label is only a scan
  const isCode = search !== '' && search.length <= 90 && !/\p{Cc}/u.test(search)
  const query = { search, limit: 6 }
  const scan = useQuery({ ...scanQuery(search), enabled: search !== '' && may('stock.read'), retry: false })
  const [lots, units, products, parties, places, plates] = useQueries({
    queries: [
      { ...get('/lots', { query }), enabled: isCode && may('lots.read') },
      { ...get('/units', { query }), enabled: isCode && may('lots.read') },
      { ...get('/products', { query }), enabled: isCode && may('catalog.read') },
      { ...get('/parties', { query }), enabled: isCode && may('network.read') },
      { ...get('/places', { query }), enabled: isCode && may('network.read') },
      { ...get('/plates', { query }), enabled: isCode && may('stock.read') },
    ],
  })
  if (search === '') return { found: [], isSearching: false }
  const same = (scan.data?.candidates ?? []).filter(({ match }) => match !== 'prefix')
  const record = (kind: Candidate['kind'], id: string, group: string, code: string | undefined, label: string): Found => ({ key: id, group, icon: kindIcons[kind], code, label, link: linkOf({ kind, id }) })
  const begin: Found[] = !isCode ? [] : [
    ...(lots.data?.items ?? []).map((lot) => record('lot', lot.lotId, t`Lots`, lot.code, lot.product.name)),
    ...(units.data?.items ?? []).map((unit) => record('unit', unit.unitId, t`Units`, unit.serial, unit.product.name)),
    ...(products.data?.items ?? []).map((product) => record('product', product.productId, t`Products`, product.sku, product.name)),
    ...(parties.data?.items ?? []).map((party) => record('party', party.partyId, t`Parties`, undefined, party.name)),
    ...(places.data?.items ?? []).map((place) => record('place', place.placeId, t`Places`, place.code, place.name)),
    ...(plates.data?.items ?? []).map((plate) => record('plate', plate.plateId, t`Plates`, plate.code, '')),
  ]
  return {
    found: [
      ...same.map(({ kind, id, code, title }) => record(kind, id, t`Best match`, code ?? undefined, kind === 'movement' ? subjectName(kind) : title === code ? subjectName(kind) : title)),
      // a name typed whole stands before what only begins with it
      ...begin.filter(({ key }) => !same.some(({ id }) => id === key)).sort((a, b) => Number(b.label.toLowerCase() === search.toLowerCase()) - Number(a.label.toLowerCase() === search.toLowerCase())),
    ],
    isSearching: [scan, lots, units, products, parties, places, plates].some(({ isFetching }) => isFetching),
  }
}

function useRecentFound(isWanted: boolean): readonly Found[] {
  const { t } = useLingui()
  // as it was when the palette was opened
  const [recent] = useState(recentRecords)
  return isWanted ? recent.slice(0, 5).map(({ to, title }): Found => ({ key: `recent ${to}`, group: t`Opened last`, icon: IconHistory, label: title, link: { to } })) : []
}

function useAsScan(typed: string): readonly Found[] {
  const { t } = useLingui()
  const may = useMay()
  return typed === '' || !may('stock.read') ? [] : [{ key: 'scan', group: t`Scan`, icon: IconScan, label: t`Take “${shownScan(typed)}” as a scan` }]
}

/** Pages of the help that say what they are about in these words; the last, since a code is no question. */
function useHelpFound(typed: string): readonly Found[] {
  const { t } = useLingui()
  if (typed.length < 3) return []
  const pages = abouts.map(({ name, title, lead }) => ({ name, title, headings: [], text: `${title}\n${lead}` }))
  return findPages(pages, typed).slice(0, 3).map(({ name, title }) => ({ key: `help/${name}`, group: t`Help`, icon: IconHelp, label: title, link: { to: `/help/${name}` } }))
}

function usePages(typed: string): readonly Found[] {
  const { t, i18n } = useLingui()
  const may = useMay()
  const matches = (label: string): boolean => label.toLowerCase().includes(typed.toLowerCase())
  return [
    ...actions.filter(({ permission }) => may(permission)).map((action): Found => ({ key: action.id, group: t`Do`, icon: action.icon, label: i18n._(action.label), link: { to: action.to } })),
    ...entries.filter(({ permission }) => permission === undefined || may(permission)).map((entry): Found => ({ key: entry.to, group: t`Go to`, icon: entry.icon, label: i18n._(entry.label), link: { to: entry.to } })),
  ].filter(({ label }) => matches(label))
}
