import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dayOf, instantOf, isOn, namesOf, withoutFilters, type Filter } from './filters.ts'

beforeEach(() => void vi.useFakeTimers({ now: new Date(2026, 1, 27, 23, 30) }))
afterEach(() => void vi.useRealTimers())

test.each([
  [undefined, undefined], ['2026-03-01', '2026-03-01'], ['0d', '2026-02-27'], ['2d', '2026-03-01'], ['+2d', '2026-03-01'], ['-27d', '2026-01-31'], ['soon', 'soon'], ['12345d', '12345d'],
])('the day %s is %s on 27 February 2026, late in the evening', (text, day) => expect(dayOf(text)).toBe(day))

test('a day lasts from its midnight here to the next one', () => {
  expect([instantOf('2026-03-01'), instantOf('1d', 1)]).toEqual([new Date(2026, 2, 1).toISOString(), new Date(2026, 2, 1).toISOString()])
  expect([instantOf(undefined), instantOf('soon')]).toEqual([undefined, 'soon'])
})

test('a filter of days stands in the address twice, and is on by either', () => {
  const days: Filter = { kind: 'days', name: 'due', label: 'Due', from: 'dueFrom', to: 'dueTo', presets: [] }
  const held: Filter = { kind: 'flag', name: 'held', label: 'On hold' }
  expect(namesOf(days)).toEqual(['dueFrom', 'dueTo'])
  expect([isOn(days, { dueTo: '3d' }), isOn(days, { due: '3d' }), isOn(held, { held: 'true' })]).toEqual([true, false, true])
  expect(withoutFilters([days, held])).toEqual({ dueFrom: undefined, dueTo: undefined, held: undefined })
})
