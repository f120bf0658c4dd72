import { useLingui } from '@lingui/react/macro'
import { TextInput } from '@mantine/core'
import { formatQuantity, type Quantity } from '#src/lib/quantity.ts'
import { decimalMark, sayQuantity } from './format.ts'
import type { FieldProps } from './pick.tsx'
import classes from './pick.module.css'
import { readDecimal, toBase, typeDecimal, type Uom } from './uoms.ts'

export interface QuantityFieldProps extends FieldProps {
  /** As it was typed, in the mark people here write. */
  readonly value: string
  /** The id of one of `uoms`, whose first is the base unit. */
  readonly uom: string
  readonly uoms: readonly Uom[]
  readonly onChange: (value: string, uom: string) => void
  /** In base units: one tap takes it all. */
  readonly all?: Quantity | undefined
}

/** How much, with its unit of measure: a decimal, exact to its last digit; below it the same in base units, and what is all of it. */
export function QuantityField({ value, uom, uoms, onChange, all, label, error, description, placeholder, required = false, disabled = false, field }: QuantityFieldProps) {
  const { t } = useLingui()
  const [base] = uoms
  const chosen = uoms.find(({ id }) => id === uom) ?? base
  const mark = decimalMark()
  const converted = chosen === undefined || chosen === base ? undefined : toBase(value, chosen, mark)
  const read = value.trim() === '' ? '' : readDecimal(value, mark)
  const wrong = read === 'unclear' ? t`Write it without marks between thousands: this could be read in two ways.` : read === null ? t`A number above zero, such as 12 or ${typeDecimal('0.5', mark)}.` : null
  return (
    <div className={classes['quantity']}>
      <TextInput label={label} value={value} inputMode="decimal" autoComplete="off" placeholder={placeholder} disabled={disabled} aria-required={required || undefined} data-field={field} maxLength={40} className={classes['field'] ?? ''}
        error={error ?? wrong} onChange={({ currentTarget }) => onChange(currentTarget.value, uom)} onFocus={({ currentTarget }) => currentTarget.select()}
        rightSectionWidth={uoms.length < 2 ? 64 : 118} rightSection={uoms.length < 2 ? <span className={classes['uom']}>{base?.uom}</span> : (
          <select aria-label={t`Unit of measure`} value={chosen?.id ?? ''} disabled={disabled} className={classes['uoms']} onChange={({ currentTarget }) => onChange(value, currentTarget.value)}>
            {uoms.map((one) => <option key={one.id} value={one.id}>{one.id.startsWith('pack:') ? t`pack of ${sayQuantity(formatQuantity(one.numerator))}` : one.uom}</option>)}
          </select>
        )} />
      <div className={classes['under']}>
        {converted !== undefined && <span className="dim">= {sayQuantity(formatQuantity(converted))} {base?.uom}</span>}
        {description}
        {all !== undefined && all > 0n && <button type="button" className={classes['all']} disabled={disabled} onClick={() => onChange(typeDecimal(formatQuantity(all), mark), '')}>{t`All ${sayQuantity(formatQuantity(all))} ${base?.uom ?? ''} there`}</button>}
      </div>
    </div>
  )
}
