import { describe, expect, test } from 'vitest'
import { guessDateFormat, guessDecimalMark, parseDate, parseNumber } from './formats.ts'

describe('a date', () => {
  test.each([
    ['2025-01-31', 'YYYY-MM-DD', '2025-01-31'], ['2025-01-31T00:00:00Z', 'YYYY-MM-DD', '2025-01-31'], ['01/31/2025', 'MM/DD/YYYY', '2025-01-31'], ['1/2/2025 0:00', 'MM/DD/YYYY', '2025-01-02'],
    ['31.1.2025', 'DD.MM.YYYY', '2025-01-31'], ['20250131', 'YYYYMMDD', '2025-01-31'], ['30-Jun-2025', 'D MMM YYYY', '2025-06-30'], ['30JUN2025', 'D MMM YYYY', '2025-06-30'],
    ['Sept 3, 2025', 'MMM D YYYY', '2025-09-03'], ['02/2024', 'MM/YYYY', '2024-02-29'], ['31/12/99', 'DD/MM/YY', '1999-12-31'],
    ['02/30/2025', 'MM/DD/YYYY', undefined], ['13/01/2025', 'MM/DD/YYYY', undefined], ['soon', 'DD.MM.YYYY', undefined], ['2025-1-31x', 'YYYY-MM-DD', undefined],
  ] as const)('%s as %s is %s', (text, format, day) => {
    expect(parseDate(text, format)).toBe(day)
  })

  test.each([
    [['01/31/2025', '06/05/2025', ''], { sure: 'MM/DD/YYYY' }],
    [['31/01/2025', '06/05/2025', 'N/A'], { sure: 'DD/MM/YYYY' }],
    [['03/04/2025', '06/05/2025'], { either: ['MM/DD/YYYY', 'DD/MM/YYYY'] }],
    [['03/03/2025'], { sure: 'MM/DD/YYYY' }],
    [['03.04.2025'], { sure: 'DD.MM.YYYY' }],
    [['01/31/2025', 'unknown', '02/28/2025'], { sure: 'MM/DD/YYYY' }],
    [['', '-'], { sure: null }],
  ])('column of %j is read as %j', (values, guessed) => {
    expect(guessDateFormat(values)).toEqual(guessed)
  })
})

describe('a number', () => {
  test.each([
    ['100000', 'point', '100000'], ['1,234.50', 'point', '1234.5'], ['1.234,50', 'comma', '1234.5'], ["1'234.5", 'point', '1234.5'], ['1 234,5', 'comma', '1234.5'], ['007', 'point', '7'], ['.5', 'point', '0.5'],
    ['-3', 'point', '-3'], ['(3)', 'point', '-3'], ['3-', 'point', '-3'], ['1,5', 'point', undefined], ['1E3', 'point', undefined], ['12 kg', 'point', undefined], ['1,2,3', 'point', undefined], ['', 'point', undefined],
    ['1.2345678901', 'point', undefined], ['1.50000000000', 'point', '1.5'], ['1234567890123456789', 'point', undefined],
  ] as const)('%s with a decimal %s is %s', (text, mark, plain) => {
    expect(parseNumber(text, mark)).toBe(plain)
  })

  test.each([
    [['1', '20', '300'], { sure: 'point' }], [['1,5', '2'], { sure: 'comma' }], [['1.5', '2'], { sure: 'point' }], [['1,234', '5'], { either: ['point', 'comma'] }],
    [['1,234', '1,5'], { sure: 'comma' }], [['1,234', '1,234.5'], { sure: 'point' }], [['', ''], { sure: null }],
  ])('column of %j is read as %j', (values, guessed) => {
    expect(guessDecimalMark(values)).toEqual(guessed)
  })
})
