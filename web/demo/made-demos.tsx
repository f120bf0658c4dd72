import { useLingui } from '@lingui/react/macro'
import { Button, Progress, Text } from '@mantine/core'
import { useState } from 'react'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { RelativeTime } from '../parts/dates.tsx'
import { useDone } from '../parts/done.tsx'
import { Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { Tone } from '../parts/tone.tsx'
import { useMe } from '../session/me.ts'
import classes from './demo.module.css'
import { useOpenDemo, usePurge, type Demo } from './demos.ts'

/** Demo companies that there are: opened, waited for, purged. One that is gone meanwhile does not take the question about it away. */
export function MadeDemos({ title, demos }: { readonly title?: string; readonly demos: readonly Demo[] }) {
  const [leaving, setLeaving] = useState<Demo | null>(null)
  const list = <ul className={`${parts['card']} ${classes['list']}`}>{demos.map((demo) => <MadeDemo key={demo.organizationId} demo={demo} onPurge={() => setLeaving(demo)} />)}</ul>
  return (
    <>
      {demos.length === 0 ? null : title === undefined ? list : <Section title={title}>{list}</Section>}
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
      {state === 'making' && <Progress className={classes['progress'] ?? ''} value={Math.max(4, percent)} aria-label={t`${name} is being made`} />}
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
    <ConfirmDialog title={t`Delete ${name}?`} submit={t`Delete it for good`} danger reason="none" onConfirm={() => purge.mutate(demo)} problem={purge.error} isPending={purge.isPending} onClose={onClose}>
      <p>{t`The demo company ${name} is deleted with everything in it: its products, places and parties, half a year of movements, and what was tried out in it, by whomever. It cannot be brought back, but another one is made in some seconds.`}</p>
      <p>{t`No other organisation is touched.`}</p>
    </ConfirmDialog>
  )
}
