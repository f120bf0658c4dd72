import { localDay } from '../parts/format.ts'

interface TextColumn<Row> {
  readonly title: string
  readonly text?: (row: Row) => string | null | undefined
}

const FORMULA = /^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/u

/** Rows as CSV, a column for each that says something as text. What a spreadsheet would compute gets an apostrophe before it, as in our exports. */
export function toCsv<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[]): string {
  const told = columns.flatMap(({ title, text }) => (text === undefined ? [] : [{ title, text }]))
  return [told.map(({ title }) => title), ...rows.map((row) => told.map(({ text }) => text(row) ?? ''))].map((cells) => `${cells.map(toCell).join(',')}\r\n`).join('')
}

function toCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Hands a file to the browser: `lots-2026-11-23.csv`. */
export function saveCsv(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${name}-${localDay()}.csv`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
