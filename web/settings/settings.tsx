import { useLingui } from '@lingui/react/macro'
import { IconBuilding, IconBuildingStore, IconCategory, IconHistory, IconKey, IconListDetails, IconRuler2, IconShieldCheck, IconUser, IconUserShield, IconUsers, type Icon } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Permission } from '#src/lib/permissions.ts'
import { Page } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { useMay, useMe } from '../session/me.ts'
import classes from './settings.module.css'

/** Everything that is set, each in a line; only what the role may see. */
export default function Settings() {
  const { t } = useLingui()
  const may = useMay()
  const { organizations, organizationId, actor } = useMe()
  const organization = organizations.find((one) => one.organizationId === organizationId)
  const groups: readonly { readonly title: string; readonly entries: readonly EntryProps[] }[] = [
    { title: organization?.name ?? t`Organisation`, entries: [
      { to: '/settings/organization', icon: IconBuilding, title: t`Organisation`, line: t`Name, time zone, currency, and through which day the books are closed`, permission: 'organization.read' },
      { to: '/welcome', icon: IconCategory, title: t`What we handle`, line: t`Decides how new products begin and which words the screens use`, permission: 'organization.manage' },
      { to: '/demo-companies', icon: IconBuildingStore, title: t`Demo companies`, line: t`Four to look around in, with a guide; made and deleted in one step`, permission: 'organization.manage' },
      { to: '/settings/people', icon: IconUsers, title: t`People`, line: t`Who works here, and as what`, permission: 'people.manage' },
      { to: '/settings/roles', icon: IconUserShield, title: t`Roles`, line: t`What each role may see and do`, permission: 'organization.read' },
      { to: '/settings/keys', icon: IconKey, title: t`API keys`, line: t`For programs that work with Lotwise: shops, scales, scripts`, permission: 'keys.manage' },
    ] },
    { title: t`Records`, entries: [
      { to: '/settings/properties', icon: IconListDetails, title: t`Properties`, line: t`Fields of your own on products, lots, units, places and parties`, permission: 'catalog.read' },
      { to: '/settings/units-of-measure', icon: IconRuler2, title: t`Units of measure`, line: t`What is counted, weighed and measured in, and to how many decimals`, permission: 'catalog.read' },
    ] },
    { title: t`Trust`, entries: [
      { to: '/settings/integrity', icon: IconShieldCheck, title: t`Integrity`, line: t`Check that the records are whole, and what is frozen`, permission: 'system.verify' },
      { to: '/settings/audit', icon: IconHistory, title: t`Audit`, line: t`Who changed what, when and why`, permission: 'audit.read' },
    ] },
    { title: actor.name, entries: [{ to: '/settings/account', icon: IconUser, title: t`My account`, line: t`Password, language, theme, sign out everywhere` }] },
  ]
  return (
    <Page title={t`Settings`}>
      {groups.map(({ title, entries }) => ({ title, allowed: entries.filter(({ permission }) => permission === undefined || may(permission)) })).filter(({ allowed }) => allowed.length > 0).map(({ title, allowed }) => (
        <section key={title} aria-label={title}>
          <h2 className={classes['group']}>{title}</h2>
          <ul className={`${parts['card']} ${classes['entries']}`}>{allowed.map((entry) => <li key={entry.to}><Entry {...entry} /></li>)}</ul>
        </section>
      ))}
    </Page>
  )
}

interface EntryProps {
  readonly to: string
  readonly icon: Icon
  readonly title: string
  readonly line: string
  readonly permission?: Permission
}

function Entry({ to, icon: EntryIcon, title, line }: EntryProps) {
  return (
    <Link to={to} className={classes['entry']}>
      <EntryIcon size={20} stroke={1.6} aria-hidden className={classes['icon'] ?? ''} />
      <span className={classes['text']}><span className={classes['title']}>{title}</span><span className="dim">{line}</span></span>
    </Link>
  )
}
