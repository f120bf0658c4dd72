import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import type { Endpoint } from '#src/lib/contract.ts'
import { newId } from '#src/lib/id.ts'
import { demoCompanies } from './companies.ts'
import { demoKeys, type DemoKey, type GuideStep } from './contract.ts'
import { tell, type Telling } from './story.ts'

/** A line of any movement, as the scripts write them. */
interface Line {
  readonly product?: { readonly sku: string }
  readonly lot?: { readonly code: string }
  readonly quantity?: string
  readonly uom?: string
  readonly units?: readonly { readonly serial: string; readonly quantity?: string }[]
  readonly direction?: 'up' | 'down'
}
interface Body {
  readonly products?: readonly { readonly sku: string; readonly uoms?: readonly { readonly uom: string; readonly numerator: string }[] }[]
  readonly lines?: readonly Line[]
  readonly inputs?: readonly Line[]
  readonly outputs?: readonly Line[]
  readonly itIsHere?: boolean
}

/** What is on hand of each lot and unit, wherever it is: a book so simple that it can be told a year of half years. */
class Book {
  readonly #onHand = new Map<string, number>()
  readonly #uoms = new Map<string, number>()
  readonly #movements = new Map<string, readonly (readonly [string, number])[]>()

  learn({ products = [] }: Body): void {
    for (const { sku, uoms = [] } of products) for (const { uom, numerator } of uoms) this.#uoms.set(`${sku} ${uom}`, Number(numerator))
  }

  post(operation: string, movementId: string, body: Body): void {
    const taken = ['shipGoods', 'takeSample', 'destroyGoods'].includes(operation) ? body.lines : operation === 'adjustStock' ? body.lines?.filter((line) => line.direction === 'down') : body.inputs
    const given = ['receiveGoods', 'returnGoods'].includes(operation) ? body.lines : body.outputs
    const changes = [...this.#changes(taken, -1), ...this.#changes(given, 1)]
    this.#movements.set(movementId, changes)
    this.#apply(changes, body.itIsHere === true)
  }

  reverse(movementId: string): void {
    this.#apply((this.#movements.get(movementId) ?? []).map(([key, amount]) => [key, -amount] as const), false)
  }

  #changes(lines: readonly Line[] = [], sign: 1 | -1): [string, number][] {
    return lines.flatMap((line): [string, number][] => {
      const sku = line.product?.sku ?? ''
      const of = (amount: string): number => sign * Math.round(Number(amount) * (this.#uoms.get(`${sku} ${line.uom}`) ?? 1) * 1000)
      // milk is drawn from the tank without saying of which lot
      if (!line.units) return [[sku === 'MILK' ? sku : `${sku} ${line.lot?.code ?? ''}`, of(line.quantity ?? '0')]]
      return line.units.map(({ serial, quantity }) => [`${sku} ${serial}`, quantity === undefined ? sign * (this.#onHand.get(`${sku} ${serial}`) ?? (sign > 0 ? 1000 : 1)) : of(quantity)])
    })
  }

  #apply(changes: readonly (readonly [string, number])[], isHere: boolean): void {
    for (const [key, amount] of changes) {
      const left = (this.#onHand.get(key) ?? 0) + amount
      if (left < 0 && !isHere) throw new Error(`there is too little of ${key}: ${left} thousandths`)
      this.#onHand.set(key, Math.max(left, 0))
    }
  }
}

/** Tells a half year to an API that says yes to everything the book has. */
async function tellTo(company: DemoKey, today: string): Promise<{ readonly guide: GuideStep[]; readonly asked: string[] }> {
  const asked: string[] = []
  const book = new Book()
  let last = ''
  const carryOut = (async (endpoint: Pick<Endpoint, 'operationId' | 'body'>, given: { params?: { movementId?: string }; body?: Body }, instant: string) => {
    const { params, body = {} } = given
    // what the server would refuse to read
    endpoint.body?.parse(given.body)
    if (instant <= last) throw new Error(`${endpoint.operationId} at ${instant} after ${last}`)
    last = instant
    asked.push(`${instant} ${endpoint.operationId} ${JSON.stringify(body).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')}`)
    const movementId = newId()
    book.learn(body)
    if (endpoint.operationId === 'reverseMovement') book.reverse(params?.movementId ?? '')
    else book.post(endpoint.operationId, movementId, body)
    const lines = [...(body.lines ?? []), ...(body.inputs ?? []), ...(body.outputs ?? [])]
    return {
      placeId: newId(), partyId: newId(), holdId: newId(), movementId, plateId: newId(), exceptions: [newId()], items: [{ unitId: newId() }],
      verdicts: body.products?.map(() => ({ productId: newId() })), lines: lines.map(() => ({ lotId: newId() })),
    }
  }) as unknown as Telling['carryOut']
  const { timeZone, write } = demoCompanies[company]
  const guide = await tell({ company, timeZone, today, organizationId: newId(), carryOut, onDay: () => Promise.resolve() }, write)
  return { guide, asked }
}

describe.each(demoKeys)('the half year of the %s', (company) => {
  test('can be told on any day: of each there is what its script takes, and its guide is whole', async () => {
    for (let number = 0; number < 36; number += 1) {
      const today = Temporal.PlainDate.from('2026-01-05').add({ days: number * 11 }).toString()
      const { guide } = await tellTo(company, today).catch((error: unknown) => { throw new Error(`told on ${today}: ${String(error)}`) })
      expect(guide.filter(({ title, text, link }) => /null|undefined/.test(title + text) || (link.id === null && !['exceptions', 'holds', 'stock'].includes(link.kind))), today).toEqual([])
    }
  }, 60_000)

  test('is the same when it is told again on the same day, another one on another', async () => {
    const { asked } = await tellTo(company, '2026-11-23')
    expect((await tellTo(company, '2026-11-23')).asked).toEqual(asked)
    expect((await tellTo(company, '2026-11-24')).asked).not.toEqual(asked)
  })
})
