import { useLingui } from '@lingui/react/macro'
import { Button, NativeSelect } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconCheck, IconHandStop, IconPlus, IconScan } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useLayoutEffect, useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import type { CommandInput } from '../api.ts'
import { useDone, useUndo } from '../parts/done.tsx'
import { Page } from '../parts/page.tsx'
import pick from '../parts/pick.module.css'
import { PartyPick, PlatePick } from '../parts/pick.tsx'
import { useSayProblem } from '../parts/problem.tsx'
import { unanswered, useCommand } from '../queries.ts'
import type { Search } from '../search.ts'
import { useMay } from '../session/me.ts'
import { kindName } from '../words.ts'
import { Bar, type BarTone } from './bar.tsx'
import { commandOf, locate, missing, needsReason, said, toCommand, type Missing } from './command.ts'
import classes from './doing.module.css'
import { runKinds, type Doing } from './doings.ts'
import { addLine, changeLine, isBlank, isUntouched, newDraft, removeLine, type Draft, type RunKind } from './draft.ts'
import { useFacts, type Party } from './facts.ts'
import { LineEditor } from './line-editor.tsx'
import { Rows } from './rows.tsx'
import { More } from './more.tsx'
import { Reasons } from './reasons.tsx'
import { useSayForm, useSayLine } from './say.ts'
import { settle, type Settled } from './settle.ts'
import { formKey, useDraft } from './use-draft.ts'
import { useScanIn } from './use-scan-in.tsx'
import { useVerdict } from './use-verdict.ts'

const Question = lazy(() => import('./question.tsx'))

/** All that post goods answer alike: one of them stands for them in the types. */
type Posting = 'POST /movements/receive'

