import { quoteFormula } from './interpret.ts'

/** One line of CSV (RFC 4180). What a spreadsheet would compute gets an apostrophe, which an import of our own files takes off again. */
export function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map((cell) => quoted(cell === null ? '' : quoteFormula(cell))).join(',')}\r\n`
}

function quoted(text: string): string {
  return /[",\r\n;]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
