import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { flag, line } from '#src/lib/fields.ts'

const read = { method: 'GET', permission: 'catalog.read', command: false, tag: 'Properties' } as const
const write = { permission: 'catalog.write', command: true, tag: 'Properties' } as const
const changed = z.object({ propertyId: z.uuid(), version: z.int() })

const definition = z.object({
  propertyId: z.uuid(), subject: z.enum(['product', 'lot', 'unit', 'party', 'place']), key: z.string(), name: z.string(), valueType: z.enum(['text', 'number', 'date', 'boolean', 'choice']),
  choices: z.array(z.string()).nullable(), required: z.boolean(), archivedAt: z.string().nullable(), version: z.int(),
})
const choices = z.array(line(100)).min(1).max(200)
const newDefinition = z.strictObject({
  subject: definition.shape.subject, key: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'is a lower case word such as dye_lot'), name: line(100),
  valueType: definition.shape.valueType, choices: choices.optional(), required: z.boolean().default(false),
}).refine((given) => (given.valueType === 'choice') === (given.choices !== undefined), { path: ['choices'], error: 'go with the type choice, and only with it' })
export const listProperties = endpoint({
  ...read, operationId: 'listProperties', path: '/properties', summary: 'The custom properties that are defined.',
  query: z.object({ subject: definition.shape.subject.optional(), archived: flag }), response: z.object({ items: z.array(definition) }), refusals: [],
})
export const defineProperty = endpoint({
  ...write, operationId: 'defineProperty', method: 'POST', path: '/properties', summary: 'A typed custom property of products, lots, units, parties or places.',
  body: newDefinition, response: changed, refusals: ['code_taken'],
})
export const changeProperty = endpoint({
  ...write, operationId: 'changeProperty', method: 'PATCH', path: '/properties/:propertyId', summary: 'Changes its name, its choices (values in use stay as they are), whether it is required, whether it is in use.',
  params: z.object({ propertyId: z.uuid() }), body: z.strictObject({ name: line(100), choices, required: z.boolean(), archived: z.boolean() }).partial(),
  response: changed, refusals: ['not_found', 'record_changed', 'property_fixed'],
})

