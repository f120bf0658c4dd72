/** A generator of numbers that follow from a seed alone: the same seed, the same numbers, on every machine. */
export interface Random {
  /** At least 0, below 1. */
  fraction(): number
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number
  /** True this often: `chance(0.2)` one time in five. */
  chance(probability: number): boolean
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T
  /** One name, as often as its weight says. */
  weighted<Name extends string>(weights: { readonly [name in Name]: number }): Name
  /** The list in another order; the list itself stays. */
  shuffled<T>(list: readonly T[]): T[]
  /** A generator of its own for a part: what is drawn there changes nothing here. */
  branch(name: string | number): Random
}

/** Makes one. sfc32 (Chris Doty-Humphrey, PractRand), seeded by a hash of the text. */
export function createRandom(seed: string | number): Random {
  const next = sfc32(seedsOf(String(seed)))
  const fraction = (): number => next() / 4_294_967_296
  const whole = (low: number, high: number): number => low + Math.floor(fraction() * (high - low + 1))
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new Error('nothing to pick from')
    return list[whole(0, list.length - 1)] as T
  }
  return {
    fraction,
    whole,
    chance: (probability) => fraction() < probability,
    pick,
    weighted: (weights) => {
      const names = Object.keys(weights) as (keyof typeof weights)[]
      let left = fraction() * names.reduce((sum, name) => sum + weights[name], 0)
      return names.find((name) => (left -= weights[name]) < 0) ?? pick(names)
    },
    shuffled: (list) => {
      const order = [...list]
      for (let at = order.length - 1; at > 0; at--) {
        const other = whole(0, at)
        ;[order[at], order[other]] = [order[other] as (typeof order)[number], order[at] as (typeof order)[number]]
      }
      return order
    },
    branch: (name) => createRandom(`${seed}/${name}`),
  }
}

/** Four words that differ in many bits where the texts differ in one (xmur3, by bryc). */
function seedsOf(text: string): [number, number, number, number] {
  let hash = 1_779_033_703 ^ text.length
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 3_432_918_353)
    hash = (hash << 13) | (hash >>> 19)
  }
  const word = (): number => {
    hash = Math.imul(hash ^ (hash >>> 16), 2_246_822_507)
    hash = Math.imul(hash ^ (hash >>> 13), 3_266_489_909)
    return (hash ^= hash >>> 16) >>> 0
  }
  return [word(), word(), word(), word()]
}

function sfc32([a, b, c, counter]: [number, number, number, number]): () => number {
  const next = (): number => {
    const result = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result | 0
    return result >>> 0
  }
  for (let warm = 0; warm < 12; warm++) next()
  return next
}
