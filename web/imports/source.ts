import { i18n } from '@lingui/core'

/**
 * The source that a file of this name came from before: files from one sender are called alike but for dates and numbers
 * (`acme-2026-11-01.csv`, `acme-2026-11-08.csv`). Undefined where none is like it.
 */
export function sourceLike(name: string, before: readonly { readonly fileName: string | null; readonly source: string }[]): string | undefined {
  const stem = stemOf(name)
  return stem === '' ? undefined : before.find(({ fileName }) => fileName !== null && stemOf(fileName) === stem)?.source
}

function stemOf(name: string): string {
  return name.toLowerCase().replace(/\.[a-z]{1,4}$/, '').replace(/[\d\s._()-]+/g, ' ').trim()
}

/** "12 kB", "3.4 MB". */
export function sayBytes(bytes: number): string {
  const [value, unit] = bytes < 1000 ? [bytes, 'byte'] : bytes < 1_000_000 ? [bytes / 1000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte']
  return new Intl.NumberFormat(i18n.locale, { style: 'unit', unit, unitDisplay: unit === 'byte' ? 'long' : 'short', maximumFractionDigits: value < 10 && unit !== 'byte' ? 1 : 0 }).format(value)
}
