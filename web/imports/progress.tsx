import { useLingui } from '@lingui/react/macro'
import { Button, Group, Progress, Text } from '@mantine/core'
import type { ImportView } from '#src/imports/contract.ts'
import { sayQuantity } from '../parts/format.ts'
import { Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { useMay } from '../session/me.ts'
import classes from './imports.module.css'
import { Told } from './told.tsx'
import { useCancel } from './use-import.ts'

/** The fifth step: how far it is. The server does it, whether or not anybody looks. */
export function Working({ view }: { readonly view: ImportView }) {
  const { t } = useLingui()
  const may = useMay()
  const cancel = useCancel(view)
  const { status, mode, progress: { done, total }, cancelRequested, outcome } = view
  const isUndoing = status === 'undoing'
  const say = (count: number): string => sayQuantity(String(count))
  const words = isUndoing ? t`The import is being taken back.` : cancelRequested ? t`It stops after the rows in hand.` : total === 0 || done === 0 ? t`It is about to begin.` : t`${say(Math.min(done, total))} of ${say(total)} rows are in.`
  return (
    <Section title={isUndoing ? t`Being undone` : t`Importing`}>
      <div className={`${parts['card']} ${classes['working']}`}>
        <Told sending={cancel} />
        {isUndoing || done === 0 ? <Progress size="lg" value={100} striped animated aria-label={words} /> : <Progress size="lg" value={(Math.min(done, total) / Math.max(1, total)) * 100} aria-label={t`Rows imported`} />}
        <Text role="status">{words}</Text>
        {outcome?.why !== undefined && <Text size="sm" c="var(--warn)">{outcome.why} {outcome.next}</Text>}
        <Text size="sm" c="dimmed">{t`You can leave this page or close it; it goes on, and this page knows how far it is.`}</Text>
        {!isUndoing && may('imports.write') && (
          <Group gap="sm"><Button variant="default" disabled={cancelRequested} loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>{cancelRequested ? t`Is being stopped` : t`Stop`}</Button>
            <Text size="sm" c="dimmed">{mode === 'all_or_nothing' ? t`All or nothing: stopped now, nothing of it stays.` : t`What is in by then stays; you can go on or undo it.`}</Text></Group>
        )}
      </div>
    </Section>
  )
}
