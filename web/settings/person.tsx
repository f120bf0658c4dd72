import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useMovementColumns } from '../movements/movement-list.tsx'
import { RecordActions, useEdit } from '../parts/actions.tsx'
import { RelativeTime } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Changes } from '../parts/history.tsx'
import { Facts, Section } from '../parts/page.tsx'
import { Permitted } from '../parts/permitted.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { DataTable } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { get, pages } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { SettingsPage } from './settings-page.tsx'
import { roleName } from './words.ts'

const ChangeRole = lazy(() => import('./change-role.tsx'))
const RemovePerson = lazy(() => import('./remove-person.tsx'))

/** One person: the role, and what they did. */
export default function PersonSettings() {
  const { t } = useLingui()
  return <Permitted permission="people.manage" title={t`Person`}><Person /></Permitted>
}

function Person() {
  const { t } = useLingui()
  const may = useMay()
  const { userId } = useParams({ from: '/shell/settings/people/$userId' })
  const { edit, close } = useEdit('people.manage')
  const columns = useMovementColumns()
  const { data: person, error } = useQuery(get('/people/:userId', { params: { userId } }))
  const over = <Link to="/settings/people">{t`People`}</Link>
  if (person === undefined) return <SettingsPage title={t`Person`} over={over}><ProblemAlert problem={error} /></SettingsPage>
  const { name, email, role, since, endedAt } = person
  return (
    <SettingsPage title={name} over={over} heading={<>{name} {endedAt !== null && <Tone tone="quiet">{t`left`}</Tone>}</>}
      actions={endedAt === null && <RecordActions permission="people.manage" actions={[{ name: 'role', label: t`Change the role` }, { name: 'remove', label: t`Remove from the organisation`, danger: true }]} />}>
      <Facts facts={[[t`E-mail`, <a key="e" href={`mailto:${email}`}>{email.split('@')[0]}<wbr />@{email.split('@')[1]}</a>], [t`Role`, roleName(role)], [t`Since`, <RelativeTime key="s" instant={since} />], endedAt === null ? null : [t`Left`, <RelativeTime key="l" instant={endedAt} />]]} />
      {may('movements.read') && (
        <Section title={t`What they did`} aside={may('audit.read') && <Link to="/settings/audit" search={{ who: userId }}>{t`What they changed`}</Link>}>
          <DataTable label={t`Movements`} columns={columns.filter(({ id }) => id !== 'who')} rowKey={({ movementId }) => movementId} rowTo={({ movementId }) => `/movements/${movementId}`} query={pages('/movements', { query: { actorId: userId, sort: '-recorded' } })} empty={<EmptyState title={t`No movements yet`} />} />
        </Section>
      )}
      <Changes subjectId={userId} />
      <Suspense>
        {edit === 'role' && endedAt === null && <ChangeRole person={person} onClose={close} />}
        {edit === 'remove' && endedAt === null && <RemovePerson person={person} onClose={close} />}
      </Suspense>
    </SettingsPage>
  )
}
