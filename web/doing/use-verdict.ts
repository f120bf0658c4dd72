import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { uuidv7 } from 'uuidv7'
import { send, type CommandInput, type CommandName, type CommandOutput, type Problem } from '../api.ts'

/** What the server says to a form before anybody posts it. */
export type Verdict<Answer> =
  | { readonly is: 'none' }
  | { readonly is: 'checking' }
  | { readonly is: 'yes'; readonly answer: Answer }
  | { readonly is: 'no'; readonly problem: Problem }

/** How long nothing is typed before it is asked, in milliseconds. */
const PAUSE = 250

/**
 * Asks by a dry run whether this command would be accepted, some time after it last changed; null: it is not complete yet.
 * A verdict is told only, and about just this input: nothing is ever posted by it, and none of it is taken for a posting.
 */
export function useVerdict<N extends CommandName>(name: N, input: CommandInput<N> | null): Verdict<CommandOutput<N>> {
  const text = input === null ? null : JSON.stringify(input)
  const [settled] = useDebouncedValue(text, PAUSE)
  const { data, error, isFetching } = useQuery<CommandOutput<N>>({
    queryKey: ['dry run', name, settled], queryFn: () => send(name, JSON.parse(settled ?? '') as CommandInput<N>, uuidv7(), { dryRun: true }), enabled: settled !== null && settled === text, staleTime: 0, gcTime: 0,
  })
  if (text === null) return { is: 'none' }
  if (settled !== text) return { is: 'checking' }
  if (error !== null && !isFetching) return { is: 'no', problem: error }
  return data === undefined ? { is: 'checking' } : { is: 'yes', answer: data }
}
