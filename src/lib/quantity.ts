/**
 * Exact quantities. A quantity is a count of billionths of its base unit of measure, which is what
 * `numeric(27,9)` holds: nothing passes through a float. JSON and SQL carry it as a decimal string.
 */
declare const quantityBrand: unique symbol
export type Quantity = bigint & { readonly [quantityBrand]: true }

const BILLION = 1_000_000_000n
/** `numeric(27,9)`: 18 digits before the point. */
const LIMIT = 10n ** 27n
const PATTERN = /^(-?)(\d{1,18})(?:\.(\d{1,9}))?$/

export const ZERO = 0n as Quantity

/** Reads a plain decimal (`12`, `-0.5`); undefined where it is not one, or has more than 18 digits before or 9 after the point. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = PATTERN.exec(text)
  if (!match) return undefined
  const [, sign, whole = '0', fraction = ''] = match
  const size = BigInt(whole) * BILLION + BigInt(fraction.padEnd(9, '0'))
  return (sign === '-' ? -size : size) as Quantity
}

/** Reads a decimal the database or our own code wrote; anything else is a fault. */
export function quantity(text: string): Quantity {
  const parsed = parseQuantity(text)
  if (parsed === undefined) throw new Error(`not a quantity: ${text}`)
  return parsed
}

/** The shortest decimal string: no exponent, no trailing zeros, no negative zero. */
export function formatQuantity(value: Quantity): string {
  const negative = value < 0n
  const size: bigint = negative ? -value : value
  const fraction = (size % BILLION).toString().padStart(9, '0').replace(/0+$/, '')
  const whole = (size / BILLION).toString()
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** The database's own text of a quantity (`12.000000000`), shortened. */
export function trimQuantity(text: string): string {
  return formatQuantity(quantity(text))
}

export function add(a: Quantity, b: Quantity): Quantity {
  return (a + b) as Quantity
}

export function subtract(a: Quantity, b: Quantity): Quantity {
  return (a - b) as Quantity
}

export function negate(a: Quantity): Quantity {
  return -a as Quantity
}

/** Whole units, as a quantity: `units(3)` is 3. */
export function units(count: number): Quantity {
  return (BigInt(count) * BILLION) as Quantity
}

/** True where the value needs no more decimals than `scale` (each = 0, kg to the gram = 3). */
export function fitsScale(value: Quantity, scale: number): boolean {
  return value % 10n ** BigInt(9 - scale) === 0n
}

/** True where `numeric(27,9)` can hold it. */
export function fitsLedger(value: Quantity): boolean {
  return value < LIMIT && value > -LIMIT
}

/** `value * numerator / denominator` where that is exact in billionths; undefined where it is not. Both parts are > 0. */
export function convert(value: Quantity, numerator: Quantity, denominator: Quantity): Quantity | undefined {
  const product = value * numerator
  if (product % denominator !== 0n) return undefined
  return (product / denominator) as Quantity
}

/**
 * Shares `total` over `weights` in proportion, exactly: every share is rounded down to `scale`, the rest goes to the
 * largest weight. No share exceeds its weight where `total` does not exceed their sum.
 */
export function shareOut(total: Quantity, weights: readonly Quantity[], scale: number): Quantity[] {
  const whole = weights.reduce<bigint>((sum, weight) => sum + weight, 0n)
  if (whole <= 0n) throw new Error('nothing to share over')
  const step = 10n ** BigInt(9 - scale)
  const shares = weights.map((weight) => ((total * weight) / whole / step) * step)
  let rest = total - shares.reduce((sum, share) => sum + share, 0n)
  const order = weights.map((_, at) => at).sort((a, b) => Number((weights[b] ?? 0n) - (weights[a] ?? 0n) > 0n) - Number((weights[b] ?? 0n) - (weights[a] ?? 0n) < 0n))
  for (const at of order) {
    const room = (weights[at] ?? 0n) - (shares[at] ?? 0n)
    const take = rest < room ? rest : room
    if (take <= 0n) continue
    shares[at] = (shares[at] ?? 0n) + take
    rest -= take
  }
  return shares as Quantity[]
}
