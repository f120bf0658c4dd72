import { useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, Progress, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { RelativeTime } from '../parts/dates.tsx'
import { useDone } from '../parts/done.tsx'
import parts from '../parts/parts.module.css'
import { ProblemAlert } from '../parts/problem.tsx'
import { Tone } from '../parts/tone.tsx'
import { useMe } from '../session/me.ts'
import classes from './demo.module.css'
import { useOpenDemo, usePurge, type Demo } from './demos.ts'

/** Demo companies that there are: opened, waited for, purged. */
export function MadeDemos({ demos }: { readonly demos: readonly Demo[] }) {
  const [leaving, setLeaving] = useState<Demo | null>(null)
  if (demos.length === 0) return null
  return (
    <>
      <ul className={`${parts['card']} ${classes['list']}`}>
        {demos.map((demo) => <MadeDemo key={demo.organizationId} demo={demo} onPurge={() => setLeaving(demo)} />)}
      </ul>
      {leaving !== null && <PurgeDialog demo={leaving} onClose={() => setLeaving(null)} />}
    </>
  )
}

function MadeDemo({ demo, onPurge }: { readonly demo: Demo; readonly onPurge: () => void }) {
  const { t } = useLingui()
  const { organizationId: here } = useMe()
  const open = useOpenDemo()
  const { organizationId, name, state, done, total, madeAt } = demo
  const percent = Math.round((done / total) * 100)
  return (
    <li className={classes['demo']}>
      <span className={classes['name']}>
        <span><b>{name}</b> <Tone tone="warn">DEMO</Tone>{organizationId === here && <> <Tone tone="info">{t`you are here`}</Tone></>}</span>
        <Text size="sm" c="dimmed" component="span">{state === 'failed' ? t`It could not be made. Delete it and make another.` : state === 'making' ? t`Half a year is being written: day ${done} of ${total}.` : <>{t`made`} <RelativeTime instant={madeAt} /></>}</Text>
      </span>
      {state === 'making' && <Progress className={classes['progress'] ?? ''} value={percent} aria-label={t`${name} is being made`} />}
      <span className={classes['buttons']}>
        {state === 'ready' && organizationId !== here && <Button onClick={() => void open(organizationId)} aria-label={t`Open ${name}`}>{t`Open`}</Button>}
        <Button variant="default" onClick={onPurge} aria-label={state === 'making' ? t`Cancel the making of ${name}` : t`Delete ${name}`}>{state === 'making' ? t`Cancel` : t`Delete`}</Button>
      </span>
    </li>
  )
}

function PurgeDialog({ demo, onClose }: { readonly demo: Demo; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const { name } = demo
  const purge = usePurge(() => {
    onClose()
    done(t`${name} is deleted.`)
  })
  return (
    <Modal opened onClose={onClose} title={t`Delete ${name}?`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Stack>
        <ProblemAlert problem={purge.error} />
        <Text size="sm">{t`The demo company ${name} is deleted with everything in it: its products, places and parties, half a year of movements, and what was tried out in it, by whomever. It cannot be brought back, but another one is made in some seconds.`}</Text>
        <Text size="sm">{t`No other organisation is touched.`}</Text>
        <Group justify="flex-end"><Button variant="default" onClick={onClose} data-autofocus>{t`Keep it`}</Button><Button color="red" onClick={() => purge.mutate(demo)} loading={purge.isPending}>{t`Delete it for good`}</Button></Group>
      </Stack>
    </Modal>
  )
}
