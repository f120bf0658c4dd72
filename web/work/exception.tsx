import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { Button, NativeSelect, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { RecordActions, useEdit } from '../parts/actions.tsx'
import { Code } from '../parts/code.tsx'
import { Instant, RelativeTime } from '../parts/dates.tsx'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { Changes } from '../parts/history.tsx'
import { Facts, Page } from '../parts/page.tsx'
import { Permitted } from '../parts/permitted.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { Tone } from '../parts/tone.tsx'
import { get, useCommand } from '../queries.ts'
import { useMay, useMe } from '../session/me.ts'
import { exceptionName, holdSubjectName, kindName } from '../words.ts'
import type { Exception } from './exceptions.tsx'
import { Subject } from './subject.tsx'

/** One exception: what happened, whose it is, what was found. */
export default function ExceptionPage() {
  const { t } = useLingui()
  return <Permitted permission="exceptions.read" title={t`Exception`}><Loaded /></Permitted>
}

function Loaded() {
  const { t } = useLingui()
  const { exceptionId } = useParams({ from: '/shell/exceptions/$exceptionId' })
  const { data: exception, error } = useQuery(get('/exceptions/:exceptionId', { params: { exceptionId } }))
  if (exception === undefined) return <Page title={t`Exception`} over={<Link to="/exceptions">{t`Exceptions`}</Link>}><ProblemAlert problem={error} /></Page>
  return <Shown exception={exception} />
}

function Shown({ exception }: { readonly exception: Exception }) {
  const { t } = useLingui()
  const { edit, close } = useEdit('exceptions.resolve')
  const { exceptionId, kind, subject, subjectId, which, product, movementId, raisedAt, assignedTo, assignedToName, resolvedAt, resolvedByName, resolution } = exception
  const isOpen = resolvedAt === null
  return (
    <Page title={exceptionName(kind)} over={<Link to="/exceptions">{t`Exceptions`}</Link>} heading={<>{exceptionName(kind)} {isOpen ? <Tone tone="warn">{t`open`}</Tone> : <Tone tone="quiet">{t`resolved`}</Tone>}</>}
      actions={isOpen && <><TakeIt exception={exception} /><RecordActions permission="exceptions.resolve" actions={[{ name: 'resolve', label: t`Resolve`, icon: 'none' }, { name: 'assign', label: t`Give it to somebody` }]} /></>}>
      <Text maw={720}>{useStory(exception)}</Text>
      <Facts facts={[
        [subject === 'product' ? t`Product` : holdSubjectName(subject), <span key="w"><Subject subject={subject} subjectId={subjectId} which={which} />{product !== null && subject !== 'product' && <span className="dim"> {product}</span>}</span>],
        movementId === null ? null : [t`Movement`, <Link key="m" to="/movements/$movementId" params={{ movementId }}>{t`Open it`}</Link>],
        [t`Since`, <RelativeTime key="r" instant={raisedAt} />], isOpen ? [t`Given to`, assignedTo === null ? t`nobody` : (assignedToName ?? '–')] : [t`Resolved`, <span key="s"><RelativeTime instant={resolvedAt} />{resolvedByName !== null && ` · ${resolvedByName}`}</span>],
        resolution === null ? null : [t`What was found`, resolution],
      ]} />
      <Changes subjectId={exceptionId} />
      {isOpen && edit === 'resolve' && <Resolve exception={exception} onClose={close} />}
      {isOpen && edit === 'assign' && <Assign exception={exception} onClose={close} />}
    </Page>
  )
}

/** What happened, by what was noted when it was raised. */
function useStory({ kind, data }: Exception): ReactNode {
  const { t } = useLingui()
  const text = (name: string): string => String((data[name] ?? '') as string | number)
  switch (kind) {
    case 'held_since': return <>{t`A movement of before the hold was entered after it: ${kindName(text('kind'))},`} <Instant instant={text('occurredAt')} />. {t`The hold says: ${text('reason')}. Find out whether the goods that left have to come back.`}</>
    case 'found_here': return data['found'] === 'units' ? t`${plural(Number(data['count']), { one: '# unit was', other: '# units were' })} somewhere else by the book and was found here. Look why the book was wrong.` : <>{t`${text('found')} more than the book said was found in`} <Code value={text('place')} plain />. {t`Look why the book was wrong.`}</>
    case 'invariant_broken': return t`A check of the records found a contradiction: ${text('what')}. Nothing of it moves until somebody has looked; then it is let go on under Settings, Integrity.`
    default: return null
  }
}

/** For whoever looks at it now. */
function TakeIt({ exception: { exceptionId, assignedTo, version } }: { readonly exception: Exception }) {
  const { t } = useLingui()
  const may = useMay()
  const { actor } = useMe()
  const done = useDone()
  const assign = useCommand('POST /exceptions/:exceptionId/assign', { ifMatch: version })
  if (!may('exceptions.resolve') || assignedTo === actor.id) return null
  return <><Button variant="default" loading={assign.isPending} onClick={() => assign.mutate({ params: { exceptionId }, body: { userId: actor.id } }, { onSuccess: () => done(t`It is yours`) })}>{t`I look at it`}</Button><ProblemAlert problem={assign.error} /></>
}

function Assign({ exception: { exceptionId, assignedTo, version }, onClose }: { readonly exception: Exception; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const people = useQuery(get('/colleagues')).data?.items ?? []
  const assign = useCommand('POST /exceptions/:exceptionId/assign', { ifMatch: version })
  const form = useForm({ initialValues: { userId: assignedTo ?? '' } })
  return (
    <FormDialog title={t`Give it to somebody`} submit={t`Save`} form={form} problem={assign.error} isPending={assign.isPending} onClose={onClose} at={{ person_unknown: 'userId', record_changed: ['userId', t`Somebody else changed it meanwhile. Close this, and look at it again.`] }}
      onSubmit={({ userId }) => assign.mutate({ params: { exceptionId }, body: { userId: userId === '' ? null : userId } }, {
        onSuccess: () => {
          onClose()
          done(userId === '' ? t`It is nobody's now` : t`Given to ${people.find((one) => one.userId === userId)?.name ?? ''}`)
        },
      })}>
      <NativeSelect label={t`Who looks at it`} data={[{ value: '', label: t`nobody` }, ...people.map(({ userId, name }) => ({ value: userId, label: name }))]} {...form.getInputProps('userId')} />
    </FormDialog>
  )
}

function Resolve({ exception: { exceptionId, version }, onClose }: { readonly exception: Exception; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const resolve = useCommand('POST /exceptions/:exceptionId/resolve', { ifMatch: version })
  const form = useForm({ initialValues: { resolution: '' } })
  return (
    <FormDialog title={t`Resolve it`} submit={t`Resolve`} form={form} problem={resolve.error} isPending={resolve.isPending} onClose={onClose} at={{ record_changed: ['resolution', t`Somebody else changed it meanwhile. Close this, and look at it again.`] }}
      onSubmit={({ resolution }) => resolve.mutate({ params: { exceptionId }, body: { resolution: resolution.replaceAll(/\s+/g, ' ').trim() } }, {
        onSuccess: () => {
          onClose()
          done(t`Resolved`)
        },
      })}>
      <Textarea label={t`What was found or done`} description={t`Stays with it, for whoever asks later.`} required maxLength={1000} rows={4} {...form.getInputProps('resolution')} />
    </FormDialog>
  )
}
