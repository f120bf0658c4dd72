import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
// oxlint-disable-next-line no-named-as-default -- its types know the default only
import PDFDocument from 'pdfkit'

/**
 * The letters of our papers: Inter for text, Atkinson Hyperlegible Mono for codes. They are those of the screen, which
 * come cut by script; each character is printed from the first cut that has it.
 */
const text = ['latin', 'latin-ext', 'greek', 'greek-ext', 'cyrillic', 'cyrillic-ext', 'vietnamese'].map((script) => `@fontsource-variable/inter/files/inter-${script}-wght-normal.woff2`)
const codes = ['latin', 'latin-ext'].map((script) => `@fontsource/atkinson-hyperlegible-mono/files/atkinson-hyperlegible-mono-${script}-400-normal.woff`)

/** A font as pdfkit's own library reads it, as far as we use it. */
export interface Font {
  readonly postscriptName: string
  hasGlyphForCodePoint(codePoint: number): boolean
  getGlyph(id: number, codePoints?: readonly number[]): Glyph
  layout(text: string, features?: Readonly<Record<string, boolean>>): unknown
  createSubset(): Subset
}
interface Glyph {
  codePoints: readonly number[]
  readonly advanceWidth: number
  readonly path: { readonly commands: readonly { readonly command: string; readonly args: readonly number[] }[] }
}
interface Subset {
  glyf: Uint8Array[]
  loca: { offsets: number[] }
  hmtx: { metrics: { advance: number; bearing: number }[] }
  offset: number
  _addGlyph(id: number): number
}

let loaded: { readonly text: readonly Font[]; readonly codes: readonly Font[] } | null = null

/** The cuts of each typeface, in the order they are asked; read once, some 300 ms. */
export function paperFonts(): { readonly text: readonly Font[]; readonly codes: readonly Font[] } {
  return (loaded ??= { text: text.map((file) => writable(load(file))), codes: codes.map(load) })
}

function load(file: string): Font {
  const reader = new PDFDocument({ autoFirstPage: false }).font(readFileSync(fileURLToPath(import.meta.resolve(file)))) as unknown as { _font: { font: Font } }
  // oxlint-disable-next-line no-underscore-dangle -- pdfkit tells a font it has read nowhere else
  return plain(reader._font.font)
}

/** Letters as they are typed (3x4 stays 3x4), digits of one width, and every one of them to be searched for and copied. */
function plain(font: Font): Font {
  const [layout, getGlyph] = [font.layout.bind(font), font.getGlyph.bind(font)]
  font.layout = (text, features) => layout(text, features ?? { calt: false, tnum: true })
  font.getGlyph = (id, codePoints = []) => {
    const glyph = getGlyph(id, codePoints)
    // a point that was read first as a part of a colon would stand for nothing: 87.5 would be found and copied as 875
    if (glyph.codePoints.length === 0) glyph.codePoints = codePoints
    return glyph
  }
  return font
}

/**
 * WOFF2 keeps outlines in a form of its own, of which pdfkit's library can draw but not write what a PDF embeds. So the
 * outline of each glyph that a paper uses is written anew from how it is drawn; nothing is lost but the hints for coarse screens.
 */
function writable(font: Font): Font {
  const createSubset = font.createSubset.bind(font)
  font.createSubset = () => {
    const subset = createSubset()
    // oxlint-disable-next-line no-underscore-dangle -- the one step of writing a subset that is ours, by its name there
    subset._addGlyph = (id) => {
      const glyph = font.getGlyph(id)
      const { bytes, left } = outlineOf(glyph)
      subset.glyf.push(bytes)
      subset.loca.offsets.push(subset.offset)
      subset.hmtx.metrics.push({ advance: glyph.advanceWidth, bearing: left })
      subset.offset += bytes.length
      return subset.glyf.length - 1
    }
    return subset
  }
  return font
}

/** A simple glyph of the OpenType table `glyf`: contours of points on and off the curve, by 16-bit differences, without instructions. */
function outlineOf({ path }: Glyph): { readonly bytes: Uint8Array; readonly left: number } {
  const points: { readonly x: number; readonly y: number; readonly on: number }[] = []
  const ends: number[] = []
  const point = (on: number, x = 0, y = 0): void => void points.push({ x: Math.round(x), y: Math.round(y), on })
  for (const { command, args: [a, b, c, d] } of path.commands) {
    if (command === 'moveTo' && points.length > 0) ends.push(points.length - 1)
    if (command === 'moveTo' || command === 'lineTo') point(1, a, b)
    if (command !== 'quadraticCurveTo') continue
    point(0, a, b)
    point(1, c, d)
  }
  if (points.length === 0) return { bytes: new Uint8Array(0), left: 0 }
  ends.push(points.length - 1)
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)]
  const left = Math.min(...xs)
  const bytes = Buffer.alloc((12 + ends.length * 2 + points.length * 5 + 3) & ~3)
  let at = 0
  const write = (value: number): void => void (at = bytes.writeInt16BE(value, at))
  for (const value of [ends.length, left, Math.min(...ys), Math.max(...xs), Math.max(...ys), ...ends, 0]) write(value)
  for (const { on } of points) at = bytes.writeUInt8(on, at)
  for (const along of [xs, ys]) along.forEach((value, index) => write(value - (along[index - 1] ?? 0)))
  return { bytes, left }
}
