import { useLingui } from '@lingui/react/macro'
import { msg } from '@lingui/core/macro'
import { Button, Checkbox, Group, SegmentedControl, Stack, Textarea, TextInput } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconHandStop, IconScan } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { CommandInput } from '../api.ts'
import { ScopeView } from '../holds/scope.tsx'
import { Page } from '../parts/page.tsx'
import { Permitted } from '../parts/permitted.tsx'
import pick from '../parts/pick.module.css'
import { LotPick } from '../parts/pick-lot.tsx'
import { FamilyPick, PlacePick, PlatePick, UnitPick } from '../parts/pick.tsx'
import { useDone } from '../parts/done.tsx'
import { useSayProblem } from '../parts/problem.tsx'
import { Tone } from '../parts/tone.tsx'
import { get, unanswered, useCommand } from '../queries.ts'
import { missingOf, shownScan } from '../scan/kinds.ts'
import { resolveScan } from '../scan/resolve.ts'
import { useScan } from '../scan/use-scan.ts'
import { useFilters, type Search } from '../search.ts'
import { holdSubjectName, kindName, subjectName } from '../words.ts'
import { Bar } from './bar.tsx'
import classes from './doing.module.css'
import type { Reason } from './doings.ts'
import { Reasons } from './reasons.tsx'
import { signal, type Signal } from './signal.ts'
import { formKey, useKept } from './use-draft.ts'
import { useVerdict } from './use-verdict.ts'

type Body = CommandInput<'POST /holds'>['body']
type Subject = Body['subject']
type Stopped = NonNullable<Body['allows']>[number]

const subjects: readonly Subject[] = ['lot', 'unit', 'plate', 'place', 'family']
const stopped: readonly Stopped[] = ['ship', 'transform', 'change_owner']
const reasons: readonly Reason[] = [{ text: msg`Waiting for the laboratory` }, { text: msg`No certificate` }, { text: msg`A customer complained` }, { text: msg`Damaged` }, { text: msg`Recalled by the supplier` }]

interface HoldForm {
  readonly subject: Subject
  readonly id: string | null
  readonly reason: string
  readonly note: string
  /** As the browser's field has it; '' until it is released. */
  readonly until: string
  readonly allows: readonly Stopped[]
}

/** Holds something at once: what it reaches is seen before anybody presses the button. */
export default function HoldPage() {
  const { t } = useLingui()
  const { search } = useFilters()
  return <Permitted permission="holds.place" title={t`Hold`}><Hold key={JSON.stringify(search)} search={search} /></Permitted>
}

function fromSearch(search: Search): HoldForm {
  const subject = subjects.find((one) => search[one] !== undefined)
  return { subject: subject ?? 'lot', id: subject === undefined ? null : (search[subject] ?? null), reason: '', note: '', until: '', allows: [] }
}

