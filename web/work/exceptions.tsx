import { useLingui } from '@lingui/react/macro'
import { NativeSelect, SegmentedControl } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ItemOf } from '../api.ts'
import { Code } from '../parts/code.tsx'
import { RelativeTime } from '../parts/dates.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import { Permitted } from '../parts/permitted.tsx'
import { DataTable, type Column } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'
import { pages } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useMe } from '../session/me.ts'
import { exceptionName } from '../words.ts'
import { WorkTabs } from './work-tabs.tsx'

export type Exception = ItemOf<'/exceptions'>
const kinds = ['held_since', 'found_here', 'invariant_broken'] as const

/** What somebody should look at. */
export default function Exceptions() {
  const { t } = useLingui()
  return <Permitted permission="exceptions.read" title={t`Exceptions`}><ExceptionList /></Permitted>
}

function ExceptionList() {
  const { t } = useLingui()
  const { actor } = useMe()
  const { search: { show = 'open', kind }, setSearch } = useFilters()
  const query = { open: { open: 'true' }, mine: { open: 'true', assignedTo: actor.id }, resolved: { open: 'false' } }[show] ?? {}
  return (
    <Page title={t`Exceptions`} under={<WorkTabs here="exceptions" />}>
      <DataTable label={t`Exceptions`} columns={useColumns(show)} rowKey={({ exceptionId }) => exceptionId} rowTo={({ exceptionId }) => `/exceptions/${exceptionId}`} query={pages('/exceptions', { query: { ...query, kind } })}
        filters={<>
          <SegmentedControl aria-label={t`Which`} value={show} onChange={(value) => setSearch({ show: value === 'open' ? undefined : value })} data={[{ value: 'open', label: t`Open` }, { value: 'mine', label: t`Mine` }, { value: 'resolved', label: t`Resolved` }, { value: 'all', label: t`All` }]} />
          <NativeSelect aria-label={t`Kind`} value={kind ?? ''} data={[{ value: '', label: t`Every kind` }, ...kinds.map((value) => ({ value, label: exceptionName(value) }))]} onChange={({ currentTarget: { value } }) => setSearch({ kind: value })} />
        </>}
        empty={<EmptyState icon={<IconCircleCheck size={28} />} title={show === 'mine' ? t`Nothing is given to you` : show === 'resolved' ? t`None was resolved yet` : t`Nothing to look at`}>{t`What was accepted but should be looked at stands here until somebody has: goods used before they were held, goods that were here after all.`}</EmptyState>} />
    </Page>
  )
}

function useColumns(show: string): readonly Column<Exception>[] {
  const { t } = useLingui()
  const { actor } = useMe()
  return [
    { id: 'what', title: t`What`, width: 'minmax(200px, 1.4fr)', phone: 'title', cell: ({ exceptionId, kind }) => <Link to="/exceptions/$exceptionId" params={{ exceptionId }}>{exceptionName(kind)}</Link> },
    { id: 'which', title: t`Of`, width: 'minmax(160px, 1.3fr)', cell: ({ which, product, subject }) => <>{which !== null && <Code value={which} plain />}{product !== null && subject !== 'product' && <span className="dim"> {product}</span>}</> },
    { id: 'raised', title: t`Since`, width: '130px', phone: 'side', cell: ({ raisedAt }) => <RelativeTime instant={raisedAt} /> },
    { id: 'given', title: t`Given to`, cell: ({ assignedTo, assignedToName }) => (assignedTo === null ? <span className="dim">{t`nobody`}</span> : assignedTo === actor.id ? <Tone tone="info">{t`you`}</Tone> : assignedToName) },
    ...(show === 'open' || show === 'mine' ? [] : [{ id: 'state', title: t`State`, width: 'minmax(160px, 1.2fr)', cell: ({ resolvedAt, resolution }: Exception) => (resolvedAt === null ? <Tone tone="warn">{t`open`}</Tone> : <><Tone tone="quiet">{t`resolved`}</Tone> {resolution}</>) }]),
  ]
}
