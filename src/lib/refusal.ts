import type { RefusalCode } from './refusals.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type RefusalData = { readonly [key: string]: Json }

/** A business no: a plain object with a code of the one catalogue (`refusals.ts`) and the values its sentence names. */
export interface Refusal {
  readonly refused: RefusalCode
  readonly data: RefusalData
}

/** Makes a refusal; `data` holds every `{name}` that the catalogue's sentence for `code` mentions. */
export function refusal(code: RefusalCode, data: RefusalData = {}): Refusal {
  return { refused: code, data }
}

/** True where a pure rule answered no. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value
}

/** Carries a refusal out of a transaction, so that it is rolled back. Faults (bugs, outages) are never one of these. */
export class RefusalError extends Error {
  readonly refusal: Refusal
  constructor(refused: Refusal) {
    super(refused.refused)
    this.name = 'RefusalError'
    this.refusal = refused
  }
}

/** Throws the refusal: `throw refuse('lot_unknown', { lot })`. */
export function refuse(code: RefusalCode, data: RefusalData = {}): RefusalError {
  return new RefusalError(refusal(code, data))
}

/** Gives the value back, or throws where a pure rule refused. */
export function granted<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new RefusalError(value)
  return value
}

/** A sentence of the catalogue with the values of a refusal in its braces. */
export function fillSentence(sentence: string, data: RefusalData): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in data ? show(data[name]) : whole))
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join(', ')
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
