import { expect, test } from 'vitest'
import { renderPage, slug, type Surroundings } from './render.ts'

const surroundings: Surroundings = {
  pageOf: (link) => ({ 'undo.md': 'undo', 'undo.md#late-entries': 'undo#late-entries', '../api/lots.md': 'api/lots' })[link] ?? null,
  picture: (link) => (link === '../pictures/lot.png' ? { src: 'LOT', width: 1280, height: 800 } : null),
}
const htmlOf = (markdown: string): string => renderPage(markdown, surroundings).parts.map((part) => ('html' in part ? part.html : '[example]')).join('')

test.each([
  ['a link to a page', '[undo](undo.md#late-entries)', '<p><a href="/help/undo#late-entries">undo</a></p>'],
  ['a link to what is no page here', '[the kernel](../../src/ledger/README.md)', '<p>the kernel</p>'],
  ['a link to the API of this installation', '[all](/api/docs)', '<p><a href="/api/docs" target="_blank" rel="noopener noreferrer">all</a></p>'],
  ['a link to elsewhere', '[Node](https://nodejs.org)', '<p><a href="https://nodejs.org" target="_blank" rel="noopener noreferrer">Node</a></p>'],
  ['a link that is a script', '[x](javascript:alert(1))', '<p>x</p>'],
  ['HTML', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['HTML within a line', 'a <img src=x onerror=alert(1)> b', '<p>a &lt;img src=x onerror=alert(1)&gt; b</p>'],
  ['a picture with its size, so that nothing jumps', '![A lot](../pictures/lot.png)', '<p><img src="LOT" alt="A lot" width="1280" height="800" loading="lazy"></p>'],
  ['a picture that is not there', '![A lot](../pictures/none.png)', '<p></p>'],
  ['a heading', '## Late *entries*', '<h2 id="late-entries">Late <em>entries</em></h2>'],
  ['a block of another language', '```nginx\na < b\n```', '<pre tabindex="0"><code>a &lt; b</code></pre>'],
])('%s', (_, markdown, html) => {
  expect(htmlOf(markdown)).toBe(html)
})

test('commands that follow one another are one example, with their answer; another command begins the next', () => {
  const { parts } = renderPage('# T\n\nText.\n\n```sh\ncurl a\n```\n\n```ts\nfetch(a)\n```\n\n```json\n{}\n```\n\n```sh\ncurl b\n```\n\nMore.\n', surroundings)
  expect(parts).toEqual([
    { html: '<p>Text.</p>' }, { example: { sh: 'curl a', ts: 'fetch(a)', json: '{}', run: null } }, { example: { sh: 'curl b', ts: null, json: null, run: null } }, { html: '<p>More.</p>' },
  ])
})

test.each([
  ['curl -s "$LOTWISE_URL/api/v1/lots?search=A1" -H "Authorization: Bearer $LOTWISE_KEY"', '/api/v1/lots?search=A1'],
  ['curl -s "$LOTWISE_URL/api/v1/lots" \\\n  -H "Authorization: Bearer $LOTWISE_KEY"', '/api/v1/lots'],
  // what was found before, what writes, what does more
  ['curl -s "$LOTWISE_URL/api/v1/lots/$LOT" -H "Authorization: Bearer $LOTWISE_KEY"', null],
  ['curl -s -X DELETE "$LOTWISE_URL/api/v1/people/1" -H "Authorization: Bearer $LOTWISE_KEY"', null],
  ['curl -s "$LOTWISE_URL/api/v1/holds" -H "Authorization: Bearer $LOTWISE_KEY" -d \'{}\'', null],
  ['curl -s "$LOTWISE_URL/api/v1/lots" -H "Authorization: Bearer $LOTWISE_KEY"\nlotwise verify', null],
  ['curl -s "$LOTWISE_URL/metrics" -H "Authorization: Bearer $LOTWISE_KEY"', null],
])('only a read that stands alone may be run from its page: %s', (commands, run) => {
  expect(renderPage(`\`\`\`sh\n${commands}\n\`\`\`\n`, surroundings).parts).toEqual([{ example: expect.objectContaining({ run }) }])
})

test('a page has its title, its first words, its parts, the pages it leads to, and its text for the search', () => {
  const page = renderPage('# Undo & go on\n\nTake *it* [back](undo.md).\n\n## Late\n\n- one\n- two `now`\n\n| a | b |\n|-|-|\n| c | d |\n\n```sh\nsecret\n```\n', surroundings)
  expect(page).toMatchObject({ title: 'Undo & go on', lead: 'Take it back.', headings: [{ id: 'late', text: 'Late' }], links: ['undo'] })
  expect(page.text.split('\n').map((line) => line.trim()).filter((line) => line !== '')).toEqual(['Undo & go on', 'Take it back.', 'Late', 'one', 'two now', 'a · b', 'c · d'])
})

test('parts are named as GitHub names them', () => {
  expect(['Back up and verify', 'As it was, and as it was known', 'From other machines: HTTPS', 'Codes or ids'].map(slug)).toEqual(['back-up-and-verify', 'as-it-was-and-as-it-was-known', 'from-other-machines-https', 'codes-or-ids'])
})
