import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { Button, CloseButton, Group, TextInput } from '@mantine/core'
import { useState, type ClipboardEvent } from 'react'
import { formatQuantity } from '#src/lib/quantity.ts'
import { sayQuantity } from '../parts/format.ts'
import pick from '../parts/pick.module.css'
import classes from './doing.module.css'
import type { SerialEntry } from './draft.ts'
import { readNumbers, stretch } from './numbers.ts'
import { stops, type Serial, type Settled } from './settle.ts'

/** How many of the list are shown; the rest is counted. What is wrong is always shown. */
const SHOWN = 5
const MOST_WRONG = 50

interface Props {
  readonly line: Settled
  readonly error?: string | null
  readonly onChange: (serials: readonly SerialEntry[]) => void
}

/** The units of a line: scanned one by one, typed, or pasted by the thousand; how many there are, the last five, and what is wrong with which. */
export default function SerialsField({ line, error, onChange }: Props) {
  const { t } = useLingui()
  const [typed, setTyped] = useState('')
  const [all, setAll] = useState(false)
  const { numbers, serials } = line
  const count = numbers.filter(({ state }) => state !== 'twice').length
  const wrong = numbers.flatMap((number, at) => (stops.includes(number.state) ? [{ number, at }] : []))
  const last = numbers.map((number, at) => ({ number, at })).slice(all ? 0 : -SHOWN).toReversed().filter(({ number }) => !stops.includes(number.state))
  const shown = [...wrong.slice(0, MOST_WRONG), ...last]
  const isMeasured = line.productFacts?.measured === true
  const add = (entries: readonly SerialEntry[]): void => {
    if (entries.length > 0) onChange([...serials, ...entries])
    setTyped('')
  }
  const onPaste = (event: ClipboardEvent): void => {
    const text = event.clipboardData.getData('text')
    if (!/[\n\t;]/.test(text.trim())) return
    event.preventDefault()
    add(readNumbers(text, isMeasured))
  }
  const range = stretch(typed)
  return (
    <div className={`${classes['numbers']} ${classes['wide']}`}>
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <TextInput label={isMeasured ? t`Pieces` : t`Serials`} description={isMeasured && line.flow.brings === 'new' ? t`Scan, type or paste; a number and its measure, one in a line.` : t`Scan, type or paste; one in a line. A range goes from the first to the last: A001..A500`} flex={1} value={typed} error={error} data-field={`${line.at}.serials`} autoComplete="off" spellCheck={false} maxLength={200}
          className={pick['field'] ?? ''} classNames={{ input: 'code' }} inputWrapperOrder={['label', 'input', 'description', 'error']}
          onChange={({ currentTarget: { value } }) => setTyped(value)} onPaste={onPaste}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || typed.trim() === '' || event.ctrlKey || event.metaKey) return
            event.preventDefault()
            add(range ?? readNumbers(typed, isMeasured))
          }}
          onBlur={() => typed.trim() !== '' && range === null && add(readNumbers(typed, isMeasured))}
          rightSectionWidth={86} rightSection={typed.trim() === '' ? null : <Button size="compact-sm" variant="light" onMouseDown={(event) => event.preventDefault()} onClick={() => add(range ?? readNumbers(typed, isMeasured))}>{range === null ? t`Add` : t`Add ${range.length}`}</Button>} />
      </Group>
      {numbers.length > 0 && (
        <>
          <Group justify="space-between" align="baseline">
            <span role="status"><span className={classes['count']}>{count}</span> {plural(count, { one: 'unit', other: 'units' })}{isMeasured && line.base !== undefined && ` · ${sayQuantity(formatQuantity(line.base))} ${line.productFacts?.baseUom ?? ''}`}{wrong.length > 0 && <strong> · {t`${wrong.length} to look at`}</strong>}</span>
            <Group gap={6}>
              {wrong.length > 1 && <Button size="compact-sm" variant="light" onClick={() => onChange(serials.filter((_, at) => !stops.includes(numbers[at]?.state ?? 'new')))}>{t`Take these ${wrong.length} out`}</Button>}
              {numbers.length > SHOWN && <Button size="compact-sm" variant="subtle" onClick={() => setAll(!all)}>{all ? t`Only the last ${SHOWN}` : t`Show all ${numbers.length}`}</Button>}
            </Group>
          </Group>
          <ol className={classes['numberList']} aria-label={t`Numbers, the last first`}>
            {shown.map(({ number, at }) => (
              <li key={`${at} ${number.serial}`} className={classes['number']} data-stop={stops.includes(number.state) || undefined}>
                <span>{at + 1}</span>
                <span className="code">{number.serial}</span>
                <span className={classes['numberSays']}><Says number={number} line={line} /></span>
                {isMeasured && number.state !== 'unknown' && number.state !== 'twice' && (
                  <TextInput className={classes['measure'] ?? ''} size="xs" inputMode="decimal" aria-label={t`How much of ${number.serial}`} value={number.quantity} placeholder={number.unit === null || number.unit.measure === '0' ? '' : sayQuantity(number.unit.measure)} rightSection={<span className={pick['uom']}>{line.productFacts?.baseUom}</span>}
                    onChange={({ currentTarget: { value } }) => onChange(serials.map((one, index) => (index === at ? { ...one, quantity: value } : one)))} />
                )}
                <CloseButton size="md" aria-label={t`Take ${number.serial} out`} onClick={() => onChange(serials.filter((_, index) => index !== at))} />
              </li>
            ))}
          </ol>
          {!all && numbers.length > shown.length && <span className="dim">{t`and ${numbers.length - shown.length} before these`}</span>}
        </>
      )}
    </div>
  )
}

/** What is known of one number. */
function Says({ number: { state, first, unit }, line }: { readonly number: Serial; readonly line: Settled }) {
  const { t } = useLingui()
  const place = unit?.place?.code ?? ''
  switch (state) {
    case 'checking': return null
    case 'twice': return t`Already there as no. ${(first ?? 0) + 1}; it is not counted again.`
    case 'unknown': return line.flow.brings === 'known' ? t`Never ours: nobody shipped it.` : t`Nobody knows this number.`
    case 'nearly': return t`Known in another spelling. Check the letters O and I.`
    case 'in_stock': return t`In stock already, in ${place}.`
    case 'not_here': return place === '' ? t`It has not come in yet.` : t`Not in stock: it is at ${place}.`
    case 'with_customer': return t`It was shipped to ${place}. Take it back instead.`
    case 'elsewhere': return t`The book has it in ${place}.`
    case 'measure': return t`How much of it is it?`
    case 'new': return t`new`
    case 'here': return place
  }
}
