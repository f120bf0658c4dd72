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
  readonly queryFn: (context: { readonly pageParam: string | undefined }) => Promise<PageOf<Item>>
  readonly initialPageParam: string | undefined
  readonly getNextPageParam: (last: PageOf<Item>) => string | undefined
}

/** A list for useInfiniteQuery and DataTable, page after page by cursor: `pages('/lots', { query: { search } })`. */
export function pages<P extends ReadPath>(path: P, ...input: Given<P>): ListQuery<ItemOf<P>> {
  const given = (input as readonly unknown[])[0] as { query?: object } | undefined
  return {
    queryKey: [path, given ?? {}, 'pages'],
    queryFn: ({ pageParam }) => readAny(path, { ...given, query: { limit: 100, ...given?.query, cursor: pageParam } }) as Promise<PageOf<ItemOf<P>>>,
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  }
}

/**
 * A command: `const reverse = useCommand('POST /movements/:movementId/reverse')`, then `reverse.mutate({ params, body })`.
 * The same input sent again, by retry or by a second press, keeps its Idempotency-Key, so it takes effect once; another
 * input, or the same after it succeeded, gets a new one. Afterwards everything on the screen is asked for again.
 */
export function useCommand<N extends CommandName>(name: N, options: { readonly ifMatch?: number } = {}): UseMutationResult<CommandOutput<N>, Problem, CommandInput<N>> {
  const client = useQueryClient()
  const sent = useRef<{ text: string; key: string } | null>(null)
  return useMutation<CommandOutput<N>, Problem, CommandInput<N>>({
    mutationFn: (input) => {
      const text = JSON.stringify(input)
      if (sent.current?.text !== text) sent.current = { text, key: uuidv7() }
      return send(name, input, sent.current.key, options)
    },
    retry: (count, problem) => count < 2 && problem.status === 0,
    onError,
    onSuccess: async () => {
      sent.current = null
      shortenLists(client)
      await client.invalidateQueries()
    },
  })
}

/** A list that was scrolled far down is asked for again page by page: so only its first pages are kept. */
function shortenLists(client: QueryClient): void {
  client.setQueriesData<{ pages: unknown[]; pageParams: unknown[] }>({ predicate: ({ queryKey }) => queryKey[2] === 'pages' }, (list) =>
    list === undefined ? undefined : { pages: list.pages.slice(0, 5), pageParams: list.pageParams.slice(0, 5) })
}
