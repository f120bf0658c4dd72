import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { ok, refusalOf, refused } from '../../test/support/command.ts'
import { mastersOf, type Masters } from '../../test/support/masters.ts'
import { traceToText } from './as-text.ts'
import { findStart } from './find-start.ts'

let app: TestApp
let scene: Masters
let milk = '', cream = '', butter = '', whey = '', bike = '', frame = '', salt = '', cloth = ''
let farm = '', hill = '', shop = '', market = ''
let dock = '', tank = ''

beforeAll(async () => {
  app = await createTestApp()
  scene = mastersOf(app.api)
  const lot = { uom: 'kg', scale: 3, tracking: 'lot' } as const
  ;[milk, cream, butter, whey] = [await scene.product('MILK', lot), await scene.product('CREAM', lot), await scene.product('BUTTER', lot), await scene.product('WHEY', lot)]
  salt = await scene.product('SALT', { uom: 'kg', scale: 3, tracking: 'none' })
  ;[frame, bike] = [await scene.product('FRAME', { tracking: 'lot_and_serial' }), await scene.product('BIKE', { tracking: 'serial' })]
  cloth = await scene.product('CLOTH', { uom: 'm', scale: 1, tracking: 'serial', measured: true })
  ;[farm, hill, shop, market] = [await scene.party('Farm'), await scene.party('Hill'), await scene.party('Shop'), await scene.party('Market')]
  ;[dock, tank] = [await scene.place('DOCK'), await scene.place('TANK', 'tank')]
})
afterAll(() => app.close())

/** Lot codes are told apart by story. */
let story = 0
beforeEach(() => void (story += 1))
const coded = (code: string): string => `${story}-${code}`

const post = (path: string, body: object) => ok(app.api('POST', `/movements/${path}`, body))
const receive = async (product: string, code: string, quantity: string, to = dock, supplier = farm): Promise<string> =>
  (await post('receive', { from: { supplier }, lines: [{ product, lot: { code: coded(code) }, quantity, to }] })).lines[0].lotId
const lot = (product: string, code: string, quantity: string) => ({ product, lot: { code: coded(code) }, quantity })
const from = <T extends object>(what: T) => ({ ...what, from: dock })
const to = <T extends object>(what: T) => ({ ...what, to: dock })
const run = (inputs: object[], outputs: object[], more: object = {}) => post('transform', { inputs, outputs, ...more })
const ship = (line: object, customer = shop, more: object = {}) => post('ship', { to: { customer }, lines: [from(line)], ...more })

interface TraceNode { lot: string | null; serial: string | null; sku: string; certainty: string; start: boolean; followed: boolean; lotId: string; unitId: string | null; [field: string]: unknown }
const ask = (direction: string, query: string) => ok(app.api('GET', `/trace/${direction}?${query}`))
/** What was reached: `BUTTER 1-B exact`. */
async function reached(direction: string, query: string): Promise<string[]> {
  const { nodes } = await ask(direction, query)
  return (nodes as TraceNode[]).map((node) => `${node.sku} ${node.serial ?? node.lot?.replace(`${story}-`, '') ?? '-'} ${node.certainty}`).sort()
}
const nodeOf = (answer: { nodes: TraceNode[] }, name: string): TraceNode | undefined => answer.nodes.find((node) => (node.serial ?? node.lot) === coded(name))

