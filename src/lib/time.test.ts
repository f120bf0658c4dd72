import { expect, test } from 'vitest'
import { businessDate, isTimeZone } from './time.ts'

test.each([
  ['2026-11-23T23:30:00Z', 'Asia/Tokyo', '2026-11-24'],
  ['2026-11-23T23:30:00Z', 'America/Chicago', '2026-11-23'],
  ['2026-03-29T00:59:59Z', 'Europe/Vienna', '2026-03-29'],
  ['2026-01-01T04:59:00Z', 'America/New_York', '2025-12-31'],
])('%s in %s falls on %s', (instant, zone, day) => {
  expect(businessDate(instant, zone)).toBe(day)
})

test('a time zone is one the runtime knows', () => {
  expect([isTimeZone('Europe/Vienna'), isTimeZone('Mars/Olympus')]).toEqual([true, false])
})