/** One small form for one kind of doing: filled in by scans or by hand, judged at once, posted by Enter, and ready for the next. */
export function DoingForm({ doing, search }: { readonly doing: Doing; readonly search: Search }) {
  const { t, i18n } = useLingui()
  const { kind } = doing
  const verb = i18n._(doing.verb)
  const usual = doing.reasons?.[0]
  const may = useMay()
  const sayProblem = useSayProblem()
  const { draft, change, next } = useDraft(kind, usual === undefined ? '' : i18n._(usual.text), search)
  const facts = useFacts(kind, draft)
  const lines = settle(kind, draft, facts)
  const todo = missing(kind, draft, lines)
  const hard = todo.filter(({ soft }) => soft !== true)
  const built = toCommand(kind, draft, lines, facts)
  const text = built === undefined ? null : JSON.stringify(built.input)
  const name = commandOf(kind) as Posting
  const verdict = useVerdict(name, (built?.input ?? null) as CommandInput<Posting> | null)
  const keep = `lotwise.sent.${formKey(kind, {})}`
  const command = useCommand(name, { keep })
  const sent = useRef<string | null>(null)
  const done = useDone()
  const undo = useUndo()
  const [last, setLast] = useState<{ readonly movementId: string; readonly words: string } | null>(null)
  const [pressed, setPressed] = useState(false)
  const [awaited, setAwaited] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const sayForm = useSayForm(kind, draft, facts, lines)
  const sayLine = useSayLine(kind, draft, facts, lines)

  // what has to wait for an answer looks at what is there then
  const latest = useRef({ draft, lines, todo })
  useLayoutEffect(() => void (latest.current = { draft, lines, todo }))

  const failed = command.error !== null && sent.current === text ? command.error : null
  const problem = failed ?? (verdict.is === 'no' && !command.isPending ? verdict.problem : null)
  const located = problem === null || built === undefined ? null : locate(problem.details, built, lines)
  const errorOf = (at: number | null) => (field: string): string | null => {
    const full = at === null ? field : `${at}.${field}`
    const lacks = pressed ? todo.find((one) => one.field === full && one.soft !== true) : undefined
    if (lacks !== undefined) return sayMissing(lacks)
    return problem !== null && located?.field === field && (located.at === at || at === null) ? sayProblem(problem).title : null
  }
  const sayMissing = useSayMissing(kind, lines)

  const focus = (field: string): void => {
    const at = /^\d+/.exec(field)
    if (at !== null && Number(at[0]) !== draft.open) flushSync(() => change((now) => ({ ...now, open: Number(at[0]) })))
    const found = root.current?.querySelector<HTMLElement>(`[data-field="${field}"]`)
    found?.focus()
    found?.scrollIntoView({ block: 'nearest' })
  }
  /** After Enter: on to what is empty, or to the button; unless somebody has gone on by himself meanwhile. */
  const goOn = async (): Promise<void> => {
    const from = document.activeElement
    await ready(() => latest.current)
    if (document.activeElement !== from && document.activeElement !== document.body) return
    const [first] = latest.current.todo
    if (first === undefined) root.current?.querySelector<HTMLElement>('[data-post]')?.focus()
    else focus(first.field)
  }
  const post = (): void => {
    if (command.isPending) return
    const [first] = hard
    if (first !== undefined || built === undefined) {
      // what is still being read is waited for
      if (first === undefined) return setAwaited(true)
      setPressed(true)
      return focus(first.field)
    }
    const words = sayForm()
    sent.current = text
    setPressed(false)
    command.mutate(built.input as CommandInput<Posting>, {
      onSuccess: ({ movementId, exceptions }) => {
        done(<>{i18n._(doing.done)}: {words}{exceptions.length > 0 && <> {t`Somebody is asked to look at it.`}</>}</>, { movementId })
        setLast({ movementId, words })
        command.reset()
        sent.current = null
        next()
        if (matchMedia('(pointer: fine)').matches) requestAnimationFrame(() => void goOn())
      },
    })
  }
  useEffect(() => {
    if (!awaited || (built === undefined && hard.length === 0)) return
    setAwaited(false)
    post()
  })
  const fresh = (): Draft => newDraft(kind, usual === undefined ? '' : i18n._(usual.text))
  const empty = (): void => {
    const before = draft
    if (isUntouched(before, fresh())) return
    change(fresh)
    setPressed(false)
    const id = notifications.show({ message: <span>{t`Emptied.`} <Button size="compact-sm" variant="light" onClick={() => {
      change(() => before)
      notifications.hide(id)
    }}>{t`Bring it back`}</Button></span>, autoClose: 10_000, closeButtonProps: { 'aria-label': t`Close` } })
  }
  const undoLast = (): void => {
    if (last === null || !may('movements.reverse')) return void notifications.show({ message: last === null ? t`Nothing was posted here that could be undone.` : t`Your role may not undo what was posted. Ask somebody whose role may.`, color: 'orange', closeButtonProps: { 'aria-label': t`Close` } })
    void undo(last.movementId).then((isUndone) => isUndone && setLast(null))
  }
  const scan = useScanIn({ kind, draft, lines, change, ready: () => ready(() => latest.current), commands: { OK: post, CANCEL: empty, UNDO: undoLast } })

  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    post()
  }
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    // not one of a dialog that opened out of it
    if (event.target === event.currentTarget) post()
  }
  const changeOpen = (given: Partial<Draft['lines'][number]>): void => change((now) => changeLine(now, given))
  const editor = (line: Settled): ReactNode => <LineEditor key={line.key} kind={kind} draft={draft} line={line} facts={facts} errorOf={errorOf(line.at)} onChange={changeOpen} onDone={() => void goOn()} />
  const rows = (role: 'input' | 'output' | null, heading?: string, another?: string): ReactNode => (
    <Rows key={role ?? 'lines'} heading={heading} another={lines.some((line) => line.role === role) ? another : undefined} lines={lines.filter((line) => line.role === role)} open={draft.open} say={sayLine} wrong={located?.at ?? null} says={problem === null ? '' : sayProblem(problem).title} error={pressed ? (todo.find(({ field }) => field === `${role}s`) === undefined ? null : sayMissing({ field: `${role}s` })) : null}
      onOpen={(at) => change((now) => ({ ...now, open: at }))} onRemove={(at) => change((now) => removeLine(now, kind, at))} onAdd={() => {
        flushSync(() => change((now) => addLine(now, kind, { role })))
        void goOn()
      }}>{editor}</Rows>
  )
  const party = draft.party === null ? undefined : facts.parties.get(draft.party)
  const open = lines[draft.open]
  return (
    <Page title={i18n._(doing.title)} actions={isUntouched(draft, fresh()) ? undefined : <Button variant="default" onClick={empty}>{t`Start again`}</Button>}>
      <div className={classes['form']} ref={root} data-scan onKeyDown={onKey}>
        <div className={classes['scanned']} role="status" aria-label={t`Scanned`} data-tone={scan.said?.tone}>
          {scan.said === null ? <><IconScan size={18} stroke={1.7} aria-hidden /><span className="dim">{last === null ? t`Scan, or fill it in.` : t`${i18n._(doing.again)}: scan, or fill it in.`}</span></> : <>{scan.said.tone === 'ok' ? <IconCheck size={18} aria-hidden /> : scan.said.tone === 'warn' ? <IconAlertTriangle size={18} aria-hidden /> : <IconHandStop size={18} aria-hidden />}<span>{scan.said.words}</span></>}
        </div>
        {scan.open !== null && <Suspense><Question key={scan.open.scan.text} open={scan.open} onChoose={scan.choose} onAgain={scan.again} onDismiss={scan.dismiss} /></Suspense>}
        <form noValidate onSubmit={onSubmit} className={classes['form']} aria-label={i18n._(doing.title)}>
          {(doing.party !== undefined || kind === 'run' || kind === 'pack' || kind === 'unpack') && (
            <div className={classes['card']}>
              <div className={classes['fields']}>
                {doing.party !== undefined && <PartyPick label={i18n._(doing.party.label)} required {...(doing.party.role === undefined ? {} : { role: doing.party.role })} value={draft.party} error={errorOf(null)('party')} field="party" onDone={() => void goOn()} onChange={(id) => change((now) => ({ ...now, party: id, partyPlace: null }))} />}
                {party !== undefined && (kind === 'ship' || kind === 'return') && <TheirPlace kind={kind} party={party} value={draft.partyPlace} onChange={(partyPlace) => change((now) => ({ ...now, partyPlace }))} />}
                {(kind === 'pack' || kind === 'unpack') && <PlatePick label={t`Plate`} required mayMake={kind === 'pack'} value={draft.plate} error={errorOf(null)('plate')} field="plate" onDone={() => void goOn()} onChange={(plate) => change((now) => ({ ...now, plate }))} />}
                {kind === 'run' && <NativeSelect label={t`Kind of run`} value={draft.run} className={pick['field'] ?? ''} data={runKinds.map((value) => ({ value, label: kindName(value) }))} onChange={({ currentTarget: { value } }) => change((now) => ({ ...now, run: value as RunKind }))} />}
              </div>
            </div>
          )}
          {kind === 'run' ? <>{rows('input', t`Used`, t`Something else that was used`)}{rows('output', t`Made`, t`Something else that was made`)}</> : kind === 'unpack' && lines.length === 0 ? (
            <div className={classes['last']}><span>{t`All that is on it is taken off.`}</span><Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => change((now) => addLine(now, kind))}>{t`Only some of it`}</Button></div>
          ) : rows(null)}
          {needsReason(kind) && <div className={classes['card']}><Reasons reasons={doing.reasons ?? []} value={draft.reason} error={errorOf(null)('reason')} onChange={(reason, chosen) => change((now) => ({ ...now, reason, ...(kind === 'adjust' && chosen !== null ? { against: chosen.against ?? 'count' } : {}) }))} /></div>}
          <More doing={doing} draft={draft} line={open === undefined || isBlank(open) ? undefined : open} lines={lines} errorOf={errorOf(open?.at ?? 0)} onChange={(given) => change((now) => ({ ...now, ...given }))} onLine={changeOpen} />
          {last !== null && <div className={classes['last']}><span>{t`Last: ${last.words}`}</span><Link to="/movements/$movementId" params={{ movementId: last.movementId }}>{t`Look at it`}</Link></div>}
          {verdictBar()}
        </form>
      </div>
    </Page>
  )

  /** What is known about posting this now, and the button. */
  function verdictBar(): ReactNode {
    const before = command.isPending ? null : unanswered(keep)
    const bar = (tone: BarTone, words: ReactNode): ReactNode => <Bar tone={tone} verb={verb} isPending={command.isPending || awaited} {...(kind === 'destroy' ? { color: 'red' } : {})}>{words}</Bar>
    if (command.isPending) return bar('checking', t`Posting…`)
    if (before !== null && before === text) return bar('warn', <><strong>{t`No answer came.`}</strong><p>{t`It may have been posted. Press ${verb} again: it takes effect once, however often it is sent.`}</p></>)
    if (before !== null && text !== null) return bar('warn', <><strong>{t`What was sent before had no answer, and this differs from it.`}</strong><p>{t`It may have been posted.`} <Link to="/movements">{t`Look at the movements first`}</Link></p></>)
    if (hard[0] !== undefined) return bar(pressed ? 'stop' : 'quiet', pressed ? <strong>{sayMissing(hard[0])}</strong> : <span className="dim">{isUntouchedNow() ? t`What it comes to is said here before it is posted.` : sayMissing(hard[0])}</span>)
    if (problem !== null) return bar(problem.status === 0 ? 'warn' : 'stop', problemWords())
    if (verdict.is !== 'yes') return bar('checking', t`Checking…`)
    const isOdd = verdict.answer.exceptions.length > 0 || draft.itIsHere
    return bar(isOdd ? 'warn' : 'ok', (
      <>
        <strong>{t`This can be posted:`}</strong> {sayForm()}
        {verdict.answer.exceptions.length > 0 && <p>{t`Somebody will be asked to look at it.`}</p>}
        {draft.itIsHere && <p>{t`The book is put right first, since it is here.`} <Button size="compact-xs" variant="subtle" onClick={() => change((now) => ({ ...now, itIsHere: false }))}>{t`It is not`}</Button></p>}
      </>
    ))
  }

  function isUntouchedNow(): boolean {
    return said(lines).every(isBlank)
  }

  function problemWords(): ReactNode {
    if (problem === null) return null
    const { title, next: remedy } = sayProblem(problem)
    const mayBeHere = (kind === 'move' || kind === 'ship' || kind === 'run') && !draft.itIsHere && may('movements.it_is_here') && (problem.code === 'stock_insufficient' || problem.code === 'unit_elsewhere')
    return (
      <>
        <strong>{problem.status === 0 ? t`It cannot be checked now.` : t`This cannot be posted.`}</strong> {title}
        <p>{remedy}{mayBeHere && <> <Button size="compact-sm" variant="default" onClick={() => change((now) => ({ ...now, itIsHere: true }))}>{t`It is here, in my hand`}</Button></>}</p>
      </>
    )
  }
}