function Hold({ search }: { readonly search: Search }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const done = useDone()
  const sayProblem = useSayProblem()
  const fresh = fromSearch(search)
  const key = formKey('hold', search)
  const [form, change, forget] = useKept(key, fresh)
  const [pressed, setPressed] = useState(false)
  const [said, setSaid] = useState<{ readonly tone: Signal; readonly words: ReactNode } | null>(null)
  const root = useRef<HTMLDivElement>(null)
  const name = useSubjectName(form)
  const keep = `lotwise.sent.${key}`
  const command = useCommand('POST /holds', { keep })
  // what it reaches does not depend on why
  const preview = useVerdict('POST /holds', form.id === null ? null : { body: bodyOf({ ...form, reason: t`Looked at` }) })
  const isReady = form.id !== null && form.reason.trim() !== ''
  const input = isReady ? { body: bodyOf(form) } : null
  const problem = command.error ?? (preview.is === 'no' ? preview.problem : null)

  const post = (): void => {
    if (command.isPending) return
    if (input === null) {
      setPressed(true)
      return root.current?.querySelector<HTMLElement>(form.id === null ? '[data-field="subject"]' : '[data-field="reason"]')?.focus()
    }
    command.mutate(input, {
      onSuccess: ({ holdId }) => {
        done(t`On hold: ${name ?? ''}`)
        forget()
        void navigate({ to: '/holds/$holdId', params: { holdId } })
      },
    })
  }
  const tell = (tone: Signal, words: ReactNode): void => {
    setSaid({ tone, words })
    signal(tone)
  }
  const look = async (text: string): Promise<void> => {
    if (text.trim().toUpperCase() === 'OK') return post()
    if (text.trim().toUpperCase() === 'CANCEL') return change(() => fromSearch({}))
    try {
      const scan = await resolveScan(text)
      const fitting = scan.candidates.filter(({ match, kind }) => match === 'exact' && subjects.includes(kind as Subject))
      const [one, another] = fitting
      if (one === undefined || missingOf(scan) !== null) return tell('stop', t`${shownScan(scan.text)} is nothing that could be held. Nothing was created.`)
      if (another !== undefined && !scan.certain) return tell('warn', t`Several go by ${shownScan(scan.text)}. Choose which one below.`)
      change((now) => ({ ...now, subject: one.kind as Subject, id: one.id }))
      tell('ok', <>{subjectName(one.kind)} <span className="code">{one.code}</span>{one.title !== one.code && ` · ${one.title}`}</>)
    } catch (fault) {
      const { title, next } = sayProblem(fault)
      tell('stop', <>{title} {next}</>)
    }
  }
  useScan((text) => void look(text))
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    post()
  }
  const lacks = form.id === null ? t`What is to be held?` : form.reason.trim() === '' ? t`Why? It is what everybody reads who is stopped by it.` : null
  const SaidIcon = said === null ? IconScan : said.tone === 'ok' ? IconCheck : said.tone === 'warn' ? IconAlertTriangle : IconHandStop
  return (
    <Page title={t`Hold`} actions={JSON.stringify(form) === JSON.stringify(fromSearch({})) ? undefined : <Button variant="default" onClick={() => change(() => fromSearch({}))}>{t`Start again`}</Button>}>
      <div className={classes['form']} ref={root} data-scan onKeyDown={onKey}>
        <div className={classes['scanned']} role="status" aria-label={t`Scanned`} data-tone={said?.tone}><SaidIcon size={18} stroke={1.7} aria-hidden />{said === null ? <span className="dim">{t`Scan what is to be held, or choose it.`}</span> : <span>{said.words}</span>}</div>
        <form noValidate className={classes['form']} aria-label={t`Hold`} onSubmit={(event) => {
          event.preventDefault()
          if (event.target === event.currentTarget) post()
        }}>
          <div className={classes['card']}>
            <SegmentedControl fullWidth aria-label={t`What is held`} value={form.subject} data={subjects.map((value) => ({ value, label: holdSubjectName(value) }))} onChange={(value) => change((now) => ({ ...now, subject: value as Subject, id: null }))} />
            <SubjectPick form={form} error={pressed && form.id === null ? lacks : null} onChange={(id) => change((now) => ({ ...now, id }))} />
            <HeldAlready form={form} />
          </div>
          {preview.is === 'yes' && <ScopeView scope={preview.answer.scope} />}
          <div className={classes['card']}><Reasons reasons={reasons} value={form.reason} error={pressed && form.id !== null ? lacks : null} onChange={(reason) => change((now) => ({ ...now, reason }))} /></div>
          <details className={classes['more']}>
            <summary>{t`More: until when, what is still allowed, a note`}</summary>
            <Stack gap="md">
              <TextInput type="datetime-local" label={t`Until`} description={t`It ends by itself then. Empty: until somebody releases it.`} inputWrapperOrder={['label', 'input', 'description', 'error']} value={form.until} className={pick['field'] ?? ''} maw={340} onChange={({ currentTarget: { value } }) => change((now) => ({ ...now, until: value }))} />
              <Checkbox.Group label={t`Still allowed`} description={t`Moving, sampling, destroying and returning always are: they are how a hold ends.`} value={[...form.allows]} onChange={(allows) => change((now) => ({ ...now, allows: allows as Stopped[] }))}>
                <Group mt="xs" gap="lg">{stopped.map((value) => <Checkbox key={value} value={value} label={kindName(value)} />)}</Group>
              </Checkbox.Group>
              <Textarea label={t`Note`} value={form.note} maxLength={2000} autosize minRows={2} onChange={({ currentTarget: { value } }) => change((now) => ({ ...now, note: value }))} />
            </Stack>
          </details>
          <Bar tone={command.isPending ? 'checking' : problem !== null ? 'stop' : lacks !== null ? (pressed ? 'stop' : 'quiet') : preview.is === 'yes' ? 'ok' : 'checking'} verb={t`Hold`} isPending={command.isPending}>{barWords()}</Bar>
        </form>
      </div>
    </Page>
  )

  function barWords(): ReactNode {
    if (command.isPending) return t`Placing it…`
    if (unanswered(keep) !== null && unanswered(keep) === JSON.stringify(input)) return <><strong>{t`No answer came.`}</strong><p>{t`Press Hold again: it takes effect once, however often it is sent.`}</p></>
    if (problem !== null) return <><strong>{sayProblem(problem).title}</strong><p>{sayProblem(problem).next}</p></>
    if (lacks !== null) return pressed ? <strong>{lacks}</strong> : <span className="dim">{lacks}</span>
    return preview.is === 'yes' ? <><strong>{t`This holds at once:`}</strong> {holdSubjectName(form.subject)} {name}. {t`What is used, promised or shipped after it is refused.`}</> : t`Looking at what it reaches…`
  }
}