describe('a trace forward', () => {
  test('goes through every run to where it is now and who got it, with quantities', async () => {
    const c = await receive(cream, 'C', '40')
    await run([from(lot(cream, 'C', '10'))], [to(lot(butter, 'B', '4'))])
    await ship(lot(butter, 'B', '3'), shop, { references: [{ type: 'order', number: 'SO-7' }] })
    const answer = await ask('forward', `lotId=${c}`)
    expect(answer).toMatchObject({
      direction: 'forward', next: null,
      totals: { nodes: 2, lots: 2, units: 0, unfollowed: 0, runs: 1, exact: 2, atMost: 0, possible: 0, consignees: 1,
        products: [{ sku: 'BUTTER', onHand: '1', shipped: '3', returned: '0' }, { sku: 'CREAM', onHand: '30', shipped: '0', received: '40' }] },
      consignees: [{ party: 'Shop', partyId: shop, products: [{ sku: 'BUTTER', uom: 'kg', quantity: '3', returned: '0' }] }],
    })
    expect(nodeOf(answer, 'C')).toMatchObject({ start: true, certainty: 'exact', onHand: [{ place: 'DOCK', quantity: '30' }], suppliers: [{ party: 'Farm', quantity: '40' }], edges: [], edgeCount: 0 })
    expect(nodeOf(answer, 'B')).toMatchObject({
      start: false, onHand: [{ place: 'DOCK', quantity: '1' }],
      consignees: [{ party: 'Shop', quantity: '3', movements: [{ kind: 'ship', quantity: '3', documents: ['order SO-7'] }], units: [], unitCount: 0 }],
      edges: [{ run: 'production', from: { lotId: c, unitId: null }, inputQuantity: '10', outputQuantity: '4', certainty: 'exact' }], edgeCount: 1,
    })
  })

  test('counts what came back and what never happened, and tells what was destroyed, sampled, lost and counted', async () => {
    const b = await receive(butter, 'B', '100')
    await ship(lot(butter, 'B', '30'))
    await post('return', { from: { customer: shop }, lines: [to(lot(butter, 'B', '5'))] })
    await ship(lot(butter, 'B', '10'), market)
    const wrong = await ship(lot(butter, 'B', '20'), shop)
    await post(`${wrong.movementId}/reverse`, { meaning: 'never_happened', reason: 'typo' })
    const never = await post('ship', { to: { customer: hill }, lines: [from(lot(butter, 'B', '1'))] })
    await post(`${never.movementId}/reverse`, { meaning: 'never_happened', reason: 'typo' })
    const back = await post('return', { from: { customer: market }, lines: [to(lot(butter, 'B', '2'))] })
    await post(`${back.movementId}/reverse`, { meaning: 'never_happened', reason: 'typo' })
    for (const [kind, quantity] of [['destroy', '4'], ['sample', '0.5']] as const) await post(kind, { reason: 'x', lines: [from(lot(butter, 'B', quantity))] })
    await post('adjust', { reason: 'x', lines: [{ ...lot(butter, 'B', '3'), place: dock, direction: 'down', against: 'loss' }, { ...lot(butter, 'B', '1'), place: dock, direction: 'up' }] })
    const answer = await ask('forward', `lotId=${b}`)
    expect(answer.consignees).toMatchObject([{ party: 'Market', products: [{ quantity: '10', returned: '0' }] }, { party: 'Shop', products: [{ quantity: '25', returned: '5' }] }])
    expect(answer.totals.products).toMatchObject([{ received: '100', shipped: '35', returned: '5', destroyed: '4', sampled: '0.5', lost: '3', counted: '-1', onHand: '58.5' }])
    expect(nodeOf(answer, 'B')).toMatchObject({
      destroyed: '4', sampled: '0.5', lost: '3', counted: '-1',
      ends: [{ end: 'destroyed', quantity: '4', movements: [{ kind: 'destroy' }] }, { end: 'sampled', quantity: '0.5', movements: [{ kind: 'sample' }] }, { end: 'lost', quantity: '3', movements: [{ kind: 'adjust', quantity: '3' }] }, { end: 'counted', quantity: '-1', movements: [{ kind: 'adjust', quantity: '1' }] }],
    })
  })

  test('tells where all of it is on hand, and how much of everything is of what was reached exactly', async () => {
    const m = await receive(milk, 'M', '100')
    await run([from(lot(milk, 'M', '50'))], [to(lot(cream, 'C', '5')), to(lot(whey, 'W', '45'))])
    await post('move', { lines: [{ ...lot(milk, 'M', '20'), from: dock, to: await scene.place(coded('COLD')) }] })
    await run([from(lot(milk, 'M', '10'))], [to(lot(cream, 'CX', '1'))])
    await ship(lot(cream, 'C', '2'))
    await ship(lot(cream, 'CX', '1'))
    const answer = await ask('forward', `lotId=${m}`)
    expect(answer.totals).toMatchObject({ places: 2, products: [{ sku: 'CREAM', onHand: '3', shipped: '3', exact: { onHand: '0', shipped: '1', received: '0' } }, { sku: 'MILK', onHand: '40', exact: { onHand: '40', received: '100' } }, { sku: 'WHEY', exact: { onHand: '0' } }] })
    expect(answer.places).toMatchObject([{ place: coded('COLD'), products: [{ sku: 'MILK', quantity: '20' }] }, { place: 'DOCK', products: [{ sku: 'CREAM', quantity: '3' }, { sku: 'MILK', quantity: '20' }, { sku: 'WHEY', quantity: '45' }] }])
  })

  test('of several lots and units at once has each node once', async () => {
    const [one, two] = [await receive(cream, 'C1', '10'), await receive(cream, 'C2', '10')]
    await run([from(lot(cream, 'C1', '5')), from(lot(cream, 'C2', '5'))], [to(lot(butter, 'B', '4'))])
    expect(await reached('forward', `lotId=${one}&lotId=${two}`)).toEqual(['BUTTER B exact', 'CREAM C1 exact', 'CREAM C2 exact'])
    const answer = await ask('forward', `lotId=${one}&lotId=${two}`)
    expect((nodeOf(answer, 'B')?.['edges'] as { from: { lotId: string } }[] | undefined)?.map((edge) => edge.from.lotId).sort()).toEqual([one, two].sort())
    const posted = await ok(app.api('POST', '/trace/forward', { lotIds: [one, two] }))
    expect(posted).toEqual(answer)
  })

  test('knows an input exactly in one output, at most in several that shared it, and exactly again where it was said', async () => {
    const m = await receive(milk, 'M', '100')
    await run([from(lot(milk, 'M', '50'))], [to(lot(cream, 'C', '5')), to(lot(whey, 'W', '45'))])
    await run([from(lot(cream, 'C', '5'))], [to(lot(butter, 'B', '2'))])
    const other = await receive(milk, 'N', '100')
    await run([from(lot(milk, 'M', '10')), from(lot(milk, 'N', '10'))], [{ ...to(lot(cream, 'CM', '1')), uses: [{ input: 0 }] }, { ...to(lot(cream, 'CN', '1')), uses: [{ input: 1, quantity: '6' }] }])
    expect(await reached('forward', `lotId=${m}`)).toEqual(['BUTTER B at_most', 'CREAM C at_most', 'CREAM CM exact', 'MILK M exact', 'WHEY W at_most'])
    expect(await reached('forward', `lotId=${other}`)).toEqual(['CREAM CN exact', 'MILK N exact'])
    expect(nodeOf(await ask('forward', `lotId=${other}`), 'CN')).toMatchObject({ edges: [{ inputQuantity: '6', outputQuantity: '1', certainty: 'exact', stated: true }] })
    expect(nodeOf(await ask('forward', `lotId=${m}`), 'C')).toMatchObject({ edges: [{ inputQuantity: '50', outputQuantity: '5', certainty: 'at_most', stated: false }] })
  })

  test('takes the best way where several lead to a node', async () => {
    const m = await receive(milk, 'M', '100')
    await run([from(lot(milk, 'M', '50'))], [to(lot(cream, 'C', '5')), to(lot(whey, 'W', '45'))])
    await run([from(lot(milk, 'M', '1')), from(lot(cream, 'C', '5'))], [to(lot(butter, 'B', '2'))])
    expect(await reached('forward', `lotId=${m}`)).toEqual(['BUTTER B exact', 'CREAM C at_most', 'MILK M exact', 'WHEY W at_most'])
  })

  test('tells every lot that was mixed in a tank as possible', async () => {
    const [one, two] = [await receive(milk, 'M1', '30', tank), await receive(milk, 'M2', '60', tank)]
    await run([{ product: milk, quantity: '9', from: tank }], [to(lot(cream, 'C', '2'))])
    await run([from(lot(cream, 'C', '1'))], [to(lot(butter, 'B', '1'))])
    expect(await reached('forward', `lotId=${two}`)).toEqual(['BUTTER B possible', 'CREAM C possible', 'MILK M2 exact'])
    expect(nodeOf(await ask('forward', `lotId=${one}`), 'C')).toMatchObject({ edges: [{ inputQuantity: '3', outputQuantity: '2', certainty: 'possible' }] })
    await post('destroy', { reason: 'empty the tank', lines: [{ product: milk, quantity: '81', from: tank }] })
  })

  test('goes through a split, a merge and a cut', async () => {
    const b = await receive(butter, 'B', '10')
    await run([from(lot(butter, 'B', '10'))], [to(lot(butter, 'B1', '4')), to(lot(butter, 'B2', '6'))], { run: 'split' })
    await receive(butter, 'X', '1')
    await run([from(lot(butter, 'B1', '4')), from(lot(butter, 'X', '1'))], [to(lot(butter, 'BX', '5'))], { run: 'merge' })
    expect(await reached('forward', `lotId=${b}`)).toEqual(['BUTTER B exact', 'BUTTER B1 exact', 'BUTTER B2 exact', 'BUTTER BX exact'])

    const roll = await post('receive', { from: { supplier: farm }, lines: [{ product: cloth, units: [{ serial: coded('R'), quantity: '40' }], to: dock }] })
    await run([from({ product: cloth, units: [{ serial: coded('R'), quantity: '15' }] })], [to({ product: cloth, units: [{ serial: coded('R-a'), quantity: '15' }] })], { run: 'cut' })
    await ship({ product: cloth, units: [{ serial: coded('R-a') }] })
    const units = (await ok(app.api('GET', `/movements/${roll.movementId}/units`))).items
    const answer = await ask('forward', `unitId=${units[0].unitId}`)
    expect(answer.totals).toMatchObject({ nodes: 2, units: 2, products: [{ sku: 'CLOTH', onHand: '25', shipped: '15' }] })
    expect(nodeOf(answer, 'R-a')).toMatchObject({ certainty: 'exact', edges: [{ inputQuantity: '15', outputQuantity: '15' }], consignees: [{ party: 'Shop', unitCount: 1, units: [{ serial: coded('R-a') }] }] })
  })

  test('ends in a cycle of rework', async () => {
    const b = await receive(butter, 'B', '10')
    const again = { ...lot(butter, 'B', '5'), lot: b }
    await run([from(again)], [to(lot(butter, 'B2', '5'))], { run: 'rework' })
    await run([from(lot(butter, 'B2', '5'))], [to(again)], { run: 'rework' })
    await run([from(again)], [to(again)], { run: 'rework' })
    for (const direction of ['forward', 'backward']) expect(await reached(direction, `lotId=${b}`), direction).toEqual(['BUTTER B exact', 'BUTTER B2 exact'])
  })

  test('forgets a run that never happened, and goes on through one that was undone', async () => {
    const [b, c] = [await receive(cream, 'B', '10'), await receive(cream, 'C', '10')]
    const never = await run([from(lot(cream, 'B', '5'))], [to(lot(butter, 'BB', '5'))])
    await post(`${never.movementId}/reverse`, { meaning: 'never_happened', reason: 'typo' })
    const undone = await run([from(lot(cream, 'C', '5'))], [to(lot(butter, 'CC', '5'))])
    await post(`${undone.movementId}/reverse`, { meaning: 'undone', reason: 'taken apart' })
    expect(await reached('forward', `lotId=${b}`)).toEqual(['CREAM B exact'])
    expect(await reached('forward', `lotId=${c}`)).toEqual(['BUTTER CC exact', 'CREAM C exact'])
  })

  test('follows a unit by itself and a lot with all its units', async () => {
    const frames = await post('receive', { from: { supplier: hill }, lines: [{ product: frame, lot: { code: coded('F') }, units: ['F1', 'F2', 'F3'].map((serial) => ({ serial: coded(serial) })), to: dock }] })
    const lotId = frames.lines[0].lotId
    const units = (await ok(app.api('GET', `/movements/${frames.movementId}/units`))).items as { unitId: string; serial: string }[]
    const unit = (serial: string): string => units.find((one) => one.serial === coded(serial))?.unitId ?? ''
    await run([from({ product: frame, units: [{ serial: coded('F1') }] })], [to({ product: bike, units: [{ serial: coded('K1') }] })])
    await run([from({ product: frame, units: [{ serial: coded('F2') }] })], [to({ product: bike, units: [{ serial: coded('K2') }] })])
    await ship({ product: bike, units: [{ serial: coded('K1') }, { serial: coded('K2') }] })
    await ship({ product: frame, units: [{ serial: coded('F3') }] }, market)

    expect((await reached('forward', `unitId=${unit('F1')}`)).map((name) => name.replace(`${story}-`, ''))).toEqual(['BIKE K1 exact', 'FRAME F1 exact'])
    const one = await ask('forward', `unitId=${unit('F1')}`)
    expect(one.consignees).toMatchObject([{ party: 'Shop', products: [{ sku: 'BIKE', quantity: '1' }] }])
    expect(nodeOf(one, 'K1')).toMatchObject({ unitId: expect.any(String), consignees: [{ quantity: '1', unitCount: 1, units: [{ serial: coded('K1') }], movements: [{ quantity: '1' }] }], edges: [{ from: { unitId: unit('F1') } }] })
    const whole = await ask('forward', `lotId=${lotId}`)
    expect(whole.totals).toMatchObject({ nodes: 3, lots: 1, units: 2, products: [{ sku: 'BIKE', lots: 0, units: 2, shipped: '2' }, { sku: 'FRAME', shipped: '1', onHand: '0' }] })
    expect(nodeOf(whole, 'F')).toMatchObject({ unitId: null, consignees: [{ party: 'Market', quantity: '1', unitCount: 1, units: [{ serial: coded('F3') }] }] })
    // the lot and one of its units: nothing is counted twice
    expect((await ask('forward', `lotId=${lotId}&unitId=${unit('F3')}`)).totals.products).toEqual(whole.totals.products.map((total: { sku: string }) => (total.sku === 'FRAME' ? { ...total, units: 1 } : total)))
    // who made the other bike is nobody's business here
    expect((await ask('backward', `unitId=${nodeOf(one, 'K1')?.unitId}`)).nodes.map((node: TraceNode) => node.serial).sort()).toEqual([coded('F1'), coded('K1')])
  })

  test('does not walk through goods without a lot, and tells them as an end', async () => {
    await post('receive', { from: { supplier: hill }, lines: [{ product: salt, quantity: '50', to: dock }] })
    const c = await receive(cream, 'C', '10')
    const d = await receive(cream, 'D', '10')
    await run([from(lot(cream, 'C', '5')), from({ product: salt, quantity: '1' })], [to(lot(butter, 'B', '5'))])
    await run([from(lot(cream, 'D', '5')), from({ product: salt, quantity: '2' })], [to(lot(butter, 'E', '5')), to({ product: salt, quantity: '0.5' })])
    const b = (await ask('forward', `lotId=${c}`)).nodes.find((node: TraceNode) => node.sku === 'BUTTER').lotId
    const back = await ask('backward', `lotId=${b}`)
    expect(back.totals).toMatchObject({ nodes: 3, unfollowed: 1, suppliers: 1 })
    expect(back.nodes.find((node: TraceNode) => node.sku === 'SALT')).toMatchObject({ followed: false, lot: null, onHand: [], suppliers: [], edges: [{ inputQuantity: '1', outputQuantity: '5' }], edgeCount: 1 })
    expect(await reached('forward', `lotId=${d}`)).toEqual(['BUTTER E at_most', 'CREAM D exact', 'SALT - at_most'])
    expect(await refused(app.api('GET', `/trace/forward?lotId=${back.nodes.find((node: TraceNode) => node.sku === 'SALT').lotId}`))).toMatchObject({ code: 'lot_hidden' })
  })
})

