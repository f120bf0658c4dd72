import { expect, test } from 'vitest'
import { importNotes, importProblems } from '#src/lib/import-problems.ts'
import { notes, problems } from '../locales/import-problems.de.ts'
import { sourceLike } from './source.ts'

const before = [{ fileName: 'acme-2026-11-01.csv', source: 'Acme' }, { fileName: null, source: 'nameless' }, { fileName: 'Stock (2).TXT', source: 'old system' }, { fileName: 'acme-2025.csv', source: 'Acme before' }]

test.each([['acme-2026-11-08.csv', 'Acme'], ['ACME 2027_01.tsv', 'Acme'], ['stock.csv', 'old system'], ['stocks.csv', undefined], ['2026-11-08.csv', undefined], ['.csv', undefined]])('the file %s comes from %s', (name, source) => {
  expect(sourceLike(name, before)).toBe(source)
})

test('what is wrong with a row names the same values in German as in English', () => {
  const values = (text: string): string => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort().join()
  const codes = Object.keys(importProblems) as (keyof typeof importProblems)[]
  expect(codes.filter((code) => (['why', 'fix'] as const).some((part) => values(problems[code][part]) !== values(importProblems[code][part])))).toEqual([])
  expect((Object.keys(importNotes) as (keyof typeof importNotes)[]).filter((code) => values(notes[code]) !== values(importNotes[code]))).toEqual([])
})
