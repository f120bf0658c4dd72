import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { ok } from '../../test/support/command.ts'
import { mastersOf } from '../../test/support/masters.ts'
import { readPdf } from '../../test/support/pdf.ts'
import { summary } from './pdf.ts'

let app: TestApp
let cream = '', butter = '', pump = '', farm = '', shop = '', dock = ''
beforeAll(async () => {
  app = await createTestApp({ timeZone: 'Europe/Berlin', clock: () => '2026-11-23T20:05:00.000Z' })
  const scene = mastersOf(app.api)
  ;[cream, butter] = [await scene.product('CREAM', { uom: 'kg', scale: 3, tracking: 'lot' }), await scene.product('BUTTER', { uom: 'kg', scale: 3, tracking: 'lot' })]
  pump = await scene.product('PUMP', { tracking: 'serial' })
  ;[farm, shop] = [await scene.party('Hill Farm'), await scene.party('Corner Shop')]
  dock = await scene.place('DOCK')
})
afterAll(() => app.close())

const post = (path: string, body: object) => ok(app.api('POST', `/movements/${path}`, body))
const receive = async (code: string, supplier = farm): Promise<string> => (await post('receive', { occurredAt: '2026-11-22T23:05:00Z', from: { supplier }, references: [{ type: 'purchase_order', number: 'PO-7' }], lines: [{ product: cream, lot: { code }, quantity: '40', to: dock }] })).lines[0].lotId
const pdf = async (path: string): Promise<string[][]> => {
  const answer = await app.server.inject({ url: `/api/v1/trace/${path}`, headers: { authorization: `Bearer ${app.key}` } })
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/pdf'])
  return readPdf(answer.rawPayload)
}

