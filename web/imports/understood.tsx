import { useLingui } from '@lingui/react/macro'
import { Button, Group, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core'
import { IconInfoCircle, IconQuestionMark } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState, type FormEvent, type ReactNode } from 'react'
import type { ImportView } from '#src/imports/contract.ts'
import { Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { SuggestInput } from '../parts/suggest-input.tsx'
import { get } from '../queries.ts'
import classes from './imports.module.css'
import { useSayFault } from './sentences.ts'
import type { Sending } from './use-import.ts'
import { dateExamples, delimiterName, sayPlainDate, type DateFormat, type Settings } from './words.ts'

const ReadAgain = lazy(() => import('./read-again.tsx'))

export interface StepProps {
  readonly view: ImportView
  readonly settings: Sending<Partial<Settings>>
  readonly mayWrite: boolean
}

/** The field that says how dates are read, to go to. */
export const DATES = 'import-dates'

type Question = ImportView['questions'][number]

/** The first step: how the file was read, each point with what came of it; what is not clear is asked. */
export function Understood({ view, settings, mayWrite }: StepProps) {
  const { t } = useLingui()
  const say = useSayFault()
  const { encoding, delimiter, header, questions } = view
  const [isReading, setReading] = useState(false)
  const asked = questions.filter(({ setting }) => ['facility', 'dateFormat', 'decimal'].includes(setting))
  const isAsked = (name: string): boolean => asked.some(({ setting }) => setting === name)
  const notes = view.notes.filter(({ code }) => code !== 'source_known')
  return (
    <Section title={t`How the file was read`} aside={mayWrite && <Button variant="default" size="xs" onClick={() => setReading(true)}>{t`Read it differently`}</Button>}>
      {asked.length > 0 && mayWrite && <Questions questions={asked} settings={settings} />}
      <div className={`${parts['card']} ${classes['understood']}`}>
        <Point name={t`Characters`} value={encoding} came={encoding === 'UTF-8' ? t`letters of every language` : t`Western European letters`} />
        <Point name={t`Columns are separated by`} value={delimiterName(delimiter)} came={t`${header.length} columns`} />
        {!isAsked('dateFormat') && view.settings.dateFormat !== null && <DateSetting view={view} settings={settings} mayWrite={mayWrite} />}
        {!isAsked('decimal') && view.settings.decimal !== null && <DecimalSetting view={view} settings={settings} mayWrite={mayWrite} />}
        {!isAsked('facility') && view.settings.mapping.facility === undefined && !view.settings.identitiesOnly && (
          <div className={classes['point']}><FacilityField value={view.settings.facility ?? ''} onCommit={(facility) => settings.mutate({ facility })} disabled={!mayWrite} label={t`Facility`} description={t`where the stock is`} /></div>
        )}
      </div>
      {notes.length > 0 && <ul className={classes['notes']}>{notes.map((note) => <li key={note.code}><IconInfoCircle size={16} aria-hidden /><span>{say.note(note)}</span></li>)}</ul>}
      {isReading && <Suspense><ReadAgain view={view} onClose={() => setReading(false)} /></Suspense>}
    </Section>
  )
}

function Point({ name, value, came }: { readonly name: string; readonly value: ReactNode; readonly came: ReactNode }) {
  return <div className={classes['point']}><span className={classes['pointName']}>{name}</span><b>{value}</b><span className="dim">{came}</span></div>
}

/** The first cell of the samples that is read as a date or a number, and as what. */
function firstReading({ samples, readings }: ImportView, fits: (reading: string, text: string) => boolean): { readonly text: string; readonly reading: string } | null {
  for (const [row, cells] of readings.entries()) {
    for (const [at, reading] of cells.entries()) {
      const text = samples[row]?.[at] ?? ''
      if (reading !== null && fits(reading, text)) return { text, reading }
    }
  }
  return null
}

const isDay = (reading: string): boolean => /^\d{4}-\d\d-\d\d$/.test(reading)

function DateSetting({ view, settings, mayWrite }: StepProps) {
  const { t } = useLingui()
  const example = firstReading(view, isDay)
  return (
    <NativeSelect id={DATES} className={classes['point'] ?? ''} label={t`Dates`} description={example === null ? t`none among the first rows` : t`“${example.text}” is ${sayPlainDate(example.reading)}`} inputWrapperOrder={['label', 'input', 'description']} disabled={!mayWrite}
      value={view.settings.dateFormat ?? ''} onChange={({ currentTarget }) => settings.mutate({ dateFormat: currentTarget.value as DateFormat })} data={Object.entries(dateExamples).map(([value, text]) => ({ value, label: `${value} · ${text}` }))} />
  )
}

function DecimalSetting({ view, settings, mayWrite }: StepProps) {
  const { t } = useLingui()
  const example = firstReading(view, (reading, text) => !isDay(reading) && reading !== text) ?? firstReading(view, (reading) => !isDay(reading))
  return (
    <NativeSelect className={classes['point'] ?? ''} label={t`Decimals`} description={example === null ? t`no number among the first rows` : example.text.trim() === example.reading ? t`as in “${example.reading}”` : t`“${example.text}” is ${example.reading}`} inputWrapperOrder={['label', 'input', 'description']} disabled={!mayWrite}
      value={view.settings.decimal ?? ''} onChange={({ currentTarget }) => settings.mutate({ decimal: currentTarget.value as 'point' | 'comma' })} data={[{ value: 'point', label: t`point · 1,234.5` }, { value: 'comma', label: t`comma · 1.234,5` }]} />
  )
}

/** A text that takes effect when one leaves the field or presses Enter. */
export function TextSetting({ value, onCommit, ...field }: { readonly value: string; readonly onCommit: (value: string | null) => void; readonly label: string; readonly description?: string; readonly placeholder?: string; readonly disabled?: boolean; readonly maxLength?: number }) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const commit = (): void => {
    if (text.trim() !== value) onCommit(text.trim() === '' ? null : text.trim())
  }
  return <TextInput {...field} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} onBlur={commit} onKeyDown={({ key }) => key === 'Enter' && commit()} />
}

