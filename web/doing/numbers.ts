import type { SerialEntry } from './draft.ts'

/** More than this in one range is a mistake of typing. */
const MOST = 50_000

/**
 * Numbers out of a text that was typed or pasted: one in a line, or several apart by a tab or semicolon. Of measured
 * pieces what follows a number is its measure. White space around a number is not part of it.
 */
export function readNumbers(text: string, isMeasured: boolean): readonly SerialEntry[] {
  const rows = text.split(/\r\n|\r|\n/).map((row) => row.split(/[\t;]/).map((cell) => cell.trim()))
  if (!isMeasured) return rows.flat().filter((serial) => serial !== '').map((serial) => ({ serial, quantity: '' }))
  return rows.filter(([serial = '']) => serial !== '').map((cells) => {
    const [serial = '', quantity = ''] = cells.length > 1 ? cells : (/^(.*\S)\s+([\d.,]+)$/.exec(cells[0] ?? '')?.slice(1) ?? cells)
    return { serial, quantity: quantity.replace(/\s*[a-z]+$/i, '') }
  })
}

/** `A001..A500` as the numbers from the first to the last; null: it is no such range. Both count up at their end and are alike before it. */
export function stretch(typed: string): readonly SerialEntry[] | null {
  const [, first = '', last = ''] = /^\s*(\S.*?)\s*\.\.\s*(\S.*?)\s*$/.exec(typed) ?? []
  const [, head = '', from = ''] = /^(.*?)(\d+)$/.exec(first) ?? []
  const [, headOfLast = '', to = ''] = /^(.*?)(\d+)$/.exec(last) ?? []
  if (from === '' || head !== headOfLast || from.length > to.length || (from.startsWith('0') && from.length !== to.length)) return null
  const [begin, end] = [BigInt(from), BigInt(to)]
  if (end < begin || end - begin >= MOST) return null
  return Array.from({ length: Number(end - begin) + 1 }, (_, at) => ({ serial: `${head}${(begin + BigInt(at)).toString().padStart(from.length, '0')}`, quantity: '' }))
}
