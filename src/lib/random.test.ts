import { expect, test } from 'vitest'
import { createRandom } from './random.ts'

const hundred = Array.from({ length: 100 }, (_, at) => at)

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: string | number): number[] => {
    const random = createRandom(seed)
    return hundred.map(() => random.whole(1, 1_000_000))
  }
  expect(draw(7)).toEqual(draw('7'))
  expect(draw(7)).not.toEqual(draw(8))
})

test('a branch draws for itself: the trunk goes on as if it were not there', () => {
  const plain = createRandom('a')
  const branched = createRandom('a')
  const branch = branched.branch(1)
  expect(hundred.map(() => [branch.fraction(), branched.fraction()][1])).toEqual(hundred.map(() => plain.fraction()))
  expect(createRandom('a').branch(1).fraction()).toBe(createRandom('a').branch(1).fraction())
  expect(createRandom('a').branch(1).fraction()).not.toBe(createRandom('a').branch(2).fraction())
})

test('every number of a range comes, and none outside it', () => {
  const random = createRandom('dice')
  const thrown = Array.from({ length: 1_000 }, () => random.whole(1, 6))
  expect([...new Set(thrown)].sort()).toEqual([1, 2, 3, 4, 5, 6])
})

test('names come as often as their weights say', () => {
  const random = createRandom('weights')
  const counts = { often: 0, seldom: 0, never: 0 }
  for (let at = 0; at < 10_000; at++) counts[random.weighted({ often: 9, seldom: 1, never: 0 })]++
  expect(counts.never).toBe(0)
  expect(counts.often / counts.seldom).toBeGreaterThan(7)
  expect(counts.often / counts.seldom).toBeLessThan(11)
})

test('shuffling keeps everything and changes the order', () => {
  const shuffled = createRandom('cards').shuffled(hundred)
  expect(shuffled).not.toEqual(hundred)
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(hundred)
})
