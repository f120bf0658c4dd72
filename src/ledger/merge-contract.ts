import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { reason } from '#src/lib/fields.ts'

const uuid = z.uuid()
const side = z.enum(['into', 'from'])
export const mergeInput = z.strictObject({
  /** The lot that stays: another one of the same product. */
  into: uuid,
  reason,
  /** Which of two differing values stays, by field (`useBy`, `family`, `properties.shift`): that of the lot that stays (`into`), or of the other (`from`). */
  keep: z.record(z.string().max(60), side).optional(),
})
export type MergeInput = z.output<typeof mergeInput>

export const mergeLots = endpoint({
  method: 'POST', command: true, tag: 'Lots', permission: 'lots.write', operationId: 'mergeLots', path: '/lots/:lotId/merge',
  summary: 'Two lots were found to be one: this one becomes the other. Its codes, stock, units, promises and holds lead there; what was written stays as it was written. It is not undone.',
  params: z.object({ lotId: uuid }), body: mergeInput,
  response: z.object({ lotId: uuid, version: z.int(), mergedFrom: z.array(uuid) }),
  refusals: ['not_found', 'record_changed', 'merge_into_itself', 'merged_already', 'lot_hidden', 'lot_of_other_product', 'lot_merge_differs', 'stock_frozen'],
})
export type Merged = z.output<typeof mergeLots.response>
