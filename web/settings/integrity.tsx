import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { Button, Loader, Text } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { ItemOf } from '../api.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { RelativeTime } from '../parts/dates.tsx'
import { useDone } from '../parts/done.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Changes } from '../parts/history.tsx'
import { LotLink } from '../parts/links.tsx'
import { Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { Permitted } from '../parts/permitted.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { Tone } from '../parts/tone.tsx'
import { pages, useCommand } from '../queries.ts'
import { useFilters } from '../search.ts'
import { Findings, lawName } from './findings.tsx'
import { SettingsPage } from './settings-page.tsx'
import classes from './settings.module.css'

type Verification = ItemOf<'/verifications'>
type Freeze = ItemOf<'/freezes'>

/** Whether the records are whole: check it now, what came of it before, and what is frozen. */
export default function IntegritySettings() {
  const { t } = useLingui()
  return <Permitted permission="system.verify" title={t`Integrity`}><Integrity /></Permitted>
}

function Integrity() {
  const { t } = useLingui()
  const verify = useCommand('POST /verifications')
  return (
    <SettingsPage title={t`Integrity`} actions={<Button leftSection={<IconShieldCheck size={16} aria-hidden />} loading={verify.isPending} onClick={() => verify.mutate({})}>{t`Verify now`}</Button>}>
      <Text c="dimmed" maw={680}>{t`Every movement is checked against its hash, and everything that is derived from movements is worked out again and compared. It happens by itself every night; nothing is changed by it.`}</Text>
      <div role="status" aria-live="polite">
        {verify.isPending && <Working />}
        {verify.data !== undefined && !verify.isPending && <p className={classes['verdict']} data-ok={verify.data.ok}>{verify.data.ok ? t`Everything is whole.` : t`${plural(verify.data.findings.length, { one: '# contradiction was', other: '# contradictions were' })} found. What it is about is frozen until somebody has looked; it stands below.`}</p>}
      </div>
      <ProblemAlert problem={verify.error} />
      <Freezes />
      <Past />
    </SettingsPage>
  )
}

/** That it is going on, and for how long. */
function Working() {
  const { t } = useLingui()
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  return <p className={classes['working']}><Loader size={18} /> <span>{t`Checking every movement.`} <span aria-hidden>{plural(seconds, { one: '# second', other: '# seconds' })}</span></span> <span className="dim">{t`You can go on working, here or on another page: what came of it will stand below.`}</span></p>
}

function Freezes() {
  const { t } = useLingui()
  const { search: { edit }, setSearch } = useFilters()
  const [isAll, setAll] = useState(false)
  const list = useInfiniteQuery(pages('/freezes', { query: { open: isAll ? 'false' : 'true', limit: 50 } }))
  const freezes = list.data?.pages.flatMap(({ items }) => items) ?? []
  const chosen = freezes.find(({ freezeId, resumedAt }) => freezeId === edit && resumedAt === null)
  return (
    <Section title={t`Frozen`} aside={<Button variant="subtle" size="compact-sm" onClick={() => setAll(!isAll)}>{isAll ? t`Only what is frozen now` : t`Those of before too`}</Button>}>
      <ProblemAlert problem={list.error} />
      {list.isSuccess && freezes.length === 0 && <p className="dim">{isAll ? t`Nothing was ever frozen.` : t`Nothing is frozen.`}</p>}
      {freezes.length > 0 && <ul className={`${parts['card']} ${classes['wide']}`} aria-label={t`Frozen`}>{freezes.map((freeze) => <Frozen key={freeze.freezeId} freeze={freeze} onResume={() => setSearch({ edit: freeze.freezeId })} />)}</ul>}
      {list.hasNextPage && <div><Button size="xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t`Earlier`}</Button></div>}
      {chosen !== undefined && <Resume freeze={chosen} onClose={() => setSearch({ edit: undefined })} />}
    </Section>
  )
}

function Frozen({ freeze: { freezeId, productId, product, lotId, lot, invariant, finding, frozenAt, resumedAt, resumedByName, resumeReason }, onResume }: { readonly freeze: Freeze; readonly onResume: () => void }) {
  const { t } = useLingui()
  return (
    <li className={classes['freeze']}>
      <span className={classes['rowMain']}>
        <span><Link to="/products/$productId" params={{ productId }}><span className="code">{product}</span></Link>{lotId !== null && <> · <LotLink lotId={lotId} lot={lot} /></>} {resumedAt === null ? <Tone tone="stop">{t`frozen`}</Tone> : <Tone tone="quiet">{t`resumed`}</Tone>}</span>
        <span className="dim">{lawName(invariant)} · <RelativeTime instant={frozenAt} />{resumedAt !== null && <> · {t`resumed`} <RelativeTime instant={resumedAt} />{resumedByName !== null && ` · ${resumedByName}`}{resumeReason !== null && ` · ${resumeReason}`}</>}</span>
        <Findings findings={[finding]} />
        <Changes subjectId={freezeId} quiet />
      </span>
      {resumedAt === null && <Button variant="default" onClick={onResume}>{t`Let it go on`}</Button>}
    </li>
  )
}

function Resume({ freeze: { freezeId, product, lot }, onClose }: { readonly freeze: Freeze; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const resume = useCommand('POST /freezes/:freezeId/resume')
  return (
    <ConfirmDialog title={t`Let ${lot ?? product} go on?`} submit={t`Let it go on`} reason="needed" problem={resume.error} isPending={resume.isPending} onClose={onClose}
      onConfirm={(reason) => resume.mutate({ params: { freezeId }, body: { reason } }, {
        onSuccess: () => {
          onClose()
          done(t`It takes movements again`)
        },
      })}>{t`It takes movements again. Where the contradiction is still there, the next check freezes it again.`}</ConfirmDialog>
  )
}

function Past() {
  const { t } = useLingui()
  const list = useInfiniteQuery(pages('/verifications', { query: { limit: 20 } }))
  const past = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Section title={t`Checked before`}>
      <ProblemAlert problem={list.error} />
      {list.isSuccess && past.length === 0 && <EmptyState icon={<IconShieldCheck size={28} />} title={t`Not checked yet`}>{t`The first check comes tonight, or now by the button above.`}</EmptyState>}
      {past.length > 0 && <ul className={`${parts['card']} ${classes['wide']}`} aria-label={t`Checked before`}>{past.map((one) => <Checked key={one.verificationId} verification={one} />)}</ul>}
      {list.hasNextPage && <div><Button size="xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t`Earlier`}</Button></div>}
    </Section>
  )
}

function Checked({ verification: { ok, findings, startedAt, finishedAt } }: { readonly verification: Verification }) {
  const { t } = useLingui()
  const seconds = Math.max(0, Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000))
  const head = <>{ok ? <Tone tone="ok">{t`whole`}</Tone> : <Tone tone="stop">{plural(findings.length, { one: '# contradiction', other: '# contradictions' })}</Tone>} <RelativeTime instant={finishedAt} /> <span className="dim">{t`took ${plural(seconds, { one: '# second', other: '# seconds' })}`}</span></>
  return <li>{findings.length === 0 ? <div className={classes['checked']}>{head}</div> : <details className={classes['checked']}><summary>{head}</summary><Findings findings={findings} /></details>}</li>
}
