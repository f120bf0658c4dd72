import { sql, type Tx } from '#src/db/sql.ts'
import { isOneLine, plainDate } from '#src/lib/fields.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { formatQuantity, parseQuantity } from '#src/lib/quantity.ts'
import { refuse, type Json } from '#src/lib/refusal.ts'

export const propertySubjects = ['product', 'lot', 'unit', 'party', 'place'] as const
export type PropertySubject = (typeof propertySubjects)[number]
export const propertyTypes = ['text', 'number', 'date', 'boolean', 'choice'] as const
export type PropertyType = (typeof propertyTypes)[number]

/** Values of custom properties by key. A number is kept as a decimal string, so that it stays exact. */
export type PropertyValues = { readonly [key: string]: Json }

export interface PropertyDefinition {
  readonly subject: PropertySubject
  readonly key: string
  readonly valueType: PropertyType
  readonly choices: readonly string[] | null
  readonly required: boolean
}

/** The properties that things of a kind may have. */
export async function loadDefinitions(tx: Tx, organizationId: OrganizationId, subject: PropertySubject): Promise<PropertyDefinition[]> {
  return tx.rows<{ subject: PropertySubject; key: string; valueType: PropertyType; choices: string[] | null; required: boolean }>(sql`
    select subject, key, value_type as "valueType", choices, required from property_definition
    where organization_id = ${organizationId} and subject = ${subject} and archived_at is null order by key`)
}

/**
 * Values in their normal form, each checked against its definition; null stays, it takes a value away.
 * Refuses `property_unknown`, `property_invalid` (saying why).
 */
export function checkProperties(definitions: readonly PropertyDefinition[], subject: PropertySubject, values: PropertyValues): PropertyValues {
  const checked: Record<string, Json> = {}
  for (const [key, value] of Object.entries(values)) {
    const definition = definitions.find((one) => one.key === key)
    if (!definition) throw refuse('property_unknown', { subject, property: key })
    checked[key] = value === null ? null : normal(definition, value)
  }
  return checked
}

/** Refuses `property_missing` where a required property has no value. */
export function requireProperties(definitions: readonly PropertyDefinition[], subject: PropertySubject, values: PropertyValues): void {
  const missing = definitions.find((one) => one.required && (values[one.key] === undefined || values[one.key] === null))
  if (missing) throw refuse('property_missing', { subject, property: missing.key })
}

/** Values as they are after a change: given ones replace old ones, null takes one away. */
export function mergeProperties(before: PropertyValues, given: PropertyValues): PropertyValues {
  return Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== null))
}

/**
 * What a thing's properties are after a write, checked: the one way products, lots, units, parties and places take
 * them. `before` is null for a new thing, which must have all that is required. No statement where nothing is given to
 * a thing that is there.
 */
export async function writtenProperties(tx: Tx, organizationId: OrganizationId, subject: PropertySubject, before: PropertyValues | null, given: PropertyValues | undefined): Promise<PropertyValues> {
  if (before !== null && given === undefined) return before
  const definitions = await loadDefinitions(tx, organizationId, subject)
  const after = mergeProperties(before ?? {}, checkProperties(definitions, subject, given ?? {}))
  requireProperties(definitions, subject, after)
  return after
}

function normal(definition: PropertyDefinition, value: Json): Json {
  const { valueType, choices, key } = definition
  const no = (why: string) => refuse('property_invalid', { property: key, why })
  switch (valueType) {
    case 'boolean':
      if (typeof value !== 'boolean') throw no('it is yes or no')
      return value
    case 'number': {
      const number = typeof value === 'number' ? parseQuantity(String(value)) : typeof value === 'string' ? parseQuantity(value) : undefined
      if (number === undefined) throw no('it is a decimal with at most 9 decimals')
      return formatQuantity(number)
    }
    case 'date':
      if (!plainDate.safeParse(value).success) throw no('it is a day such as 2026-11-23')
      return value
    case 'choice':
      if (typeof value !== 'string' || !choices?.includes(value)) throw no(`it is one of ${choices?.join(', ')}`)
      return value
    case 'text':
      if (typeof value !== 'string' || value === '' || value.length > 2000 || !isOneLine(value.replaceAll('\n', ' '))) throw no('it is a text of 1 to 2,000 characters')
      return value
  }
}
