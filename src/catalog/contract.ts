import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { code, flag, line, positiveDecimal, propertyValues, reason, search } from '#src/lib/fields.ts'
import { page, pageQuery, sortQuery } from '#src/lib/paging.ts'

/** A product by id, by our SKU, by a GTIN of any package level, or by any code that leads to it. */
export const productRef = z.union([z.uuid(), z.strictObject({ sku: code }), z.strictObject({ gtin: z.string().max(14) }), z.strictObject({ code })])

export const tracking = z.enum(['none', 'lot', 'serial', 'lot_and_serial'])
export const dateKind = z.enum(['none', 'best_by', 'sell_by', 'use_by', 'expiry'])
export const uomCode = z.string().regex(/^[A-Za-z0-9_.%²³-]{1,20}$/, 'is 1 to 20 letters, digits or _ . - %')
const scale = z.int().min(0).max(9)
const properties = z.record(z.string(), z.json())
const instant = z.string()
const version = z.int()

/** What a change answers: which record, and its version after it (the ETag). */
const changed = <const Name extends string>(name: Name) => z.object({ [name]: z.uuid(), version } as { [key in Name]: z.ZodUUID } & { version: typeof version })
const productChanged = changed('productId')

const conversion = z.strictObject({ uom: uomCode, numerator: positiveDecimal, denominator: positiveDecimal.default('1') })
export const aliasScheme = z.enum(['gtin', 'supplier', 'customer', 'maker', 'barcode', 'old'])
const alias = z.object({
  aliasId: z.uuid(), scheme: aliasScheme, code: z.string(), partyId: z.uuid().nullable(), uom: z.string().nullable(), packQuantity: z.string(), level: z.string().nullable(), version,
})

const productSummary = z.object({
  productId: z.uuid(), sku: z.string(), name: z.string(), baseUom: z.string(), scale, tracking, measured: z.boolean(), dateKind,
  archivedAt: instant.nullable(), mergedInto: z.uuid().nullable(), version,
})
const product = productSummary.extend({
  secondUom: z.string().nullable(), trackingSince: instant, blocksAfterDate: z.boolean(), noLotId: z.uuid(), makerId: z.uuid().nullable(),
  properties, createdAt: instant,
  uoms: z.array(z.object({ uom: z.string(), numerator: z.string(), denominator: z.string() })), aliases: z.array(alias),
})

export const newProduct = z.strictObject({
  /** Made by the caller where it works offline. */
  productId: z.uuid().optional(),
  sku: code,
  name: line(300),
  baseUom: uomCode.default('each'),
  /** Decimals of a quantity; those of the unit of measure unless given. */
  scale: scale.optional(),
  secondUom: uomCode.nullable().optional(),
  tracking: tracking.default('lot'),
  measured: z.boolean().default(false),
  dateKind: dateKind.default('expiry'),
  blocksAfterDate: z.boolean().default(false),
  makerId: z.uuid().nullable().optional(),
  properties: propertyValues.optional(),
  gtin: z.string().max(14).optional(),
  uoms: z.array(conversion).max(20).default([]),
})
export type NewProduct = z.output<typeof newProduct>

const productId = z.object({ productId: z.uuid() })
const why = z.strictObject({ reason: reason.optional() })
const tag = 'Products'
const read = { method: 'GET', permission: 'catalog.read', command: false } as const
const write = { permission: 'catalog.write', command: true } as const

export const listProducts = endpoint({
  ...read, operationId: 'listProducts', path: '/products', tag, summary: 'Products by SKU; a search finds what begins with it: SKU first, then name, then other codes.',
  query: z.object({
    ...pageQuery, search, sort: sortQuery(['sku', 'name', 'created'], 'By SKU unless given; a search by what begins with it, as told above.'),
    tracking: tracking.optional(), archived: flag.describe('Those that are archived, instead of those in use.'),
  }),
  response: page(productSummary), refusals: ['cursor_of_other_order'],
})
export const getProduct = endpoint({ ...read, operationId: 'getProduct', path: '/products/:productId', tag, summary: 'One product with its conversions and codes.', params: productId, response: product, refusals: ['not_found'] })

