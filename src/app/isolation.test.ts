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
/** And of our own: what surrounds the foreign id, so that it is looked at and not something before it. */
let own: Map<string, string>
let before: string

/** Every code of the other organisation, and one that nobody uses. */
const THEIRS = 'THEIRS-7'
const NOBODYS = 'NOBODY-7'

beforeAll(async () => {
  app = await createTestApp()
  other = await app.otherOrganization()
  await fillOrganization(app.apiAs(other.key), THEIRS)
  await fillOrganization(app.api, 'OURS-42')
  // what only a broken invariant makes
  await app.admin.query(`insert into stock_freeze (organization_id, freeze_id, product_id, invariant, detail, frozen_at) select organization_id, gen_random_uuid(), product_id, 'I1', '{}', now() from product where organization_id = $1 limit 1`, [other.organizationId])
  foreign = await idsOf(other.organizationId)
  own = await idsOf(app.organizationId)
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
    expect(await differingPaths(foreign)).toEqual([])
  })

  test('would be seen if it did not: our own answer otherwise, in every operation whose path names one', async () => {
    const seen = (await differingPaths(own)).map((line) => line.split('\n')[0])
    expect(seen).toEqual(walked().filter((endpoint) => parametersOf(endpoint).length > 0).map((endpoint) => endpoint.operationId))
  })

  test('answers anywhere in a query or a body exactly like one that does not exist', async () => {
    const differing: string[] = []
    for (const endpoint of walked()) {
      const path = fillPath(endpoint, (name) => own.get(columnOf(name)) ?? randomUUID())
      for (const target of targetsOf(endpoint)) {
        const askWith = (value: string) => ask(endpoint, path, (at) => (at === target.at ? value : ownAt(endpoint, at)), target.at)
        const nobodys = await askWith(target.isCode ? NOBODYS : randomUUID())
        for (const [kind, value] of target.isCode ? [['code', THEIRS]] as const : foreign) {
          if (!target.isCode && (kindOf(endpoint, target.at) ?? kind) !== kind) continue
          const theirs = await askWith(value)
          if (theirs.answer !== nobodys.answer) differing.push(`${endpoint.operationId} with ${kind} at ${target.at}\n  theirs:   ${theirs.answer}\n  nobody's: ${nobodys.answer}`)
        }
      }
    }
    expect(differing).toEqual([])
  }, 240_000)

  test('is the same after the walk as before', async () => {
    expect(await stateOf(other.organizationId)).toBe(before)
  })
})

/** Operations that tell these ids in their path from ids nobody made. */
async function differingPaths(ids: ReadonlyMap<string, string>): Promise<string[]> {
  const differing: string[] = []
  for (const endpoint of walked()) {
    if (parametersOf(endpoint).length === 0) continue
    const askWith = (idOf: (name: string) => string) => ask(endpoint, fillPath(endpoint, idOf), (at) => ownAt(endpoint, at))
    const [theirs, nobodys] = [await askWith((name) => ids.get(columnOf(name)) ?? ''), await askWith(() => randomUUID())]
    if (theirs.answer !== nobodys.answer || nobodys.status < 400) differing.push(`${endpoint.operationId}\n  theirs:   ${theirs.answer}\n  nobody's: ${nobodys.answer}`)
  }
  return differing
}

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

/** `/lots/:lotId` with an id for each parameter; a role is named, not identified. */
function fillPath(endpoint: Endpoint, idOf: (name: string) => string): string {
  return parametersOf(endpoint).reduce((sum, name) => sum.replace(`:${name}`, idOf(name)), endpoint.path).replaceAll(/:\w+/g, 'viewer')
}

/** What a field with a uuid is the id of, by its name; null where the name does not tell, and then every kind is tried. */
function kindOf(endpoint: Endpoint, position: string): string | null {
  const field = position.split('.').map((part) => part.replace(/\|.*/, '')).findLast((part) => !/^\d+$/.test(part)) ?? ''
  const known: Record<string, string> = {
    from: 'place_id', to: 'place_id', place: 'place_id', parent: 'place_id', facility: 'place_id', supplier: 'party_id', customer: 'party_id', owner: 'party_id', toOwner: 'party_id', fromOwner: 'party_id',
    issuer: 'party_id', maker: 'party_id', makerId: 'party_id', issuerId: 'party_id', party: 'party_id', runId: 'movement_id', toPlate: 'plate_id', fromPlate: 'plate_id', wholePlate: 'plate_id', plate: 'plate_id',
  }
  // a merge names two of a kind
  const [first] = parametersOf(endpoint)
  if (field === 'into' && first !== undefined) return columnOf(first)
  const column = known[field] ?? (field.endsWith('Id') ? columnOf(field) : `${field.replace(/s$/, '')}_id`)
  return foreign.has(column) ? column : null
}

