import { inflateSync } from 'node:zlib'

/** The texts of a PDF of ours by page, each as it was drawn: read through its fonts, as a reader or a search would. */
export function readPdf(file: Buffer): string[][] {
  const objects = new Map([...file.toString('latin1').matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)].map(([, id = '', body = '']) => [id, body]))
  const pages = [...objects.values()].filter((body) => /\/Type \/Page\n/.test(body))
  return pages.map((page) => {
    const resources = objects.get(/\/Resources (\d+) 0 R/.exec(page)?.[1] ?? '') ?? ''
    const fonts = new Map([...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', id = '']) => [name, lettersOf(objects, objects.get(id) ?? '')]))
    const content = streamOf(objects.get(/\/Contents (\d+) 0 R/.exec(page)?.[1] ?? '') ?? '')
    let letters: ReadonlyMap<string, string> = new Map()
    return [...content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)].flatMap(([, font, drawn]) => {
      if (font !== undefined) letters = fonts.get(font) ?? new Map()
      return drawn === undefined ? [] : [[...drawn.matchAll(/<([0-9a-f]+)>/g)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? []).map((glyph) => letters.get(glyph) ?? '\u0000').join('')]
    })
  })
}

/** What each glyph of a font stands for. */
function lettersOf(objects: ReadonlyMap<string, string>, font: string): ReadonlyMap<string, string> {
  const ranges = streamOf(objects.get(/\/ToUnicode (\d+) 0 R/.exec(font)?.[1] ?? '') ?? '').matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/g)
  return new Map([...ranges].flatMap(([, first = '', all = '']) => [...all.matchAll(/<([0-9a-f ]*)>/g)].map(([, codes = ''], index) =>
    [(Number.parseInt(first, 16) + index).toString(16).padStart(4, '0'), String.fromCharCode(...codes.split(' ').map((code) => Number.parseInt(code, 16)))] as const)))
}

function streamOf(object: string): string {
  const [, bytes] = /stream\n([\s\S]*)\nendstream/.exec(object) ?? []
  if (bytes === undefined) return ''
  const raw = Buffer.from(bytes, 'latin1')
  return (object.includes('/FlateDecode') ? inflateSync(raw) : raw).toString('latin1')
}
