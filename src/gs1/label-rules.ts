import { applicationIdentifiers } from './application-identifiers.ts'
import type { Element } from './element-string.ts'

/** Two fields of a label that do not go together, or one that is not there. */
export interface WrongTogether {
  readonly rule: 'repeats' | 'excludes' | 'needs' | 'serial'
  /** The identifier whose rule it is, and those it is about. */
  readonly ai: string
  readonly others: readonly string[]
}

/**
 * What GS1 asks of the fields of one label together: a field that stands twice says the same twice; some exclude each
 * other; some need another; a signature needs a serialised key. Labels of one thing may lie side by side, so these hold of
 * all of them together, and a part that was scanned alone is no fault.
 */
export function wrongTogether(elements: readonly Element[]): WrongTogether[] {
  const present = [...new Set(elements.map(({ ai }) => ai))]
  return [
    ...present.filter((ai) => new Set(elements.filter((one) => one.ai === ai).map(({ value }) => value)).size > 1).map((ai): WrongTogether => ({ rule: 'repeats', ai, others: [ai] })),
    ...present.flatMap((ai): WrongTogether[] => {
      const others = (applicationIdentifiers.get(ai)?.not ?? []).flatMap((pattern) => present.filter((one) => one !== ai && fits(one, pattern)))
      return others.length === 0 ? [] : [{ rule: 'excludes', ai, others }]
    }),
    ...present.flatMap((ai) => (applicationIdentifiers.get(ai)?.needs ?? [])
      .filter((groups) => !groups.some((group) => group.every((pattern) => present.some((one) => fits(one, pattern)))))
      .map((groups): WrongTogether => ({ rule: 'needs', ai, others: groups.map((group) => group.join('+')) }))),
    ...(present.includes('8030') ? elements.filter(({ ai, value }) => value.length === serialless[ai]).map(({ ai }): WrongTogether => ({ rule: 'serial', ai: '8030', others: [ai] })) : []),
  ]
}

/** How long a key is without its serial part. */
const serialless: Readonly<Record<string, number>> = { 253: 13, 255: 13, 8003: 14 }

/** A trailing `n` of the pattern stands for any digit. */
function fits(ai: string, pattern: string): boolean {
  return ai.length === pattern.length && [...pattern].every((character, at) => character === 'n' || character === ai[at])
}
