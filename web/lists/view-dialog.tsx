import { useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import type { ListPage } from '#src/lib/list-pages.ts'
import { useDone } from '../parts/done.tsx'
import { useReturnFocus } from '../parts/form.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { useCommand } from '../queries.ts'
import type { View } from './views-menu.tsx'

interface ViewDialogProps {
  readonly page: ListPage
  /** What stands in the address. */
  readonly query: string
  /** The view that is changed; null: a new one is saved. */
  readonly view: View | null
  readonly onSaved: (viewId: string) => void
  readonly onClose: () => void
}

/** Keeps a list under a name; renames, shares and deletes a view. */
export default function ViewDialog({ page, query, view, onSaved, onClose }: ViewDialogProps) {
  const { t } = useLingui()
  const done = useDone()
  const [name, setName] = useState(view?.name ?? '')
  const [shared, setShared] = useState(view?.shared ?? false)
  const [isDeleting, setDeleting] = useState(false)
  const create = useCommand('POST /views')
  const change = useCommand('PATCH /views/:viewId')
  const archive = useCommand('POST /views/:viewId/archive')
  useReturnFocus()
  const saved = ({ viewId }: { readonly viewId: string }): void => {
    onSaved(viewId)
    onClose()
    done(t`Saved as “${name.trim()}”.`)
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (view === null) create.mutate({ body: { page, name, query, shared } }, { onSuccess: saved })
    else change.mutate({ params: { viewId: view.viewId }, body: { name, shared } }, { onSuccess: saved })
  }
  const remove = (viewId: string): void => archive.mutate({ params: { viewId } }, {
    onSuccess: () => {
      onClose()
      done(t`The view “${view?.name ?? ''}” is deleted.`)
    },
  })
  return (
    <Modal opened onClose={onClose} title={view === null ? t`Save this view` : t`The view “${view.name}”`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <form onSubmit={submit}>
        <Stack>
          <ProblemAlert problem={create.error ?? change.error ?? archive.error} />
          {view === null && <Text size="sm" c="dimmed">{t`What is searched for, the filters, the order and the columns as they are now.`}</Text>}
          <TextInput label={t`Name`} required maxLength={60} data-autofocus value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} />
          <Switch label={t`Shared with everybody here`} checked={shared} onChange={({ currentTarget }) => setShared(currentTarget.checked)} />
          {isDeleting && view !== null ? (
            <Group justify="space-between" role="alertdialog" aria-label={t`Delete this view?`}>
              <Text size="sm">{view.shared ? t`Delete it for everybody?` : t`Delete this view?`}</Text>
              <Group gap="sm"><Button variant="default" autoFocus onClick={() => setDeleting(false)}>{t`Keep it`}</Button><Button color="red" loading={archive.isPending} onClick={() => remove(view.viewId)}>{t`Delete`}</Button></Group>
            </Group>
          ) : (
            <Group justify="space-between">
              {view === null ? <span /> : <Button variant="subtle" color="red" onClick={() => setDeleting(true)}>{t`Delete`}</Button>}
              <Group gap="sm"><Button variant="default" onClick={onClose}>{t`Cancel`}</Button><Button type="submit" loading={create.isPending || change.isPending}>{t`Save`}</Button></Group>
            </Group>
          )}
        </Stack>
      </form>
    </Modal>
  )
}
