import { useLingui } from '@lingui/react/macro'
import { msg } from '@lingui/core/macro'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import type { ReadOutput } from '../api.ts'
import type { Reason } from '../doing/doings.ts'
import forms from '../doing/doing.module.css'
import { Reasons } from '../doing/reasons.tsx'
import { Code } from '../parts/code.tsx'
import { Instant, RelativeTime } from '../parts/dates.tsx'
import { useDone } from '../parts/done.tsx'
import { Changes } from '../parts/history.tsx'
import { Facts, Page, Section } from '../parts/page.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { Tone } from '../parts/tone.tsx'
import { get, useCommand } from '../queries.ts'
import { linkOf } from '../scan/resolve.ts'
import { useMay } from '../session/me.ts'
import { holdSubjectName, kindName } from '../words.ts'
import { ScopeView } from './scope.tsx'

type Hold = ReadOutput<'/holds/:holdId'>

const reasons: readonly Reason[] = [{ text: msg`Checked and good` }, { text: msg`The certificate arrived` }, { text: msg`The laboratory passed it` }, { text: msg`Held by mistake` }]

/** One hold: on what, why, what it reaches now; and the way to release it. */
export default function HoldPage() {
  const { t } = useLingui()
  const { holdId } = useParams({ from: '/shell/holds/$holdId' })
  const { data: hold, error } = useQuery(get('/holds/:holdId', { params: { holdId } }))
  if (hold === undefined) return <Page title={t`Hold`}><ProblemAlert problem={error} /></Page>
  const name = `${holdSubjectName(hold.subject)} ${hold.which ?? ''}`
  const isOver = hold.releasedAt !== null || (hold.until !== null && Date.parse(hold.until) <= Date.now())
  return (
    <Page title={t`Hold on ${name}`} over={<Link to="/holds">{t`Holds`}</Link>} heading={<>{holdSubjectName(hold.subject)} {hold.which !== null && <Code value={hold.which} plain />} {isOver ? <Tone tone="quiet">{hold.releasedAt === null ? t`over` : t`released`}</Tone> : <Tone tone="stop">{t`On hold`}</Tone>}</>}>
      <Facts facts={[
        [t`Reason`, hold.reason], [t`On`, <Link key="s" {...linkOf({ kind: hold.subject, id: hold.subjectId })}>{hold.which ?? holdSubjectName(hold.subject)}</Link>], [t`Since`, <Instant key="p" instant={hold.placedAt} />],
        hold.until === null ? null : [t`Until`, <Instant key="u" instant={hold.until} />], hold.allows.length === 0 ? null : [t`Still allowed`, hold.allows.map(kindName).join(', ')], hold.note === null ? null : [t`Note`, hold.note],
        hold.releasedAt === null ? null : [t`Released`, <RelativeTime key="r" instant={hold.releasedAt} />], hold.releaseReason === null ? null : [t`Released because`, hold.releaseReason],
      ]} />
      <Section title={isOver ? t`What it would reach now` : t`What it reaches now`}><ScopeView scope={hold.scope} /></Section>
      {hold.releasedAt === null && <Release hold={hold} name={name} />}
      <Changes subjectId={holdId} />
    </Page>
  )
}

/** Ends it, with what was found. */
function Release({ hold, name }: { readonly hold: Hold; readonly name: string }) {
  const { t } = useLingui()
  const may = useMay()
  const done = useDone()
  const release = useCommand('POST /holds/:holdId/release')
  const [reason, setReason] = useState('')
  const [pressed, setPressed] = useState(false)
  if (!may('holds.release')) return null
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setPressed(true)
    if (reason.trim() === '' || release.isPending) return
    release.mutate({ params: { holdId: hold.holdId }, body: { reason: reason.trim() } }, { onSuccess: () => done(t`Released: ${name}`) })
  }
  return (
    <Section title={t`Release it`}>
      <form noValidate onSubmit={submit} className={forms['form']}>
        <div className={forms['card']}>
          <Reasons reasons={reasons} label={t`What was found`} value={reason} error={pressed && reason.trim() === '' ? t`Say what was found; it stays in the history.` : null} onChange={setReason} />
          <ProblemAlert problem={release.error} />
          <div><Button type="submit" loading={release.isPending}>{t`Release`}</Button></div>
        </div>
      </form>
    </Section>
  )
}
