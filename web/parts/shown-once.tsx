import { useLingui } from '@lingui/react/macro'
import { Alert, Button, CopyButton, Group, Modal, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useRef, type ReactNode } from 'react'
import classes from './form.module.css'
import { useReturnFocus } from './form.tsx'

/** A secret that was made and is told this once: it goes when somebody says that it is kept. */
export function ShownOnce({ title, secret, label, warning, children, onClose }: { readonly title: string; readonly secret: string; readonly label: string; readonly warning: string; readonly children?: ReactNode; readonly onClose: () => void }) {
  const { t } = useLingui()
  const copyButton = useRef<HTMLButtonElement>(null)
  useReturnFocus()
  useEffect(() => copyButton.current?.focus(), [])
  return (
    <Modal opened onClose={onClose} title={title} size={600} withCloseButton={false} closeOnClickOutside={false} closeOnEscape={false}>
      <Stack>
        <div>
          <Text size="sm" fw={560} mb={4}>{label}</Text>
          <div className={classes['secret']}>
            <code className="code">{secret}</code>
            <CopyButton value={secret} timeout={4000}>
              {({ copied, copy }) => <Button ref={copyButton} variant="default" onClick={copy} leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}>{copied ? t`Copied` : t`Copy`}</Button>}
            </CopyButton>
          </div>
        </div>
        <Alert variant="outline" color="var(--warn)">{warning}</Alert>
        {children}
        <Group justify="flex-end"><Button onClick={onClose}>{t`I have kept it`}</Button></Group>
      </Stack>
    </Modal>
  )
}
