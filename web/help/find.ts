import type { Searched } from './pages.ts'

/** A page in which every word was found; `line` is the line of it that says most, cut to be read at a glance. */
export interface Found {
  readonly name: string
  readonly title: string
  readonly line: string
  /** The part of the page it is in. */
  readonly part: string | null
}

const TITLE = 100
const HEADING = 20

/** The pages in which each word begins a word, titles before headings before text; the best first, then the shorter title. */
export function findPages(pages: readonly Searched[], typed: string): readonly Found[] {
  const words = wordsOf(typed)
  if (words.length === 0) return []
  return pages.flatMap((page) => {
    const has = (text: string) => (word: string): boolean => ` ${plain(text)}`.includes(` ${word}`)
    if (!words.every(has(`${page.title} ${page.text}`))) return []
    const countIn = (text: string): number => words.filter(has(text)).length
    const lines = page.text.split('\n').filter((line) => line !== page.title)
    const line = best(lines, countIn) ?? ''
    const part = best(page.headings, ({ text }) => countIn(text)) ?? null
    const score = TITLE * countIn(page.title) + HEADING * (part === null ? 0 : countIn(part.text)) + countIn(line)
    return [{ score, found: { name: page.name, title: page.title, line: around(line, words), part: part?.id ?? null } }]
  }).sort((a, b) => b.score - a.score || a.found.title.length - b.found.title.length).map(({ found }) => found)
}

/** The one with the most, where there is any. */
function best<T>(all: readonly T[], count: (one: T) => number): T | undefined {
  const most = Math.max(0, ...all.map(count))
  return most === 0 ? undefined : all.find((one) => count(one) === most)
}

const LENGTH = 140

function around(line: string, words: readonly string[]): string {
  if (line.length <= LENGTH) return line
  const at = Math.max(0, Math.min(...words.map((word) => plain(line).indexOf(word)).filter((found) => found >= 0)) - 40)
  const begin = at === 0 ? 0 : line.indexOf(' ', at) + 1
  const text = line.slice(begin, begin + LENGTH)
  return `${begin === 0 ? '' : '… '}${begin + LENGTH < line.length ? `${text.slice(0, text.lastIndexOf(' '))} …` : text}`
}

/** Lower case; whatever is no letter or digit is a space, so that places in the text stay the same. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ' ')
}

function wordsOf(text: string): string[] {
  return plain(text).split(' ').filter((word) => word !== '')
}
