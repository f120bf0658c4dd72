// oxlint-disable-next-line no-named-as-default -- its types know the default only
import PDFDocument from 'pdfkit'
import { paperFonts, type Font } from './pdf-fonts.ts'

export interface PaperColumn {
  readonly title: string
  /** Its part of the width. */
  readonly width: number
  readonly number?: boolean
  /** In the typeface that tells 0 from O. */
  readonly code?: boolean
  /** Of its letters, in points. */
  readonly size?: number
}

export interface PaperOptions {
  readonly title: string
  /** Stands at the foot of every page, before its number. */
  readonly foot: string
  readonly size: 'A4' | 'LETTER'
  /** RFC 3339. */
  readonly createdAt: string
}

const MARGIN = 34
const [SIZE, LINE, PADDING] = [8.5, 11.5, 3.5]
const MOST_LINES = 6
const colours = { ink: '#1d2626', dim: '#566262', line: '#cbd4d4' } as const
/** Stands for a character that none of the fonts has. */
const UNKNOWN = '?'

interface Style {
  readonly code?: boolean
  readonly bold?: boolean
  readonly size?: number
  readonly colour?: string
}
interface Piece {
  readonly font: string
  readonly text: string
}

/**
 * A paper in landscape: headings, sentences and tables whose head is repeated on every page, and at the foot who printed
 * it when, and page x of y. Whatever a text holds, it is only text: it wraps in its column, characters that do nothing
 * visible and those no font has are shown as `?` (`hasUnknown` says that there were some).
 */
export class Paper {
  readonly document: PDFKit.PDFDocument
  hasUnknown = false
  private y = MARGIN
  private readonly options: PaperOptions
  private readonly pieces = new Map<string, readonly Piece[]>()
  private readonly widths = new Map<string, number>()

  constructor(options: PaperOptions) {
    this.options = options
    // pages are kept until the last, since each tells how many there are
    this.document = new PDFDocument({
      autoFirstPage: false, bufferPages: true, size: options.size, layout: 'landscape', margin: 0, lang: 'en', displayTitle: true,
      info: { Title: options.title, Creator: 'Lotwise', CreationDate: new Date(options.createdAt) },
    })
    const { text, codes } = paperFonts()
    // a font is taken as it was read, which pdfkit's types do not know
    for (const [kind, fonts] of [['text', text], ['code', codes]] as const) fonts.forEach((font, index) => this.document.registerFont(`${kind}${index}`, font as unknown as Buffer))
    this.addPage()
  }

  heading(text: string, size = 11): void {
    this.room(size + 40)
    this.y += size > 11 ? 0 : 12
    this.draw(MARGIN, this.y, this.pieceText(text, { bold: true, size }), { bold: true, size })
    this.y += size + 6
  }

  /** A paragraph over the whole width. */
  say(text: string, style: Style = {}): void {
    for (const line of this.wrap(text, this.width, style)) {
      this.room(LINE)
      this.draw(MARGIN, this.y, line, style)
      this.y += LINE
    }
    this.y += 2
  }

  /** Rows of texts under a head. Waits after each page, so that a server answers others in between. */
  async table(columns: readonly PaperColumn[], rows: Iterable<readonly string[]>): Promise<void> {
    const sum = columns.reduce((all, { width }) => all + width, 0)
    const widths = columns.map(({ width }) => (width / sum) * this.width)
    this.room(3 * LINE + 4 * PADDING)
    this.head(columns, widths)
    for (const row of rows) {
      const cells = columns.map(({ code = false, size = SIZE }, index) => this.wrap(row[index] ?? '', (widths[index] ?? 0) - 8, { code, size }))
      const height = Math.max(...cells.map((lines) => lines.length)) * LINE + 2 * PADDING - 1
      if (this.y + height > this.bottom) {
        await new Promise(setImmediate)
        this.addPage()
        this.head(columns, widths)
      }
      this.cells(cells, columns, widths, {})
      this.rule(this.y + height)
      this.y += height
    }
  }

  /** Numbers the pages and closes the document, which is a stream of its bytes. */
  end(): PDFKit.PDFDocument {
    const { count } = this.document.bufferedPageRange()
    for (let index = 0; index < count; index += 1) {
      this.document.switchToPage(index)
      const style = { colour: colours.dim, size: 7.5 }
      const page = this.pieceText(`Page ${index + 1} of ${count}`, style)
      this.draw(MARGIN, this.bottom + 9, this.wrap(this.options.foot, this.width - 90, style)[0] ?? [], style)
      this.draw(MARGIN + this.width - this.measure(page, style), this.bottom + 9, page, style)
    }
    this.document.end()
    return this.document
  }

  private get width(): number {
    return this.document.page.width - 2 * MARGIN
  }

