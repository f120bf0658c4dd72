import { z } from 'zod'
import { listExceptions } from '#src/exceptions/contract.ts'
import { listHolds } from '#src/holds/contract.ts'
import { listImports } from '#src/imports/contract.ts'
import { endpoint } from '#src/lib/contract.ts'
import { timeZone } from '#src/lib/fields.ts'
import { listDue, listMovements } from '#src/stock/contract.ts'
import { listFreezes } from '#src/verify/contract.ts'

/** Days of movements that are counted, today among them. */
export const HOME_DAYS = 14

/** The first of a list; `more`: there are others on the page of that list. */
const first = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), more: z.boolean() })
const waiting = listImports.response.shape.items.element.pick({ importId: true, fileName: true, source: true, rows: true, status: true, createdAt: true })

const due = listDue.response.shape.items.element.omit({ blocks: true }).extend({ past: z.boolean(), lots: z.int(), lotId: z.uuid().nullable(), lot: z.string().nullable() })

const tag = 'Home'
export const getHome = endpoint({
  method: 'GET', command: false, tag, permission: 'signed-in', operationId: 'getHome', path: '/home',
  summary: 'What waits for somebody, and what happened lately, in one answer. What the role may not read is empty.',
  query: z.object({ timeZone: timeZone.default('UTC').describe('In which days begin and end.') }),
  response: z.object({
    frozen: first(listFreezes.response.shape.items.element),
    /** Open ones: those of the caller first. */
    exceptions: first(listExceptions.response.shape.items.element),
    imports: first(waiting),
    /** Products of which lots are on hand whose day is over (`past`), or comes within 14 days; the lot where it is one. */
    due: first(due),
    holds: first(listHolds.response.shape.items.element),
    movements: first(listMovements.response.shape.items.element),
    /** Movements of the last 14 days, each day: what came from outside, what stayed in the house (made, moved, counted), what left. */
    days: z.array(z.object({ day: z.iso.date(), came: z.int(), stayed: z.int(), left: z.int() })),
  }),
  refusals: [],
})

export const getFirstSteps = endpoint({
  method: 'GET', command: false, tag, permission: 'signed-in', operationId: 'getFirstSteps', path: '/first-steps',
  summary: 'Which of the first steps of a new organisation are done, by what is there.',
  response: z.object({
    question: z.boolean().describe('What is handled is answered.'), place: z.boolean(), product: z.boolean(), movement: z.boolean(), people: z.boolean().describe('There are two people or more.'),
  }),
  refusals: [],
})
