import { useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, NativeSelect, Progress, Stack, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import type { ImportView } from '#src/imports/contract.ts'
import { useReturnFocus } from '../parts/form.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { DropZone } from './drop-zone.tsx'
import { heldFile, useUpload } from './upload.ts'
import { useCancel } from './use-import.ts'
import { delimiterNames } from './words.ts'

const FOUND_OUT = ''

/** Reads the same file again with other characters, another delimiter or another line of names; this reading is discarded. */
export default function ReadAgain({ view, onClose }: { readonly view: ImportView; readonly onClose: () => void }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const upload = useUpload()
  const cancel = useCancel(view)
  const [file, setFile] = useState(() => heldFile(view.importId))
  const [encoding, setEncoding] = useState(FOUND_OUT)
  const [delimiter, setDelimiter] = useState(FOUND_OUT)
  const [headerLine, setHeaderLine] = useState('')
  useReturnFocus()
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (file === null) return
    const again = await upload.start(file, {
      source: view.source, name: view.fileName ?? file.name, ...(encoding === FOUND_OUT ? {} : { encoding: encoding as 'utf-8' | 'windows-1252' }), ...(delimiter === FOUND_OUT ? {} : { delimiter }), ...(headerLine === '' ? {} : { headerLine: Number(headerLine) }),
    })
    if (again === null) return
    // where this one cannot be discarded any more it is simply another import
    await cancel.mutateAsync(undefined).catch(() => {})
    onClose()
    await navigate({ to: '/imports/$importId', params: { importId: again.importId }, replace: true })
  }
  return (
    <Modal opened onClose={onClose} title={t`Read the file differently`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <ProblemAlert problem={upload.problem} />
          <NativeSelect label={t`Characters`} data-autofocus value={encoding} onChange={({ currentTarget }) => setEncoding(currentTarget.value)} data={[{ value: FOUND_OUT, label: t`found out` }, { value: 'utf-8', label: 'UTF-8' }, { value: 'windows-1252', label: t`Windows-1252 (Western European)` }]} />
          <NativeSelect label={t`Columns are separated by`} value={delimiter} onChange={({ currentTarget }) => setDelimiter(currentTarget.value)} data={[{ value: FOUND_OUT, label: t`found out` }, ...delimiterNames().map(([value, label]) => ({ value, label }))]} />
          <TextInput label={t`The names of the columns are in line`} placeholder={t`found out`} type="number" inputMode="numeric" min={1} max={10_000} value={headerLine} onChange={({ currentTarget }) => setHeaderLine(currentTarget.value)} />
          {file === null && (
            <DropZone compact onFile={setFile}><b>{t`Choose the file again`}</b><span className="dim">{t`It was not kept, only its rows were.`}</span></DropZone>
          )}
          {upload.share !== null && <Progress value={upload.share * 100} aria-label={t`Uploading ${view.fileName ?? view.source}`} />}
          <Text size="sm" c="dimmed">{t`This reading is discarded, with what was corrected in it.`}</Text>
          <Group justify="flex-end"><Button variant="default" onClick={onClose}>{t`Cancel`}</Button><Button type="submit" disabled={file === null} loading={upload.share !== null}>{t`Read it again`}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}
