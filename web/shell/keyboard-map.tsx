import { useLingui } from '@lingui/react/macro'
import { Kbd, Modal, Text } from '@mantine/core'
import { actions, entries } from './navigation.tsx'
import classes from './shell.module.css'

/** Every key there is. */
export default function KeyboardMap({ onClose }: { readonly onClose: () => void }) {
  const { t, i18n } = useLingui()
  const keys: readonly (readonly [string, string])[] = [
    ['Ctrl K', t`Search everything, act, scan as typed`], ['/', t`Search this list, or everything`], ['j', t`Next row`], ['k', t`Row before`], ['Enter', t`Open`], ['n', t`New: what this page makes, else a choice`], ['F1', t`Help for this page`], ['?', t`This list`],
    ...[...entries, ...actions].flatMap(({ key, label }) => (key === undefined ? [] : [[`g ${key}`, i18n._(label)] as const])),
  ]
  return (
    <Modal opened onClose={onClose} title={t`Keyboard`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <dl className={classes['keys']}>
        {keys.flatMap(([key, does]) => [<dt key={key}>{key.split(' ').map((one) => <Kbd key={one}>{one}</Kbd>)}</dt>, <dd key={does}>{does}</dd>])}
      </dl>
      <Text size="sm" c="dimmed" mt="md">{t`A scanner needs no key: scan anywhere, and what was scanned opens. In a list of several, a number chooses.`}</Text>
    </Modal>
  )
}