/** A facility there is, or the code of one that is to be made. */
function FacilityField({ value, onCommit, ...field }: { readonly value: string; readonly onCommit: (facility: string) => void; readonly label: string; readonly description: string; readonly disabled?: boolean }) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const codes = useFacilities()
  const commit = (facility: string): void => {
    if (facility.trim() !== '' && facility.trim() !== value) onCommit(facility.trim())
  }
  return (
    <SuggestInput {...field} inputWrapperOrder={['label', 'input', 'description']} maxLength={90} suggestions={codes} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} onBlur={() => commit(text)} onKeyDown={({ key }) => key === 'Enter' && commit(text)} />
  )
}

function useFacilities(): string[] {
  const { data } = useQuery(get('/places', { query: { kind: 'facility', limit: 200 } }))
  return data?.items.map(({ code }) => code) ?? []
}

/** What only a person can say, each answer with what it would mean; sent together, so that the rows are looked through once. */
function Questions({ questions, settings }: { readonly questions: readonly Question[]; readonly settings: Sending<Partial<Settings>> }) {
  const { t } = useLingui()
  const [answers, setAnswers] = useState<Partial<Settings>>({})
  const [isMissing, setMissing] = useState(false)
  const codes = useFacilities()
  const open = questions.filter(({ setting }) => (answers[setting as keyof Settings] ?? '') === '')
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    setMissing(open.length > 0)
    if (open.length === 0) settings.mutate(answers)
    else event.currentTarget.querySelector<HTMLElement>(`[data-question="${open[0]?.setting}"] input`)?.focus()
  }
  const answer = (name: string, value: string): void => setAnswers((before) => ({ ...before, [name]: value }))
  const missing = (name: string): string | undefined => (isMissing && open.some(({ setting }) => setting === name) ? t`This is needed before the rows can be looked through.` : undefined)
  return (
    <form onSubmit={submit} className={`${parts['card']} ${classes['questions']}`}>
      <div className={classes['questionsHead']}><IconQuestionMark size={18} aria-hidden /><b>{questions.length === 1 ? t`One thing the file does not say` : t`Some things the file does not say`}</b></div>
      <div className={classes['questionGrid']}>
        {questions.map(({ setting, candidates }) => (
          <div key={setting} data-question={setting}>
            {setting === 'facility' ? (
              <SuggestInput label={t`In which facility is this stock?`} description={t`The code of a facility; one that is not there yet is made.`} maxLength={90} maw={420} suggestions={codes} value={answers.facility ?? ''} onChange={({ currentTarget }) => answer('facility', currentTarget.value)} error={missing('facility')} />
            ) : (
              <Radio.Group label={setting === 'dateFormat' ? t`How are the dates written?` : t`What separates the decimals?`} value={String(answers[setting as keyof Settings] ?? '')} onChange={(value) => answer(setting, value)} error={missing(setting)}>
                <Stack gap="xs" mt="xs">
                  {candidates.map(({ value, examples }) => (
                    <Radio key={value} value={value} label={value === 'point' ? t`A point` : value === 'comma' ? t`A comma` : value}
                      description={examples.map(({ text, meaning }) => (meaning === 'not readable' ? t`“${text}” cannot be read` : t`“${text}” is ${isDay(meaning) ? sayPlainDate(meaning) : meaning}`)).join(' · ')} />
                  ))}
                </Stack>
              </Radio.Group>
            )}
          </div>
        ))}
      </div>
      <Group gap="sm"><Button type="submit" loading={settings.isPending}>{t`That is right`}</Button><Text size="sm" c="dimmed">{t`It is remembered for the next file from this source.`}</Text></Group>
    </form>
  )
}
