import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Burger, Button, Kbd, Menu, NavLink, Text, Tooltip, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { IconBuildingStore, IconCategory, IconChevronDown, IconKeyboard, IconLanguage, IconListCheck, IconLogout, IconMoon, IconPlus, IconSearch, IconSelector, IconSun, IconUser } from '@tabler/icons-react'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useGuideMemory } from '../guide/memory.ts'
import { HelpButton, useHelp } from '../help/help.tsx'
import { language, languages, speak, type Language } from '../i18n.ts'
import { Tone } from '../parts/tone.tsx'
import { useScanAnywhere } from '../scan/scan-anywhere.tsx'
import { leave } from '../session/leave.ts'
import { switchOrganization, useMay, useMe } from '../session/me.ts'
import { listenToKeys, useKeys } from './keys.ts'
import { actions, entries, type Entry } from './navigation.tsx'
import classes from './shell.module.css'

const Palette = lazy(() => import('./palette.tsx'))
const Guide = lazy(() => import('../guide/guide.tsx'))
const KeyboardMap = lazy(() => import('./keyboard-map.tsx'))

/** What is fixed is not pushed aside when a dialog takes the scroll bar away: the class that react-remove-scroll, within Mantine's dialogs, looks for. */
const KEEPS_ITS_WIDTH = 'right-scroll-bar-position'

/** What surrounds every page: navigation, organisation, search and actions, keys. */
export function Shell() {
  const { t, i18n } = useLingui()
  const navigate = useNavigate()
  const may = useMay()
  const { pathname } = useRouterState({ select: (state) => state.location })
  const [menuOpened, menu] = useDisclosure()
  const [palette, setPalette] = useState<string | null>(null)
  const [keysOpened, keys] = useDisclosure()
  const help = useHelp({ isSignedIn: true })
  const guide = useGuide()

  useEffect(listenToKeys, [])
  useEffect(menu.close, [pathname])
  useHotkeys([['mod+K', () => setPalette('')]], [])
  useKeys({
    '/': () => setPalette(''),
    '?': keys.open,
    ...Object.fromEntries([...entries, ...actions].flatMap(({ key, to }) => (key === undefined ? [] : [[`g ${key}`, () => void navigate({ to })]]))),
  })
  const { scan, shown } = useScanAnywhere(setPalette)

  const allowed = entries.filter(({ permission, aside }) => aside !== true && (permission === undefined || may(permission)))
  return (
    <div className={classes['frame']} data-beside={help.isBeside || undefined}>
      <a href="#content" className={classes['skip']}>{t`Skip to the content`}</a>
      <header className={`${classes['header']} ${KEEPS_ITS_WIDTH}`}>
        <Burger opened={menuOpened} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label={menuOpened ? t`Close the navigation` : t`Open the navigation`} />
        <Link to="/" className={classes['brand']} aria-label="Lotwise"><img src="/icon.svg" alt="" width={24} height={24} /><span>Lotwise</span></Link>
        <UnstyledButton className={classes['search']} onClick={() => setPalette('')}>
          <IconSearch size={16} aria-hidden /><span>{t`Search or scan`}</span><Kbd size="xs" aria-hidden>Ctrl K</Kbd>
        </UnstyledButton>
        <span className={classes['spring']} />
        <NewMenu />
        <HelpButton onClick={help.toggle} />
        <PersonMenu onKeys={keys.open} />
      </header>
      <nav className={classes['navbar']} data-opened={menuOpened || undefined} aria-label={t`Navigation`}>
        <OrganizationMenu onGuide={menu.close} />
        {allowed.map((entry) => {
          const EntryIcon = entry.icon
          const current = isCurrent(entry, pathname)
          return <NavLink key={entry.to} component={Link} to={entry.to} label={i18n._(entry.label)} active={current} aria-current={current ? 'page' : undefined} leftSection={<EntryIcon size={18} stroke={1.7} aria-hidden />} className={classes['entry'] ?? ''} />
        })}
      </nav>
      <main id="content" tabIndex={-1} className={classes['main']}><Outlet />{guide.isShown && <Suspense><Guide /></Suspense>}</main>
      {help.drawer}
      {shown}
      <Suspense>
        {palette !== null && <Palette text={palette} onScan={scan} onClose={() => setPalette(null)} />}
        {keysOpened && <KeyboardMap onClose={keys.close} />}
      </Suspense>
    </div>
  )
}

/** `AR` for Ana Ruiz. */
function initialsOf(name: string): string {
  const words = name.split(/\s+/)
  return [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => [...(word ?? '')][0] ?? '').join('').toUpperCase()
}

function isCurrent({ to, also = [] }: Entry, pathname: string): boolean {
  return pathname === to || [to, ...also].some((one) => one !== '/' && (pathname === one || pathname.startsWith(`${one}/`)))
}

