import type { RefusalCode, RefusalText } from '#src/lib/refusals.ts'

/** What a refusal says in German; a code that is missing here is said in English. */
export const refusals: Partial<Record<RefusalCode, Pick<RefusalText, 'sentence' | 'next'>>> = {}
