import type { ImportView } from '#src/imports/contract.ts'
import type { Row } from './use-rows.ts'
import type { Field } from './words.ts'

const broken = new Set(['row_short', 'row_long', 'row_quote_open', 'row_quote_wrong', 'row_too_large', 'row_unreadable'])

/** True where the line could not be read as a row of the table: its cells are not those of the columns. */
export function isBroken({ problems }: Row): boolean {
  return problems.some(({ code }) => broken.has(code))
}

/** The columns of the file that mean something, in the order of the file; with `all` the others too, behind them. */
export function columnsOf({ header, settings: { mapping } }: ImportView, all: boolean): readonly string[] {
  const used = new Set(Object.values(mapping))
  return [...header.filter((column) => used.has(column)), ...(all ? header.filter((column) => !used.has(column)) : [])]
}

/** What a row holds of a field; '' where no column is this field. */
export function cellOf({ settings: { mapping } }: ImportView, row: Row, field: Field): string {
  const column = mapping[field]
  return column === undefined ? '' : (row.cells[column] ?? '')
}