const newProductRefusals = ['sku_taken', 'uom_unknown', 'uom_is_base', 'gtin_check_digit', 'gtin_taken', 'party_unknown', 'property_unknown', 'property_invalid', 'property_missing', 'code_taken'] as const
export const createProduct = endpoint({
  ...write, operationId: 'createProduct', method: 'POST', path: '/products', tag, summary: 'A new product. Name, SKU, unit of measure and tracking are enough.',
  body: newProduct, response: productChanged, refusals: newProductRefusals,
})
export const createProducts = endpoint({
  ...write, operationId: 'createProducts', method: 'POST', path: '/products/bulk', tag, summary: 'Many new products at once, with a verdict for each; `atomic`: all or none.',
  body: z.strictObject({ atomic: z.boolean().default(false), products: z.array(newProduct).min(1).max(1_000) }),
  response: z.object({
    created: z.int(),
    verdicts: z.array(z.object({ productId: z.uuid().nullable(), refused: z.string().nullable(), data: z.record(z.string(), z.unknown()) })),
  }),
  refusals: newProductRefusals,
})
export const changeProduct = endpoint({
  ...write, operationId: 'changeProduct', method: 'PATCH', path: '/products/:productId', tag, summary: 'Changes what is given; an SKU that is replaced still leads here.',
  params: productId,
  body: z.strictObject({
    sku: code, name: line(300), baseUom: uomCode, scale, secondUom: uomCode.nullable(), measured: z.boolean(), dateKind, blocksAfterDate: z.boolean(), makerId: z.uuid().nullable(), properties: propertyValues, reason,
  }).partial(),
  response: productChanged,
  refusals: ['not_found', 'record_changed', 'merged_already', 'sku_taken', 'uom_unknown', 'scale_fixed', 'measured_fixed', 'party_unknown', 'property_unknown', 'property_invalid', 'property_missing'],
})
export const changeTracking = endpoint({
  ...write, operationId: 'changeTracking', method: 'POST', path: '/products/:productId/tracking', tag, summary: 'From now on lots or serials are asked for, or not; what is here already may leave as it came.',
  params: productId, body: z.strictObject({ tracking, reason: reason.optional() }), response: productChanged, refusals: ['not_found', 'record_changed', 'merged_already'],
})
export const archiveProduct = endpoint({ ...write, operationId: 'archiveProduct', method: 'POST', path: '/products/:productId/archive', tag, summary: 'Takes a product out of use; its history and stock stay.', params: productId, body: why.optional(), response: productChanged, refusals: ['not_found', 'record_changed'] })
export const restoreProduct = endpoint({ ...write, operationId: 'restoreProduct', method: 'POST', path: '/products/:productId/restore', tag, summary: 'Takes an archived product back into use.', params: productId, body: why.optional(), response: productChanged, refusals: ['not_found', 'record_changed', 'sku_taken', 'merged_already'] })
export const mergeProduct = endpoint({
  ...write, operationId: 'mergeProduct', method: 'POST', path: '/products/:productId/merge', tag, summary: 'A product entered twice becomes one: its codes, lots and units lead to the other. Only one without movements can be merged.',
  params: productId, body: z.strictObject({ into: z.uuid(), reason: reason.optional() }), response: productChanged,
  refusals: ['not_found', 'record_changed', 'merge_into_itself', 'merged_already', 'merge_differs', 'merge_has_movements', 'merge_collides'],
})

export const putConversion = endpoint({
  ...write, operationId: 'putConversion', method: 'PUT', path: '/products/:productId/uoms/:uom', tag, summary: 'States an exact conversion: 1 of this unit of measure is numerator / denominator base units.',
  params: productId.extend({ uom: uomCode }), body: z.strictObject({ numerator: positiveDecimal, denominator: positiveDecimal.default('1') }), response: productChanged,
  refusals: ['not_found', 'record_changed', 'uom_unknown', 'uom_is_base'],
})
export const removeConversion = endpoint({ ...write, operationId: 'removeConversion', method: 'DELETE', path: '/products/:productId/uoms/:uom', tag, summary: 'Takes a conversion away; what was posted with it keeps its quantity.', params: productId.extend({ uom: uomCode }), response: productChanged, refusals: ['not_found', 'record_changed'] })

export const addAlias = endpoint({
  ...write, operationId: 'addAlias', method: 'POST', path: '/products/:productId/aliases', tag, summary: 'A code that leads to the product: a GTIN of a package level, a supplier\'s or customer\'s code, a barcode.',
  params: productId,
  body: z.strictObject({ scheme: aliasScheme, code, partyId: z.uuid().optional(), uom: uomCode.optional(), packQuantity: positiveDecimal.optional(), level: line(40).optional() }),
  response: z.object({ aliasId: z.uuid(), productId: z.uuid(), code: z.string(), version }),
  refusals: ['not_found', 'gtin_check_digit', 'gtin_taken', 'code_taken', 'uom_unknown', 'party_unknown', 'merged_already'],
})
export const archiveAlias = endpoint({
  ...write, operationId: 'archiveAlias', method: 'POST', path: '/aliases/:aliasId/archive', tag, summary: 'A code leads nowhere from now on, and is free to be used again.',
  params: z.object({ aliasId: z.uuid() }), body: why.optional(), response: changed('aliasId'), refusals: ['not_found', 'record_changed'],
})

const uom = z.object({ uom: z.string(), name: z.string(), scale })
const listedUom = uom.extend({ uomId: z.uuid().describe('What the audit knows it by.') })
export const listUoms = endpoint({ ...read, operationId: 'listUoms', path: '/uoms', tag: 'Units of measure', summary: 'All units of measure.', response: z.object({ items: z.array(listedUom) }), refusals: [] })
export const createUom = endpoint({
  ...write, operationId: 'createUom', method: 'POST', path: '/uoms', tag: 'Units of measure', summary: 'A new unit of measure; its scale is how many decimals a quantity in it has.',
  body: z.strictObject({ uom: uomCode, name: line(60), scale: scale.default(0) }), response: uom, refusals: ['uom_taken'],
})
export const changeUom = endpoint({
  ...write, operationId: 'changeUom', method: 'PATCH', path: '/uoms/:uom', tag: 'Units of measure', summary: 'Changes its name, or the decimals new products begin with.',
  params: z.object({ uom: uomCode }), body: z.strictObject({ name: line(60), scale }).partial(), response: uom, refusals: ['not_found'],
})
