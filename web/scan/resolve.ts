import type { ReadOutput } from '../api.ts'
import { get, queryClient, type ReadQuery } from '../queries.ts'

/** What a scan means (GET /scan): how the label reads, what of ours it leads to, and whether that is certain. */
export type Scan = ReadOutput<'/scan'>
export type Candidate = Scan['candidates'][number]
/** What is being done: `receive` and `take` ask for goods, `put` for a place. */
export type Task = 'receive' | 'take' | 'put'

/** The question what a text means, for useQuery. */
export function scanQuery(text: string, task?: Task): ReadQuery<Scan> {
  return get('/scan', { query: { text, task } })
}

/** Asks what a scan means, anew each time: `const { candidates, certain, read } = await resolveScan(text, 'receive')`. Nothing is created by it. Throws `Problem`. */
export function resolveScan(text: string, task?: Task): Promise<Scan> {
  return queryClient.fetchQuery({ ...scanQuery(text, task), staleTime: 0, retry: false })
}

/** Where a record is seen: `navigate(linkOf(candidate))`, `<Link {...linkOf(candidate)}>`. */
export function linkOf({ kind, id }: Pick<Candidate, 'kind' | 'id'>): { readonly to: string; readonly search: Record<string, string> } {
  if (kind === 'family') return { to: '/lots', search: { family: id } }
  return { to: `/${{ unit: 'units', plate: 'plates', lot: 'lots', product: 'products', place: 'places', party: 'parties', movement: 'movements' }[kind]}/${id}`, search: {} }
}
