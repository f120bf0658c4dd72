import { useNavigate, useSearch } from '@tanstack/react-router'

/** What stands in an address after `?`: texts by name. Every page reads what it knows and leaves the rest alone. */
export interface Search {
  readonly [name: string]: string | undefined
}

export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text))
}

/** Texts as they are (a lot code `007` is no number); what is undefined or empty is left out. */
export function stringifySearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(search)) if (typeof value === 'string' && value !== '') query.set(name, value)
  return query.size === 0 ? '' : `?${query}`
}

/** The filters of the page in its address: `const { search, setSearch } = useFilters()`, `setSearch({ q: 'A1' })`; undefined takes one away. */
export function useFilters(): { readonly search: Search; setSearch(change: Search): void } {
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  return { search, setSearch: (change) => void navigate({ to: '.', search: (before: Search) => ({ ...before, ...change }), replace: true, resetScroll: false }) }
}
