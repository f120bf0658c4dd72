import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { page, pageQuery } from '#src/lib/paging.ts'
import { permissions } from '#src/lib/permissions.ts'
import { isTimeZone } from '#src/lib/time.ts'
import { presetLanguages, trades } from '#src/lib/trades.ts'
import { demoKeys, guideStep } from '../demo/contract.ts'

const name = z.string().trim().min(1).max(200)
const email = z.email().max(254)
const password = z.string().min(10).max(128).describe('At least 10 characters; a short sentence is fine.')
const currency = z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code such as EUR').describe('ISO 4217 code.')
const timeZone = z.string().refine(isTimeZone, 'an IANA time zone such as Europe/Berlin').describe('IANA time zone.')
const instant = z.iso.datetime({ offset: true })
const role = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'small letters, digits and _')
const permission = z.enum(permissions)
const version = z.number().int()
const yesOrNo = z.enum(['true', 'false']).optional().transform((text) => (text === undefined ? undefined : text === 'true'))

// Set-up

export const getSetup = endpoint({
  operationId: 'getSetup', method: 'GET', path: '/setup', tag: 'Access', permission: 'anybody', command: false,
  summary: 'Whether this installation waits to be set up, and whether that needs the token of the console.',
  response: z.object({ needed: z.boolean(), tokenNeeded: z.boolean() }),
  refusals: [],
})

export const newOwner = {
  owner: z.strictObject({ name, email, password }),
  organization: z.strictObject({ name, currency: currency.default('EUR'), timeZone: timeZone.default('UTC') }),
}

export const setUp = endpoint({
  operationId: 'setUp', method: 'POST', path: '/setup', tag: 'Access', permission: 'anybody', command: false,
  summary: 'Makes the first owner and the organisation; once, and from another machine only with the token of the console.',
  body: z.object({ ...newOwner, token: z.string().max(100).optional() }),
  response: z.object({ userId: z.string(), organizationId: z.uuid() }),
  refusals: ['set_up_already', 'setup_token_wrong'],
})

// Me and the organisation

/** What the set-up question is answered with, the main thing first. */
const trade = z.enum(trades)
const answer = z.strictObject({
  trades: z.array(trade).min(1).refine((all) => new Set(all).size === all.length, 'names each once'),
  language: z.enum(presetLanguages).default('en').describe('In which the properties and units of measure it makes are named.'),
})
/** `demo` is there in demo companies only, `guide` once they are ready. */
export const preset = z.object({ trades: z.array(trade), demo: z.object({ company: z.enum(demoKeys), guide: z.array(guideStep).optional() }).optional() })

const organizationOfMine = z.object({ organizationId: z.uuid(), name: z.string(), role: z.string(), demo: z.boolean() })

export const getMe = endpoint({
  operationId: 'getMe', method: 'GET', path: '/me', tag: 'Access', permission: 'anybody', command: false,
  summary: 'Who is signed in, in which organisations; role and permissions in the one the request acts in, if it is clear which.',
  response: z.object({
    actor: z.object({ kind: z.enum(['user', 'key', 'system']), id: z.string(), name: z.string(), email: z.string().nullable() }),
    organizations: z.array(organizationOfMine),
    organizationId: z.uuid().nullable(),
    role: z.string().nullable(),
    permissions: z.array(permission),
    trades: z.array(trade).describe('What that organisation handles, the main thing first; empty until it is answered.'),
  }),
  refusals: ['not_signed_in', 'not_found'],
})

const organization = z.object({
  organizationId: z.uuid(), name: z.string(), currency: z.string(), timeZone: z.string(), demo: z.boolean(), preset,
  closedThrough: z.iso.date().nullable(), createdAt: instant, version,
})

export const getOrganization = endpoint({
  operationId: 'getOrganization', method: 'GET', path: '/organization', tag: 'Access', permission: 'organization.read', command: false,
  summary: 'The organisation the request acts in.',
  response: organization,
  refusals: [],
})

export const updateOrganization = endpoint({
  operationId: 'updateOrganization', method: 'PATCH', path: '/organization', tag: 'Access', permission: 'organization.manage', command: true,
  summary: 'Changes name, currency, time zone, what is handled (which makes the properties and units of measure that go with it), or the day through which the books are closed.',
  body: z.object({
    name: name.optional(), currency: currency.optional(), timeZone: timeZone.optional(), preset: answer.optional(),
    closedThrough: z.iso.date().nullable().optional(), reason: z.string().max(1000).optional(),
  }),
  response: organization,
  refusals: ['record_changed'],
})

// People

const person = z.object({ userId: z.string(), name: z.string(), email: z.string(), role: z.string(), since: instant, endedAt: instant.nullable(), version })

export const listPeople = endpoint({
  operationId: 'listPeople', method: 'GET', path: '/people', tag: 'Access', permission: 'people.manage', command: false,
  summary: 'The people of the organisation by e-mail address: those who are here (`present=true`), those who left (`present=false`), or all.',
  query: z.object({ ...pageQuery, present: yesOrNo }),
  response: page(person),
  refusals: [],
})

