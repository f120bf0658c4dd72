import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { RecordActions, useEdit } from '../parts/actions.tsx'
import { DateWithDistance } from '../parts/dates.tsx'
import { Changes } from '../parts/history.tsx'
import { Facts, Section } from '../parts/page.tsx'
import { Permitted } from '../parts/permitted.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { get } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { tradeName } from '../words.ts'
import { SettingsPage } from './settings-page.tsx'

const EditOrganization = lazy(() => import('./edit-organization.tsx'))
const CloseBooks = lazy(() => import('./close-books.tsx'))

/** The organisation one works in: its name, clock, currency, and through which day its books are closed. */
export default function OrganizationSettings() {
  const { t } = useLingui()
  return <Permitted permission="organization.read" title={t`Organisation`}><Organization /></Permitted>
}

function Organization() {
  const { t } = useLingui()
  const may = useMay()
  const { edit, close } = useEdit('organization.manage')
  const { data: organization, error } = useQuery(get('/organization'))
  if (organization === undefined) return <SettingsPage title={t`Organisation`}><ProblemAlert problem={error} /></SettingsPage>
  const { name, currency, timeZone, closedThrough, preset } = organization
  const trades = preset.trades.map(tradeName).join(', ')
  return (
    <SettingsPage title={t`Organisation`} actions={<RecordActions permission="organization.manage" actions={[{ name: 'organization', label: t`Edit` }, { name: 'books', label: closedThrough === null ? t`Close the books` : t`Close the books further, or open them` }]} />}>
      <Facts facts={[
        [t`Name`, name], [t`Time zone`, timeZone], [t`Currency`, currency],
        [t`What we handle`, may('organization.manage') ? <Link key="w" to="/welcome">{trades === '' ? t`not said yet` : trades}</Link> : trades],
      ]} />
      <Section title={t`Books`}>
        {closedThrough === null ? <p>{t`No day is closed: movements of any day can still be entered or undone.`}</p> : <p>{t`Closed through`} <DateWithDistance date={closedThrough} />. {t`Nothing that happened on that day or before can be entered or undone any more.`}</p>}
      </Section>
      <Changes subjectId={organization.organizationId} />
      <Suspense>
        {edit === 'organization' && <EditOrganization organization={organization} onClose={close} />}
        {edit === 'books' && <CloseBooks organization={organization} onClose={close} />}
      </Suspense>
    </SettingsPage>
  )
}
