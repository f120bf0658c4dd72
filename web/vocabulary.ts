import type { Trade } from '#src/lib/trades.ts'
import type { Language } from './i18n.ts'

type Noun = readonly [one: string, many: string]
interface Words {
  readonly lot?: Noun
  readonly unit?: Noun
}

/**
 * What a trade calls a lot and a unit, where it does not say lot and unit; of several trades the main one has the word.
 * The screens are written with our words and say these instead, so a word has to fit into the same sentences: in English
 * one with "a" before it, in German a feminine one like Charge.
 */
const words: { readonly [language in Language]: { readonly [trade in Trade]?: Words } } = {
  en: {
    food: { lot: ['batch', 'batches'] },
    yarn: { lot: ['dye lot', 'dye lots'], unit: ['piece', 'pieces'] },
    medical: { unit: ['device', 'devices'] },
    chemicals: { lot: ['batch', 'batches'] },
    electronics: { unit: ['device', 'devices'] },
    children: { lot: ['batch', 'batches'] },
  },
  de: { yarn: { lot: ['Farbpartie', 'Farbpartien'] } },
}

/** The words a trade has of its own, for those who choose one. */
export function wordsOf(language: Language, trade: Trade): Words {
  return words[language][trade] ?? {}
}

/** How a text of ours says it in a trade: `reword('en', 'food')('No lots yet')` is `No batches yet`. Names in braces stay. */
export function reword(language: Language, trade: Trade | undefined): (text: string) => string {
  const { lot, unit } = trade === undefined ? {} : wordsOf(language, trade)
  if (lot === undefined && unit === undefined) return (text) => text
  if (language === 'de') return (text) => text.replace(/(?<![\p{L}{])Charge(n?)(\p{Ll}*)/gu, (_, plural: string, rest: string) => (rest !== '' ? `${lot?.[0] ?? 'Charge'}${rest}` : (lot?.[plural === '' ? 0 : 1] ?? `Charge${plural}`)))
  return (text) => text.replace(/(?<![\p{L}{_-]|dye )(lot|unit)(s?)(?![\p{L}}_]| of measure| cost| price)/giu, (whole, noun: string, plural: string) => {
    const said = (noun.toLowerCase() === 'lot' ? lot : unit)?.[plural === '' ? 0 : 1]
    return said === undefined ? whole : noun.startsWith('L') || noun.startsWith('U') ? said.charAt(0).toUpperCase() + said.slice(1) : said
  })
}

type Part = string | readonly unknown[]
/** A compiled message of the catalogue, with its plural forms. */
export function rewordMessage(say: (text: string) => string, message: unknown): unknown {
  if (typeof message === 'string') return say(message)
  return Array.isArray(message) ? (message as Part[]).map((part) => (typeof part === 'string' ? say(part) : rewordValue(say, part))) : message
}

/** `[name]`, `[name, 'plural', { one: ..., other: ... }]`: what is said stands in the last. */
function rewordValue(say: (text: string) => string, value: readonly unknown[]): unknown {
  const [name, type, forms] = value
  if (typeof forms !== 'object' || forms === null) return value
  return [name, type, Object.fromEntries(Object.entries(forms).map(([form, message]) => [form, rewordMessage(say, message)]))]
}
