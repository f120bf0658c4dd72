import { existsSync, openSync, readFileSync, readSync, closeSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Plugin } from 'vite'
import { renderPage, type HelpPage } from './render.ts'

const root = join(import.meta.dirname, '..', '..')
/** Pages of the help that stand elsewhere than in docs/guide and docs/api. */
const elsewhere: Readonly<Record<string, string>> = { 'docs/README.md': '', 'GLOSSARY.md': 'words', 'REFUSALS.md': 'refusals' }

/** What a file of the help is called at /help; null: it is none. */
export function pageName(file: string): string | null {
  const [, folder, name] = /^docs\/(guide|api)\/([a-z-]+)\.md$/.exec(file) ?? []
  if (name !== undefined) return folder === 'api' ? `api/${name}` : name
  return elsewhere[file] ?? null
}

/** A page of the help, and the pictures it shows by the address that stands in its HTML. */
export function readHelpPage(file: string): { readonly page: HelpPage; readonly pictures: ReadonlyMap<string, string> } {
  const pictures = new Map<string, string>()
  const page = renderPage(readFileSync(join(root, file), 'utf8'), {
    pageOf: (link) => {
      const [path = '', part] = link.split('#')
      const target = relative(root, join(root, dirname(file), path)).replaceAll('\\', '/')
      const name = existsSync(join(root, target)) ? pageName(target) : null
      return name === null ? null : part === undefined ? name : `${name}#${part}`
    },
    picture: (link) => {
      const path = join(root, dirname(file), link)
      if (!existsSync(path)) return null
      const src = `picture:${pictures.size}:`
      pictures.set(src, path)
      return { src, ...sizeOf(path) }
    },
  })
  return { page, pictures }
}

/**
 * Makes modules of the pages in docs: `lots.md` is the page ready to be shown, `lots.md?about` its title and what it is
 * about, `lots.md?text` what a search looks through. Each is a chunk of its own, loaded when somebody reads it.
 */
export function helpPages(): Plugin {
  return {
    name: 'help-pages',
    load: {
      filter: { id: /\.md(?:\?about|\?text)?$/ },
      handler(id) {
        const [path = '', part] = id.split('?')
        const file = relative(root, path).replaceAll('\\', '/')
        const name = pageName(file)
        if (name === null) return null
        this.addWatchFile(path)
        const { page, pictures } = readHelpPage(file)
        const { title, lead, headings, text, parts, links } = page
        if (part === 'about') return { code: `export default ${JSON.stringify({ name, title, lead, links })}`, moduleType: 'js' }
        if (part === 'text') return { code: `export default ${JSON.stringify({ name, title, headings, text })}`, moduleType: 'js' }
        const sources = [...pictures]
        const code = sources.reduce((code, [src], at) => code.replaceAll(src, `" + picture${at} + "`), JSON.stringify({ name, title, headings, parts }))
        return { code: `${sources.map(([, picture], at) => `import picture${at} from ${JSON.stringify(`${picture}?url`)}\n`).join('')}export default ${code}`, moduleType: 'js' }
      },
    },
  }
}

/** Width and height of a PNG, in pixels: they stand in its first 24 bytes. */
function sizeOf(png: string): { readonly width: number; readonly height: number } {
  const head = Buffer.alloc(24)
  const file = openSync(png, 'r')
  readSync(file, head, 0, 24, 0)
  closeSync(file)
  return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) }
}
