import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { fillSentence, type RefusalData } from '#src/lib/refusal.ts'
import type { ImportView } from '#src/imports/contract.ts'
import { inOurWords, refusalText, type Language } from '../i18n.ts'

type Note = ImportView['notes'][number]
/** Why a row is bad, as the API tells it. */
export interface Fault {
  readonly code: string
  readonly params: RefusalData
  readonly why: string
  readonly fix: string
}
interface Sentences {
  readonly problems: Readonly<Record<string, { readonly why: string; readonly fix: string } | undefined>>
  readonly notes: Readonly<Record<string, string | undefined>>
}

/** English is what the API says itself; the others are loaded where a file is looked at. */
const translations: { readonly [language in Exclude<Language, 'en'>]: () => Promise<Sentences> } = {
  de: () => import('../locales/import-problems.de.ts'),
}

/** Says in the language spoken what is wrong with a row and what was done with it: by code and values, else as the API has it. */
export function useSayFault(): { readonly fault: (fault: Fault) => { readonly why: string; readonly fix: string }; readonly note: (note: Note) => string } {
  const { i18n } = useLingui()
  const load = translations[i18n.locale as keyof typeof translations] as (typeof translations)['de'] | undefined
  const { data: said } = useQuery({ queryKey: ['import problems', i18n.locale], queryFn: (): Sentences | Promise<Sentences> => (load === undefined ? { problems: {}, notes: {} } : load()), staleTime: Infinity })
  return {
    fault: ({ code, params, why, fix }) => {
      const problem = said?.problems[code]
      if (problem !== undefined && isFilled(problem.why, params)) return { why: inOurWords(fillSentence(problem.why, params)), fix: inOurWords(fillSentence(problem.fix, params)) }
      // what the ledger refused; its codes may be those of problems of a file, with other values
      const refusal = load === undefined ? undefined : refusalText(code)
      if (refusal !== undefined && isFilled(refusal.sentence, params)) return { why: fillSentence(refusal.sentence, params), fix: fillSentence(refusal.next, params) }
      return { why: inOurWords(why), fix: inOurWords(fix) }
    },
    note: ({ code, params, text }) => {
      const sentence = said?.notes[code]
      return inOurWords(sentence !== undefined && isFilled(sentence, params) ? fillSentence(sentence, params) : text)
    },
  }
}

function isFilled(sentence: string, params: RefusalData): boolean {
  return !/\{\w+\}/.test(fillSentence(sentence, params))
}