describe('a trace backward', () => {
  test('goes through every run to the suppliers, with what each gave', async () => {
    await receive(milk, 'M1', '100', dock, farm)
    await receive(milk, 'M2', '80', dock, hill)
    await run([from(lot(milk, 'M1', '50'))], [to(lot(cream, 'C', '5')), to(lot(whey, 'W', '45'))])
    const made = await run([from(lot(cream, 'C', '5')), from(lot(milk, 'M2', '3'))], [to(lot(butter, 'B', '2'))])
    await post('ship', { to: { place: (await ok(app.api('GET', `/parties/${hill}`))).supplierPlaceId }, lines: [from(lot(milk, 'M2', '7'))] })
    const answer = await ask('backward', `lotId=${made.lines[2].lotId}`)
    expect(await reached('backward', `lotId=${made.lines[2].lotId}`)).toEqual(['BUTTER B exact', 'CREAM C exact', 'MILK M1 at_most', 'MILK M2 exact'])
    expect(answer.suppliers).toMatchObject([{ party: 'Farm', products: [{ sku: 'MILK', quantity: '100', returned: '0' }] }, { party: 'Hill', products: [{ sku: 'MILK', quantity: '73', returned: '7' }] }])
    expect(nodeOf(answer, 'M1')).toMatchObject({ suppliers: [{ party: 'Farm', quantity: '100', movements: [{ kind: 'receive' }] }], edges: [{ from: { unitId: null }, inputQuantity: '50', outputQuantity: '5', certainty: 'at_most' }] })
    expect(answer.totals).toMatchObject({ nodes: 4, runs: 2, exact: 3, atMost: 1, suppliers: 2 })
  })

  test('of an output that says what it used leads to that alone', async () => {
    for (const code of ['M1', 'M2', 'M3']) await receive(milk, code, '10')
    const made = await run(['M1', 'M2', 'M3'].map((code) => from(lot(milk, code, '5'))), [{ ...to(lot(cream, 'C1', '1')), uses: [{ input: 0, quantity: '2' }, { input: 1 }] }, { ...to(lot(cream, 'C2', '1')), uses: [{ input: 2 }] }])
    expect(await reached('backward', `lotId=${made.lines[3].lotId}`)).toEqual(['CREAM C1 exact', 'MILK M1 exact', 'MILK M2 exact'])
    expect(nodeOf(await ask('backward', `lotId=${made.lines[3].lotId}`), 'M1')).toMatchObject({ edges: [{ inputQuantity: '2', outputQuantity: '1' }] })
    expect((await ask('backward', `lotId=${made.lines[3].lotId}`)).totals).toMatchObject({ runs: 1 })
  })

  test('of a lot that was found to be another is of that other', async () => {
    const [one, double] = [await receive(cream, 'C', '10'), await receive(cream, 'C x', '4', dock, hill)]
    await ship(lot(cream, 'C x', '3'), market)
    await ok(app.api('POST', `/lots/${double}/merge`, { into: one, reason: 'the same' }))
    for (const lotId of [one, double]) {
      const answer = await ask('forward', `lotId=${lotId}`)
      expect(answer.nodes).toMatchObject([{ lotId: one, start: true, onHand: [{ quantity: '11' }] }])
      expect(answer.totals.products).toMatchObject([{ received: '14', shipped: '3', onHand: '11' }])
      expect(answer.consignees).toMatchObject([{ party: 'Market' }])
    }
  })
})