export const getPerson = endpoint({
  operationId: 'getPerson', method: 'GET', path: '/people/:userId', tag: 'Access', permission: 'people.manage', command: false,
  summary: 'One person of the organisation, also one who left.',
  params: z.object({ userId: z.string().max(100) }),
  response: person,
  refusals: ['not_found'],
})

export const listColleagues = endpoint({
  operationId: 'listColleagues', method: 'GET', path: '/colleagues', tag: 'Access', permission: 'signed-in', command: false,
  summary: 'Who is here now, by name alone: whom something can be given to.',
  response: z.object({ items: z.array(z.object({ userId: z.string(), name: z.string() })) }),
  refusals: [],
})

export const createPerson = endpoint({
  operationId: 'createPerson', method: 'POST', path: '/people', tag: 'Access', permission: 'people.manage', command: true,
  summary: 'Adds a person with a first password; somebody who comes back keeps his own.',
  body: z.object({ name, email, password, role }),
  response: person,
  refusals: ['person_already_here', 'person_elsewhere', 'role_unknown', 'role_beyond_yours'],
})

export const changePersonRole = endpoint({
  operationId: 'changePersonRole', method: 'PATCH', path: '/people/:userId', tag: 'Access', permission: 'people.manage', command: true,
  summary: 'Gives a person another role.',
  params: z.object({ userId: z.string().max(100) }),
  body: z.object({ role, reason: z.string().max(1000).optional() }),
  response: person,
  refusals: ['not_found', 'role_unknown', 'role_beyond_yours', 'last_owner', 'record_changed'],
})

export const removePerson = endpoint({
  operationId: 'removePerson', method: 'DELETE', path: '/people/:userId', tag: 'Access', permission: 'people.manage', command: true,
  summary: 'Ends a membership at once; what the person did keeps the name.',
  params: z.object({ userId: z.string().max(100) }),
  response: person,
  refusals: ['not_found', 'last_owner', 'role_beyond_yours'],
})

// Roles

const roleRecord = z.object({ name: z.string(), roleId: z.uuid().describe('What the audit knows it by.'), permissions: z.array(permission), version })

export const listRoles = endpoint({
  operationId: 'listRoles', method: 'GET', path: '/roles', tag: 'Access', permission: 'organization.read', command: false,
  summary: 'The roles of the organisation and what each may do.',
  response: z.object({ items: z.array(roleRecord) }),
  refusals: [],
})

export const putRole = endpoint({
  operationId: 'putRole', method: 'PUT', path: '/roles/:role', tag: 'Access', permission: 'people.manage', command: true,
  summary: 'Makes a role, or changes what it may do. The owner role holds every permission, always.',
  params: z.object({ role }),
  body: z.object({ permissions: z.array(permission), reason: z.string().max(1000).optional() }),
  response: roleRecord,
  refusals: ['role_fixed', 'role_beyond_yours', 'record_changed'],
})

// API keys

const apiKey = z.object({
  apiKeyId: z.uuid(), name: z.string(), role: z.string(), createdBy: z.string(), createdByName: z.string().nullable(), createdAt: instant,
  expiresAt: instant.nullable(), revokedAt: instant.nullable(), lastUsedAt: instant.nullable().describe('Within an hour.'),
})

export const listApiKeys = endpoint({
  operationId: 'listApiKeys', method: 'GET', path: '/api-keys', tag: 'Access', permission: 'keys.manage', command: false,
  summary: 'The API keys of the organisation, the latest first: those that open (`active=true`), those that were revoked or have expired (`active=false`), or all. Never their secrets.',
  query: z.object({ ...pageQuery, active: yesOrNo }),
  response: page(apiKey),
  refusals: [],
})

export const getApiKey = endpoint({
  operationId: 'getApiKey', method: 'GET', path: '/api-keys/:apiKeyId', tag: 'Access', permission: 'keys.manage', command: false,
  summary: 'One API key, also one that was revoked; never its secret.',
  params: z.object({ apiKeyId: z.uuid() }),
  response: apiKey,
  refusals: ['not_found'],
})

export const createApiKey = endpoint({
  operationId: 'createApiKey', method: 'POST', path: '/api-keys', tag: 'Access', permission: 'keys.manage', command: true,
  summary: 'Makes an API key. Its text is in this answer and nowhere else: a repeated request gets null.',
  body: z.object({ name: z.string().trim().min(1).max(100), role, expiresAt: instant.optional() }),
  response: apiKey.extend({ key: z.string().nullable() }),
  refusals: ['role_unknown', 'role_beyond_yours'],
})

export const revokeApiKey = endpoint({
  operationId: 'revokeApiKey', method: 'DELETE', path: '/api-keys/:apiKeyId', tag: 'Access', permission: 'keys.manage', command: true,
  summary: 'Revokes an API key, at once and for good.',
  params: z.object({ apiKeyId: z.uuid() }),
  response: apiKey,
  refusals: ['not_found'],
})
