import { expect, test } from 'vitest'
import { programName } from './names.ts'

test.each([['Night shift', 'night_shift'], ['Grünes Öl', 'grunes_ol'], ['  UN number ', 'un_number'], ['3rd shift', 'rd_shift'], ['棉', ''], ['a'.repeat(50), 'a'.repeat(40)], ['shade', 'shade']])('%j is called %j by programs', (name, called) => {
  expect(programName(name)).toBe(called)
})