  private get bottom(): number {
    return this.document.page.height - MARGIN - 8
  }

  private addPage(): void {
    this.document.addPage()
    this.y = MARGIN
  }

  /** Begins a new page where less than this is left. */
  private room(height: number): void {
    if (this.y + height > this.bottom) this.addPage()
  }

  private head(columns: readonly PaperColumn[], widths: readonly number[]): void {
    const style = { bold: true, colour: colours.dim, size: 7.5 }
    this.cells(columns.map(({ title }) => [this.pieceText(title, style)]), columns, widths, style)
    this.y += LINE + 2 * PADDING - 1
    this.rule(this.y)
  }

  private cells(cells: readonly (readonly (readonly Piece[])[])[], columns: readonly PaperColumn[], widths: readonly number[], style: Style): void {
    let x = MARGIN
    columns.forEach(({ number = false, code = false, size = SIZE }, index) => {
      const width = (widths[index] ?? 0) - 8
      const own = { code, size, ...style }
      cells[index]?.forEach((line, row) => this.draw(number ? x + width - this.measure(line, own) : x, this.y + PADDING + row * LINE, line, own))
      x += width + 8
    })
  }

  private rule(y: number): void {
    this.document.moveTo(MARGIN, y).lineTo(MARGIN + this.width, y).lineWidth(0.4).strokeColor(colours.line).stroke()
  }

  private draw(x: number, y: number, line: readonly Piece[], { bold = false, size = SIZE, colour = colours.ink }: Style): void {
    let at = x
    for (const { font, text } of line) {
      this.document.font(font).fontSize(size).fillColor(colour)
      // there is one weight of each font: a thin line around the letters makes them bold
      if (bold) this.document.lineWidth(size / 42).strokeColor(colour)
      this.document.text(text, at, y, { lineBreak: false, ...(bold ? { fill: true, stroke: true } : {}) })
      at += this.widthOf(font, text) * size
    }
  }

  /** Lines that are no wider than this; a word that is wider is broken, and what is more than six lines ends in an ellipsis. */
  private wrap(text: string, width: number, style: Style): readonly (readonly Piece[])[] {
    const lines: string[] = []
    let line = ''
    const fits = (candidate: string): boolean => this.measure(this.pieceText(candidate, style), style) <= width
    for (const word of text.replaceAll(/\s+/g, ' ').trim().split(' ')) {
      const candidate = line === '' ? word : `${line} ${word}`
      if (fits(candidate)) {
        line = candidate
        continue
      }
      if (line !== '') lines.push(line)
      line = ''
      for (const character of word) {
        if (line !== '' && !fits(line + character)) {
          lines.push(line)
          line = ''
        }
        line += character
        if (lines.length > MOST_LINES) break
      }
      if (lines.length > MOST_LINES) break
    }
    lines.push(line)
    const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), `${lines[MOST_LINES - 1]?.slice(0, -2)}…`] : lines
    return shown.map((one) => this.pieceText(one, style))
  }

  private measure(line: readonly Piece[], { size = SIZE }: Style): number {
    return line.reduce((sum, { font, text }) => sum + this.widthOf(font, text) * size, 0)
  }

  /** Of a text at size 1. */
  private widthOf(font: string, text: string): number {
    const key = `${font} ${text}`
    const known = this.widths.get(key)
    if (known !== undefined) return known
    const width = this.document.font(font).fontSize(1).widthOfString(text)
    if (this.widths.size < 50_000) this.widths.set(key, width)
    return width
  }

  /** The text in pieces, each of one font. */
  private pieceText(text: string, { code = false }: Style): readonly Piece[] {
    const key = `${code} ${text}`
    const known = this.pieces.get(key)
    if (known !== undefined) return known
    const pieces: { font: string; text: string }[] = []
    for (const character of text.normalize('NFC')) {
      const found = fontOf(character, code)
      if (found === null) this.hasUnknown = true
      const font = found ?? 'text0'
      const last = pieces.at(-1)
      if (last?.font === font) last.text += found === null ? UNKNOWN : character
      else pieces.push({ font, text: found === null ? UNKNOWN : character })
    }
    if (this.pieces.size < 50_000) this.pieces.set(key, pieces)
    return pieces
  }
}

/** The first font that has a character; null for those that none has, and for those that only do something to others (controls, directions). */
function fontOf(character: string, code: boolean): string | null {
  const point = character.codePointAt(0) ?? 0
  if (/\p{C}/u.test(character)) return null
  const { text, codes } = paperFonts()
  const search = (kind: string, fonts: readonly Font[]): string | null => {
    const index = fonts.findIndex((font) => font.hasGlyphForCodePoint(point))
    return index < 0 ? null : `${kind}${index}`
  }
  return (code ? search('code', codes) : null) ?? search('text', text)
}
