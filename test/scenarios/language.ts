/**
 * A small language for stories about stock, one event a line: what is done on the left, what comes of it on the right
 * of `->`. A story is run over the real HTTP API and printed again with what really came; a test compares the two.
 *
 *   product CREAM kg by lot                     masters come first; they have no verdict
 *   receive lot CREAM-07 40 kg from Hill Farm   -> receipt 1
 *   ship    lot CREAM-07 50 kg to Corner Shop   -> refused stock_insufficient available 40
 *   undo    receipt 1 because "wrong dock"      -> ok
 *   on hand                                     -> nothing
 *
 * A thing is `lot CODE 4 kg`, `goods SKU 4 each` (no lot named), `serials A, B, C1..C9`, `pieces R-1 40 m, R-2 12 m` or
 * `case GTIN 2`; `of SKU` names its product, which otherwise is the part of the code before its last dash. Several
 * things are joined by `and`. The place is the first one declared unless `at`, `from` or `to` name another. Time is the
 * story's own: a minute passes with each line; `on 2026-11-20T10:00` says when it happened, `the next day` lets a day
 * pass.
 */
export interface Line {
  readonly verb: string
  readonly rest: readonly string[]
  /** As it stands in the story, without the verdict. */
  readonly text: string
  readonly expected: string | null
  /** Lines of a `together` or `each` block. */
  readonly members: readonly Line[]
}

/** Reads a story. Lines that begin with `|` belong to the block above them; `#` begins a comment. */
export function parseStory(story: string): readonly Line[] {
  const lines: (Line & { members: Line[] })[] = []
  for (const raw of story.split('\n')) {
    const text = raw.trim()
    if (text === '' || text.startsWith('#')) continue
    if (text.startsWith('|')) {
      const block = lines.at(-1)
      if (!block) throw new Error(`a member without its block: ${text}`)
      block.members.push(parseLine(text.slice(1).trim(), `  | ${text.slice(1).trim()}`))
    } else {
      lines.push(parseLine(text, text))
    }
  }
  return lines
}

function parseLine(text: string, shown: string): Line & { members: Line[] } {
  const arrow = text.indexOf('->')
  const left = arrow < 0 ? text : text.slice(0, arrow)
  const [verb, ...rest] = wordsOf(left)
  if (verb === undefined) throw new Error(`nothing is done: ${text}`)
  const shownArrow = shown.indexOf('->')
  return { verb, rest, text: (shownArrow < 0 ? shown : shown.slice(0, shownArrow)).trimEnd().replace(/(?<=\S) {2,}/g, ' '), expected: arrow < 0 ? null : text.slice(arrow + 2).trim(), members: [] }
}

/** `"two words"` are one; a comma belongs to no word. */
export function wordsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|([^\s,]+)/g)].map((match) => match[1] ?? match[2] ?? '')
}

/** The story with every verdict in place: what a test compares. */
export function printStory(lines: readonly Line[], verdictOf: (line: Line) => string | null): string {
  return lines.flatMap((line) => [line, ...line.members]).map((line) => {
    const verdict = verdictOf(line)
    return verdict === null ? line.text : `${line.text} -> ${verdict}`
  }).join('\n')
}

// What a line says -------------------------------------------------------------------------------------------------------

const thingWords = ['lot', 'goods', 'serial', 'serials', 'piece', 'pieces', 'case', 'of', 'weighing', 'owner', 'plate', 'family', 'made', 'use-by', 'best-by', 'issuer', 'using', 'cost'] as const
const lineWords = ['from', 'to', 'at', 'for', 'order', 'because', 'on', 'onto', 'off', 'new-owner', 'key', 'until', 'run', 'as', 'known'] as const
const flags = ['here', 'up', 'down'] as const
type ThingWord = (typeof thingWords)[number]
type LineWord = (typeof lineWords)[number]

/** Some of a product: of a lot, of units, or of neither. */
export interface Thing {
  readonly words: ReadonlyMap<ThingWord, readonly string[]>
}
export interface Sentence {
  readonly things: readonly Thing[]
  /** Behind `into`: what a run gives. */
  readonly outputs: readonly Thing[]
  readonly flags: ReadonlySet<string>
  word(name: LineWord): string | undefined
}

/** Sorts the words of a line into things (joined by `and`) and what is said of all of them. */
export function readSentence(rest: readonly string[]): Sentence {
  const sides: Map<ThingWord, string[]>[][] = [[new Map()]]
  const said = new Map<LineWord, string[]>()
  const flagged = new Set<string>()
  let values: string[] | null = null
  for (const word of rest) {
    if (word === 'and') sides.at(-1)?.push(new Map())
    else if (word === 'into') sides.push([new Map()])
    else if ((flags as readonly string[]).includes(word)) flagged.add(word)
    else if ((thingWords as readonly string[]).includes(word)) sides.at(-1)?.at(-1)?.set(word as ThingWord, (values = []))
    else if ((lineWords as readonly string[]).includes(word)) said.set(word as LineWord, (values = []))
    else if (values === null) throw new Error(`unexpected word: ${word} in ${rest.join(' ')}`)
    else values.push(word)
  }
  const things = sides.map((side) => side.filter((words) => words.size > 0).map((words) => ({ words })))
  return { things: things[0] ?? [], outputs: things[1] ?? [], flags: flagged, word: (name) => said.get(name)?.join(' ') }
}

/** `B1..B3` is B1, B2, B3. */
export function serialsOf(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const range = /^(.*?)(\d+)\.\.\1(\d+)$/.exec(word)
    if (!range) return [word]
    const [, stem = '', first = '', last = ''] = range
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, at) => stem + String(Number(first) + at).padStart(first.length, '0'))
  })
}
