import { Marked, type Token, type Tokens } from 'marked'

/** A command with its answer, as shown together: curl and TypeScript do the same. */
export interface Example {
  readonly sh: string | null
  readonly ts: string | null
  readonly json: string | null
  /** The path of the read that the curl command is, where it is nothing else: that may be run from the page. */
  readonly run: string | null
}
export type Part = { readonly html: string } | { readonly example: Example }

/** A page of the help as the app shows it. */
export interface HelpPage {
  readonly title: string
  /** Its first paragraph, as text. */
  readonly lead: string
  readonly parts: readonly Part[]
  readonly headings: readonly { readonly id: string; readonly text: string }[]
  /** The pages it leads to, by name, each once. */
  readonly links: readonly string[]
  /** What a search looks through. */
  readonly text: string
}

/** Where a link or picture of a page leads. */
export interface Surroundings {
  /** The name of the help page (`lots`, `api/lots`) that this link names, with its `#part`; null: it is none. */
  readonly pageOf: (link: string) => string | null
  /** The address and size in pixels of a picture; null: there is none. */
  readonly picture: (link: string) => { readonly src: string; readonly width: number; readonly height: number } | null
}

/**
 * Makes the HTML of a Markdown page: its `sh`, `ts` and `json` blocks that follow one another become one example, links
 * between pages lead to /help, and HTML that stands in the page is shown as the text it is.
 */
export function renderPage(markdown: string, { pageOf, picture }: Surroundings): HelpPage {
  const headings: { id: string; text: string }[] = []
  const links = new Set<string>()
  const marked = new Marked({
    renderer: {
      html: ({ text }) => escape(text),
      heading({ tokens, depth }) {
        const text = textOf(tokens)
        const id = slug(text)
        if (depth === 2) headings.push({ id, text })
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
      code: ({ text }) => `<pre tabindex="0"><code>${escape(text)}</code></pre>\n`,
      table(token) {
        const cell = ({ tokens }: Tokens.TableCell, tag: string): string => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`
        const head = token.header.some(({ text }) => text !== '') ? `<thead><tr>${token.header.map((one) => cell(one, 'th')).join('')}</tr></thead>` : ''
        return `<div class="help-table" tabindex="0"><table>${head}<tbody>${token.rows.map((row) => `<tr>${row.map((one) => cell(one, 'td')).join('')}</tr>`).join('')}</tbody></table></div>\n`
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens)
        // the API's own pages are not a part of the app, so what one is at stays open
        if (/^(?:https?:\/\/|\/api\/)/.test(href)) return `<a href="${escape(href)}" target="_blank" rel="noopener noreferrer">${inner}</a>`
        if (href.startsWith('#')) return `<a href="${escape(href)}">${inner}</a>`
        const page = pageOf(href)
        if (page === null) return inner
        links.add(page.split('#')[0] ?? '')
        return `<a href="/help/${escape(page)}">${inner}</a>`
      },
      image({ href, text }) {
        const found = picture(href)
        return found === null ? '' : `<img src="${escape(found.src)}" alt="${escape(text)}" width="${found.width}" height="${found.height}" loading="lazy">`
      },
    },
  })
  const tokens = marked.lexer(markdown)
  const title = tokens.find((token): token is Tokens.Heading => token.type === 'heading' && token.depth === 1)
  const first = tokens.find((token): token is Tokens.Paragraph => token.type === 'paragraph' && textOf(token.tokens ?? []) !== '')
  const parts = partsOf(tokens.filter((token) => token !== title), (some) => marked.parser(some))
  return { title: title === undefined ? '' : textOf(title.tokens ?? []), lead: textOf(first?.tokens ?? []), parts, headings, links: [...links], text: textOf(tokens.filter(({ type }) => type !== 'code')) }
}

function partsOf(tokens: readonly Token[], toHtml: (tokens: Token[]) => string): Part[] {
  const parts: Part[] = []
  let prose: Token[] = []
  const flush = (): void => {
    const html = toHtml(prose).trim()
    if (html !== '') parts.push({ html })
    prose = []
  }
  let open: { sh: string | null; ts: string | null; json: string | null } | null = null
  for (const token of tokens) {
    const language = token.type === 'code' ? (token as Tokens.Code).lang : undefined
    if (language === 'sh' || language === 'ts' || language === 'json') {
      const { text } = token as Tokens.Code
      // the next command begins the next example
      if (open === null || open[language] !== null || open.json !== null) {
        flush()
        open = { sh: null, ts: null, json: null }
        parts.push({ example: open as Example })
      }
      open[language] = text
      continue
    }
    if (token.type === 'space') continue
    open = null
    prose.push(token)
  }
  flush()
  return parts.map((part) => ('html' in part ? part : { example: { ...part.example, run: readOf(part.example.sh) } }))
}

/** The path that a lone curl reads; null where the commands do more, or need what was found before. */
function readOf(commands: string | null): string | null {
  return /^curl -s "\$LOTWISE_URL(\/api\/v1\/[^"$]*)"(?: \\\n *| )-H "Authorization: Bearer \$LOTWISE_KEY"$/.exec(commands?.trim() ?? '')?.[1] ?? null
}

/** As GitHub makes them, so that `#late-entries` leads there too. */
export function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').trim().replaceAll(' ', '-')
}

/** The words alone; blocks are told apart by a line break. */
function textOf(tokens: readonly Token[]): string {
  const words = (token: Token): string => {
    if (token.type === 'table') return [(token as Tokens.Table).header, ...(token as Tokens.Table).rows].map((row) => row.map((cell) => textOf(cell.tokens)).join(' · ')).join('\n')
    if (token.type === 'list') return (token as Tokens.List).items.map((item) => textOf(item.tokens)).join('\n')
    if (token.type === 'space' || token.type === 'br' || token.type === 'hr') return ' '
    if (token.type === 'image') return ''
    const inner = 'tokens' in token ? token.tokens : undefined
    return inner === undefined ? unescape('text' in token ? String(token.text) : '') : textOf(inner)
  }
  const blocks = new Set(['heading', 'paragraph', 'list', 'table', 'blockquote'])
  return tokens.map((token) => (blocks.has(token.type) ? `${words(token)}\n` : words(token))).join('').trim()
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}
