import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { Button, Group, Radio, Stack, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import type { ImportView } from '#src/imports/contract.ts'
import { sayInstant } from '../parts/format.ts'
import { Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { Choices } from './choices.tsx'
import classes from './imports.module.css'
import { Told } from './told.tsx'
import { isBusy, useRun, type Sending } from './use-import.ts'
import { joined, type Settings } from './words.ts'

type Mode = 'good_rows' | 'all_or_nothing'

/** The fourth step: the good rows only or all or nothing, what will be done in words, and the button that does it. */
export function Go({ view, settings }: { readonly view: ImportView; readonly settings: Sending<Partial<Settings>> }) {
  const { t } = useLingui()
  const run = useRun(view)
  const [mode, setMode] = useState<Mode>('good_rows')
  const { counts, status } = view
  const changing = counts.new + counts.changed
  const waits = isBusy(status)
  const isStopped = mode === 'all_or_nothing' && counts.bad > 0
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    run.mutate({ mode })
  }
  return (
    <Section title={t`Import`}>
      <Choices view={view} settings={settings} />
      <form onSubmit={submit} className={`${parts['card']} ${classes['go']}`}>
        <Told sending={run} />
        <Radio.Group label={t`Which rows?`} value={mode} onChange={(value) => setMode(value as Mode)}>
          <Stack gap="xs" mt="xs">
            <Radio value="good_rows" label={t`The good rows only`} description={t`Bad rows stay out and stand in the result file, to be mended and sent again.`} />
            <Radio value="all_or_nothing" label={t`All or nothing`} description={counts.bad > 0 ? t`Not as long as rows are bad: ${plural(counts.bad, { one: '# row is', other: '# rows are' })}.` : t`Should one row fail while it runs, all of it is taken back.`} />
          </Stack>
        </Radio.Group>
        <div className={classes['words']} aria-live="polite">{waits ? <Text size="sm" c="dimmed">{t`What will be done stands here when the rows have been looked through.`}</Text> : <Words view={view} mode={mode} />}</div>
        <Group gap="sm">
          <Button type="submit" size="md" leftSection={<IconCheck size={18} aria-hidden />} loading={run.isPending} disabled={waits || isStopped || changing === 0}>{changing === 0 ? t`Nothing to import` : t`Import ${plural(changing, { one: '# row', other: '# rows' })}`}</Button>
        </Group>
      </form>
    </Section>
  )
}

/** What the button does, before it does it. */
function Words({ view: { counts, makes, settings }, mode }: { readonly view: ImportView; readonly mode: Mode }) {
  const { t } = useLingui()
  if (mode === 'all_or_nothing' && counts.bad > 0) return <Text size="sm" c="var(--stop)">{t`Mend the bad rows first, or import the good ones only.`}</Text>
  const made = makes === null ? [] : [
    [makes.product, t`${plural(makes.product, { one: '# product', other: '# products' })}`], [makes.lot, t`${plural(makes.lot, { one: '# lot', other: '# lots' })}`], [makes.unit, t`${plural(makes.unit, { one: '# unit', other: '# units' })}`],
    [makes.place, t`${plural(makes.place, { one: '# place', other: '# places' })}`], [makes.party, t`${plural(makes.party, { one: '# party', other: '# parties' })}`], [makes.plate, t`${plural(makes.plate, { one: '# plate', other: '# plates' })}`],
  ].flatMap(([count, words]) => (count === 0 ? [] : [String(words)]))
  const at = settings.occurredAt
  return (
    <ul>
      {counts.new > 0 && <li>{settings.identitiesOnly ? t`${plural(counts.new, { one: '# row registers something new', other: '# rows register something new' })}; stock stays as it is.` : t`${plural(counts.new, { one: '# row brings', other: '# rows bring' })} in what is not there yet.`}</li>}
      {counts.changed > 0 && <li>{t`${plural(counts.changed, { one: '# row adjusts', other: '# rows adjust' })} what is there to what the file states, up or down.`}</li>}
      {counts.unchanged > 0 && <li>{t`${plural(counts.unchanged, { one: '# row states', other: '# rows state' })} what is there already; nothing is done about it.`}</li>}
      {counts.bad > 0 && <li>{t`${plural(counts.bad, { one: '# bad row stays', other: '# bad rows stay' })} out.`}</li>}
      {made.length > 0 && <li>{t`Made for it: ${joined(made)}.`}</li>}
      {!settings.identitiesOnly && counts.new + counts.changed > 0 && <li>{at === null ? t`The stock is as of now, with the reason “${settings.reason}”.` : t`The stock is as of ${sayInstant(at)}, with the reason “${settings.reason}”.`}</li>}
      <li>{t`All of it can be undone afterwards.`}</li>
    </ul>
  )
}
