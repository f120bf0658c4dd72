import { add, formatQuantity, quantity, ZERO } from '#src/lib/quantity.ts'

/** The exact sum of quantities, as a decimal string. */
export function sumOf(rows: readonly { readonly quantity: string }[]): string {
  return formatQuantity(rows.reduce((sum, row) => add(sum, quantity(row.quantity)), ZERO))
}

/** The share of each quantity in their sum, from 0 to 1, in ten-thousandths that add up to exactly 1: the largest remainders get what rounding left. */
export function sharesOf(quantities: readonly string[]): number[] {
  const amounts = quantities.map((text) => BigInt(quantity(text)))
  const total = amounts.reduce((sum, amount) => sum + amount, 0n)
  if (total === 0n) return quantities.map(() => 0)
  const shares = amounts.map((amount) => Number((amount * 10_000n) / total))
  const byRemainder = amounts.map((amount, index) => ({ index, remainder: (amount * 10_000n) % total })).sort((a, b) => (a.remainder < b.remainder ? 1 : a.remainder > b.remainder ? -1 : a.index - b.index))
  const left = 10_000 - shares.reduce((sum, share) => sum + share, 0)
  for (const { index } of byRemainder.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1
  return shares.map((share) => share / 10_000)
}
