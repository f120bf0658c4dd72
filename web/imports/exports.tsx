import { useLingui } from '@lingui/react/macro'
import { Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconChevronDown, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { download, urlOf } from '../api.ts'
import { localDay } from '../parts/format.ts'
import { useSayProblem } from '../parts/problem.tsx'
import { useMay } from '../session/me.ts'

/** Saves a file of the server; the no of it is told where one looks. */
export function useDownload(): { readonly isBusy: boolean; readonly save: (path: string, params: Readonly<Record<string, string>>, name: string) => Promise<void> } {
  const { t } = useLingui()
  const say = useSayProblem()
  const [isBusy, setBusy] = useState(false)
  return {
    isBusy,
    save: async (path, params, name) => {
      setBusy(true)
      try {
        await download(urlOf(path, { params }), name)
      } catch (problem) {
        const { title, next } = say(problem)
        notifications.show({ title, message: next, color: 'red', autoClose: false, closeButtonProps: { 'aria-label': t`Close` } })
      } finally {
        setBusy(false)
      }
    },
  }
}

/** What there is, as files a spreadsheet opens; stock, products and lots can be imported as they are. */
export function Exports() {
  const { t } = useLingui()
  const may = useMay()
  const { isBusy, save } = useDownload()
  if (!may('export.read')) return null
  const kinds = [['stock', t`Stock on hand`], ['products', t`Products`], ['lots', t`Lots`], ['movements', t`Movements, line by line`]] as const
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target><Button variant="default" loading={isBusy} leftSection={<IconDownload size={16} aria-hidden />} rightSection={<IconChevronDown size={14} aria-hidden />}>{t`Export`}</Button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t`As CSV, for a spreadsheet`}</Menu.Label>
        {kinds.map(([kind, label]) => <Menu.Item key={kind} onClick={() => void save(`/exports/${kind}.csv`, {}, `${kind}-${localDay()}.csv`)}>{label}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  )
}
