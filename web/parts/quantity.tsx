import { sayQuantity } from './format.ts'
import classes from './parts.module.css'

/** A quantity with its unit of measure, always. `sign` shows a plus too. In a number column it stands right aligned. */
export function Quantity({ value, uom, sign = false }: { readonly value: string; readonly uom: string; readonly sign?: boolean }) {
  return <span className={classes['quantity']}>{sign && !value.startsWith('-') && value !== '0' ? '+' : ''}{sayQuantity(value)}<span className={classes['uom']}>{uom}</span></span>
}
