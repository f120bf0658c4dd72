import { z } from 'zod'
import { endpoint } from '#src/lib/contract.ts'
import { line } from '#src/lib/fields.ts'
import { listPageNames } from '#src/lib/list-pages.ts'
import { page, pageQuery } from '#src/lib/paging.ts'

const listPage = z.enum(listPageNames).describe('The list it is of.')
const name = line(60)
const query = z.string().max(2000).describe('What stands in the address of the list after the question mark: `q=cr&sort=-due`. Only what that list knows.')
const shared = z.boolean().describe('Everybody in the organisation sees it.')

const view = z.object({
  viewId: z.uuid(), page: listPage, name: z.string(), query: z.string(), shared: z.boolean(), owner: z.object({ id: z.string(), name: z.string().nullable() }),
  mine: z.boolean(), mayChange: z.boolean().describe('Mine, or shared and I manage the organisation.'), createdAt: z.string(), version: z.int(),
}).meta({ id: 'View', description: 'A list as somebody wants it, under a name.' })
export type View = z.output<typeof view>

const tag = 'Views'
const viewId = z.object({ viewId: z.uuid() })
const write = { tag, permission: 'signed-in', command: true, response: view } as const

export const listViews = endpoint({
  operationId: 'listViews', method: 'GET', path: '/views', tag, permission: 'signed-in', command: false, summary: 'My views and those that are shared, the oldest first; of one list or of all.',
  query: z.object({ ...pageQuery, page: listPage.optional() }), response: page(view), refusals: [],
})
export const createView = endpoint({
  ...write, operationId: 'createView', method: 'POST', path: '/views', summary: 'Keeps a list as it is now under a name, for me or for all.',
  body: z.strictObject({ page: listPage, name, query, shared: shared.default(false) }), refusals: ['view_name_taken'],
})
export const changeView = endpoint({
  ...write, operationId: 'changeView', method: 'PATCH', path: '/views/:viewId', summary: 'Changes what is given: its name, what it shows, whether it is shared.', params: viewId,
  body: z.strictObject({ name, query, shared }).partial(), refusals: ['not_found', 'record_changed', 'view_name_taken', 'view_of_another'],
})
export const archiveView = endpoint({
  ...write, operationId: 'archiveView', method: 'POST', path: '/views/:viewId/archive', summary: 'Takes a view away; its name is free again.', params: viewId, refusals: ['not_found', 'record_changed', 'view_of_another'],
})
