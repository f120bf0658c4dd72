import { useLingui } from '@lingui/react/macro'
import { Kbd, Modal } from '@mantine/core'
import { entries } from './navigation.tsx'
import classes from './shell.module.css'

/** Every key there is. */
export default function KeyboardMap({ onClose }: { readonly onClose: () => void }) {
  const { t, i18n } = useLingui()
  const keys: readonly (readonly [string, string])[] = [
    ['Ctrl K', t`Search everything, act, scan as typed`], ['/', t`Search this list, or everything`], ['j', t`Next row`], ['k', t`Row before`], ['Enter', t`Open`], ['F1', t`Help for this page`], ['?', t`This list`],
    ...entries.map(({ key, label }) => [`g ${key}`, i18n._(label)] as const),
  ]
  return (
    <Modal opened onClose={onClose} title={t`Keyboard`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <dl className={classes['keys']}>
        {keys.flatMap(([key, does]) => [<dt key={key}>{key.split(' ').map((one) => <Kbd key={one}>{one}</Kbd>)}</dt>, <dd key={does}>{does}</dd>])}
      </dl>
    </Modal>
  )
}
