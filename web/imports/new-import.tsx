import { useLingui } from '@lingui/react/macro'
import { Alert, Button, Group, Progress, Stack, Text, Textarea } from '@mantine/core'
import { IconAlertTriangle, IconClipboardText, IconFile, IconFileImport } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { MOST_ROWS } from '#src/lib/import-file.ts'
import { sayPercent, sayQuantity } from '../parts/format.ts'
import { Page } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { Permitted } from '../parts/permitted.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { SuggestInput } from '../parts/suggest-input.tsx'
import { get } from '../queries.ts'
import { DropZone } from './drop-zone.tsx'
import classes from './imports.module.css'
import { sayBytes, sourceLike } from './source.ts'
import { useUpload, whyNotSent, type NotSent } from './upload.ts'

/** Where a file comes in: dropped, chosen, or its cells pasted. */
export default function NewImport() {
  const { t } = useLingui()
  return <Permitted permission="imports.write" title={t`Import a file`}><Choose /></Permitted>
}

function Choose() {
  const { t } = useLingui()
  const [file, setFile] = useState<File | null>(null)
  const [wrong, setWrong] = useState<NotSent | null>(null)
  const [isPasting, setPasting] = useState(false)
  const take = async (chosen: File): Promise<void> => {
    const why = await whyNotSent(chosen)
    setWrong(why)
    setFile(why === null ? chosen : null)
    if (why === null) setPasting(false)
  }
  const takeText = (text: string): void => void take(new File([text], t`pasted.csv`, { type: 'text/csv' }))
  useFromOutside(take, takeText)
  return (
    <Page title={t`Import a file`} over={<Link to="/imports">{t`Imports`}</Link>}>
      {wrong === 'gone' ? (
        <Alert role="alert" variant="outline" color="var(--stop)" icon={<IconAlertTriangle aria-hidden />} title={t`This device cannot read that.`}>{t`It may be a folder, or a file that was moved since. Choose the file itself.`}</Alert>
      ) : <ProblemAlert problem={wrong} />}
      {file === null ? (
        <>
          <DropZone onFile={(chosen) => void take(chosen)}>
            <b>{t`Drop a file here`}</b>
            <span className="dim">{t`or choose one. Files of text with a row for each lot, serial or place: CSV, TSV, TXT; with commas, semicolons or tabs, in any order of columns. Up to 64 MB and ${sayQuantity(String(MOST_ROWS))} rows.`}</span>
          </DropZone>
          {isPasting ? <Paste onText={takeText} onClose={() => setPasting(false)} /> : (
            <Group gap="sm">
              <Button variant="default" leftSection={<IconClipboardText size={16} aria-hidden />} onClick={() => setPasting(true)}>{t`Paste instead`}</Button>
              <Text size="sm" c="dimmed">{t`From Excel or another spreadsheet: copy the cells, heading included, and paste them.`}</Text>
            </Group>
          )}
          <ul className={classes['promises']}>
            <li>{t`Nothing is changed by reading a file: first you see what it would do, row by row.`}</li>
            <li>{t`What is not clear is asked, and codes stay as they are: 007 is not 7.`}</li>
            <li>{t`A whole import can be taken back.`}</li>
          </ul>
        </>
      ) : <Send file={file} onOther={() => setFile(null)} />}
    </Page>
  )
}

/** Ctrl+V anywhere on the page, unless it goes into a field; and a file that is dropped beside the zone, which the browser would open. */
function useFromOutside(onFile: (file: File) => Promise<void>, onText: (text: string) => void): void {
  const latest = useRef({ onFile, onText })
  latest.current = { onFile, onText }
  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      if (event.target instanceof Element && event.target.closest('input, textarea') !== null) return
      const [file] = event.clipboardData?.files ?? []
      const text = event.clipboardData?.getData('text/plain') ?? ''
      // a spreadsheet puts a picture of the cells beside their text
      if (text !== '') latest.current.onText(text)
      else if (file !== undefined) void latest.current.onFile(file)
    }
    const onDragOver = (event: DragEvent): void => event.preventDefault()
    const onDrop = (event: DragEvent): void => {
      if (event.defaultPrevented) return
      event.preventDefault()
      const [file] = event.dataTransfer?.files ?? []
      if (file !== undefined) void latest.current.onFile(file)
    }
    const listening = new AbortController()
    const { signal } = listening
    addEventListener('paste', onPaste, { signal })
    addEventListener('dragover', onDragOver, { signal })
    addEventListener('drop', onDrop, { signal })
    return () => listening.abort()
  }, [])
}

function Paste({ onText, onClose }: { readonly onText: (text: string) => void; readonly onClose: () => void }) {
  const { t } = useLingui()
  const [text, setText] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onText(text)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Textarea label={t`Rows as text`} description={t`The first line holds the names of the columns.`} autosize minRows={6} maxRows={16} spellCheck={false} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} data-autofocus autoFocus classNames={{ input: 'code' }} />
        <Group gap="sm"><Button type="submit">{t`Use this text`}</Button><Button variant="default" onClick={onClose}>{t`Cancel`}</Button></Group>
      </Stack>
    </form>
  )
}

/** The file that was chosen, and where such files come from: how they are read is kept for it. */
function Send({ file, onOther }: { readonly file: File; readonly onOther: () => void }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const upload = useUpload()
  const { data: before } = useQuery(get('/imports', { query: { limit: 200 } }))
  const sources = [...new Set(before?.items.map(({ source }) => source))]
  const [typed, setTyped] = useState<string | null>(null)
  const source = typed ?? sourceLike(file.name, before?.items ?? []) ?? ''
  const isKnown = sources.includes(source.trim())
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const view = await upload.start(file, { ...(source.trim() === '' ? {} : { source: source.trim() }), name: file.name })
    if (view !== null) await navigate({ to: '/imports/$importId', params: { importId: view.importId } })
  }
  return (
    <form onSubmit={(event) => void submit(event)} className={`${parts['card']} ${classes['send']}`}>
      <div className={classes['file']}><IconFile size={22} stroke={1.6} aria-hidden /><span><b>{file.name}</b><span className="dim">{sayBytes(file.size)}</span></span></div>
      <ProblemAlert problem={upload.problem} />
      <SuggestInput label={t`Source`} placeholder={t`for example Acme, or old system`} maxLength={100} maw={420} suggestions={sources} value={source} onChange={({ currentTarget }) => setTyped(currentTarget.value)} disabled={upload.share !== null} data-autofocus autoFocus
        description={isKnown ? t`It will be read as the last file from ${source.trim()} was.` : t`Who the file comes from. What its columns mean is remembered for the next file from there.`} />
      {upload.share === null ? (
        <Group gap="sm"><Button type="submit" leftSection={<IconFileImport size={16} aria-hidden />}>{t`Read the file`}</Button><Button variant="default" onClick={onOther}>{t`Another file`}</Button></Group>
      ) : (
        <div className={classes['progress']}>
          <Progress value={upload.share * 100} aria-label={t`Uploading ${file.name}`} animated={upload.share === 1} />
          <Group justify="space-between"><Text size="sm" role="status">{upload.share === 1 ? t`It is being read…` : t`Uploaded: ${sayPercent(upload.share)}`}</Text><Button variant="default" onClick={upload.stop}>{t`Cancel`}</Button></Group>
        </div>
      )}
    </form>
  )
}
