import { expect, test } from 'vitest'
import { findPages } from './find.ts'

const page = (name: string, title: string, text: string, headings: string[] = []) => ({ name, title, text: `${title}\n${text}`, headings: headings.map((heading) => ({ id: heading.toLowerCase(), text: heading })) })
const pages = [
  page('holds', 'Holds', 'Stops use at once.\nRelease it when the certificate is there.', ['Release']),
  page('trace', 'Trace', 'Where a lot went.\nPut a hold on it there.'),
  page('undo', 'Undo', 'A mistake is answered by a reversal.\nLate entries.', ['Late']),
  page('long', 'Imports', `${'Much is said before it. '.repeat(20)}Then comes the spreadsheet at last. ${'And after. '.repeat(30)}`),
]
const found = (typed: string): string[] => findPages(pages, typed).map(({ name }) => name)

test.each([
  ['the title counts more than the text', 'hold', ['holds', 'trace']],
  ['every word is to be there', 'hold lot', ['trace']],
  ['a word is found by its beginning', 'certif', ['holds']],
  ['not by its end', 'old', []],
  ['case and signs make no difference', ' UNDO! ', ['undo']],
  ['nothing typed finds nothing', '  ', []],
])('%s', (_, typed, names) => {
  expect(found(typed)).toEqual(names)
})

test('tells the line it is in, cut around the word, and the part of the page', () => {
  expect(findPages(pages, 'release')[0]).toMatchObject({ line: 'Release it when the certificate is there.', part: 'release' })
  const line = findPages(pages, 'spreadsheet')[0]?.line ?? ''
  expect(line).toMatch(/^… .*spreadsheet at last\..* …$/)
  expect(line.length).toBeLessThan(150)
})