/** Who may have a guide here, and whether it was closed: a demo company's is for everybody, the first steps are for owners. */
function useGuide(): { readonly isThere: boolean; readonly isDemo: boolean; readonly isShown: boolean; readonly open: () => void } {
  const may = useMay()
  const { organizations, organizationId } = useMe()
  const [{ open }, remember] = useGuideMemory(organizationId)
  const isDemo = organizations.some((one) => one.organizationId === organizationId && one.demo)
  const isThere = isDemo || may('organization.manage')
  return { isThere, isDemo, isShown: isThere && open !== false, open: () => remember({ open: true, folded: false, at: 0 }) }
}

/** The one button for whatever is done with goods; not there for who may do nothing. */
function NewMenu() {
  const { t, i18n } = useLingui()
  const may = useMay()
  const button = useRef<HTMLButtonElement>(null)
  const allowed = actions.filter(({ permission }) => may(permission))
  // a page that makes something of its own has this key first
  useKeys(allowed.length === 0 ? {} : { n: () => button.current?.click() })
  if (allowed.length === 0) return null
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target><Button ref={button} className={classes['new'] ?? ''} aria-label={t`New`} leftSection={<IconPlus size={16} aria-hidden />} rightSection={<IconChevronDown size={14} aria-hidden />}>{t`New`}</Button></Menu.Target>
      <Menu.Dropdown>
        {allowed.map(({ id, label, icon: ActionIconOf, to }) => <Menu.Item key={id} component={Link} to={to} leftSection={<ActionIconOf size={16} aria-hidden />}>{i18n._(label)}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  )
}

/** Which organisation it is, the others there are, and what belongs to beginning in one. */
function OrganizationMenu({ onGuide }: { readonly onGuide: () => void }) {
  const { t } = useLingui()
  const { organizations, organizationId } = useMe()
  const may = useMay()
  const navigate = useNavigate()
  const guide = useGuide()
  const current = organizations.find((one) => one.organizationId === organizationId)
  const name = <span className={classes['organizationName']}>{current?.name ?? t`No organisation`} {current?.demo === true && <Tone tone="warn">DEMO</Tone>}</span>
  const said = `${current?.name ?? ''}${current?.demo === true ? ' DEMO' : ''}`
  const several = organizations.length > 1
  if (!several && !guide.isThere) return <div className={classes['organization']}>{name}</div>
  const openGuide = (): void => {
    guide.open()
    onGuide()
  }
  const choose = async (id: string): Promise<void> => {
    await switchOrganization(id)
    await navigate({ to: '/' })
  }
  return (
    <Menu position="bottom-start" width={250}>
      <Menu.Target><UnstyledButton className={classes['organization']} aria-label={several ? t`Organisation: ${said}. Change it` : t`Organisation: ${said}`}>{name}<IconSelector size={16} aria-hidden /></UnstyledButton></Menu.Target>
      <Menu.Dropdown>
        {several && organizations.map((one) => <Menu.Item key={one.organizationId} onClick={() => void choose(one.organizationId)} aria-current={one.organizationId === organizationId} rightSection={one.demo ? <Tone tone="warn">DEMO</Tone> : null}>{one.name}</Menu.Item>)}
        {several && guide.isThere && <Menu.Divider />}
        {guide.isThere && <Menu.Item leftSection={<IconListCheck size={16} aria-hidden />} onClick={openGuide}>{guide.isDemo ? t`Guide` : t`First steps`}</Menu.Item>}
        {may('organization.manage') && <Menu.Item component={Link} to="/welcome" leftSection={<IconCategory size={16} aria-hidden />}>{t`What we handle`}</Menu.Item>}
        {may('organization.manage') && <Menu.Item component={Link} to="/demo-companies" leftSection={<IconBuildingStore size={16} aria-hidden />}>{t`Demo companies`}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}

function PersonMenu({ onKeys }: { readonly onKeys: () => void }) {
  const { t } = useLingui()
  const { actor } = useMe()
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const navigate = useNavigate()
  const signOut = async (): Promise<void> => {
    await leave()
    await navigate({ to: '/sign-in' })
  }
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Tooltip label={actor.name}><ActionIcon size="lg" radius="xl"><span className={classes['initials']} aria-hidden>{initialsOf(actor.name)}</span><span className="visually-hidden">{t`${actor.name}: language, theme, sign out`}</span></ActionIcon></Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label><Text size="sm" c="var(--ink)" fw={560}>{actor.name}</Text>{actor.email}</Menu.Label>
        <Menu.Item component={Link} to="/settings/account" leftSection={<IconUser size={16} aria-hidden />}>{t`My account`}</Menu.Item>
        <Menu.Item leftSection={scheme === 'dark' ? <IconSun size={16} aria-hidden /> : <IconMoon size={16} aria-hidden />} onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}>{scheme === 'dark' ? t`Light theme` : t`Dark theme`}</Menu.Item>
        {(Object.keys(languages) as Language[]).filter((one) => one !== language()).map((one) => <Menu.Item key={one} lang={one} leftSection={<IconLanguage size={16} aria-hidden />} onClick={() => void speak(one)}>{languages[one]}</Menu.Item>)}
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} rightSection={<Kbd size="xs">?</Kbd>} onClick={onKeys}>{t`Keyboard`}</Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>{t`Sign out`}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
