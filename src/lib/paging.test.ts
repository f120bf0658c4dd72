import { describe, expect, test } from 'vitest'
import { decodeCursor, encodeCursor, toPage } from './paging.ts'

describe('a page', () => {
  const rows = [{ code: 'A' }, { code: 'B' }, { code: 'C' }]

  test('of more rows than the limit ends with the cursor of its last item', () => {
    const { items, next } = toPage(rows, 2, (row) => [row.code], (row) => row.code)
    expect(items).toEqual(['A', 'B'])
    expect(decodeCursor(next ?? '', 1)).toEqual(['B'])
  })

  test('that holds all rows has no next', () => {
    expect(toPage(rows, 3, (row) => [row.code], (row) => row.code).next).toBeNull()
  })
})

describe('a cursor', () => {
  test('carries any text, number or null back unchanged, and fits into a URL', () => {
    const key = ['Käse/17+é', 19, null, '🧀']
    const cursor = encodeCursor(key)
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(decodeCursor(cursor, 4)).toEqual(key)
  })

  test.each([['nonsense', '%%%'], ['of another list', encodeCursor(['A', 'B'])], ['with something inside', 'eyJhIjoxfQ']])('%s is refused', (_, cursor) => {
    expect(() => decodeCursor(cursor, 1)).toThrow('input_invalid')
  })
})
