import { parse, type CsvError, type Info } from 'csv-parse'
import { looksLikeText } from '#src/lib/import-file.ts'
import { refusal, RefusalError, type RefusalData } from '#src/lib/refusal.ts'
import { fault, note, type Fault, type Note } from './problems.ts'

/** What a file turned out to be, and its rows. */
export interface ReadFile {
  readonly encoding: 'UTF-8' | 'UTF-16' | 'Windows-1252'
  readonly delimiter: string
  readonly header: readonly string[]
  /** 1 for the first line of the file. */
  readonly headerLine: number
  readonly rows: readonly ReadRow[]
  /** What was done with the file that its sender may not expect. */
  readonly notes: readonly Note[]
}

export interface ReadRow {
  /** Where the row begins; a quoted line end makes it run over several. */
  readonly line: number
  readonly cells: readonly string[]
  /** Why it cannot be read as a row of the table, where it cannot. */
  readonly problem: Fault | null
}

export interface ReadOptions {
  /** Of the file, where it is known; else found out. */
  readonly delimiter?: string | undefined
  readonly encoding?: 'utf-8' | 'windows-1252' | undefined
  /** The line that holds the names of the columns, where it is known; else found out. */
  readonly headerLine?: number | undefined
  /** How many names of fields a line holds: what tells the header from titles above it. */
  readonly recognise: (cells: readonly string[]) => number
  readonly mostRows: number
}

/** The file cannot be read as a table at all; says so by a refusal of the catalogue. */
export class UnreadableFile extends RefusalError {
  constructor(code: 'import_empty' | 'import_not_text' | 'import_not_utf8' | 'import_no_header' | 'import_too_many_rows' | 'import_quotes_broken', data: RefusalData = {}) {
    super(refusal(code, data))
  }
}

const delimiters = [',', ';', '\t', '|'] as const
/** A row longer than this is an open quote. */
const MOST_ROW_BYTES = 256 * 1024
/** So many rows that break off make a file something else than a table. */
const MOST_BREAKS = 1000

/**
 * Reads a delimited file: encoding and delimiter found out, header found below titles, every row with its line. A row
 * that breaks the rules of quoting is reported by itself and reading goes on with the next line: nothing is swallowed.
 */
export async function readFile(bytes: Uint8Array, options: ReadOptions): Promise<ReadFile> {
  if (!looksLikeText(bytes)) throw new UnreadableFile('import_not_text')
  const notes: Note[] = []
  const { text, encoding } = decode(bytes, options.encoding, notes)
  if (text.trim() === '') throw new UnreadableFile('import_empty')
  const delimiter = options.delimiter ?? sniffDelimiter(text)
  const { records, blank } = await readRecords(Buffer.from(text, 'utf8'), delimiter, options.mostRows)
  const at = options.headerLine === undefined ? findHeader(records, options.recognise) : records.findIndex(({ line }) => line === options.headerLine)
  const header = records[at]
  if (!header || header.problem || header.cells.every((cell) => cell.trim() === '')) throw new UnreadableFile('import_no_header')
  if (at > 0 || options.headerLine !== undefined) notes.push(note(options.headerLine === undefined ? 'header_found' : 'header_given', { line: header.line, above: at }))
  if (blank > 0) notes.push(note('blank_lines', { count: blank }))
  const names = nameColumns(header.cells)
  return { encoding, delimiter, header: names, headerLine: header.line, rows: records.slice(at + 1).map((row) => fitted(row, names.length)), notes }
}

function decode(bytes: Uint8Array, asked: ReadOptions['encoding'], notes: Note[]): Pick<ReadFile, 'encoding'> & { text: string } {
  const starts = (...mark: number[]) => mark.every((byte, at) => bytes[at] === byte)
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) return { encoding: 'UTF-16', text: clean(new TextDecoder(starts(0xff, 0xfe) ? 'utf-16le' : 'utf-16be').decode(bytes), notes) }
  if (asked !== 'windows-1252') {
    try {
      return { encoding: 'UTF-8', text: clean(new TextDecoder('utf-8', { fatal: true }).decode(bytes), notes) }
    } catch {
      if (asked === 'utf-8') throw new UnreadableFile('import_not_utf8')
      notes.push(note('not_utf8'))
    }
  }
  return { encoding: 'Windows-1252', text: clean(new TextDecoder('windows-1252').decode(bytes), notes) }
}

/** NUL cannot be stored; it comes from files that are cut or are no text. */
function clean(text: string, notes: Note[]): string {
  if (!text.includes('\0')) return text
  notes.push(note('nul_characters'))
  return text.replaceAll('\0', '\ufffd')
}

/** The delimiter that splits the first lines into the same number of cells, outside quotes. */
function sniffDelimiter(text: string): string {
  const counts = new Map<string, number[]>(delimiters.map((delimiter) => [delimiter, []]))
  let quoted = false
  let line: Record<string, number> = {}
  let lines = 0
  for (const character of text.slice(0, 64 * 1024)) {
    if (character === '"') quoted = !quoted
    else if (quoted) continue
    else if (character === '\n' || character === '\r') {
      if (Object.keys(line).length > 0) {
        for (const [delimiter, all] of counts) all.push(line[delimiter] ?? 0)
        lines += 1
      }
      line = {}
      if (lines === 30) break
    } else if (counts.has(character)) line[character] = (line[character] ?? 0) + 1
  }
  for (const [delimiter, all] of counts) if (Object.keys(line).length > 0) all.push(line[delimiter] ?? 0)
  const scored = delimiters.map((delimiter) => {
    const all = counts.get(delimiter) ?? []
    const common = mostCommon(all.filter((count) => count > 0))
    return { delimiter, score: common === 0 ? 0 : all.filter((count) => count === common).length * 1000 + common }
  })
  return scored.reduce((best, one) => (one.score > best.score ? one : best)).delimiter
}

