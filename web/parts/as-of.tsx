import { useLingui } from '@lingui/react/macro'
import { Button, Group, Popover, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconClock, IconHistory } from '@tabler/icons-react'
import { useState } from 'react'
import { useFilters } from '../search.ts'
import { sayInstant } from './format.ts'
import classes from './parts.module.css'

/** When the page is asked about; spread into a query: `get('/stock', { query: { ...asOf } })`. Nothing: now. */
export interface AsOfQuery {
  readonly at?: string
  readonly known?: string
}

/** The instant in the address (`?at=`), and whether it is asked as it was known then (`?known=then`). */
export function useAsOf(): AsOfQuery {
  const { search: { at, known } } = useFilters()
  if (at === undefined || Number.isNaN(Date.parse(at))) return {}
  return known === 'then' ? { at, known: at } : { at }
}

/** Asks a page about any past instant: as it was, and behind a toggle as it was known. Stands on every page that shows stock. */
export function AsOf() {
  const { t } = useLingui()
  const { search, setSearch } = useFilters()
  const [opened, { toggle, close }] = useDisclosure()
  const { at } = useAsOf()
  const presets = usePresets()
  const asKnown = search['known'] === 'then'
  const go = (instant: Date): void => setSearch({ at: instant.toISOString() })
  const label = at === undefined ? t`Now` : asKnown ? t`${sayInstant(at)}, as known then` : sayInstant(at)
  return (
    <Popover opened={opened} onChange={close} position="bottom-end" trapFocus shadow="md">
      <Popover.Target>
        <Button variant="default" onClick={toggle} aria-expanded={opened} className={classes['asOf'] ?? ''} data-past={at !== undefined || undefined} leftSection={at === undefined ? <IconClock size={16} aria-hidden /> : <IconHistory size={16} aria-hidden />}>{label}</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm" w={280}>
          <InstantField key={at} at={at} onChange={go} />
          <Group gap={6}>
            {presets.map(([name, instant]) => <Button key={name} size="compact-sm" variant="default" onClick={() => go(instant)}>{name}</Button>)}
          </Group>
          <Switch checked={asKnown} onChange={({ currentTarget: { checked } }) => setSearch({ known: checked ? 'then' : undefined })} disabled={at === undefined} label={t`As it was known then`}
            description={t`Leaves out what was entered later, even where it happened before.`} />
          <Group justify="space-between">
            <Text size="xs" c="dimmed">{t`In the time of this device.`}</Text>
            <Button size="compact-sm" variant="light" disabled={at === undefined} onClick={() => {
              setSearch({ at: undefined, known: undefined })
              close()
            }}>{t`Back to now`}</Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

/** The browser's own field: people know it, and it weighs nothing. */
function InstantField({ at, onChange }: { readonly at: string | undefined; readonly onChange: (instant: Date) => void }) {
  const { t } = useLingui()
  const [text, setText] = useState(at === undefined ? '' : toLocal(new Date(at)))
  const commit = (): void => {
    const instant = new Date(text)
    if (text !== '' && !Number.isNaN(instant.getTime()) && instant.getTime() <= Date.now()) onChange(instant)
  }
  return <TextInput type="datetime-local" label={t`As of`} value={text} max={toLocal(new Date())} data-autofocus onChange={({ currentTarget: { value } }) => setText(value)} onBlur={commit} onKeyDown={({ key }) => key === 'Enter' && commit()} />
}

function usePresets(): readonly (readonly [string, Date])[] {
  const { t } = useLingui()
  const now = new Date()
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate())
  return [
    [t`This morning`, midnight],
    [t`A week ago`, new Date(midnight.getTime() - 7 * 86_400_000)],
    [t`End of last month`, new Date(now.getFullYear(), now.getMonth(), 1, 0, 0, -1)],
  ]
}

function toLocal(instant: Date): string {
  return new Date(instant.getTime() - instant.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
