import { expect } from 'vitest'
import { supplierPlaceId } from '#src/network/system.ts'
import type { TestApp } from './app.ts'
import { mastersOf } from './masters.ts'

/** What a busy organisation answers with where a test goes on from it. */
export interface Busy {
  /** Posts under /movements, expects it to be done, and gives its id. */
  post(kind: string, body: object): Promise<string>
  reverse(movementId: string, meaning: 'never_happened' | 'undone'): Promise<string>
}

/**
 * An organisation in which everything the ledger can do was done: lots, serials, pieces that were cut and used in part,
 * catch weight, a tank, plates, owners, runs over several movements and with named inputs, late entries, both meanings
 * of undo, promises kept, released and open.
 */
export async function makeBusy(app: TestApp): Promise<Busy> {
  const masters = mastersOf(app.api)
  await masters.product('CREAM', { uom: 'kg' })
  await masters.product('BUTTER', { uom: 'kg' })
  await masters.product('CHEESE', { secondUom: 'kg' })
  await masters.product('WHEEL', { uom: 'kg', measured: true, tracking: 'lot_and_serial', secondUom: 'each' })
  await masters.product('BIKE', { tracking: 'serial' })
  await masters.product('SCREW', { tracking: 'none' })
  const hill = await masters.party('Hill Farm')
  for (const party of ['Dale Farm', 'Corner Shop']) await masters.party(party)
  for (const [code, kind] of [['DOCK', 'storage'], ['STORE', 'storage'], ['TANK', 'tank']] as const) await masters.place(code, kind)
  await masters.plate('P-1')
  await masters.plate('P-2')

  const done = async (path: string, body: object): Promise<Record<string, string>> => {
    const answer = await app.api('POST', path, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body
  }
  const post = async (kind: string, body: object): Promise<string> => (await done(`/movements/${kind}`, body))['movementId'] as string
  const reverse = async (movementId: string, meaning: 'never_happened' | 'undone'): Promise<string> => (await done(`/movements/${movementId}/reverse`, { meaning, reason: 'a slip' }))['movementId'] as string
  const farm = { supplier: { name: 'Hill Farm' } }
  const dale = { supplier: { name: 'Dale Farm' } }
  const shop = { customer: { name: 'Corner Shop' } }
  const of = (sku: string, lot: string | null, quantity: string | null, more: object = {}) => ({ product: { sku }, ...(lot && { lot: { code: lot } }), ...(quantity && { quantity }), ...more })
  const serials = (...all: string[]) => ({ units: all.map((serial) => ({ serial })) })
  const [dock, store, tank] = [{ code: 'DOCK' }, { code: 'STORE' }, { code: 'TANK' }]
  const day = (n: number, hour = 8) => `2026-03-${String(n).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`

  // lots: receipts, a late one, moves, a run, shipments, both meanings of undo
  await post('receive', { from: farm, occurredAt: day(1), references: [{ type: 'purchase_order', number: 'PO-2' }, { type: 'invoice', number: 'I-1' }, { type: 'purchase_order', number: 'PO-2' }], lines: [of('CREAM', 'C-1', '40.50', { to: dock, unitCost: '1.20', costCurrency: 'EUR' }), of('CREAM', 'C-2', '10', { to: dock })] })
  await post('receive', { from: dale, occurredAt: day(3), lines: [of('CREAM', 'C-3', '20', { to: store })] })
  await post('move', { occurredAt: day(2), note: 'late', device: 'scanner 1', deviceTime: day(2, 9), lines: [of('CREAM', 'C-1', '5', { from: dock, to: store })] })
  await post('transform', { occurredAt: day(4), inputs: [of('CREAM', 'C-1', '10', { from: dock }), of('CREAM', 'C-2', '2', { from: dock })], outputs: [of('BUTTER', 'B-1', '4', { to: dock }), of('BUTTER', 'B-2', '1', { to: dock, uses: [{ input: 1, quantity: '1.5' }] })] })
  const slip = await post('ship', { to: shop, occurredAt: day(5), lines: [of('BUTTER', 'B-1', '3', { from: dock })] })
  await reverse(slip, 'never_happened')
  await post('ship', { to: shop, occurredAt: day(5), lines: [of('BUTTER', 'B-1', '2', { from: dock })] })
  await post('return', { from: shop, occurredAt: day(6), lines: [of('BUTTER', 'B-1', '0.5', { to: store })] })
  await reverse(await post('transform', { occurredAt: day(7), inputs: [of('CREAM', 'C-3', '3', { from: store })], outputs: [of('BUTTER', 'B-3', '1', { to: store })] }), 'undone')
  await reverse(await post('transform', { occurredAt: day(8), inputs: [of('CREAM', 'C-3', '2', { from: store })], outputs: [of('BUTTER', 'B-4', '1', { to: store })] }), 'never_happened')
  await post('change-owner', { reason: 'sold', occurredAt: day(9), lines: [of('CREAM', 'C-3', '4', { place: store, toOwner: { name: 'Corner Shop' } })] })
  await post('adjust', { reason: 'found', lines: [of('CREAM', 'C-9', '0.25', { place: dock, direction: 'up' }), of('CREAM', 'C-1', '0.5', { place: dock, direction: 'down', against: 'loss' })] })
  await post('sample', { reason: 'laboratory', lines: [of('CREAM', 'C-2', '0.1', { from: dock })] })
  await post('destroy', { reason: 'sour', lines: [of('CREAM', 'C-2', '0.4', { from: dock })] })
  // a run over several movements, one of which never happened
  const run = await post('transform', { occurredAt: day(10), inputs: [of('CREAM', 'C-1', '2', { from: store })], outputs: [] })
  await post('transform', { occurredAt: day(10, 9), runId: run, inputs: [], outputs: [of('BUTTER', 'B-5', '0.5', { to: store })] })
  await reverse(await post('transform', { occurredAt: day(10, 10), runId: run, inputs: [], outputs: [of('BUTTER', 'B-6', '0.2', { to: store })] }), 'never_happened')
  await post('transform', { occurredAt: day(10, 11), runId: run, inputs: [], outputs: [of('BUTTER', 'B-7', '0.1', { to: store })] })
  // a tank
  await post('receive', { from: farm, occurredAt: day(11), lines: [of('CREAM', 'T-1', '30', { to: tank }), of('CREAM', 'T-2', '60', { to: tank })] })
  await post('transform', { occurredAt: day(12), inputs: [of('CREAM', null, '10', { from: tank })], outputs: [of('BUTTER', 'B-8', '4', { to: dock })] })
  // catch weight
  await post('receive', { from: farm, occurredAt: day(13), lines: [of('CHEESE', 'K-1', '12', { secondQuantity: '10.35', to: dock })] })
  await post('ship', { to: shop, occurredAt: day(14), lines: [of('CHEESE', 'K-1', '5', { secondQuantity: '4.2', from: dock })] })
  await post('move', { lines: [of('CHEESE', 'K-1', '7', { from: dock, to: store })] })
  // pieces: cut, used in part, that undone, wholly used
  await post('receive', { from: farm, occurredAt: day(15), lines: [of('WHEEL', 'W', null, { units: [{ serial: 'W-1', quantity: '40', secondQuantity: '8' }, { serial: 'W-2', quantity: '20' }], to: dock })] })
  await post('transform', { run: 'cut', occurredAt: day(16), inputs: [of('WHEEL', null, null, { units: [{ serial: 'W-1', quantity: '15', secondQuantity: '3' }], from: dock })], outputs: [of('WHEEL', 'W', null, { units: [{ serial: 'W-1a', quantity: '15', secondQuantity: '3' }], to: dock })] })
  const part = await post('sample', { reason: 'taste', occurredAt: day(17), lines: [of('WHEEL', null, null, { units: [{ serial: 'W-1', quantity: '1', secondQuantity: '1' }], from: dock })] })
  await reverse(part, 'undone')
  await reverse(await post('sample', { reason: 'taste', lines: [of('WHEEL', null, null, { units: [{ serial: 'W-2', quantity: '2' }], from: dock })] }), 'never_happened')
  await post('transform', { inputs: [of('WHEEL', null, null, { units: [{ serial: 'W-1a' }], from: dock })], outputs: [of('BUTTER', 'B-9', '12', { to: dock })] })
  // serials: shipped, returned, reworked, never received, received again from another supplier
  await post('receive', { from: farm, occurredAt: day(18), lines: [of('BIKE', null, null, { ...serials('S-1', 'S-2', 'S-3', 'S-4', 'S-5', 'S-6', 'S-7'), to: dock })] })
  await post('ship', { to: shop, occurredAt: day(19), lines: [of('BIKE', null, null, { ...serials('S-2', 'S-1'), from: dock })] })
  await post('return', { from: shop, occurredAt: day(20), lines: [of('BIKE', null, null, { ...serials('S-1'), to: store })] })
  await post('transform', { run: 'rework', inputs: [of('BIKE', null, null, { ...serials('S-3'), from: dock })], outputs: [of('BIKE', null, null, { units: [{ serial: 'S-3', issuer: { name: 'Hill Farm' } }], to: store })] })
  await post('ship', { to: { place: supplierPlaceId(hill) }, lines: [of('BIKE', null, null, { ...serials('S-4'), from: dock })] })
  await reverse(await post('receive', { from: dale, lines: [of('BIKE', null, null, { units: [{ serial: 'S-4', issuer: { name: 'Hill Farm' } }], to: dock })] }), 'never_happened')
  await reverse(await post('receive', { from: dale, lines: [of('BIKE', null, null, { ...serials('S-9'), to: dock })] }), 'never_happened')
  await reverse(await post('ship', { to: shop, lines: [of('BIKE', null, null, { ...serials('S-5'), from: dock })] }), 'never_happened')
  await post('move', { occurredAt: day(21), lines: [of('BIKE', null, null, { ...serials('S-5'), from: dock, to: store })] })
  await post('destroy', { reason: 'crushed', lines: [of('BIKE', null, null, { ...serials('S-6'), from: dock })] })
  // no lot; plates packed, moved whole, unpacked
  await post('receive', { from: farm, occurredAt: day(22), lines: [of('SCREW', null, '500', { to: dock })] })
  await post('pack', { plate: { code: 'P-1' }, lines: [of('SCREW', null, '100', { place: dock }), of('BIKE', null, null, { ...serials('S-7'), place: dock })] })
  await post('move', { lines: [{ wholePlate: { code: 'P-1' }, to: store }] })
  await post('unpack', { plate: { code: 'P-1' }, lines: [of('SCREW', null, '30', { place: store })] })
  // promises: shipped in part, released, open, lapsed, on a unit
  await done('/allocations', { demand: { type: 'sales_order', number: 'SO-1' }, lines: [of('SCREW', null, '50', { from: dock })] })
  await post('ship', { to: shop, demand: { type: 'sales_order', number: 'SO-1' }, lines: [of('SCREW', null, '20', { from: dock })] })
  await done('/allocations', { demand: { type: 'sales_order', number: 'SO-2' }, lines: [of('SCREW', null, '10', { from: dock })] })
  await done('/allocations/release', { demand: { type: 'sales_order', number: 'SO-2' } })
  await done('/allocations', { demand: { type: 'sales_order', number: 'SO-3' }, lines: [of('WHEEL', null, null, { units: [{ serial: 'W-1' }], from: dock }), of('BIKE', null, null, { ...serials('S-1'), from: store })] })
  await done('/allocations', { demand: { type: 'sales_order', number: 'SO-4' }, lines: [of('BIKE', null, null, { ...serials('S-3'), from: store })] })
  await post('ship', { to: shop, demand: { type: 'sales_order', number: 'SO-4' }, lines: [of('BIKE', null, null, { ...serials('S-3'), from: store })] })
  await post('transform', { itIsHere: true, inputs: [of('CREAM', 'C-3', '99', { from: store })], outputs: [of('BUTTER', 'B-10', '30', { to: store })] })
  return { post, reverse }
}
