import { useLingui } from '@lingui/react/macro'
import { Alert, Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { fillSentence, type RefusalData } from '#src/lib/refusal.ts'
import { Problem } from '../api.ts'
import { refusalText } from '../i18n.ts'
import { Code } from './code.tsx'
import { sayInstant } from './format.ts'

/** What a problem says in the language spoken: what happened, and what to do. */
export function useSayProblem(): (problem: unknown) => { title: string; next: string } {
  const { t } = useLingui()
  return (problem) => {
    if (!(problem instanceof Problem)) return { title: t`The page has a fault.`, next: t`Load it again. If it happens again, tell whoever runs this installation what you did.` }
    const { code, title, next, params, requestId } = problem.details
    if (code === 'unreachable') return { title: t`Lotwise does not answer.`, next: t`Check the connection and try again. What was being saved takes effect once, however often it is sent.` }
    if (code === 'fault') return { title: t`Lotwise has a fault and could not answer this request.`, next: t`Try again. If it fails again, give the request id ${requestId ?? ''} to whoever runs this installation.` }
    const text = refusalText(code)
    return text === undefined ? { title, next } : { title: fillSentence(text.sentence, shown(params)), next: fillSentence(text.next, shown(params)) }
  }
}

/** What happened, which record, what to do, and the request id to ask about. `onRetry` adds a button. */
export function ProblemAlert({ problem, onRetry }: { readonly problem: unknown; readonly onRetry?: () => void }) {
  const { t } = useLingui()
  const say = useSayProblem()
  if (problem === null || problem === undefined) return null
  const { title, next } = say(problem)
  const details = problem instanceof Problem ? problem.details : null
  return (
    <Alert role="alert" variant="outline" color="var(--stop)" icon={<IconAlertTriangle aria-hidden />} title={title} classNames={{ root: 'problem' }}>
      <Text size="sm">{next}</Text>
      {(details?.errors?.length ?? 0) > 1 && <ul>{details?.errors?.map(({ path, why }) => <li key={path}><Code value={path} plain /> {why}</li>)}</ul>}
      <Group mt="xs" gap="sm" justify="space-between">
        {details !== null && <Text size="xs" c="dimmed">{details.code}{details.requestId !== null && <> · {t`request`} <Code value={details.requestId} plain /></>}</Text>}
        {onRetry && <Button size="xs" variant="default" onClick={onRetry}>{t`Try again`}</Button>}
      </Group>
    </Alert>
  )
}

/** The values of a sentence as people read them: instants in the time of this device. */
function shown(params: Readonly<Record<string, unknown>>): RefusalData {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? sayInstant(value) : (value as string)]))
}
