import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json } from '#src/lib/refusal.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { ok, refusalOf, refused } from '../../test/support/command.ts'
import { checkProperties, type PropertyDefinition, type PropertyType } from './properties.ts'

let app: TestApp
beforeAll(async () => { app = await createTestApp() })
afterAll(() => app.close())

describe('a value', () => {
  const definitions: PropertyDefinition[] = (['text', 'number', 'date', 'boolean', 'choice'] as PropertyType[]).map((valueType) => (
    { subject: 'lot', key: valueType, valueType, choices: valueType === 'choice' ? ['red', 'blue'] : null, required: false }))

  test.each<[PropertyType, Json, Json]>([
    ['text', 'dye bath 7', 'dye bath 7'], ['text', 'two\nlines', 'two\nlines'], ['number', 1.5, '1.5'], ['number', '1.50', '1.5'], ['number', '123456789012345678.123456789', '123456789012345678.123456789'],
    ['date', '2028-02-29', '2028-02-29'], ['boolean', false, false], ['choice', 'red', 'red'], ['text', null, null],
  ])('of the type %s: %j is kept as %j', (key, value, kept) => {
    expect(checkProperties(definitions, 'lot', { [key]: value })).toEqual({ [key]: kept })
  })

  test.each<[string, Json, string]>([
    ['text', '', 'property_invalid'], ['text', 7, 'property_invalid'], ['text', 'a\u0000b', 'property_invalid'], ['number', '1,5', 'property_invalid'], ['number', 1e-12, 'property_invalid'], ['number', true, 'property_invalid'],
    ['date', '2026-02-30', 'property_invalid'], ['date', '11/23/2026', 'property_invalid'], ['boolean', 'yes', 'property_invalid'], ['choice', 'green', 'property_invalid'], ['taste', 'good', 'property_unknown'],
  ])('of the type %s: %j is refused', async (key, value, code) => {
    expect((await refusalOf((async () => checkProperties(definitions, 'lot', { [key]: value }))())).refused).toBe(code)
  })
})

describe('a defined property', () => {
  const define = (body: object) => app.api('POST', '/properties', body)

  test('is asked for where it is required, kept, replaced and taken away', async () => {
    await ok(define({ subject: 'product', key: 'abv', name: 'Alcohol', valueType: 'number', required: true }))
    await ok(define({ subject: 'product', key: 'colour', name: 'Colour', valueType: 'choice', choices: ['red', 'blue'] }))
    expect(await refused(app.api('POST', '/products', { sku: 'P1', name: 'x' }))).toMatchObject({ status: 422, code: 'property_missing', subject: 'product', property: 'abv' })
    const { productId } = await ok(app.api('POST', '/products', { sku: 'P1', name: 'x', properties: { abv: 4.5, colour: 'red' } }))
    const properties = async () => (await ok(app.api('GET', `/products/${productId}`))).properties
    expect(await properties()).toEqual({ abv: '4.5', colour: 'red' })
    await ok(app.api('PATCH', `/products/${productId}`, { properties: { abv: '5', colour: null } }))
    expect(await properties()).toEqual({ abv: '5' })
    expect(await refused(app.api('PATCH', `/products/${productId}`, { properties: { abv: null } }))).toMatchObject({ code: 'property_missing' })
    expect(await refused(app.api('PATCH', `/products/${productId}`, { properties: { colour: 'green' } }))).toMatchObject({ code: 'property_invalid', why: 'it is one of red, blue' })
  })

  test('has a key of its own; choices go with the type choice', async () => {
    expect(await refused(define({ subject: 'product', key: 'abv', name: 'again', valueType: 'text' }))).toMatchObject({ status: 409, code: 'code_taken' })
    expect(await refused(define({ subject: 'lot', key: 'x', name: 'x', valueType: 'choice' }))).toMatchObject({ status: 400, field: '$.choices' })
    expect(await refused(define({ subject: 'lot', key: 'Not A Key', name: 'x', valueType: 'text' }))).toMatchObject({ status: 400, field: '$.key' })
  })

  test('is changed in its name, choices and whether it is required; archived it is asked for no more', async () => {
    const { propertyId } = await ok(define({ subject: 'party', key: 'tier', name: 'Tier', valueType: 'choice', choices: ['a'], required: true }))
    expect(await refused(app.api('POST', '/parties', { name: 'x' }))).toMatchObject({ code: 'property_missing' })
    await ok(app.api('PATCH', `/properties/${propertyId}`, { choices: ['a', 'b'], name: 'Class' }, { 'if-match': '"1"' }))
    await ok(app.api('POST', '/parties', { name: 'x', properties: { tier: 'b' } }))
    expect(await refused(app.api('PATCH', `/properties/${propertyId}`, { required: false }, { 'if-match': '"1"' }))).toMatchObject({ code: 'record_changed' })
    await ok(app.api('PATCH', `/properties/${propertyId}`, { archived: true }))
    await ok(app.api('POST', '/parties', { name: 'y' }))
    expect((await ok(app.api('GET', '/properties?subject=party'))).items).toEqual([])
    expect((await ok(app.api('GET', '/properties?subject=party&archived=true'))).items).toMatchObject([{ propertyId, name: 'Class', choices: ['a', 'b'], version: 3 }])
    const { propertyId: text } = await ok(define({ subject: 'party', key: 'note', name: 'Note', valueType: 'text' }))
    expect(await refused(app.api('PATCH', `/properties/${text}`, { choices: ['a'] }))).toMatchObject({ code: 'property_fixed', property: 'note' })
    expect(await refused(app.api('PATCH', '/properties/01890000-0000-7000-8000-000000000000', { name: 'x' }))).toMatchObject({ status: 404 })
  })
})
