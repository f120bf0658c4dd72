import { convert, formatQuantity, parseQuantity, units, type Quantity } from '#src/lib/quantity.ts'

/** A unit of measure that a quantity of a product can be given in: 1 of it is numerator / denominator base units. */
export interface Uom {
  /** '' of the base unit; of a package without a name of its own `pack:12`. */
  readonly id: string
  readonly uom: string
  readonly numerator: Quantity
  readonly denominator: Quantity
}

interface WithUoms {
  readonly baseUom: string
  readonly uoms: readonly { readonly uom: string; readonly numerator: string; readonly denominator: string }[]
  readonly aliases: readonly { readonly packQuantity: string; readonly uom: string | null }[]
}

const ONE = units(1)

/** The units of measure of a product: its base unit, its conversions, and the packages that a code of it means. */
export function uomsOf(product: WithUoms): readonly Uom[] {
  const named = product.uoms.map(({ uom, numerator, denominator }): Uom => ({ id: uom, uom, numerator: parseQuantity(numerator) ?? ONE, denominator: parseQuantity(denominator) ?? ONE }))
  const known = [{ id: '', uom: product.baseUom, numerator: ONE, denominator: ONE }, ...named]
  const packs = new Set(product.aliases.map(({ packQuantity }) => packQuantity))
  for (const pack of [...packs].toSorted((a, b) => Number(a) - Number(b))) if (uomOfPack(known, pack) === undefined) known.push({ id: `pack:${pack}`, uom: product.baseUom, numerator: parseQuantity(pack) ?? ONE, denominator: ONE })
  return known
}

/** The unit of measure one of which is so many base units: that of a package whose code was scanned. */
export function uomOfPack(uoms: readonly Uom[], pack: string): Uom | undefined {
  const wanted = parseQuantity(pack)
  return uoms.find(({ numerator, denominator }) => wanted !== undefined && numerator === wanted * denominator / ONE)
}

/** What stands before the decimals where one writes: `12.5` or `12,5`. */
export type DecimalMark = '.' | ','

/** What was typed as a decimal: `12,5` is `12.5`. null: it is none. 'unclear': with the other mark `1,200` may be twelve hundred, or one and a fifth. */
export function readDecimal(typed: string, mark: DecimalMark): string | 'unclear' | null {
  const text = typed.trim().replaceAll(/[\s'’]/g, '')
  const other = mark === '.' ? ',' : '.'
  if (/[.,].*[.,]/.test(text)) return /^\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?$/.test(text) ? 'unclear' : null
  if (text.includes(other) && /^[1-9]\d{0,2}.\d{3}$/.test(text)) return 'unclear'
  const parsed = parseQuantity(text.replace(',', '.').replace(/^\./, '0.'))
  return parsed === undefined || parsed < 0n ? null : formatQuantity(parsed)
}

/** A decimal as one types it. */
export function typeDecimal(decimal: string, mark: DecimalMark): string {
  return decimal.replace('.', mark)
}

/** What was typed of a unit of measure in base units; undefined where it is no number, or not exact. */
export function toBase(typed: string, { numerator, denominator }: Pick<Uom, 'numerator' | 'denominator'>, mark: DecimalMark): Quantity | undefined {
  const decimal = readDecimal(typed, mark)
  const given = decimal === null || decimal === 'unclear' ? undefined : parseQuantity(decimal)
  return given === undefined ? undefined : convert(given, numerator, denominator)
}