/** Which of a party's places: asked only where there are several, or where it may get its own goods back. */
function TheirPlace({ kind, party, value, onChange }: { readonly kind: 'ship' | 'return'; readonly party: Party; readonly value: string | null; readonly onChange: (place: string | null) => void }) {
  const { t } = useLingui()
  const [first, ...others] = party.shipToPlaces
  const back = kind === 'ship' && party.roles.includes('supplier') ? [{ value: party.supplierPlaceId, label: t`Back to them as the supplier` }] : []
  if (others.length === 0 && back.length === 0) return null
  return <NativeSelect label={kind === 'ship' ? t`To which of their places` : t`From which of their places`} value={value ?? ''} className={pick['field'] ?? ''} data={[{ value: '', label: first === undefined ? party.name : placeLabel(first) }, ...others.map((place) => ({ value: place.placeId, label: placeLabel(place) })), ...back]} onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? null : currentTarget.value)} />
}

function placeLabel({ code, name }: { readonly code: string; readonly name: string }): string {
  return code === name ? code : `${code} · ${name}`
}

/** What is to be said about a field that is empty. */
function useSayMissing(kind: Doing['kind'], lines: readonly Settled[]): (missing: Missing) => string {
  const { t } = useLingui()
  return ({ field, same }) => {
    const [at = '', name = field] = field.split('.')
    const line = lines[Number(at)]
    if (same) return t`The book says the same: there is nothing to adjust.`
    switch (name) {
      case 'party': return kind === 'receive' ? t`Whom is it from?` : kind === 'ship' ? t`Whom does it go to?` : kind === 'return' ? t`Who gives it back?` : t`Whose is it now?`
      case 'plate': return t`Which plate?`
      case 'product': return t`Which product?`
      case 'lot': return t`Which lot?`
      case 'serials': return line !== undefined && line.numbers.length > 0 ? t`Look at the numbers that are marked.` : t`Scan or type the serials.`
      case 'quantity': return t`How much?`
      case 'from': return t`From which place?`
      case 'to': return t`To which place?`
      case 'reason': return t`Why?`
      case 'inputs': return t`What was used?`
      case 'outputs': return t`What was made of it?`
      default: return t`Something is missing.`
    }
  }
}

const WAITS = 40
/** Until what the open line names has been read, 2 seconds at most. */
async function ready(now: () => { readonly draft: Draft; readonly lines: readonly Settled[] }): Promise<void> {
  for (let wait = 0; wait < WAITS; wait += 1) {
    // what was just chosen is drawn first
    await new Promise((resolve) => setTimeout(resolve, wait === 0 ? 0 : 50))
    const { draft, lines } = now()
    const line = lines[draft.open]
    if (line === undefined || line.product === null || (line.productFacts !== undefined && (!line.flow.takes || line.bySerial || line.lot === null || line.spots !== undefined))) return
  }
}
