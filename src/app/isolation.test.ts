import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Endpoint } from '#src/lib/contract.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { fillOrganization } from '../../test/support/fill.ts'
import { querySchema } from './bind.ts'

/**
 * The route walk: every operation there is, asked with ids of another organisation's records (in its path, its query and
 * everywhere in its body), must answer exactly as it answers to ids that nobody ever made. Nothing here knows an
 * operation by name: a new one is walked the day it is bound.
 */
let app: TestApp
let other: { organizationId: string; key: string }
/** One id of each kind the other organisation has: `lot_id` -> its uuid. */
let foreign: Map<string, string>
let before: string

beforeAll(async () => {
  app = await createTestApp()
  other = await app.otherOrganization()
  await fillOrganization(app.apiAs(other.key))
  foreign = await idsOf(other.organizationId)
  before = await stateOf(other.organizationId)
}, 120_000)
afterAll(() => app.close())

describe("another organisation's record", () => {
  test('of every kind that a path names is there to try', () => {
    const named = new Set(app.server.endpoints.flatMap((endpoint) => parametersOf(endpoint).map(columnOf)))
    expect([...named].filter((column) => !foreign.has(column))).toEqual([])
    expect(foreign.size).toBeGreaterThan(3)
  })

  test('answers in a path exactly like one that does not exist', async () => {
    const differing: string[] = []
    for (const endpoint of walked()) {
      const names = parametersOf(endpoint)
      if (names.length === 0) continue
      const path = (idOf: (name: string) => string) => names.reduce((sum, name) => sum.replace(`:${name}`, idOf(name)), endpoint.path)
      const [theirs, nobodys] = [await ask(endpoint, path((name) => foreign.get(columnOf(name)) ?? ''), randomUUID()), await ask(endpoint, path(() => randomUUID()), randomUUID())]
      if (theirs.answer !== nobodys.answer || theirs.status < 400) differing.push(`${endpoint.operationId}\n  theirs:   ${theirs.answer}\n  nobody's: ${nobodys.answer}`)
    }
    expect(differing).toEqual([])
  })

  test('answers in a query or a body exactly like one that does not exist, whatever kind it is of', async () => {
    const differing: string[] = []
    for (const endpoint of walked()) {
      if (!endpoint.body && !endpoint.query) continue
      const path = parametersOf(endpoint).reduce((sum, name) => sum.replace(`:${name}`, randomUUID()), endpoint.path)
      const nobodys = await ask(endpoint, path, randomUUID())
      for (const [column, id] of foreign) {
        const theirs = await ask(endpoint, path, id)
        if (theirs.answer !== nobodys.answer) differing.push(`${endpoint.operationId} with ${column}\n  theirs:   ${theirs.answer}\n  nobody's: ${nobodys.answer}`)
      }
    }
    expect(differing).toEqual([])
  }, 120_000)

  test('is the same after the walk as before', async () => {
    expect(await stateOf(other.organizationId)).toBe(before)
  })
})

function walked(): Endpoint[] {
  return app.server.endpoints.filter((endpoint) => endpoint.permission !== 'anybody' && endpoint.consumes === undefined)
}

function parametersOf(endpoint: Endpoint): string[] {
  return [...endpoint.path.matchAll(/:(\w+Id)\b/g)].map(([, name = '']) => name)
}

/** `lotId` -> `lot_id` */
function columnOf(parameter: string): string {
  return parameter.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** Asks with `id` wherever the query or the body takes a uuid. What is a command is a dry run, so that two askings meet the same state. */
async function ask(endpoint: Endpoint, path: string, id: string): Promise<{ status: number; answer: string }> {
  const query = sample(querySchema(endpoint), id) as Record<string, unknown>
  if (endpoint.command) query['dryRun'] = 'true'
  delete query['cursor']
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
  const concretePath = path.replaceAll(/:\w+/g, 'viewer')
  const { status, body } = await app.api(endpoint.method, `${concretePath}${search ? `?${search}` : ''}`, endpoint.body ? sample(endpoint.body, id) : undefined)
  return { status, answer: `${status} ${withoutIds(typeof body === 'string' ? body : JSON.stringify(body))}` }
}

/** An input of the schema's shape, with everything optional given. */
function sample(schema: z.ZodType, id: string): unknown {
  return sampleOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema, id)
}

