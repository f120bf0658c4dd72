import { useLingui } from '@lingui/react/macro'
import { Alert, Button, NativeSelect, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import type { ImportView } from '#src/imports/contract.ts'
import { Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { Tone } from '../parts/tone.tsx'
import classes from './imports.module.css'
import type { StepProps } from './understood.tsx'
import { fieldGroups, fieldName, joined, type Field } from './words.ts'

type Mapping = ImportView['settings']['mapping']

/** What a column may be besides one field: a name that serves as the code, or a GTIN that does. */
const pairs: readonly (readonly Field[])[] = [['product', 'name'], ['product', 'gtin']]

/** The second step: what each column of the file means, with its first cells. On a phone the columns stand below each other. */
export function Columns({ view, settings, mayWrite }: StepProps) {
  const { t } = useLingui()
  const { header, source, origins } = view
  const [moved, setMoved] = useState('')
  // what was chosen stands there while it is being sent
  const sent = settings.isPending ? settings.variables?.mapping : undefined
  const mapping = sent ?? view.settings.mapping
  const used = new Set(Object.values(mapping).filter((column) => column !== undefined))
  const missing = view.questions.flatMap(({ setting }) => (setting.startsWith('mapping.') ? [setting.slice('mapping.'.length) as Field] : []))
  const isAllRemembered = Object.values(origins).length > 0 && Object.values(origins).every((origin) => origin === 'remembered')
  const assign = (column: string, fields: readonly Field[]): void => {
    const next: { [field in Field]?: string | undefined } = Object.fromEntries(Object.entries(mapping).filter(([, one]) => one !== column))
    const taken = fields.filter((field) => next[field] !== undefined)
    const from = taken.map((field) => t`${fieldName(field)} was “${next[field] ?? ''}” until now`)
    for (const field of fields) next[field] = column
    setMoved(from.length === 0 ? '' : t`${joined(from)}; that column is not used any more.`)
    settings.mutate({ mapping: next as Mapping })
  }
  return (
    <Section title={t`What the columns mean`} aside={<Text size="sm" c="dimmed">{isAllRemembered ? t`as for ${source} last time` : t`${used.size} of ${header.length} columns are used`}</Text>}>
      {missing.length > 0 && (
        <Alert role="alert" variant="outline" color="var(--warn)" icon={<IconAlertTriangle aria-hidden />} title={t`Not found among the columns: ${joined(missing.map(fieldName))}`}>
          {t`Choose it over the column that holds it.`}
          {missing.includes('quantity') && <div><Button size="xs" variant="default" mt="xs" loading={settings.isPending} onClick={() => settings.mutate({ identitiesOnly: true })}>{t`There is none: only register products, lots and places`}</Button></div>}
        </Alert>
      )}
      <div className="visually-hidden" role="status">{moved}</div>
      {moved !== '' && <Text size="sm" c="var(--warn)" aria-hidden>{moved}</Text>}
      <div className={`${parts['card']} ${classes['columns']}`} role="region" aria-label={t`What the columns mean`} tabIndex={0}>
        {header.map((column, at) => <Column key={column} column={column} at={at} view={view} mapping={mapping} isPending={sent !== undefined} mayWrite={mayWrite} onAssign={(fields) => assign(column, fields)} />)}
      </div>
    </Section>
  )
}

interface ColumnProps {
  readonly column: string
  readonly at: number
  readonly view: ImportView
  readonly mapping: Mapping
  readonly isPending: boolean
  readonly mayWrite: boolean
  readonly onAssign: (fields: readonly Field[]) => void
}

function Column({ column, at, view: { samples, readings, origins }, mapping, isPending, mayWrite, onAssign }: ColumnProps) {
  const { t, i18n } = useLingui()
  const fields = (Object.keys(mapping) as Field[]).filter((field) => mapping[field] === column)
  const isUsed = fields.length > 0
  const origin = isPending ? undefined : fields.map((field) => origins[field]).find((one) => one !== undefined)
  const label = (some: readonly Field[]): string => some.map(fieldName).join(' + ')
  const value = fields.join('+')
  const both = [...pairs, ...(fields.length > 1 && !pairs.some((pair) => pair.join('+') === value) ? [fields] : [])]
  return (
    <div className={classes['column']} data-unused={!isUsed || undefined} data-wide={readings.some((cells, row) => (cells[at] ?? null) !== null && cells[at] !== samples[row]?.[at]?.trim()) || undefined}>
      <div className={classes['columnHead']}>
        <NativeSelect aria-label={t`What “${column}” means`} value={value} disabled={!mayWrite} onChange={({ currentTarget }) => onAssign(currentTarget.value === '' ? [] : (currentTarget.value.split('+') as Field[]))}>
          <option value="">{t`Not used`}</option>
          {fieldGroups.map(({ label: group, fields: some }) => <optgroup key={group.id} label={i18n._(group)}>{some.map((field) => <option key={field} value={field}>{fieldName(field)}</option>)}</optgroup>)}
          <optgroup label={t`Two at once`}>{both.map((pair) => <option key={pair.join('+')} value={pair.join('+')}>{label(pair)}</option>)}</optgroup>
        </NativeSelect>
        <span className={classes['columnName']}><b title={column}>{column}</b>{origin === 'guessed' ? <Tone tone="warn">{t`guessed`}</Tone> : origin === 'remembered' ? <Tone tone="ok">{t`as last time`}</Tone> : origin === 'said' ? <Tone tone="ok">{t`chosen`}</Tone> : <Tone tone="quiet">{isUsed ? '…' : t`ignored`}</Tone>}</span>
      </div>
      <ul className={classes['samples']} aria-label={t`First cells of “${column}”`}>
        {samples.map((cells, row) => {
          const text = cells[at] ?? ''
          const reading = readings[row]?.[at] ?? null
          return <li key={row}><span className="code">{text === '' ? <span className="dim">{t`empty`}</span> : text}</span>{reading !== null && reading !== text.trim() && <span className="dim"> = {reading}</span>}</li>
        })}
      </ul>
    </div>
  )
}
