import type { TestApp } from './app.ts'

/**
 * Gives an organisation at least one record of every kind, through its API: what the route walk tries to reach from
 * outside. Every code in it is `code`. A slice that brings a new kind of record adds a line.
 */
export async function fillOrganization(api: TestApp['api'], code: string): Promise<void> {
  const post = (path: string, body: object) => done(api('POST', path, body))
  await post('/people', { name: code, email: `${code.toLowerCase()}@example.com`, password: 'a long password', role: 'operator' })
  await post('/api-keys', { name: code, role: 'operator' })

  await post('/properties', { subject: 'lot', key: 'shift', name: code, valueType: 'text' })
  const { partyId } = await post('/parties', { name: code, code, roles: ['supplier', 'customer', 'maker'] })
  await post(`/parties/${partyId}/licences`, { type: 'organic', number: code })
  const { placeId: facilityId } = await post('/places', { code, name: code, kind: 'facility' })
  const { placeId } = await post('/places', { code: `${code}-DOCK`, name: code, kind: 'storage', parentId: facilityId })
  const { productId } = await post('/products', { sku: code, name: code, tracking: 'lot', baseUom: 'kg' })
  await post(`/products/${productId}/aliases`, { scheme: 'supplier', code, partyId })
  const { productId: serialProductId } = await post('/products', { sku: `${code}-SERIAL`, name: code, tracking: 'serial' })
  const { plateId } = await post('/plates', { code })

  const { lines } = await post('/movements/receive', {
    from: { supplier: partyId },
    lines: [
      { product: productId, lot: { code }, family: code, quantity: '40', to: placeId },
      { product: productId, lot: { code }, quantity: '5', to: placeId, plate: plateId },
      { product: serialProductId, units: [{ serial: code }], to: placeId },
    ],
  })
  const { lotId } = lines[0]
  await post('/allocations', { demand: { type: 'order', number: code }, lines: [{ product: productId, lot: lotId, quantity: '1', from: placeId }] })
  await post('/movements/ship', { to: { customer: partyId }, lines: [{ product: productId, lot: lotId, quantity: '2', from: placeId }] })
  await post('/movements/move', { itIsHere: true, lines: [{ product: productId, lot: lotId, quantity: '1', from: facilityId, to: placeId }] }) // raises an exception
  await post('/holds', { subject: 'unit', unit: { serial: code }, product: serialProductId, reason: 'a question' })
  await post('/views', { page: 'lots', name: code, query: `q=${code}` })
  await done(api('POST', `/imports?source=${code}`, `SKU,Qty\n${code},1\n`, { 'content-type': 'text/csv' }))
}

// the answers of operations by name are for their own tests
// oxlint-disable-next-line no-explicit-any
async function done(answer: ReturnType<TestApp['api']>): Promise<any> {
  const { status, body } = await answer
  if (status !== 200) throw new Error(`filling failed: ${status} ${JSON.stringify(body)}`)
  return body
}
