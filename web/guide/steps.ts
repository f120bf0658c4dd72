import type { ReadOutput } from '../api.ts'

export type DemoStep = NonNullable<NonNullable<ReadOutput<'/organization'>['preset']['demo']>['guide']>[number]

export interface Step {
  readonly key: string
  readonly title: string
  readonly text: string
  /** Where it happens; null where that is nowhere in particular. */
  readonly to: { readonly path: string; readonly search: Readonly<Record<string, string>> } | null
  /** Told by what is there; undefined where it is ticked. */
  readonly isDone?: boolean
}

const folders: { readonly [kind: string]: string } = { lot: 'lots', unit: 'units', product: 'products', place: 'places', party: 'parties', movement: 'movements', plate: 'plates' }

/** The page that a step of a demo company's guide leads to. */
export function placeOf({ kind, id }: DemoStep['link']): Step['to'] {
  if (kind === 'exceptions' || kind === 'holds' || kind === 'stock') return { path: `/${kind}`, search: {} }
  if (id === null) return null
  if (kind === 'hold') return { path: '/holds', search: {} }
  if (kind === 'family') return { path: '/lots', search: { family: id } }
  if (kind === 'trace_forward' || kind === 'trace_backward') return { path: '/trace', search: { lot: id, way: kind.slice('trace_'.length) } }
  return { path: `/${folders[kind]}/${id}`, search: {} }
}

/** Whether one is on that page: its path, and what its address says besides. */
export function isAt(to: Step['to'], pathname: string, search: Readonly<Record<string, string | undefined>>): boolean {
  return to !== null && to.path === pathname && Object.entries(to.search).every(([name, value]) => search[name] === value)
}

/** The step that is next: the one after this that is not done, from the top again; undefined when all are. */
export function nextStep(isDone: readonly boolean[], after: number): number | undefined {
  const order = [...isDone.keys()].map((_, at) => (after + 1 + at) % isDone.length)
  return order.find((at) => isDone[at] === false)
}
