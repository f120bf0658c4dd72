import { useLingui } from '@lingui/react/macro'
import { useForm, type UseFormReturnType } from '@mantine/form'
import { useState } from 'react'
import { Problem, read, type ItemOf } from '../api.ts'
import { queryClient, type ReadQuery } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { Code } from './code.tsx'
import { RelativeTime } from './dates.tsx'
import classes from './form.module.css'

type Values = Record<string, unknown>

/** How a field is told apart to people, where somebody else changed it meanwhile. */
export interface FieldName {
  readonly label: string
  readonly say?: (value: never) => string
}

export interface RecordFormOptions<Record extends { readonly version: number }, V extends Values> {
  readonly record: Record
  /** How the record is read again, and what the audit knows it by. */
  readonly query: ReadQuery<Record>
  readonly subjectId: string
  readonly toValues: (record: Record) => V
  readonly names: { readonly [name in keyof V]: FieldName }
  readonly validate?: (values: V) => { readonly [name in keyof V]?: string | null }
}

export interface RecordForm<Record, V extends Values> {
  readonly form: UseFormReturnType<V>
  /** The record as it was read last. */
  readonly base: Record
  /** For the command's `ifMatch`. */
  readonly version: number
  /** What differs from the record: only this is sent, so that what others change stays as they made it. */
  changes(): Partial<V>
  /** For the command's `onError`: reads what was changed meanwhile; afterwards the form can be sent again. */
  onError(problem: Problem): void
  /** What somebody else changed since the form was opened; to be shown above the fields. */
  readonly meanwhile: Meanwhile | null
}

interface Meanwhile {
  /** Of the last change, where the role may read it. */
  readonly change: ItemOf<'/audit'> | null
  /** What they changed and you did not: it stands in the form now. */
  readonly taken: readonly Differing[]
  /** What both changed: yours stays in the form. */
  readonly contested: readonly Differing[]
}
interface Differing {
  readonly label: string
  readonly theirs: string
}

/**
 * A form over a record that is there, for the version that was read. Where somebody else was faster, what they changed and
 * this form did not is taken over, what both changed stays as it was typed and is told, and the form goes for the version
 * there is now.
 */
export function useRecordForm<Record extends { readonly version: number }, V extends Values>({ record, query, subjectId, toValues, names, validate }: RecordFormOptions<Record, V>): RecordForm<Record, V> {
  const may = useMay()
  const [base, setBase] = useState(record)
  const [meanwhile, setMeanwhile] = useState<Meanwhile | null>(null)
  const form = useForm<V>({ initialValues: toValues(base), ...(validate === undefined ? {} : { validate: validate as never }) })

  const rebase = async (): Promise<void> => {
    const [fresh, audit] = await Promise.all([queryClient.fetchQuery({ ...query, staleTime: 0 }), may('audit.read') ? read('/audit', { query: { subjectId, limit: 1 } }) : null])
    const [old, now, mine] = [toValues(base), toValues(fresh), form.getValues()]
    const [taken, contested]: [Differing[], Differing[]] = [[], []]
    for (const name of Object.keys(now) as (keyof V & string)[]) {
      if (isSame(old[name], now[name]) || isSame(mine[name], now[name])) continue
      const { label, say = sayValue } = names[name]
      const differing = { label, theirs: (say as (value: unknown) => string)(now[name]) }
      if (isSame(mine[name], old[name])) {
        taken.push(differing)
        form.setFieldValue(name, now[name] as never)
      } else contested.push(differing)
    }
    form.setInitialValues(now)
    form.resetDirty(now)
    setBase(fresh)
    setMeanwhile({ change: audit?.items[0] ?? null, taken, contested })
  }
  return {
    form, base, version: base.version, meanwhile,
    changes: () => {
      const before = toValues(base)
      return Object.fromEntries(Object.entries(form.getValues()).filter(([name, value]) => !isSame(value, before[name]))) as Partial<V>
    },
    // what the reading answers with is shown by the page under the dialog
    onError: (problem) => void (problem instanceof Problem && problem.code === 'record_changed' && rebase().catch(() => undefined)),
  }
}

/** Who changed what since the form was opened, and what became of what was typed. */
export function ChangedMeanwhile({ meanwhile }: { readonly meanwhile: Meanwhile | null }) {
  const { t } = useLingui()
  if (meanwhile === null) return null
  const { change, taken, contested } = meanwhile
  const who = change?.actor.name
  return (
    <div role="alert" className={classes['changed']}>
      <p><b>{who === undefined || who === null ? t`Somebody else changed this while you had it open.` : t`${who} changed this while you had it open.`}</b>{change !== null && <span className="dim"> <RelativeTime instant={change.recordedAt} />{change.reason !== null && ` · ${change.reason}`}</span>}</p>
      {contested.length > 0 && <ul>{contested.map(({ label, theirs }) => <li key={label}>{label}: {t`they wrote`} <Code value={theirs} plain />; {t`yours is kept in the form.`}</li>)}</ul>}
      {taken.length > 0 && <ul>{taken.map(({ label, theirs }) => <li key={label}>{label}: {t`taken over,`} <Code value={theirs} plain /></li>)}</ul>}
      <p>{contested.length > 0 ? t`Nothing was saved yet. Save again to put yours in its place, or change it back first.` : t`Nothing of yours is touched by it. Nothing was saved yet: save again.`}</p>
    </div>
  )
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function sayValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  if (Array.isArray(value)) return value.map(sayValue).join(', ')
  if (typeof value === 'object') return Object.values(value).filter((one) => one !== '').map(sayValue).join(', ')
  return String(value as string | number | boolean)
}
