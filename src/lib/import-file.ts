/** A file of opening stock at most. */
export const MOST_FILE_BYTES = 64 * 1024 * 1024
export const MOST_ROWS = 250_000

/** How files begin that people take for a table: workbooks (.xlsx and .ods are zipped, .xls is OLE), PDF, pictures, archives. */
const marks: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04], [0xd0, 0xcf, 0x11, 0xe0], [0x25, 0x50, 0x44, 0x46, 0x2d], [0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff], [0x47, 0x49, 0x46, 0x38], [0x1f, 0x8b], [0x37, 0x7a, 0xbc, 0xaf], [0x52, 0x61, 0x72, 0x21],
]

/**
 * Whether a file can be a text at all, by its first kilobytes: no workbook, PDF, picture or archive, and not made of
 * control characters to a tenth (a stray NUL does no harm). UTF-16 is told by its byte order mark.
 */
export function looksLikeText(bytes: Uint8Array): boolean {
  if (marks.some((mark) => mark.every((byte, at) => bytes[at] === byte))) return false
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true
  const first = bytes.subarray(0, 4096)
  const control = first.reduce((sum, byte) => sum + (byte < 0x20 && (byte < 0x09 || byte > 0x0d) ? 1 : 0), 0)
  return control < 5 || control * 10 < first.length
}
