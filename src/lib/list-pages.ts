/**
 * The lists of which views are kept, and what of the address of each belongs to a view: search and filters, order and
 * columns. The pages read their filters by these names, and the server keeps nothing else.
 */
export const listPages = {
  products: ['q', 'tracking', 'archived', 'sort', 'cols'],
  stock: ['by', 'product', 'lot', 'place', 'owner', 'held', 'sort', 'cols'],
  plates: ['q', 'archived', 'sort', 'cols'],
  lots: ['q', 'product', 'family', 'issuer', 'dueFrom', 'dueTo', 'inStock', 'held', 'sort', 'cols'],
  units: ['q', 'product', 'lot', 'place', 'state', 'sort', 'cols'],
  movements: ['kind', 'product', 'lot', 'unit', 'place', 'party', 'person', 'document', 'from', 'to', 'sort', 'cols'],
  places: ['q', 'kind', 'facility', 'outside', 'archived', 'sort', 'cols'],
  parties: ['q', 'role', 'archived', 'sort', 'cols'],
} as const
export type ListPage = keyof typeof listPages
export const listPageNames = Object.keys(listPages) as ListPage[]

/** A view as it is kept: what belongs to it, in one order, so that the same is told from another; `strange` names what does not. */
export function toViewQuery(page: ListPage, search: Iterable<readonly [string, string | undefined]>): { readonly query: string; readonly strange: readonly string[] } {
  const given = [...search].filter((entry): entry is readonly [string, string] => entry[1] !== undefined && entry[1] !== '')
  const isKnown = (name: string): boolean => (listPages[page] as readonly string[]).includes(name)
  const kept = given.filter(([name]) => isKnown(name)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return { query: new URLSearchParams(kept.map(([name, value]): [string, string] => [name, value])).toString(), strange: given.flatMap(([name]) => (isKnown(name) ? [] : [name])) }
}
