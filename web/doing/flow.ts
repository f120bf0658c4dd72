import type { Kind, Line } from './draft.ts'

/** Which way the goods of a line go. */
export interface Flow {
  /** They leave a place of ours: what is there can be chosen. */
  readonly takes: boolean
  /** They come to a place of ours. */
  readonly puts: boolean
  /** A lot or unit may come with them that nobody knows yet; `known`: only one that was here before. */
  readonly brings: 'new' | 'known' | null
}

/** Which way goods go in a line of this kind. */
export function flowOf(kind: Kind, { role, direction }: Pick<Line, 'role' | 'direction'>): Flow {
  switch (kind) {
    case 'receive': return { takes: false, puts: true, brings: 'new' }
    case 'return': return { takes: false, puts: true, brings: 'known' }
    case 'move': return { takes: true, puts: true, brings: null }
    case 'run': return role === 'output' ? { takes: false, puts: true, brings: 'new' } : { takes: true, puts: false, brings: null }
    case 'adjust': return { takes: direction !== 'up', puts: false, brings: direction === 'down' ? null : 'new' }
    case 'ship': case 'sample': case 'destroy': case 'pack': case 'unpack': case 'change_owner': return { takes: true, puts: false, brings: null }
  }
}
