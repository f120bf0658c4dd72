import { useLingui } from '@lingui/react/macro'
import { Button, Drawer, NativeSelect } from '@mantine/core'
import type { Column } from '../parts/table.tsx'
import { useFilters } from '../search.ts'
import FilterEditor from './filter-editor.tsx'
import { isOn, withoutFilters, type Filter } from './filters.ts'
import classes from './lists.module.css'

/** On a phone: everything a list is narrowed and put in order by, one below the other; each takes effect at once. */
export default function FilterSheet({ filters, sorts, onClose }: { readonly filters: readonly Filter[]; readonly sorts: readonly Pick<Column<never>, 'id' | 'title' | 'sort'>[]; readonly onClose: () => void }) {
  const { t } = useLingui()
  const { search, setSearch } = useFilters()
  const isNarrowed = filters.some((filter) => isOn(filter, search))
  const orders = sorts.flatMap(({ title, sort }) => (sort === undefined ? [] : [{ value: sort, label: t`${title}, rising` }, { value: `-${sort}`, label: t`${title}, falling` }]))
  return (
    <Drawer opened onClose={onClose} position="bottom" size="auto" title={t`Filter and order`} closeButtonProps={{ 'aria-label': t`Close` }} classNames={{ content: classes['sheet'] ?? '', body: classes['sheetBody'] ?? '' }}>
      {orders.length > 0 && <NativeSelect label={t`Order`} value={search['sort'] ?? ''} data={[{ value: '', label: t`As usual` }, ...orders]} onChange={({ currentTarget: { value } }) => setSearch({ sort: value || undefined })} />}
      {filters.filter((filter) => !(filter.kind === 'record' && filter.fixed)).map((filter) => <FilterEditor key={filter.name} filter={filter} search={search} onChange={setSearch} />)}
      <div className={classes['sheetFoot']}>
        <Button variant="default" disabled={!isNarrowed} onClick={() => setSearch(withoutFilters(filters))}>{t`Take all away`}</Button>
        <Button onClick={onClose}>{t`Show them`}</Button>
      </div>
    </Drawer>
  )
}
