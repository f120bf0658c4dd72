import { describe, expect, test } from 'vitest'
import { isAt, nextStep, placeOf, type DemoStep } from './steps.ts'

describe('the page a step leads to', () => {
  test.each<[DemoStep['link']['kind'], string | null, string | null]>([
    ['lot', '1', '/lots/1'], ['unit', '1', '/units/1'], ['product', '1', '/products/1'], ['place', '1', '/places/1'], ['party', '1', '/parties/1'], ['movement', '1', '/movements/1'], ['plate', '1', '/plates/1'],
    ['family', '1', '/lots?family=1'], ['hold', '1', '/holds'], ['holds', null, '/holds'], ['exceptions', null, '/exceptions'], ['stock', null, '/stock'],
    ['trace_forward', '1', '/trace?lot=1&way=forward'], ['trace_backward', '1', '/trace?lot=1&way=backward'], ['lot', null, null], ['trace_forward', null, null],
  ])('%s %s: %s', (kind, id, address) => {
    const to = placeOf({ kind, id, code: null })
    expect(to && `${to.path}${Object.keys(to.search).length === 0 ? '' : `?${new URLSearchParams(to.search)}`}`).toBe(address)
  })

  test('one is there with its path and what its address says, whatever else that says', () => {
    const to = { path: '/trace', search: { lot: '1', way: 'forward' } }
    expect([isAt(to, '/trace', { lot: '1', way: 'forward', tab: 'graph' }), isAt(to, '/trace', { lot: '1', way: 'backward' }), isAt(to, '/lots/1', {}), isAt(null, '/', {})]).toEqual([true, false, false, false])
  })
})

test.each<[string, number, number | undefined]>([['--x-', 0, 1], ['-xx-', 0, 3], ['-xxx', 0, 0], ['-xxx', 2, 0], ['xxxx', 1, undefined], ['', 0, undefined]])('of %s the next after %i is %s', (done, after, next) => {
  expect(nextStep([...done].map((one) => one === 'x'), after)).toBe(next)
})
