import { expect, test } from 'vitest'
import { refuse } from '#src/lib/refusal.ts'
import { happeningNow, isNow } from './now.ts'

const second = (at: number): string => `2026-11-23T10:00:${String(at).padStart(2, '0')}.000Z`

test.each([
  ['overtaken while it waited', true, 'late_entry_blocked', 1, 2],
  ['overtaken at the very moment', true, 'unit_moved_since', 0, 2],
  ['something in the way from before', true, 'late_entry_blocked', -1, 1],
  ['something in the way that is still to come', true, 'late_entry_blocked', 40, 1],
  ['it says when it happened', false, 'late_entry_blocked', 1, 1],
  ['refused for another reason', true, 'stock_insufficient', 1, 1],
] as const)('%s: tried as often as that helps', async (_, now, code, obstacle, tries) => {
  let at = 0
  let tried = 0
  const result = await happeningNow(() => second(10 + at++), now, async () => {
    tried += 1
    if (tried === 1) throw refuse(code, { occurredAt: second(10 + obstacle) })
    return 'done'
  }).catch(() => 'refused')
  expect([tried, result]).toEqual([tries, tries === 2 ? 'done' : 'refused'])
})

test('a bulk is of now where none of its movements says when it happened', () => {
  expect(isNow({ occurredAt: undefined }, { occurredAt: undefined })).toBe(true)
  expect(isNow({ occurredAt: undefined }, { occurredAt: second(1) })).toBe(false)
})