function ownAt(endpoint: Endpoint, at: string): string {
  return own.get(kindOf(endpoint, at) ?? '') ?? randomUUID()
}

interface Target {
  /** Where it stands: `body.lines.0|1.wholePlate` is in the second form that a line can have. */
  readonly at: string
  /** A code or a name; else a uuid. */
  readonly isCode: boolean
}

/** Every place of the query and the body where a uuid or a code can stand, in each form that the input can have. */
function targetsOf(endpoint: Endpoint): Target[] {
  const targets: Target[] = []
  const look = (schema: JsonSchema, at: string): void => {
    const choices = schema.anyOf ?? schema.oneOf
    if (choices) return choices.forEach((choice, index) => look(choice, choice.type === 'object' ? `${at}|${index}` : at))
    for (const [name, property] of Object.entries(schema.properties ?? {})) look(property, `${at}.${name}`)
    if (schema.items) look(schema.items, `${at}.0`)
    if (schema.format === 'uuid') targets.push({ at, isCode: false })
    else if (schema.type === 'string' && /\.(sku|code|serial|name|facility|family|search|number|text)$/.test(at)) targets.push({ at, isCode: true })
  }
  look(toJsonSchema(queryOf(endpoint)), 'query')
  if (endpoint.body) look(toJsonSchema(endpoint.body), 'body')
  return targets
}

/** Asks with what must be given and what leads to `wanted`. What is a command is a dry run, so that two askings meet the same state. */
async function ask(endpoint: Endpoint, path: string, valueAt: (at: string) => string, wanted = ''): Promise<{ status: number; answer: string }> {
  const query = sample(toJsonSchema(queryOf(endpoint)), 'query', valueAt, wanted) as Record<string, unknown>
  if (endpoint.command) query['dryRun'] = 'true'
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
  const { status, body } = await app.api(endpoint.method, `${path}${search ? `?${search}` : ''}`, endpoint.body ? sample(toJsonSchema(endpoint.body), 'body', valueAt, wanted) : undefined)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  // no two papers are the same bytes: what counts is whether there is one
  return { status, answer: `${status} ${text.startsWith('%PDF') ? 'a paper' : withoutIds(text)}` }
}

const queries = new WeakMap<Endpoint, z.ZodType>()
function queryOf(endpoint: Endpoint): z.ZodType {
  const query = queries.get(endpoint) ?? querySchema(endpoint)
  queries.set(endpoint, query)
  return query
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
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
}

const jsonSchemas = new WeakMap<z.ZodType, JsonSchema>()
function toJsonSchema(schema: z.ZodType): JsonSchema {
  const made = jsonSchemas.get(schema) ?? (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema)
  jsonSchemas.set(schema, made)
  return made
}

function sample(schema: JsonSchema, at: string, valueAt: (at: string) => string, wanted: string): unknown {
  const leadsTo = (path: string) => wanted === path || (wanted.startsWith(path) && '.|'.includes(wanted.charAt(path.length)))
  if (at === wanted) return valueAt(at)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) {
    const meant = choices.findIndex((_, index) => leadsTo(`${at}|${index}`))
    if (meant >= 0) return sample(choices[meant] ?? {}, `${at}|${meant}`, valueAt, wanted)
    const [index, choice] = [...choices.entries()].find(([, one]) => one.format === 'uuid') ?? [0, choices[0] ?? {}]
    return sample(choice, choice.type === 'object' ? `${at}|${index}` : at, valueAt, wanted)
  }
  if (schema.properties || schema.type === 'object') {
    const isGiven = (name: string) => schema.required?.includes(name) || leadsTo(`${at}.${name}`) || name === 'quantity' || name === 'lot'
    return Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => isGiven(name)).map(([name, property]) => [name, sample(property, `${at}.${name}`, valueAt, wanted)]))
  }
  if (schema.type === 'array') return [sample(schema.items ?? {}, `${at}.0`, valueAt, wanted)]
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1)
  if (schema.type === 'boolean') return false
  return schema.type === 'string' ? sampleText(schema, () => valueAt(at)) : null
}

function sampleText({ format, pattern, default: standard, minLength = 1 }: JsonSchema, id: () => string): unknown {
  if (format === 'uuid') return id()
  if (format === 'date-time') return '2026-01-05T08:00:00Z'
  if (format === 'date') return '2026-01-05'
  if (format === 'email') return 'walk@example.com'
  if (standard !== undefined) return standard
  for (const text of ['1', 'viewer', 'EUR', 'sample text of some length', 'x']) if (pattern && new RegExp(pattern, 'u').test(text)) return text
  return minLength > 1 ? 'w'.repeat(minLength) : '1'
}

/** Ids, codes and instants differ from one asking to the next; nothing else may. */
function withoutIds(text: string): string {
  return text
    .replaceAll(new RegExp(`${THEIRS}|${NOBODYS}`, 'gi'), '<code>')
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
