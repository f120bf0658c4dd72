import { useLingui } from '@lingui/react/macro'
import { Button, Menu } from '@mantine/core'
import { IconBookmark, IconBookmarkPlus, IconCheck, IconChevronDown, IconDeviceFloppy, IconPencil, IconRestore } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { listPages, toViewQuery, type ListPage } from '#src/lib/list-pages.ts'
import type { ItemOf } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { get, useCommand } from '../queries.ts'
import { parseSearch, useFilters, type Search } from '../search.ts'
import { useKeys } from '../shell/keys.ts'
import classes from './lists.module.css'

const ViewDialog = lazy(() => import('./view-dialog.tsx'))

export type View = ItemOf<'/views'>

/** The views of a list, mine and shared; the one it shows is marked, also where it was changed since it was opened. */
export default function ViewsMenu({ page }: { readonly page: ListPage }) {
  const { t } = useLingui()
  const done = useDone()
  const { search, setSearch } = useFilters()
  const [isOpen, setOpen] = useState(false)
  const [dialog, setDialog] = useState<View | 'new' | null>(null)
  const { data } = useQuery(get('/views', { query: { page, limit: 500 } }))
  const change = useCommand('PATCH /views/:viewId')
  useKeys({ v: () => setOpen(true) })
  const views = (data?.items ?? []).toSorted((a, b) => a.name.localeCompare(b.name))
  const { query } = toViewQuery(page, Object.entries(search))
  const { current, isChanged, open } = useCurrent(page, views, query)

  const show = (view: Pick<View, 'query'> | null): void => {
    const gone: Search = Object.fromEntries(listPages[page].map((name) => [name, undefined]))
    setSearch({ ...gone, ...(view === null ? {} : parseSearch(view.query)) })
  }
  const update = (view: View): void => change.mutate({ params: { viewId: view.viewId }, body: { query } }, { onSuccess: () => done(t`The view “${view.name}” shows this now.`) })
  const items = (some: readonly View[]) => some.map((view) => (
    <Menu.Item key={view.viewId} leftSection={current?.viewId === view.viewId ? <IconCheck size={16} aria-hidden /> : <span className={classes['owner']} style={{ width: 16 }} />} aria-current={current?.viewId === view.viewId || undefined} onClick={() => {
      open(view.viewId)
      show(view)
    }}>
      {view.name}{!view.mine && view.owner.name !== null && <div className={classes['owner']}>{view.owner.name}</div>}
    </Menu.Item>
  ))
  const mine = views.filter((view) => view.mine)
  const shared = views.filter((view) => !view.mine)
  const name = current?.name ?? t`Views`
  return (
    <>
      <Menu opened={isOpen} onChange={setOpen} position="bottom-end" width={260} withInitialFocusPlaceholder={false} menuItemTabIndex={0} transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <Button variant="default" className={classes['view'] ?? ''} leftSection={<IconBookmark size={16} aria-hidden />} rightSection={<IconChevronDown size={14} aria-hidden />}>{isChanged ? t`${name}, changed` : name}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {mine.length > 0 && <Menu.Label>{t`Mine`}</Menu.Label>}
          {items(mine)}
          {shared.length > 0 && <Menu.Label>{t`Shared`}</Menu.Label>}
          {items(shared)}
          {views.length > 0 && <Menu.Divider />}
          {current !== null && isChanged && current.mayChange && <Menu.Item leftSection={<IconDeviceFloppy size={16} aria-hidden />} onClick={() => update(current)}>{t`Update “${current.name}”`}</Menu.Item>}
          <Menu.Item leftSection={<IconBookmarkPlus size={16} aria-hidden />} disabled={query === '' || (current !== null && !isChanged)} onClick={() => setDialog('new')}>{t`Save this view`}</Menu.Item>
          {current?.mayChange === true && <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setDialog(current)}>{t`Rename, share or delete`}</Menu.Item>}
          {query !== '' && <Menu.Item leftSection={<IconRestore size={16} aria-hidden />} onClick={() => show(null)}>{t`The list as usual`}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      {dialog !== null && <Suspense><ViewDialog page={page} query={query} view={dialog === 'new' ? null : dialog} onSaved={open} onClose={() => setDialog(null)} /></Suspense>}
    </>
  )
}

/**
 * The view that is shown: the one that holds what stands in the address, else the one that was opened and changed since.
 * Which one that was this tab knows as long as the list is changed in place, also after a look at one of its rows.
 */
function useCurrent(page: ListPage, views: readonly View[], query: string): { readonly current: View | null; readonly isChanged: boolean; readonly open: (viewId: string) => void } {
  const [opened, setOpened] = useState<string | null>(() => restore(page, query))
  const exact = views.find((view) => view.query === query && view.viewId === opened) ?? views.find((view) => view.query === query)
  const now = query === '' ? null : (exact?.viewId ?? opened)
  useEffect(() => {
    setOpened(now)
    sessionStorage.setItem(`lotwise.view.${page}`, JSON.stringify([now, query]))
  }, [page, query, now])
  const current = now === null ? null : (exact ?? views.find(({ viewId }) => viewId === now) ?? null)
  return { current, isChanged: current !== null && exact === undefined, open: setOpened }
}

function restore(page: ListPage, query: string): string | null {
  const [viewId, last] = JSON.parse(sessionStorage.getItem(`lotwise.view.${page}`) ?? '[null, null]') as [string | null, string | null]
  return last === query ? viewId : null
}