describe('a trace on paper', () => {
  test('says what was asked, when and by whom, what it comes to, every row, and what it rests on', async () => {
    const lotId = await receive('C-1')
    await post('transform', { occurredAt: '2026-11-23T19:00:00Z', inputs: [{ product: cream, lot: { code: 'C-1' }, quantity: '10', from: dock }], outputs: [{ product: butter, lot: { code: 'B-1' }, quantity: '4', to: dock }] })
    const shipped = await post('ship', { to: { customer: shop }, references: [{ type: 'order', number: 'SO-3' }], lines: [{ product: butter, lot: { code: 'B-1' }, quantity: '3', from: dock }] })
    const pages = await pdf(`forward.pdf?lotId=${lotId}`)
    const all = pages.flat().join('\n')
    expect(pages[0]?.[0]).toMatch(/^Trace forward: C-1 /)
    expect(all).toMatch(/Asked 2026-11-23 21:05 \(Europe\/Berlin\) by test owner; as of then/)
    expect(all).toContain('1 customer got 3 kg, all of it exact.')
    expect(all).toContain('On hand now: 31 kg in 1 place, all of it exact.')
    const flat = all.replaceAll('\n', ' ')
    expect(flat).toMatch(/0 C-1 \S+ Received from Hill Farm 40 kg exact 2026-11-23 00:05 purchase order PO-7 C-1 On hand in DOCK 30 kg exact 1 B-1 \S+ Made of 10 kg C-1 \S+ \(production\) 4 kg exact 2026-11-23 20:00 B-1 On hand in DOCK 1 kg exact B-1 Shipped to Corner Shop 3 kg exact 2026-11-23 21:05 order SO-3/)
    const { sha256 } = await ok(app.api('GET', `/movements/${shipped.movementId}`))
    expect(flat).toContain(`ship order SO-3 ${shipped.movementId} ${sha256}`)
    pages.forEach((page, index) => expect(page.join(' ')).toMatch(new RegExp(`printed 2026-11-23 21:05 by test owner.* Page ${index + 1} of ${pages.length}`)))
  })

  test('goes backward to the suppliers, in the other size too', async () => {
    await receive('C-2')
    const { lines } = await post('transform', { inputs: [{ product: cream, lot: { code: 'C-2' }, quantity: '10', from: dock }], outputs: [{ product: butter, lot: { code: 'B-2' }, quantity: '4', to: dock }] })
    const answer = await app.server.inject({ url: `/api/v1/trace/backward.pdf?lotId=${lines[1].lotId}&paper=letter`, headers: { authorization: `Bearer ${app.key}` } })
    expect(answer.rawPayload.toString('latin1')).toMatch(/\/MediaBox \[0 0 792 612\]/)
    const flat = readPdf(answer.rawPayload).flat().join(' ')
    expect(flat).toMatch(/1 supplier gave 40 kg, all of it exact\..*Whom it came from .* Hill Farm .* 1 C-2 \S+ Went into 4 kg B-2 \S+ \(production\) 10 kg exact/)
  })

  test('prints Latin, Greek and Cyrillic names, takes any text for text, and says that letters are missing', async () => {
    const names = ['Zażółć & Söhne ÅØ', 'Γαλακτοκομείο Όλυμπος', 'Молочный завод «Ёлка»', 'Sữa Việt']
    for (const [index, name] of names.entries()) {
      const pages = await pdf(`forward.pdf?lotId=${await receive(`N-${index}`, (await ok(app.api('POST', '/parties', { name, roles: ['supplier'] }))).partyId)}`)
      const flat = pages.flat().join('').replaceAll(' ', '')
      expect(flat).toContain(name.replaceAll(' ', ''))
      expect(flat).not.toContain('aquestionmark')
    }
    const hostile = [') Tj /F1 99 Tf (', '<</JS (app.alert(1))>>', '\\u0000 \\\\ %PDF endstream endobj', 'x'.repeat(160)]
    for (const [index, name] of hostile.entries()) {
      const flat = (await pdf(`forward.pdf?lotId=${await receive(`H-${index}`, (await ok(app.api('POST', '/parties', { name, roles: ['supplier'] }))).partyId)}`)).flat().join('').replaceAll(' ', '')
      expect(flat).toContain(name.replaceAll(' ', ''))
    }
    const strange = await ok(app.api('POST', '/parties', { name: '東京牛乳 \u202EmraF', roles: ['supplier'] }))
    const flat = (await pdf(`forward.pdf?lotId=${await receive('S-1', strange.partyId)}`)).flat().join(' ')
    expect(flat).toContain('Received from ???? ?mraF')
    expect(flat).toContain('A question mark may stand for a character that this paper has no letter for')
  })

  test('repeats the head of its table, and ends after 1,500 lots and units, saying so', async () => {
    const lotId = await receive('MANY')
    const units = Array.from({ length: 1_501 }, (_, index) => ({ serial: `P-${index}` }))
    await post('transform', { inputs: [{ product: cream, lot: { code: 'MANY' }, quantity: '1', from: dock }], outputs: [{ product: pump, units, to: dock }] })
    const pages = await pdf(`forward.pdf?lotId=${lotId}`)
    expect(pages.length).toBeGreaterThan(40)
    expect(pages.flat().join(' ')).toContain('The first 1500 of 1502 lots and units; the CSV has all of them.')
    expect(pages.slice(3, 40).map((page) => page.slice(0, 3).join(' '))).toEqual(Array(37).fill('Step Lot or unit Product'))
    expect(pages.at(-1)?.at(-1)).toBe(`Page ${pages.length} of ${pages.length}`)
  }, 60_000)

  test('is refused as a trace is, before anything is drawn', async () => {
    for (const direction of ['forward', 'backward']) {
      expect((await app.api('GET', `/trace/${direction}.pdf`)).body).toMatchObject({ code: 'trace_of_nothing' })
      expect((await app.api('GET', `/trace/${direction}.pdf?lotId=${crypto.randomUUID()}`)).body).toMatchObject({ code: 'not_found' })
      expect((await app.api('GET', `/trace/${direction}.pdf?lotId=${crypto.randomUUID()}&paper=a5`)).body).toMatchObject({ code: 'input_invalid' })
    }
    const nobody = await app.server.inject({ url: '/api/v1/trace/forward.pdf' })
    expect(nobody.statusCode).toBe(401)
  })
})

test('the summary says how much of it is certain, and what is not known', () => {
  const nothing = { lots: 0, units: 0, returned: '0', received: '0', sentBack: '0', destroyed: '0', sampled: '0', lost: '0', counted: '0', onHand: '0', shipped: '0', exact: { onHand: '0', shipped: '0', received: '0' }, productId: '', sku: '', product: '' }
  const totals = {
    nodes: 9, runs: 1, lots: 8, units: 0, unfollowed: 1, exact: 5, atMost: 2, possible: 2, consignees: 5, suppliers: 0, places: 0,
    products: [{ ...nothing, uom: 'kg', shipped: '400.5', returned: '1.25', lost: '0.1', exact: { onHand: '0', shipped: '380.5', received: '0' } }, { ...nothing, uom: 'kg', shipped: '79.5', lost: '0.2', exact: { onHand: '0', shipped: '79.5', received: '0' } }, { ...nothing, uom: 'each', shipped: '12' }],
  }
  expect(summary({ direction: 'forward', totals })).toEqual([
    '8 lots, 1 run: 5 exact, 2 at most, 2 possible.', '5 customers got 12 each, 480 kg, of that 460 kg exact; 1.25 kg came back.', 'None of it is on hand.', '0.3 kg lost.', '1 product without a lot: the way ends there.',
  ])
  expect(summary({ direction: 'backward', totals })).toContain('None of it came from a supplier.')
})
