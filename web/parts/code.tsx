import { useLingui } from '@lingui/react/macro'
import { ActionIcon, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import classes from './parts.module.css'

/** A lot code, serial, SKU or id: in the typeface that tells 0 from O and 1 from l, byte for byte; with a button that copies it unless `plain`. */
export function Code({ value, plain = false }: { readonly value: string; readonly plain?: boolean }) {
  const { t } = useLingui()
  const code = <span className="code">{value}</span>
  if (plain) return code
  return (
    <span className={classes['copyable']}>
      {code}
      <CopyButton value={value} timeout={1500}>
        {({ copied, copy }) => (
          <ActionIcon size="xs" onClick={copy} aria-label={copied ? t`Copied` : t`Copy ${value}`} className={`${classes['copy']} no-print`}>
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  )
}