function mostCommon(values: readonly number[]): number {
  const groups = [...Map.groupBy(values, (value) => value)].sort(([a, as], [b, bs]) => bs.length - as.length || b - a)
  return groups[0]?.[0] ?? 0
}

/** All records of the text, those that break off among them; lines of nothing but delimiters and blanks are counted only. */
async function readRecords(text: Buffer, delimiter: string, mostRows: number): Promise<{ records: ReadRow[]; blank: number }> {
  const records: ReadRow[] = []
  const lines = new LineCounter(text)
  let blank = 0
  let breaks = 0
  for (let from = 0; from < text.length; ) {
    const broken = await readUntilBreak(text, from, delimiter, (cells, start) => {
      if (cells.every((cell) => cell.trim() === '')) blank += 1
      else if (records.length > mostRows) throw new UnreadableFile('import_too_many_rows', { most: mostRows })
      else records.push({ line: lines.at(start), cells, problem: null })
    })
    if (!broken) break
    breaks += 1
    if (breaks > MOST_BREAKS) throw new UnreadableFile('import_quotes_broken', { rows: MOST_BREAKS, delimiter })
    const end = endOfLine(text, broken.start)
    records.push({ line: lines.at(broken.start), cells: [text.subarray(broken.start, Math.min(end, broken.start + 2000)).toString('utf8').replace(/\r?\n?$/, '')], problem: explain(broken.code) })
    from = end
  }
  return { records, blank }
}

/** Reads records from an offset; where one breaks the rules, tells where it began. */
function readUntilBreak(text: Buffer, from: number, delimiter: string, onRecord: (cells: string[], start: number) => void): Promise<{ start: number; code: string } | null> {
  return new Promise((resolve, reject) => {
    let start = skipLineEnds(text, from)
    let over = false
    const finish = (broken: { start: number; code: string } | null): void => {
      if (over) return
      over = true
      parser.destroy()
      resolve(broken)
    }
    const parser = parse({ delimiter, relax_column_count: true, info: true, record_delimiter: ['\r\n', '\n', '\r'], skip_empty_lines: true, max_record_size: MOST_ROW_BYTES })
    parser.on('data', ({ record, info }: { record: string[]; info: Info }) => {
      if (over) return
      try {
        onRecord(record, start)
      } catch (error) {
        over = true
        parser.destroy()
        reject(error)
      }
      start = skipLineEnds(text, from + info.bytes)
    })
    parser.on('error', (error: CsvError) => finish({ start, code: error.code }))
    parser.on('end', () => finish(null))
    void feed(text, from, parser, () => over)
  })
}

async function feed(text: Buffer, from: number, parser: ReturnType<typeof parse>, isOver: () => boolean): Promise<void> {
  const STEP = 64 * 1024
  for (let at = from; at < text.length && !isOver(); at += STEP) {
    if (!parser.write(text.subarray(at, at + STEP))) await new Promise<void>((resolve) => {
      parser.once('drain', resolve)
      parser.once('close', resolve)
    })
  }
  if (!isOver()) parser.end()
}

function skipLineEnds(text: Buffer, from: number): number {
  let at = from
  while (at < text.length && (text[at] === 10 || text[at] === 13)) at += 1
  return at
}

function endOfLine(text: Buffer, from: number): number {
  let at = from
  while (at < text.length && text[at] !== 10 && text[at] !== 13) at += 1
  return text[at] === 13 && text[at + 1] === 10 ? at + 2 : at + 1
}

/** The line an offset stands in; asked for rising offsets. */
class LineCounter {
  readonly #text: Buffer
  #at = 0
  #line = 1
  constructor(text: Buffer) {
    this.#text = text
  }
  at(offset: number): number {
    for (; this.#at < offset; this.#at += 1) {
      const byte = this.#text[this.#at]
      if (byte === 10 || (byte === 13 && this.#text[this.#at + 1] !== 10)) this.#line += 1
    }
    return this.#line
  }
}

function explain(code: string): Fault {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED': return fault('row_quote_open')
    case 'CSV_INVALID_CLOSING_QUOTE': case 'INVALID_OPENING_QUOTE': return fault('row_quote_wrong')
    case 'CSV_MAX_RECORD_SIZE': return fault('row_too_large', { bytes: MOST_ROW_BYTES })
    default: return fault('row_unreadable', { detail: code })
  }
}

/** Of the first lines the one with the most names we know; the first where we know none. */
function findHeader(records: readonly ReadRow[], recognise: ReadOptions['recognise']): number {
  const known = records.slice(0, 20).map((row) => (row.problem ? 0 : recognise(row.cells)))
  const most = Math.max(0, ...known)
  return most < 2 && (known[0] ?? 0) === most ? 0 : known.indexOf(most)
}

/** Every column has a name of its own. */
function nameColumns(cells: readonly string[]): string[] {
  const names: string[] = []
  for (const [at, cell] of cells.entries()) {
    const wanted = cell.trim() === '' ? `column ${at + 1}` : cell.trim()
    let name = wanted
    for (let number = 2; names.includes(name); number += 1) name = `${wanted} (${number})`
    names.push(name)
  }
  return names
}

/** Rows are as long as the header; what is empty behind the last column does no harm, everything else is reported. */
function fitted(row: ReadRow, columns: number): ReadRow {
  if (row.problem || row.cells.length === columns) return row
  if (row.cells.length > columns && row.cells.slice(columns).every((cell) => cell.trim() === '')) return { ...row, cells: row.cells.slice(0, columns) }
  return { ...row, problem: fault(row.cells.length < columns ? 'row_short' : 'row_long', { cells: row.cells.length, columns }) }
}