function bodyOf({ subject, id, reason, note, until, allows }: HoldForm): Body {
  const common = { reason: reason.trim(), allows: [...allows], ...(note.trim() === '' ? {} : { note: note.trim() }), ...(until === '' ? {} : { until: new Date(until).toISOString() }) }
  const of = id ?? ''
  switch (subject) {
    case 'lot': return { subject, lot: of, ...common }
    case 'unit': return { subject, unit: of, ...common }
    case 'plate': return { subject, plate: of, ...common }
    case 'place': return { subject, place: of, ...common }
    case 'family': return { subject, family: of, ...common }
  }
}

function SubjectPick({ form: { subject, id }, error, onChange }: { readonly form: HoldForm; readonly error: string | null; readonly onChange: (id: string | null) => void }) {
  const { t } = useLingui()
  const field = { label: holdSubjectName(subject), required: true, error, field: 'subject', value: id, onChange }
  switch (subject) {
    case 'lot': return <LotPick {...field} product={null} value={id === null ? null : { id }} onChange={(lot) => onChange(lot !== null && 'id' in lot ? lot.id : null)} />
    case 'unit': return <UnitPick {...field} />
    case 'plate': return <PlatePick {...field} />
    case 'place': return <PlacePick {...field} description={t`With every place inside it.`} />
    case 'family': return <FamilyPick {...field} description={t`Every lot of it, also those that join it later.`} />
  }
}

/** What it goes by, as it is said. */
function useSubjectName({ subject, id }: HoldForm): string | null {
  const of = (wanted: Subject) => ({ enabled: id !== null && subject === wanted })
  const lot = useQuery({ ...get('/lots/:lotId', { params: { lotId: id ?? '' } }), ...of('lot') })
  const unit = useQuery({ ...get('/units/:unitId', { params: { unitId: id ?? '' } }), ...of('unit') })
  const plate = useQuery({ ...get('/plates/:plateId', { params: { plateId: id ?? '' } }), ...of('plate') })
  const place = useQuery({ ...get('/places/:placeId', { params: { placeId: id ?? '' } }), ...of('place') })
  const family = useQuery({ ...get('/lot-families/:familyId', { params: { familyId: id ?? '' } }), ...of('family') })
  if (id === null) return null
  return { lot: lot.data?.code ?? lot.data?.product.name, unit: unit.data?.serial, plate: plate.data?.code, place: place.data?.code, family: family.data?.code }[subject] ?? null
}

/** Holds that are on it already: another one may be placed, and each is released for itself. */
function HeldAlready({ form: { id } }: { readonly form: HoldForm }) {
  const { t } = useLingui()
  const { data } = useQuery({ ...get('/holds', { query: { active: 'true', subjectId: id ?? undefined } }), enabled: id !== null })
  if (id === null || (data?.items.length ?? 0) === 0) return null
  return (
    <div className={classes['state']}>
      {data?.items.map((hold) => <span key={hold.holdId}><Tone tone="stop">{t`On hold already`}</Tone> {hold.reason} <Link to="/holds/$holdId" params={{ holdId: hold.holdId }}>{t`Look at it`}</Link></span>)}
    </div>
  )
}
