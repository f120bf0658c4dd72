import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { reason } from '#src/lib/fields.ts'
import { page, pageQuery } from '#src/lib/paging.ts'

const uuid = z.uuid()
const finding = z.object({
  invariant: z.string(), what: z.string(), productId: uuid.nullable(), lotId: uuid.nullable(), key: z.string(), expected: z.string(), found: z.string(),
}).meta({ id: 'Finding', description: 'What breaks an invariant (I1 to I11): the row, what it must be, what it is.' })
const verification = { verificationId: uuid, startedAt: z.string(), finishedAt: z.string(), ok: z.boolean(), findings: z.array(finding) }
const freeze = z.object({
  freezeId: uuid, productId: uuid, product: z.string(), lotId: uuid.nullable(), lot: z.string().nullable(), invariant: z.string(), finding, frozenAt: z.string(),
  resumedAt: z.string().nullable(), resumedBy: z.string().nullable(), resumedByName: z.string().nullable(), resumeReason: z.string().nullable(),
}).meta({ id: 'Freeze', description: 'A product or lot that takes no movement, since an invariant was found broken.' })
const tag = 'System'

export const verifyStock = endpoint({
  method: 'POST', command: true, tag, permission: 'system.verify', operationId: 'verifyStock', path: '/verifications',
  summary: 'Checks every invariant over everything posted. What is found twice freezes its product or lot and raises an exception.',
  response: z.object({ ...verification, freezeIds: z.array(uuid) }), refusals: [],
})
export const listVerifications = endpoint({
  method: 'GET', command: false, tag, permission: 'system.verify', operationId: 'listVerifications', path: '/verifications', summary: 'What was verified, the latest first.',
  query: z.object(pageQuery), response: page(z.object(verification)), refusals: [],
})
export const listFreezes = endpoint({
  method: 'GET', command: false, tag, permission: 'stock.read', operationId: 'listFreezes', path: '/freezes', summary: 'Frozen products and lots, the latest first; also those resumed with `open=false`.',
  query: z.object({ ...pageQuery, open: z.enum(['true', 'false']).default('true').transform((text) => text === 'true') }), response: page(freeze), refusals: [],
})
export const resumeFreeze = endpoint({
  method: 'POST', command: true, tag, permission: 'system.verify', operationId: 'resumeFreeze', path: '/freezes/:freezeId/resume', summary: 'Lets a frozen product or lot be posted again.',
  params: z.object({ freezeId: uuid }), body: z.strictObject({ reason }), response: freeze, refusals: ['not_found', 'freeze_closed'],
})
export type Freeze = z.output<typeof freeze>
export type Verification = z.output<typeof verifyStock.response>
