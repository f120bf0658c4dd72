import { z } from 'zod'
import type { Endpoint } from '#src/lib/contract.ts'
import { refusals, type RefusalCode, type RefusalText } from '#src/lib/refusals.ts'
import { API, querySchema } from './bind.ts'
import { problemSchema } from './problem.ts'

type JsonObject = { [key: string]: unknown }

/** What every operation can answer besides its own refusals. */
const shared = {
  every: ['input_invalid', 'too_many_requests', 'database_unavailable'],
  signedIn: ['not_signed_in', 'no_organization', 'organization_not_chosen', 'not_found', 'not_permitted'],
  body: ['body_too_large', 'media_type_unknown'],
  command: ['idempotency_key_missing', 'idempotency_key_reused', 'command_in_progress', 'origin_not_allowed'],
} as const satisfies Record<string, readonly RefusalCode[]>

/** The OpenAPI 3.1 document of the contracts; nothing in it is written by hand. */
export function openapi(endpoints: readonly Endpoint[]): JsonObject {
  const schemas: JsonObject = { Problem: toJsonSchema(problemSchema, 'output', {}) }
  const paths: { [path: string]: JsonObject } = {}
  for (const endpoint of endpoints) {
    const path = (API + endpoint.path).replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lotwise', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: 'Every lot and every serial number, from supplier to customer and back. Quantities are decimal strings, times RFC 3339, days ISO 8601. A command wants an `Idempotency-Key`; repeated with the same key and input it has one effect and one answer. With `dryRun=true` it says what would be. A refusal is a problem (RFC 9457) whose `code` is stable.',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(endpoints.map((endpoint) => endpoint.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: `Authorization: Bearer lw_...`.' },
        session: { type: 'apiKey', in: 'cookie', name: 'lotwise.session_token', description: 'The session of a browser, after POST /api/auth/sign-in/email.' },
      },
    },
  }
}

function operation(endpoint: Endpoint, schemas: JsonObject): JsonObject {
  const { operationId, summary, tag, permission, command } = endpoint
  return {
    operationId, summary, tags: [tag],
    description: permission === 'anybody' ? 'Open to anybody.' : permission === 'signed-in' ? 'For every member.' : `Needs the permission \`${permission}\`.`,
    'x-permission': permission,
    security: permission === 'anybody' ? [] : [{ apiKey: [] }, { session: [] }],
    parameters: [
      ...parameters('path', endpoint.params, schemas),
      ...parameters('query', querySchema(endpoint), schemas),
      ...(permission === 'anybody' ? [] : [header('Lotwise-Organization', 'The organisation to act in, for somebody who belongs to several.', false, { type: 'string', format: 'uuid' })]),
      ...(command ? [header('Idempotency-Key', 'A new one (a UUID) for each new command, the same one to repeat it.', true, { type: 'string', minLength: 1, maxLength: 200 })] : []),
      ...(command ? [header('If-Match', 'The ETag that was read: refuses where the record has changed since.', false, { type: 'string' })] : []),
    ],
    ...(endpoint.body ? { requestBody: { required: !endpoint.body.safeParse(undefined).success, content: { [endpoint.consumes ?? 'application/json']: { schema: endpoint.consumes ? { type: 'string', format: 'binary' } : toJsonSchema(endpoint.body, 'input', schemas) } } } } : {}),
    responses: responses(endpoint, schemas),
  }
}

function parameters(where: 'path' | 'query', schema: z.ZodObject | undefined, schemas: JsonObject): JsonObject[] {
  if (!schema) return []
  const { properties = {}, required = [] } = toJsonSchema(schema, 'input', schemas) as { properties?: { [name: string]: JsonObject }; required?: string[] }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name, in: where, required: where === 'path' || required.includes(name), ...(description === undefined ? {} : { description }), schema: rest,
  }))
}

function header(name: string, description: string, required: boolean, schema: JsonObject): JsonObject {
  return { name, in: 'header', required, description, schema }
}

function responses(endpoint: Endpoint, schemas: JsonObject): JsonObject {
  const { produces, command, response } = endpoint
  const byStatus = Map.groupBy(codesOf(endpoint), (code) => refusals[code].status)
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return {
    200: {
      description: 'Done.',
      ...(command ? { headers: { 'Idempotent-Replayed': { description: '`true` where this is the answer of an earlier request with the same key.', schema: { type: 'string' } } } } : {}),
      content: { [produces ?? 'application/json']: { schema: produces ? { type: 'string', ...(produces.startsWith('text/') ? {} : { format: 'binary' }) } : toJsonSchema(response, 'output', schemas) } },
    },
    ...Object.fromEntries([...byStatus].sort(([a], [b]) => a - b).map(([status, codes]) => [status, {
      description: codes.map((code) => `\`${code}\`: ${(refusals[code] as RefusalText).sentence}`).join('  \n'),
      content: problem,
    }])),
    500: { description: '`fault`: a bug or an outage; the request id leads to it in the log.', content: problem },
  }
}

/** Every code an operation can refuse with, in the catalogue's order. */
export function codesOf(endpoint: Endpoint): RefusalCode[] {
  const codes = new Set<RefusalCode>([
    ...shared.every, ...endpoint.refusals,
    ...(endpoint.permission === 'anybody' ? [] : shared.signedIn),
    ...(endpoint.body ? shared.body : []),
    ...(endpoint.command ? shared.command : []),
  ])
  return (Object.keys(refusals) as RefusalCode[]).filter((code) => codes.has(code))
}

/** JSON Schema 2020-12; a schema with a `.meta({ id })` becomes a component, named apart where what goes in differs from what comes out. */
function toJsonSchema(schema: z.ZodType, io: 'input' | 'output', schemas: JsonObject): JsonObject {
  const { $schema: _, $defs = {}, ...stated } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as JsonObject & { $defs?: JsonObject }
  const nameOf = (id: string) => (io === 'input' ? `${id}Input` : id)
  const hoist = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(hoist)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'id' || typeof (value as JsonObject)['id'] !== 'string').map(([key, member]) => [
      key, key === '$ref' && typeof member === 'string' ? member.replace(/^#\/\$defs\/(.+)$/, (_whole, id: string) => `#/components/schemas/${nameOf(id)}`) : hoist(member),
    ]))
  }
  for (const [id, definition] of Object.entries($defs)) schemas[nameOf(id)] ??= hoist(definition)
  return hoist(stated) as JsonObject
}
