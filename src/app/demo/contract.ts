import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { trades } from '#src/lib/trades.ts'

export const demoKeys = ['creamery', 'yarn_mill', 'e_bikes', 'fireworks'] as const
export type DemoKey = (typeof demoKeys)[number]

/** What a step of the guide leads to. */
export const guideLinkKinds = ['lot', 'unit', 'product', 'place', 'party', 'movement', 'hold', 'family', 'plate', 'exceptions', 'holds', 'stock', 'trace_forward', 'trace_backward'] as const
export const guideStep = z.object({
  /** Its name within the company, and what its sentences name: for those who say them in another language. */
  key: z.string().default(''), values: z.record(z.string(), z.string()).default({}),
  /** In the imperative: `Hold the lot CT-4471`. */
  title: z.string(),
  /** What to look at, and why. */
  text: z.string(),
  /** Where it happens: id is null where `kind` is a list. */
  link: z.object({ kind: z.enum(guideLinkKinds), id: z.uuid().nullable(), code: z.string().nullable() }),
})
export type GuideStep = z.output<typeof guideStep>

const made = z.object({
  organizationId: z.uuid(), company: z.enum(demoKeys), name: z.string(),
  /** `making` until `ready`; read the list again in a second. `failed`: purge it and make another. */
  state: z.enum(['making', 'ready', 'failed']),
  /** Days of its history that are made, of so many. */
  done: z.int(), total: z.int(), madeAt: z.string(),
  /** The first ten minutes; empty until it is ready. Also in the organisation's preset, as `demo.guide`. */
  guide: z.array(guideStep),
}).meta({ id: 'DemoCompany' })
export type MadeDemo = z.output<typeof made>

const tag = 'Demo companies'
export const listDemoCompanies = endpoint({
  method: 'GET', command: false, tag, permission: 'organization.manage', operationId: 'listDemoCompanies', path: '/demo-companies',
  summary: 'The demo companies there can be, and those that you have, with how far their making is.',
  response: z.object({
    kinds: z.array(z.object({ company: z.enum(demoKeys), name: z.string(), trades: z.array(z.enum(trades)), shows: z.string() })),
    companies: z.array(made),
  }),
  refusals: [],
})
export const createDemoCompany = endpoint({
  method: 'POST', command: true, tag, permission: 'organization.manage', operationId: 'createDemoCompany', path: '/demo-companies',
  summary: 'Makes a demo company: an organisation of its own with half a year of history, in the background; it is yours, and the list tells when it is ready.',
  body: z.strictObject({ company: z.enum(demoKeys) }), response: made, refusals: [],
})
export const purgeDemoCompany = endpoint({
  method: 'DELETE', command: false, tag, permission: 'organization.manage', operationId: 'purgeDemoCompany', path: '/demo-companies/:organizationId',
  summary: 'Deletes a demo company with everything in it, at once and for good. Only a demo company can be deleted.',
  params: z.object({ organizationId: z.uuid() }), response: z.object({ organizationId: z.uuid(), rows: z.int() }),
  refusals: ['not_found', 'organization_not_demo'],
})