interface JsonSchema {
  type?: string
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  minimum?: number
  exclusiveMinimum?: number
  minLength?: number
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  items?: JsonSchema
  prefixItems?: JsonSchema[]
  properties?: Record<string, JsonSchema>
}

function sampleOf(schema: JsonSchema, id: string): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return sampleOf(choices.find((choice) => choice.format === 'uuid') ?? choices[0] ?? {}, id)
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => sampleOf(part, id)))
  if (schema.properties || schema.type === 'object') return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, property]) => [name, sampleOf(property, id)]))
  if (schema.prefixItems) return schema.prefixItems.map((part) => sampleOf(part, id))
  if (schema.type === 'array') return [sampleOf(schema.items ?? {}, id)]
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1)
  if (schema.type === 'boolean') return false
  if (schema.type === 'string') return sampleText(schema, id)
  return null
}

function sampleText({ format, pattern, default: standard, minLength = 1 }: JsonSchema, id: string): unknown {
  if (format === 'uuid') return id
  if (format === 'date-time') return '2026-01-05T08:00:00Z'
  if (format === 'date') return '2026-01-05'
  if (format === 'email') return 'walk@example.com'
  if (standard !== undefined) return standard
  for (const text of ['1', 'viewer', 'EUR', 'sample text of some length', 'x']) if (pattern && new RegExp(pattern, 'u').test(text)) return text
  return minLength > 1 ? 'w'.repeat(minLength) : '1'
}

/** Ids, instants and keys differ from one asking to the next; nothing else may. */
function withoutIds(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<instant>')
}

/** A record of each kind, found by the name of its id's column in any table. */
async function idsOf(organizationId: string): Promise<Map<string, string>> {
  const { rows: columns } = await app.admin.query<{ table_name: string; column_name: string }>(`
    select c.table_name, c.column_name from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name like '%\\_id' and c.column_name <> 'organization_id' and c.data_type in ('uuid', 'text')
      and exists (select from information_schema.columns o where o.table_schema = 'public' and o.table_name = c.table_name and o.column_name = 'organization_id')
    order by c.table_name = replace(c.column_name, '_id', '') desc, c.table_name`)
  const ids = new Map<string, string>([['organization_id', organizationId]])
  for (const { table_name: table, column_name: column } of columns) {
    if (ids.has(column)) continue
    const { rows } = await app.admin.query<{ id: string }>(`
      select ${column}::text as id from ${JSON.stringify(table)}
      where organization_id = $1 and ${column}::text ~ '^[0-9a-f]{8}-' and ${column}::text !~ '^0{8}-' order by 1 limit 1`, [organizationId])
    if (rows[0]) ids.set(column, rows[0].id)
  }
  return ids
}

/** One hash over every row of an organisation (a key's last use aside: asking as its owner changes it). */
async function stateOf(organizationId: string): Promise<string> {
  const { rows: tables } = await app.admin.query<{ table_name: string }>(`
    select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name = 'organization_id' order by 1`)
  const parts: string[] = []
  for (const { table_name: table } of tables) {
    const { rows } = await app.admin.query<{ hash: string }>(`
      select coalesce(md5(string_agg(r::text, E'\\n' order by r::text)), '') as hash from (select to_jsonb(t) - 'last_used_at' as r from ${JSON.stringify(table)} t where organization_id = $1) x`, [organizationId])
    parts.push(`${table}=${rows[0]?.hash}`)
  }
  return parts.join('\n')
}
