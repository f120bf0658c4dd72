import { QueryCache, QueryClient, useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query'
import { useRef } from 'react'
import { uuidv7 } from 'uuidv7'
import { Problem, read, send, type CommandInput, type CommandName, type CommandOutput, type ItemOf, type ReadInput, type ReadOutput, type ReadPath } from './api.ts'

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: Problem
  }
}

/** Runs whenever an answer says that nobody is signed in (any more). */
export const signedOut = new Set<() => void>()

function onError(problem: unknown): void {
  if (problem instanceof Problem && problem.code === 'not_signed_in') for (const listener of signedOut) listener()
}

export const queryClient = new QueryClient({
  // who is there at all is asked by the router itself (router.tsx)
  queryCache: new QueryCache({ onError: (problem, { queryKey }) => queryKey[0] === '/me' || onError(problem) }),
  defaultOptions: {
    // a device without network says so at once, instead of waiting without a word until there is one
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 10_000,
      // a no stays a no; what did not arrive is asked again
      retry: (count, problem) => count < 2 && (problem.status === 0 || problem.status === 503),
    },
  },
})

export interface ReadQuery<Output> {
  readonly queryKey: readonly unknown[]
  readonly queryFn: () => Promise<Output>
}
type Given<P extends ReadPath> = Record<never, never> extends ReadInput<P> ? [input?: ReadInput<P>] : [input: ReadInput<P>]
const readAny = read as unknown as (path: string, input: unknown) => Promise<unknown>

/** A read for useQuery: `useQuery(get('/lots/:lotId', { params: { lotId } }))`. */
export function get<P extends ReadPath>(path: P, ...input: Given<P>): ReadQuery<ReadOutput<P>> {
  const given = (input as readonly unknown[])[0]
  return { queryKey: [path, given ?? {}], queryFn: () => readAny(path, given) as Promise<ReadOutput<P>> }
}

export interface PageOf<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}
export interface ListQuery<Item> {
  readonly queryKey: readonly unknown[]
  readonly queryFn: (context: { readonly pageParam: string | undefined; readonly limit?: number }) => Promise<PageOf<Item>>
  readonly initialPageParam: string | undefined
  readonly getNextPageParam: (last: PageOf<Item>) => string | undefined
}

/** A list for useInfiniteQuery and DataTable, page after page by cursor: `pages('/lots', { query: { search } })`. */
export function pages<P extends ReadPath>(path: P, ...input: Given<P>): ListQuery<ItemOf<P>> {
  const given = (input as readonly unknown[])[0] as { query?: object } | undefined
  return {
    queryKey: [path, given ?? {}, 'pages'],
    queryFn: ({ pageParam, limit = 100 }) => readAny(path, { ...given, query: { limit, ...given?.query, cursor: pageParam } }) as Promise<PageOf<ItemOf<P>>>,
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  }
}

/** What was sent under which Idempotency-Key and has no answer yet. */
interface Sent {
  readonly text: string
  readonly key: string
}

/**
 * A command: `const reverse = useCommand('POST /movements/:movementId/reverse')`, then `reverse.mutate({ params, body })`.
 * The same input sent again, by retry or by a second press, keeps its Idempotency-Key, so it takes effect once; another
 * input, or the same after it succeeded, gets a new one. Afterwards everything on the screen is asked for again.
 * `keep`: a name in the session's storage; what was sent without an answer keeps its key over a reload of the page too.
 */
export function useCommand<N extends CommandName>(name: N, options: { readonly ifMatch?: number; readonly keep?: string } = {}): UseMutationResult<CommandOutput<N>, Problem, CommandInput<N>> {
  const { keep } = options
  const client = useQueryClient()
  const sent = useRef<Sent | null>(null)
  const remember = (now: Sent | null): void => {
    sent.current = now
    if (keep !== undefined) store(keep, now)
  }
  return useMutation<CommandOutput<N>, Problem, CommandInput<N>>({
    mutationFn: (input) => {
      const text = JSON.stringify(input)
      const before = sent.current ?? (keep === undefined ? null : readSent(keep))
      if (before?.text !== text) remember({ text, key: uuidv7() })
      else sent.current = before
      return send(name, input, sent.current?.key ?? '', options)
    },
    retry: (count, problem) => count < 2 && problem.status === 0,
    onError: (problem) => {
      onError(problem)
      // a no is an answer: nothing was done
      if (problem.status >= 400 && problem.status < 500 && problem.code !== 'command_in_progress') remember(null)
    },
    onSuccess: async () => {
      remember(null)
      shortenLists(client)
      await client.invalidateQueries()
    },
  })
}

/** What was sent under this name and has had no answer, as the text of its input; null: nothing. */
export function unanswered(keep: string): string | null {
  return readSent(keep)?.text ?? null
}

function readSent(keep: string): Sent | null {
  try {
    return JSON.parse(sessionStorage.getItem(keep) ?? 'null') as Sent | null
  } catch {
    return null
  }
}

function store(keep: string, sent: Sent | null): void {
  try {
    if (sent === null) sessionStorage.removeItem(keep)
    else sessionStorage.setItem(keep, JSON.stringify(sent))
  } catch {
    // the storage is full: then the key lives as long as the page
  }
}

/** A list that was scrolled far down is asked for again page by page: so only its first pages are kept. */
function shortenLists(client: QueryClient): void {
  client.setQueriesData<{ pages: unknown[]; pageParams: unknown[] }>({ predicate: ({ queryKey }) => queryKey[2] === 'pages' }, (list) =>
    list === undefined ? undefined : { pages: list.pages.slice(0, 5), pageParams: list.pageParams.slice(0, 5) })
}
