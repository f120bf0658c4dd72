/** Asks the API as somebody who may everything: `(method, path below /api/v1, body)`; throws where the answer is a no. */
export type Ask = (method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: object) => Promise<Record<string, unknown>>

const DAY = 86_400_000

/**
 * A small dairy three weeks into its life, for the pages to show: cream becomes butter and yoghurt, some is shipped,
 * returned, destroyed, in transit; a lot on hold, one past its date, pumps with serials, a pallet. Made through the API alone.
 */
export async function furnish(ask: Ask, now: number = Date.now()): Promise<void> {
  const ago = (days: number, hour = 9): string => new Date(Math.floor((now - days * DAY) / DAY) * DAY + hour * 3_600_000).toISOString()
  const day = (days: number): string => new Date(now + days * DAY).toISOString().slice(0, 10)
  const id = async (path: string, body: object, name: string): Promise<string> => String((await ask('POST', path, body))[name])

  const main = await id('/places', { code: 'MAIN', name: 'Dairy', kind: 'facility' }, 'placeId')
  for (const [code, name, kind] of [['DOCK', 'Receiving dock', 'staging'], ['COLD-1', 'Cold store, aisle 1', 'storage'], ['COLD-2', 'Cold store, aisle 2', 'storage'], ['QUAR', 'Quarantine', 'quarantine'], ['TRUCK-7', 'Truck 7', 'in_transit'], ['TANK-1', 'Milk tank', 'tank']] as const) {
    await ask('POST', '/places', { code, name, kind, parentId: main })
  }
  const parties: [string, string[]][] = [['Hill Farm', ['supplier', 'maker']], ['Vale Farm', ['supplier', 'maker']], ['Pumpworks', ['supplier', 'maker']], ['Corner Shop', ['customer']], ['Green Grocer', ['customer']], ['Bakery Lindner', ['customer']]]
  for (const [name, roles] of parties) await ask('POST', '/parties', { name, roles })
  for (const [sku, name, baseUom, more] of [
    ['CREAM', 'Cream 36 %', 'kg', { scale: 3, dateKind: 'use_by', blocksAfterDate: true }], ['BUTTER', 'Butter, salted', 'kg', { scale: 3, dateKind: 'best_by' }], ['YOGHURT', 'Yoghurt, plain 500 g', 'each', { dateKind: 'use_by', blocksAfterDate: true }],
    ['SALT', 'Salt', 'kg', { scale: 3, tracking: 'none', dateKind: 'none' }], ['PUMP-20', 'Milk pump 20 l/min', 'each', { tracking: 'serial', dateKind: 'none' }], ['CHEESE', 'Mountain cheese, wheel', 'kg', { scale: 3, tracking: 'lot_and_serial', measured: true, dateKind: 'best_by' }],
  ] as const) await ask('POST', '/products', { sku, name, baseUom, tracking: 'lot', ...more })

  const supplier = (name: string) => ({ supplier: { name } })
  const customer = (name: string) => ({ customer: { name } })
  const at = (code: string) => ({ code })
  const product = (sku: string) => ({ sku })
  const lot = (sku: string, code: string) => ({ product: product(sku), lot: { code } })
  const order = (number: string) => ({ references: [{ type: 'purchase_order', number }] })
  const move = (kind: string, body: object): Promise<Record<string, unknown>> => ask('POST', `/movements/${kind}`, body)

  await move('receive', { occurredAt: ago(21), from: supplier('Hill Farm'), lines: [{ ...lot('CREAM', 'CR-1101'), quantity: '120', to: at('DOCK'), dates: { useBy: day(-6) } }], ...order('PO-311') })
  await move('receive', { occurredAt: ago(14), from: supplier('Hill Farm'), lines: [{ ...lot('CREAM', 'CR-1108'), quantity: '400', to: at('DOCK'), dates: { useBy: day(9) } }, { product: product('SALT'), quantity: '50', to: at('COLD-2') }], ...order('PO-318') })
  await move('receive', { occurredAt: ago(9), from: supplier('Vale Farm'), lines: [{ ...lot('CREAM', 'VF O0-1I'), quantity: '250.5', to: at('DOCK'), dates: { useBy: day(12) } }], ...order('PO-322') })
  await move('move', { occurredAt: ago(14, 10), lines: [{ ...lot('CREAM', 'CR-1108'), quantity: '400', from: at('DOCK'), to: at('COLD-1') }] })
  await move('move', { occurredAt: ago(9, 10), lines: [{ ...lot('CREAM', 'VF O0-1I'), quantity: '250.5', from: at('DOCK'), to: at('COLD-2') }] })
  await move('transform', { occurredAt: ago(13), inputs: [{ ...lot('CREAM', 'CR-1108'), quantity: '180', from: at('COLD-1') }, { product: product('SALT'), quantity: '1.8', from: at('COLD-2') }], outputs: [{ ...lot('BUTTER', 'BU-2603'), quantity: '79.5', to: at('COLD-1'), dates: { bestBy: day(40) } }] })
  await move('transform', { occurredAt: ago(12), inputs: [{ ...lot('CREAM', 'CR-1108'), quantity: '60', from: at('COLD-1') }], outputs: [{ ...lot('YOGHURT', 'YO-2604'), quantity: '240', to: at('COLD-2'), dates: { useBy: day(5) } }] })
  const late = await move('ship', { occurredAt: ago(10), to: customer('Corner Shop'), lines: [{ ...lot('BUTTER', 'BU-2603'), quantity: '20', from: at('COLD-1') }, { ...lot('YOGHURT', 'YO-2604'), quantity: '96', from: at('COLD-2') }] })
  await move('ship', { occurredAt: ago(8), to: customer('Bakery Lindner'), lines: [{ ...lot('CREAM', 'CR-1108'), quantity: '40', from: at('COLD-1') }, { ...lot('BUTTER', 'BU-2603'), quantity: '12.5', from: at('COLD-1') }] })
  await move('ship', { occurredAt: ago(6), to: customer('Green Grocer'), lines: [{ ...lot('CREAM', 'CR-1108'), quantity: '15', from: at('COLD-1') }] })
  await move('return', { occurredAt: ago(5), from: customer('Corner Shop'), lines: [{ ...lot('YOGHURT', 'YO-2604'), quantity: '12', to: at('QUAR') }] })
  await move('move', { occurredAt: ago(4), lines: [{ ...lot('CREAM', 'CR-1108'), quantity: '30', from: at('COLD-1'), to: at('TRUCK-7') }] })
  await move('sample', { occurredAt: ago(4, 11), reason: 'Weekly laboratory', lines: [{ ...lot('CREAM', 'CR-1108'), quantity: '0.5', from: at('COLD-1') }] })
  await move('destroy', { occurredAt: ago(3), reason: 'Torn bag', lines: [{ ...lot('CREAM', 'CR-1108'), quantity: '8', from: at('COLD-1') }] })
  await move('adjust', { occurredAt: ago(2), reason: 'Counted', lines: [{ ...lot('CREAM', 'CR-1108'), quantity: '1.25', place: at('COLD-1'), direction: 'down', against: 'loss' }] })
  const wrong = await move('ship', { occurredAt: ago(2, 12), to: customer('Green Grocer'), lines: [{ ...lot('BUTTER', 'BU-2603'), quantity: '5', from: at('COLD-1') }] })
  await ask('POST', `/movements/${String(wrong['movementId'])}/reverse`, { meaning: 'never_happened', reason: 'Wrong customer' })

  await move('receive', { occurredAt: ago(11), from: supplier('Pumpworks'), lines: [{ product: product('PUMP-20'), units: Array.from({ length: 8 }, (_, n) => ({ serial: `P20-00${n + 1}O` })), to: at('COLD-2') }] })
  await move('ship', { occurredAt: ago(7), to: customer('Bakery Lindner'), lines: [{ product: product('PUMP-20'), units: [{ serial: 'P20-001O' }, { serial: 'P20-002O' }], from: at('COLD-2') }] })
  await move('return', { occurredAt: ago(1), from: customer('Bakery Lindner'), lines: [{ product: product('PUMP-20'), units: [{ serial: 'P20-002O' }], to: at('QUAR') }] })
  await move('receive', { occurredAt: ago(5), from: supplier('Vale Farm'), lines: [{ ...lot('CHEESE', 'MC-88'), units: [{ serial: 'W-1', quantity: '5.2' }, { serial: 'W-2', quantity: '4.87' }], to: at('COLD-2'), dates: { bestBy: day(180) } }] })
  await ask('POST', '/plates', { code: 'PAL-0001' })
  await move('pack', { occurredAt: ago(1, 10), plate: { code: 'PAL-0001' }, lines: [{ ...lot('YOGHURT', 'YO-2604'), quantity: '48', place: at('COLD-2') }] })

  await ask('POST', '/holds', { subject: 'lot', lot: { code: 'VF O0-1I' }, product: product('CREAM'), reason: 'No certificate from Vale Farm yet' })
  // a fact from before the hold, entered after it: accepted, and somebody is to look at it
  await move('ship', { occurredAt: ago(8, 15), to: customer('Corner Shop'), lines: [{ ...lot('CREAM', 'VF O0-1I'), quantity: '10', from: at('COLD-2') }], note: `with ${String(late['movementId']).slice(0, 8)}` })
}
