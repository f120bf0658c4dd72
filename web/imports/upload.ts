import { useRef, useState } from 'react'
import { uuidv7 } from 'uuidv7'
import type { ImportView } from '#src/imports/contract.ts'
import { looksLikeText, MOST_FILE_BYTES } from '#src/lib/import-file.ts'
import { Problem, sendFile } from '../api.ts'
import { queryClient } from '../queries.ts'
import { importKey } from './use-import.ts'

export interface UploadQuery {
  readonly source?: string
  readonly name?: string
  readonly delimiter?: string
  readonly encoding?: 'utf-8' | 'windows-1252'
  readonly headerLine?: number
}

/** What was uploaded last from this page, so that it can be read again in another way without being looked for again. */
let held: { readonly importId: string; readonly file: File } | null = null

/** The file of an import, where it was uploaded from this page. */
export function heldFile(importId: string): File | null {
  return held?.importId === importId ? held.file : null
}

/** What speaks against a file before it is sent: what the server would say of it, or that this device cannot read it (a folder, a file that is gone). */
export type NotSent = Problem | 'gone'

export async function whyNotSent(file: File): Promise<NotSent | null> {
  const refused = (code: string, params: Readonly<Record<string, unknown>> = {}) => new Problem({ title: code, status: 422, code, params, next: '', requestId: null })
  const first = await file.slice(0, 4096).arrayBuffer().catch(() => null)
  if (first === null) return 'gone'
  if (file.size === 0) return refused('import_empty')
  if (file.size > MOST_FILE_BYTES) return refused('body_too_large', { limit: MOST_FILE_BYTES })
  return looksLikeText(new Uint8Array(first)) ? null : refused('import_not_text')
}

interface State {
  /** From 0 to 1 while it is on its way; null while nothing is. */
  readonly share: number | null
  readonly problem: unknown
}
const idle: State = { share: null, problem: null }

export interface Uploading extends State {
  /** The import that came of it; null where it was stopped or refused. */
  readonly start: (file: File, query: UploadQuery) => Promise<ImportView | null>
  readonly stop: () => void
}

/** Brings a file to the server, and keeps it for reading it again. */
export function useUpload(): Uploading {
  const [state, setState] = useState(idle)
  const stopping = useRef(new AbortController())
  // what did not arrive keeps its key: it may have arrived after all
  const sent = useRef<{ readonly file: File; readonly query: string; readonly key: string } | null>(null)
  const start = async (file: File, query: UploadQuery): Promise<ImportView | null> => {
    const text = JSON.stringify(query)
    if (sent.current?.file !== file || sent.current.query !== text) sent.current = { file, query: text, key: uuidv7() }
    stopping.current = new AbortController()
    setState({ share: 0, problem: null })
    try {
      const view = await sendFile('POST /imports', { query }, file, { key: sent.current.key, type: 'text/csv', signal: stopping.current.signal, onProgress: (share) => setState({ share, problem: null }) })
      held = { importId: view.importId, file }
      queryClient.setQueryData(importKey(view.importId), view)
      void queryClient.invalidateQueries({ queryKey: ['/imports'] })
      setState(idle)
      return view
    } catch (problem) {
      if (problem instanceof Problem && problem.status !== 0) sent.current = null
      setState({ share: null, problem: problem instanceof Problem ? problem : null })
      if (!(problem instanceof Problem) && !(problem instanceof DOMException)) throw problem
      return null
    }
  }
  return { ...state, start, stop: () => stopping.current.abort() }
}
