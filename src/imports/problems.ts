import { importNotes, importProblems, type ImportNoteCode, type ImportProblemCode } from '#src/lib/import-problems.ts'
import { fillSentence, type Refusal, type RefusalData } from '#src/lib/refusal.ts'
import { refusals } from '#src/lib/refusals.ts'

/** Why a row is bad and how it is mended: a code with its values, and the English sentences they make. */
export interface Fault {
  readonly code: string
  readonly params: RefusalData
  readonly why: string
  readonly fix: string
}

/** What is wrong with a row: in which column, with which value, why, and how it is mended. */
export interface Problem extends Fault {
  readonly column: string | null
  readonly value: string | null
}

/** Something that was done with a file or a row that its sender may not expect. */
export interface Note {
  readonly code: string
  readonly params: RefusalData
  readonly text: string
}

export function fault(code: ImportProblemCode, params: RefusalData = {}): Fault {
  const { why, fix } = importProblems[code]
  return { code, params, why: fillSentence(why, params), fix: fillSentence(fix, params) }
}

/** What the ledger refused of a row, as a problem of it. */
export function refusedFault({ refused, data }: Refusal): Fault {
  const { sentence, next } = refusals[refused]
  return { code: refused, params: data, why: fillSentence(sentence, data), fix: fillSentence(next, data) }
}

export function note(code: ImportNoteCode, params: RefusalData = {}): Note {
  return { code, params, text: fillSentence(importNotes[code], params) }
}

/** A note as it was kept; those of earlier versions are their sentence alone. */
export function readNote(kept: string | Note): Note {
  return typeof kept === 'string' ? { code: 'text', params: {}, text: kept } : kept
}
