import { useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { IconFilterOff } from '@tabler/icons-react'
import { EmptyState } from '../parts/empty-state.tsx'
import { useFilters } from '../search.ts'
import FilterValue from './filter-value.tsx'
import { isOn, type Filter } from './filters.ts'

/** What is on, where it leaves nothing, and the way back. */
export default function NothingLeft({ filters, hint, onWiden }: { readonly filters: readonly Filter[]; readonly hint: string | undefined; readonly onWiden: () => void }) {
  const { t } = useLingui()
  const { search } = useFilters()
  const { q } = search
  return (
    <EmptyState icon={<IconFilterOff size={28} />} title={q === undefined ? t`Nothing is like that` : t`Nothing begins with “${q}”`} action={<Button variant="default" onClick={onWiden}>{t`Show all`}</Button>}>
      {filters.filter((filter) => isOn(filter, search)).map((filter, at) => <span key={filter.name}>{at > 0 && ' · '}{filter.label}{filter.kind !== 'flag' && <>: <b><FilterValue filter={filter} search={search} /></b></>}</span>)}
      {hint !== undefined && <span style={{ display: 'block' }}>{hint}</span>}
    </EmptyState>
  )
}