describe('a long trace', () => {
  test('comes in pages of nodes whose totals are those of the whole', async () => {
    const m = await receive(milk, 'M', '100')
    await run([from(lot(milk, 'M', '50'))], Array.from({ length: 11 }, (_, at) => to(lot(cream, `C${at}`, '1'))))
    const whole = await ask('forward', `lotId=${m}`)
    const nodes: TraceNode[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { nodes: TraceNode[]; next: string | null; totals: unknown } = await ask('forward', `lotId=${m}&limit=5${cursor === '' ? '' : `&cursor=${cursor}`}`)
      expect(page.totals).toEqual(whole.totals)
      nodes.push(...page.nodes)
      cursor = page.next
    }
    expect(whole.totals.nodes).toBe(12)
    expect(nodes).toEqual(whole.nodes)
    expect(nodes[0]?.start).toBe(true)
  })

  test('of a run with many inputs and outputs is as large as both together', async () => {
    const serials = Array.from({ length: 400 }, (_, at) => ({ serial: coded(`S${at}`) }))
    const codes = Array.from({ length: 20 }, (_, at) => `I${at}`)
    await post('receive', { from: { supplier: farm }, lines: codes.map((code) => ({ ...lot(milk, code, '1'), to: dock })) })
    const made = await run(codes.map((code) => from(lot(milk, code, '1'))), [to({ product: bike, units: serials })])
    await ship({ product: bike, units: serials.slice(0, 300) })
    const inputs = made.lines.slice(0, 20).map((line: { lotId: string }) => line.lotId)
    const answer = await ok(app.api('POST', '/trace/forward', { lotIds: inputs, limit: 500 }))
    expect(answer.totals).toMatchObject({ nodes: 420, units: 400, runs: 1, consignees: 1 })
    expect(answer.totals.products).toMatchObject([{ sku: 'BIKE', shipped: '300', onHand: '100', units: 400 }, { sku: 'MILK' }])
    expect(nodeOf(answer, 'S0')).toMatchObject({ certainty: 'at_most', edgeCount: 20 })
    const csv = (await ok(app.api('POST', '/trace/forward.csv', { lotIds: inputs }))) as string
    expect(csv.split('\r\n').filter((row) => row.startsWith('consignee,'))).toHaveLength(300)
  })
})

