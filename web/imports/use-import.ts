import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { uuidv7 } from 'uuidv7'
import type { ImportView } from '#src/imports/contract.ts'
import { Problem, send } from '../api.ts'
import { get, queryClient } from '../queries.ts'
import type { Field, Settings, Status } from './words.ts'

/** While it works we look often; otherwise now and then, since somebody else may be at it too. In milliseconds. */
const BUSY_EVERY = 1_000
const IDLE_EVERY = 15_000

export function importKey(importId: string): readonly unknown[] {
  return get('/imports/:importId', { params: { importId } }).queryKey
}

/** True while the server is at work on it. */
export function isBusy(status: Status | undefined): boolean {
  return status === 'checking' || status === 'running' || status === 'undoing'
}

/** True while it may still be said how it is read. */
export function isOpen({ status, begun }: Pick<ImportView, 'status' | 'begun'>): boolean {
  return ['asking', 'checking', 'ready'].includes(status) || (status === 'failed' && !begun)
}

/** One import, kept up to date while somebody looks at it. */
export function useImport(importId: string): UseQueryResult<ImportView> {
  return useQuery({ ...get('/imports/:importId', { params: { importId } }), refetchInterval: ({ state }) => (isBusy(state.data?.status) ? BUSY_EVERY : IDLE_EVERY) })
}

/** Takes in what the server says of an import now. */
export function takeIn(view: ImportView): void {
  const key = importKey(view.importId)
  const before = queryClient.getQueryData<ImportView>(key)
  // an answer that was overtaken by a later one
  if (before === undefined || before.version <= view.version) queryClient.setQueryData(key, view)
}

/** What somebody else changed since this was read. */
export class ChangedMeanwhile extends Error {
  readonly settings: readonly (keyof Settings)[]
  readonly columns: readonly Field[]
  constructor(before: ImportView, now: ImportView) {
    super('changed meanwhile')
    const differs = (one: unknown, other: unknown): boolean => JSON.stringify(one) !== JSON.stringify(other)
    const fields = new Set([...Object.keys(before.settings.mapping), ...Object.keys(now.settings.mapping)] as Field[])
    this.columns = [...fields].filter((field) => before.settings.mapping[field] !== now.settings.mapping[field])
    this.settings = (Object.keys(now.settings) as (keyof Settings)[]).filter((name) => name !== 'mapping' && differs(before.settings[name], now.settings[name]))
  }
}

type Command = 'PUT /imports/:importId/settings' | 'POST /imports/:importId/run' | 'POST /imports/:importId/cancel' | 'POST /imports/:importId/undo'
export type Sending<Body> = UseMutationResult<ImportView, Problem | ChangedMeanwhile, Body>

/**
 * A command about an import as it was seen. It has a new version also where it was only looked through again: then the
 * command is sent once more; where somebody else changed it, nothing is done and `ChangedMeanwhile` says what.
 */
function useGuarded<Body>(seen: ImportView, name: Command, isSame: (before: ImportView, now: ImportView) => boolean): Sending<Body> {
  const { importId } = seen
  return useMutation<ImportView, Problem | ChangedMeanwhile, Body>({
    mutationFn: async (body) => {
      const key = uuidv7()
      const attempt = (version: number) => send(name, { params: { importId }, ...(body === undefined ? {} : { body }) } as never, key, { ifMatch: version }) as Promise<ImportView>
      for (let version = seen.version, tries = 1; ; tries += 1) {
        try {
          return await attempt(version)
        } catch (problem) {
          if (!(problem instanceof Problem) || problem.code !== 'record_changed') throw problem
          const now = await queryClient.fetchQuery({ ...get('/imports/:importId', { params: { importId } }), staleTime: 0 })
          if (!isSame(seen, now)) throw new ChangedMeanwhile(seen, now)
          if (tries === 5) throw problem
          version = now.version
        }
      }
    },
    retry: (count, problem) => count < 2 && problem instanceof Problem && problem.status === 0,
    onSuccess: async (view) => {
      takeIn(view)
      await queryClient.invalidateQueries({ predicate: ({ queryKey: [path] }) => path !== '/imports/:importId' && path !== '/imports/:importId/rows' })
    },
  })
}

function sameSettings(before: ImportView, now: ImportView): boolean {
  return JSON.stringify(before.settings) === JSON.stringify(now.settings)
}

/** What was seen when somebody says "do it". */
function sameNumbers(before: ImportView, now: ImportView): boolean {
  return sameSettings(before, now) && before.status === now.status && JSON.stringify(before.counts) === JSON.stringify(now.counts)
}

/** Says how the file is read; the rows are looked through again. */
export function useSettings(seen: ImportView): Sending<Partial<Settings>> {
  return useGuarded(seen, 'PUT /imports/:importId/settings', sameSettings)
}

export function useRun(seen: ImportView): Sending<{ readonly mode: 'good_rows' | 'all_or_nothing' }> {
  return useGuarded(seen, 'POST /imports/:importId/run', sameNumbers)
}

/** Stops a run, or discards what was not begun; whatever anybody else does to it. */
export function useCancel(seen: ImportView): Sending<undefined> {
  return useGuarded(seen, 'POST /imports/:importId/cancel', () => true)
}

export function useUndo(seen: ImportView): Sending<{ readonly reason: string }> {
  return useGuarded(seen, 'POST /imports/:importId/undo', (before, now) => before.status === now.status)
}
