import { useLingui } from '@lingui/react/macro'
import { Button, CloseButton, Group, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { PartyPick, PlatePick } from '../parts/pick.tsx'
import pick from '../parts/pick.module.css'
import { paperName } from '../words.ts'
import classes from './doing.module.css'
import { isBlank, type Draft, type Kind, type Line } from './draft.ts'
import { needsReason } from './command.ts'
import type { Doing } from './doings.ts'
import LotProperties from './lot-properties.tsx'
import type { Settled } from './settle.ts'

export interface Props {
  readonly doing: Doing
  readonly draft: Draft
  readonly line: Settled | undefined
  readonly lines: readonly Settled[]
  readonly errorOf: (field: string) => string | null
  readonly onChange: (change: Partial<Draft>) => void
  readonly onLine: (change: Partial<Line>) => void
}

/** What stands folded away in more.tsx, loaded when it is unfolded. */
export default function MoreFields({ doing: { kind, papers }, draft, line, lines, errorOf, onChange, onLine }: Props) {
  const { t } = useLingui()
  return (
    <Stack gap="md">
      <div className={classes['fields']}>
        <When value={draft.occurredAt} onChange={(occurredAt) => onChange({ occurredAt })} />
        {!needsReason(kind) && <TextInput label={t`Reason`} value={draft.reason} maxLength={200} className={pick['field'] ?? ''} onChange={({ currentTarget: { value } }) => onChange({ reason: value })} />}
        {line !== undefined && line.whole === null && <OfLine kind={kind} line={line} lines={lines} errorOf={errorOf} onLine={onLine} />}
      </div>
      <Papers usual={papers} draft={draft} onChange={onChange} />
      <Textarea label={t`Note`} value={draft.note} maxLength={2000} autosize minRows={2} onChange={({ currentTarget: { value } }) => onChange({ note: value })} />
    </Stack>
  )
}

/** Now, unless a time is given: not one to come. */
function When({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const { t } = useLingui()
  const isToCome = value !== '' && new Date(value).getTime() > Date.now() + 5 * 60_000
  return (
    <TextInput type="datetime-local" label={t`Happened`} description={value === '' ? t`Now, unless a time is given.` : t`In the time of this device. Entered now, it takes its place among what happened then.`} inputWrapperOrder={['label', 'input', 'description', 'error']} value={value} className={pick['field'] ?? ''} error={isToCome ? t`That is still to come.` : null}
      onChange={({ currentTarget }) => onChange(currentTarget.value)} rightSection={value === '' ? null : <CloseButton size="sm" aria-label={t`Now`} onClick={() => onChange('')} />} />
  )
}

function OfLine({ kind, line, lines, errorOf, onLine }: { readonly kind: Kind; readonly line: Settled; readonly lines: readonly Settled[]; readonly errorOf: (field: string) => string | null; readonly onLine: (change: Partial<Line>) => void }) {
  const { t } = useLingui()
  const { flow } = line
  const brings = flow.brings === 'new' && line.byLot
  const inputs = lines.filter((one) => one.role === 'input' && !isBlank(one))
  const several = line.role === 'output' && inputs.length > 1
  return (
    <>
      {flow.puts && <PlatePick label={t`Onto the plate`} placeholder={t`loose`} value={kind === 'move' ? line.toPlate : line.plate} onChange={(id) => onLine(kind === 'move' ? { toPlate: id } : { plate: id })} error={flow.takes ? null : errorOf('plate')} field={`${line.at}.plate`} />}
      {!flow.takes && <PartyPick label={t`Owner`} placeholder={t`ourselves`} value={line.owner} onChange={(id) => onLine({ owner: id })} error={errorOf('owner')} />}
      {brings && <TextInput type="date" label={t`Made on`} value={line.madeOn} max="9999-12-31" className={pick['field'] ?? ''} onChange={({ currentTarget: { value } }) => onLine({ madeOn: value })} />}
      {brings && <TextInput label={t`Family`} description={t`Lots that belong together: one dye bath, one day's milk.`} inputWrapperOrder={['label', 'input', 'description', 'error']} value={line.family} maxLength={90} className={pick['field'] ?? ''} classNames={{ input: 'code' }} onChange={({ currentTarget: { value } }) => onLine({ family: value })} />}
      {brings && line.lot !== null && 'code' in line.lot && <LotProperties line={line} onLine={onLine} />}
      {several && (
        <div className={`${classes['group']} ${classes['wide']}`} role="group" aria-label={t`Made of just these`}>
          <span>{t`Made of just these`} <span className="dim">{t`(said by nobody: of all that was used, at most)`}</span></span>
          <div className={classes['chips']}>
            {inputs.map((input) => {
              const isOn = line.uses.includes(input.key)
              return <button key={input.key} type="button" className={classes['chip']} aria-pressed={isOn} onClick={() => onLine({ uses: isOn ? line.uses.filter((key) => key !== input.key) : [...line.uses, input.key] })}>{codeOf(input)}</button>
            })}
          </div>
        </div>
      )}
    </>
  )
}

function codeOf(line: Settled): string {
  const code = line.lot === null ? null : 'code' in line.lot ? line.lot.code : line.lotFacts?.code
  return code ?? line.numbers[0]?.serial ?? line.productFacts?.name ?? '…'
}

/** Numbers of papers: what the movement is found by later. */
function Papers({ usual, draft: { references }, onChange }: { readonly usual: readonly string[]; readonly draft: Draft; readonly onChange: (change: Partial<Draft>) => void }) {
  const { t } = useLingui()
  const put = (at: number, change: { type?: string; number?: string }): void => onChange({ references: references.map((one, index) => (index === at ? { ...one, ...change } : one)) })
  return (
    <Stack gap={6}>
      {references.map((reference, at) => (
        <Group key={at} gap="xs" wrap="nowrap" align="flex-end">
          <NativeSelect label={at === 0 ? t`Paper` : undefined} aria-label={t`Paper`} value={reference.type} data={[...new Set([...usual, reference.type, 'other'])].map((type) => ({ value: type, label: paperName(type) }))} className={pick['field'] ?? ''} onChange={({ currentTarget: { value } }) => put(at, { type: value })} />
          <TextInput label={at === 0 ? t`Number` : undefined} aria-label={t`Number`} value={reference.number} maxLength={90} flex={1} className={pick['field'] ?? ''} classNames={{ input: 'code' }} onChange={({ currentTarget: { value } }) => put(at, { number: value })} />
          <CloseButton size="lg" aria-label={t`Take this paper away`} onClick={() => onChange({ references: references.filter((_, index) => index !== at) })} />
        </Group>
      ))}
      <div><Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => onChange({ references: [...references, { type: usual[0] ?? 'other', number: '' }] })}>{references.length === 0 ? t`Add the number of a paper` : t`Another paper`}</Button></div>
    </Stack>
  )
}