describe('a trace as CSV', () => {
  test('has a row for every node and for every place, consignee and supplier, per unit', async () => {
    const f = await post('receive', { from: { supplier: hill }, lines: [{ product: frame, lot: { code: coded('F') }, units: ['F1', 'F2'].map((serial) => ({ serial: coded(serial) })), to: dock }], references: [{ type: 'delivery', number: 'D-1' }] })
    await ship({ product: frame, units: [{ serial: coded('F2') }] }, market, { references: [{ type: 'order', number: 'SO-1' }] })
    const answer = await app.api('GET', `/trace/forward.csv?lotId=${f.lines[0].lotId}`)
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    const [header, ...rows] = (answer.body as string).trimEnd().split('\r\n').map((row) => row.split(','))
    const picked = rows.map((row) => ['row', 'certainty', 'sku', 'lot', 'serial', 'quantity', 'returned', 'uom', 'party', 'documents'].map((name) => row[header?.indexOf(name) ?? -1]))
    expect(picked).toEqual([
      ['node', 'exact', 'FRAME', coded('F'), '', '1', '', 'each', '', ''],
      ['on_hand', 'exact', 'FRAME', coded('F'), '', '1', '', 'each', '', ''],
      ['consignee', 'exact', 'FRAME', coded('F'), coded('F2'), '1', '0', 'each', 'Market', 'order SO-1'],
      ['supplier', 'exact', 'FRAME', coded('F'), coded('F1'), '1', '0', 'each', 'Hill', 'delivery D-1'],
      ['supplier', 'exact', 'FRAME', coded('F'), coded('F2'), '1', '0', 'each', 'Hill', 'delivery D-1'],
    ])
  })

  test('never gives a spreadsheet a formula', async () => {
    const { lines } = await post('receive', { from: { supplier: farm }, lines: [{ product: milk, lot: { code: '=1+1' }, quantity: '1', to: dock }] })
    const { body } = await app.api('GET', `/trace/backward.csv?lotId=${lines[0].lotId}`)
    expect(body).toContain(`,'=1+1,`)
    expect(body).not.toMatch(/(^|,)=/m)
  })
})

