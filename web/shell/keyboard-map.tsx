import { useLingui } from '@lingui/react/macro'
import { Kbd, Modal, Text } from '@mantine/core'
import { actions, entries } from './navigation.tsx'
import classes from './shell.module.css'

/** Every key there is, by where it works. */
export default function KeyboardMap({ onClose }: { readonly onClose: () => void }) {
  const { t, i18n } = useLingui()
  const groups: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    [t`Everywhere`, [['Ctrl K', t`Search everything, act, scan as typed`], ['/', t`Search this list, or everything`], ['n', t`New: what this page makes, else a choice`], ['e', t`Edit this record`], ['F1', t`Help for this page`], ['g g', t`Go to the guide at the foot of the page`], ['?', t`These keys`]]],
    [t`In a list`, [['j', t`Next row; the arrows do the same`], ['k', t`Row before`], ['Enter', t`Open`], ['x', t`Select the row, for all that are selected`], ['f', t`Filter this list`], ['v', t`Views of this list`], ['x', t`Select the row`], ['f', t`Filter`], ['v', t`Views of this list`]]],
    [t`Go to`, [...entries, ...actions].flatMap(({ key, label }) => (key === undefined ? [] : [[`g ${key}`, i18n._(label)] as const]))],
  ]
  return (
    <Modal opened onClose={onClose} title={t`Keyboard`} size={720} closeButtonProps={{ 'aria-label': t`Close` }}>
      <div className={classes['keyGroups']}>
        {groups.map(([name, keys]) => (
          <section key={name} aria-label={name}>
            <Text size="sm" fw={600} mb={8}>{name}</Text>
            <dl className={classes['keys']}>
              {keys.flatMap(([key, does]) => [<dt key={key}>{key.split(' ').map((one, at) => <Kbd key={`${one} ${at}`}>{one}</Kbd>)}</dt>, <dd key={does}>{does}</dd>])}
            </dl>
          </section>
        ))}
      </div>
      <Text size="sm" c="dimmed" mt="md">{t`A scanner needs no key: scan anywhere, and what was scanned opens. In a list of several, a number chooses.`}</Text>
    </Modal>
  )
}
