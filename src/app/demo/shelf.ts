import type { PlainDate } from '#src/lib/time.ts'

/** Goods of one lot that a script knows to be on a shelf, counted in the smallest step of their unit of measure. */
export interface Stack {
  readonly lot: string
  left: number
  /** Grams that these weigh together, of what is counted and weighed. */
  weight?: number
  /** Not to be sold from this day on. */
  readonly until?: PlainDate
}

/** What is taken of a lot. */
export interface Taken {
  readonly lot: string
  readonly count: number
  readonly weight: number
}

/** Takes so many, the oldest first, out of what may still be sold on `day`; gives less where there is less. */
export function takeOldest(shelf: readonly Stack[], wanted: number, day: PlainDate): Taken[] {
  const taken: Taken[] = []
  let missing = wanted
  for (const stack of shelf) {
    if (missing === 0) break
    if (stack.left === 0 || (stack.until !== undefined && stack.until <= day)) continue
    const one = takeFrom(stack, Math.min(stack.left, missing))
    missing -= one.count
    taken.push(one)
  }
  return taken
}

/** Takes so many of one lot; their weight is their share of what is left, to the gram, and all of it with the last. */
export function takeFrom(stack: Stack, count: number): Taken {
  if (count > stack.left) throw new Error(`the script takes ${count} of ${stack.lot}, where ${stack.left} are left`)
  const weight = Math.round(((stack.weight ?? 0) * count) / stack.left)
  stack.left -= count
  if (stack.weight !== undefined) stack.weight -= weight
  return { lot: stack.lot, count, weight }
}

/** `decimal(1234, 1)` is `123.4`: steps of the last decimal as a decimal string. */
export function decimal(steps: number, scale: number): string {
  const digits = String(steps).padStart(scale + 1, '0')
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, '')
}

/** `2026-06-01` as `260601`: how people write a day into a lot code. */
export function dayCode(day: PlainDate): string {
  return day.slice(2).replaceAll('-', '')
}