describe('on the command line a trace', () => {
  const find = (named: string[], sku?: string) => app.database.inTransaction(app.organizationId, (tx) => findStart(tx, app.organizationId, named, sku))

  test('is told in plain words', async () => {
    const m = await receive(milk, 'M', '10')
    await run([from(lot(milk, 'M', '10'))], [to(lot(cream, 'C', '1')), to(lot(whey, 'W', '9'))])
    await ship(lot(whey, 'W', '4'), shop, { references: [{ type: 'order', number: 'SO-3' }] })
    await post('return', { from: { customer: shop }, lines: [to(lot(whey, 'W', '1'))] })
    await post('destroy', { reason: 'x', lines: [from(lot(whey, 'W', '2'))] })
    const forward = traceToText(await ask('forward', `lotId=${m}`))
    expect(forward.split('\n').filter((row) => row.startsWith('*') || /^ {2}\w/.test(row) || !row.startsWith(' '))).toEqual([
      `* MILK lot ${coded('M')}`, `  CREAM lot ${coded('C')} (at most)`, `  WHEY lot ${coded('W')} (at most)`, '', '3 lots, 0 units, 1 run; shipped to 1:', '  Shop: 3 kg WHEY (1 came back)',
    ])
    expect(forward).toContain('      on hand  4 kg in DOCK\n      shipped  3 kg to Shop (order SO-3)\n      destroyed 2 kg')
    expect(traceToText(await ask('backward', `lotId=${m}`))).toContain('received 10 kg from Farm')
  })

  test('starts from codes, serials and ids', async () => {
    const m = await receive(milk, 'M', '1')
    await post('receive', { from: { supplier: farm }, lines: [{ product: bike, units: [{ serial: coded('S') }], to: dock }] })
    const { unitIds } = await find([coded('S')])
    expect(await find([coded('M'), coded('S'), m])).toEqual({ lotIds: [m, m], unitIds })
    expect(await refusalOf(find([coded('nobody')]))).toMatchObject({ refused: 'traceable_unknown', data: { which: coded('nobody') } })
    await receive(cream, 'M', '1')
    await receive(milk, 'M', '1', dock, hill)
    expect(await refusalOf(find([coded('M')], 'MILK'))).toMatchObject({ refused: 'traceable_ambiguous', data: { candidates: [expect.stringContaining(`MILK lot ${coded('M')} of Farm`), expect.stringContaining('of Hill')] } })
    expect((await find([coded('M')], 'CREAM')).lotIds).toHaveLength(1)
  })
})

describe('a trace is refused', () => {
  const nobody = '01890000-0000-7000-8000-000000000000'
  test.each([
    ['', 'trace_of_nothing', {}], [`lotId=${nobody}`, 'not_found', { what: 'lot', which: nobody }], [`unitId=${nobody}`, 'not_found', { what: 'unit', which: nobody }], ['lotId=7', 'input_invalid', {}], [`lotId=${nobody}&limit=0`, 'input_invalid', {}],
  ])('%s as %s', async (query, code, data) => {
    for (const path of ['forward', 'backward']) expect(await refused(app.api('GET', `/trace/${path}?${query}`)), path).toMatchObject({ code, ...data })
    if (!query.includes('limit')) expect(await refused(app.api('GET', `/trace/forward.csv?${query}`))).toMatchObject({ code, ...data })
  })
})
