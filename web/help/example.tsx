import { useLingui } from '@lingui/react/macro'
import { Button, CopyButton, Tabs } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconCheck, IconCopy, IconPlayerPlay } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { chosenOrganization } from '../session/organization.ts'
import classes from './help.module.css'
import type { Example } from './render.ts'

/** A command in both languages with its answer. A read can be run, as whoever is signed in. */
export function ShownExample({ example: { sh, ts, json, run } }: { readonly example: Example }) {
  const { t } = useLingui()
  const [language, setLanguage] = useLocalStorage({ key: 'lotwise.example', defaultValue: 'sh' })
  const shown = [
    ...(sh === null ? [] : [{ key: 'sh', label: ts === null ? t`Command line` : 'curl', text: sh.replaceAll('$LOTWISE_URL', location.origin) }]),
    ...(ts === null ? [] : [{ key: 'ts', label: 'TypeScript', text: ts.replaceAll('${process.env.LOTWISE_URL}', location.origin) }]),
  ]
  const chosen = shown.find(({ key }) => key === language) ?? shown[0]
  if (chosen === undefined) return <Block text={json ?? ''} label={t`Answer`} />
  return (
    <div className={classes['example']}>
      <Tabs value={chosen.key} onChange={(value) => value !== null && setLanguage(value)}>
        <div className={classes['exampleHead']}>
          <Tabs.List>{shown.map(({ key, label }) => <Tabs.Tab key={key} value={key}>{label}</Tabs.Tab>)}</Tabs.List>
          <CopyButton value={chosen.text} timeout={1500}>
            {({ copied, copy }) => <Button size="compact-sm" variant="subtle" onClick={copy} leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}>{copied ? t`Copied` : t`Copy`}</Button>}
          </CopyButton>
        </div>
        {shown.map(({ key, label, text }) => <Tabs.Panel key={key} value={key}><Block text={text} label={label} /></Tabs.Panel>)}
      </Tabs>
      {json !== null && <div className={classes['answer']}><div className={classes['answerHead']}>{t`The answer has`}</div><Block text={json} label={t`Answer`} /></div>}
      {run !== null && <Run path={run} />}
    </div>
  )
}

/** Runs the read of an example and shows what this installation answers. */
function Run({ path }: { readonly path: string }) {
  const { t } = useLingui()
  const run = useMutation<string, Error>({ mutationFn: () => readText(path) })
  return (
    <div className={`${classes['answer']} no-print`}>
      <Button size="compact-sm" variant="default" loading={run.isPending} onClick={() => run.mutate()} leftSection={<IconPlayerPlay size={14} aria-hidden />}>{t`Run it here`}</Button>
      <div role="status">
        {run.error !== null && <p>{t`Lotwise does not answer.`}</p>}
        {run.data !== undefined && <Block text={run.data} label={t`Answer of this installation`} />}
      </div>
    </div>
  )
}

const MOST_SHOWN = 4000

/** The answer as it is read best: JSON over lines, the beginning of a long one. */
async function readText(path: string): Promise<string> {
  const organization = chosenOrganization()
  const answer = await fetch(path, organization === null ? {} : { headers: { 'lotwise-organization': organization } })
  const text = await answer.text()
  const shown = answer.headers.get('content-type')?.includes('json') === true ? JSON.stringify(JSON.parse(text), null, 2) : text
  return shown.length > MOST_SHOWN ? `${shown.slice(0, shown.lastIndexOf('\n', MOST_SHOWN))}\n…` : shown
}

/** A text of lines, which may be scrolled sideways by the keyboard. */
function Block({ text, label }: { readonly text: string; readonly label: string }) {
  return <pre tabIndex={0} role="region" aria-label={label}><code>{text}</code></pre>
}
