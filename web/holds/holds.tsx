import { useLingui } from '@lingui/react/macro'
import { NativeSelect, Switch } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ItemOf } from '../api.ts'
import { DoLink } from '../lists/do-link.tsx'
import { Code } from '../parts/code.tsx'
import { RelativeTime } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import { DataTable, type Column } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { holdSubjectName } from '../words.ts'

type Hold = ItemOf<'/holds'>

/** What is on hold, the latest first; those that are over on request. */
export default function Holds() {
  const { t } = useLingui()
  const { search: { over, on }, setSearch } = useFilters()
  return (
    <Page title={t`Holds`} actions={<DoLink id="hold" />}>
      <DataTable label={t`Holds`} columns={useColumns()} rowKey={({ holdId }) => holdId} rowTo={({ holdId }) => `/holds/${holdId}`} query={pages('/holds', { query: { active: over === 'true' ? undefined : 'true', subject: on as Hold['subject'] | undefined } })}
        filters={<>
          <NativeSelect aria-label={t`On what`} value={on ?? ''} data={[{ value: '', label: t`On anything` }, ...(['lot', 'unit', 'plate', 'place', 'family'] as const).map((value) => ({ value, label: holdSubjectName(value) }))]} onChange={({ currentTarget: { value } }) => setSearch({ on: value })} />
          <Switch label={t`Those that are over too`} checked={over === 'true'} onChange={({ currentTarget: { checked } }) => setSearch({ over: checked ? 'true' : undefined })} />
        </>}
        empty={<EmptyState icon={<IconHandStop size={28} />} title={over === 'true' ? t`Nothing was ever on hold` : t`Nothing is on hold`} action={<DoLink id="hold" />}>{t`A hold stops at once that something is used, promised or shipped, until it is released.`}</EmptyState>} />
    </Page>
  )
}

function useColumns(): readonly Column<Hold>[] {
  const { t } = useLingui()
  return [
    { id: 'which', title: t`On hold`, width: 'minmax(160px, 1fr)', phone: 'title', cell: ({ holdId, subject, which }) => <Link to="/holds/$holdId" params={{ holdId }}>{holdSubjectName(subject)} {which !== null && <Code value={which} plain />}</Link> },
    { id: 'reason', title: t`Reason`, width: 'minmax(200px, 2fr)', cell: ({ reason }) => reason },
    { id: 'since', title: t`Since`, width: 'minmax(120px, 0.7fr)', phone: 'side', cell: ({ placedAt }) => <RelativeTime instant={placedAt} /> },
    { id: 'state', title: t`State`, width: 'minmax(110px, 0.6fr)', cell: ({ releasedAt, until }) => (releasedAt !== null ? <Tone tone="quiet">{t`released`}</Tone> : until !== null && Date.parse(until) <= Date.now() ? <Tone tone="quiet">{t`over`}</Tone> : <Tone tone="stop">{t`in force`}</Tone>) },
    { id: 'released', title: t`Released because`, optional: true, cell: ({ releaseReason }) => releaseReason },
  ]
}
