import { useLingui } from '@lingui/react/macro'
import { Alert, Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReadOutput } from '../api.ts'
import { Code } from '../parts/code.tsx'
import { Instant, RelativeTime } from '../parts/dates.tsx'
import { useDone } from '../parts/done.tsx'
import { LotLink, ProductLink, Spot, UnitLink } from '../parts/links.tsx'
import { Facts, Page, Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { ProblemAlert } from '../parts/problem.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { get, useCommand } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { kindName } from '../words.ts'
import { KindOf } from './movement-list.tsx'
import classes from './movements.module.css'

type Movement = ReadOutput<'/movements/:movementId'>

/** One movement: what it moved, by whom and why, and the way to take it back. */
export default function MovementPage() {
  const { t } = useLingui()
  const { movementId } = useParams({ from: '/shell/movements/$movementId' })
  const { data: movement, error } = useQuery(get('/movements/:movementId', { params: { movementId } }))
  if (movement === undefined) return <Page title={t`Movement`}><ProblemAlert problem={error} /></Page>
  const name = kindName(movement.kind === 'reverse' ? 'reverse' : (movement.run ?? movement.kind))
  const uses = movement.uses.length
  return (
    <Page title={name} over={<Link to="/movements">{t`Movements`}</Link>} heading={<KindOf movement={movement} />} actions={<Reverse movement={movement} />}>
      {movement.reversedBy !== null && <Alert variant="outline" color="var(--ink-dim)">{t`This was reversed.`} <Link to="/movements/$movementId" params={{ movementId: movement.reversedBy }}>{t`Look at the reversal`}</Link></Alert>}
      {movement.reverses !== null && <Alert variant="outline" color="var(--ink-dim)">{t`This takes back another movement.`} <Link to="/movements/$movementId" params={{ movementId: movement.reverses }}>{t`Look at that one`}</Link></Alert>}
      <Facts facts={[
        [t`Happened`, <Instant key="o" instant={movement.occurredAt} />],
        [t`Recorded`, <RelativeTime key="r" instant={movement.recordedAt} />],
        [t`By`, movement.actor.name ?? movement.actor.kind],
        movement.reason === null ? null : [t`Reason`, movement.reason],
        movement.note === null ? null : [t`Note`, movement.note],
        movement.references.length === 0 ? null : [t`Documents`, movement.references.map(({ type, number }) => <span key={`${type} ${number}`}>{type.replaceAll('_', ' ')} <Code value={number} plain /> </span>)],
        movement.device === null ? null : [t`Device`, movement.device],
      ]} />
      <Section title={t`Lines`}><Lines movement={movement} /></Section>
      {movement.units.length > 0 && <Section title={t`Units`}><Group gap="sm">{movement.units.map(({ unitId, serial }) => <UnitLink key={unitId} unitId={unitId} serial={serial} />)}{movement.nextUnits !== null && <span className="dim">{t`and more`}</span>}</Group></Section>}
      <details>
        <summary>{t`What was decided, as it was sealed`}{uses > 0 ? ` · ${t`with what each output used`}` : ''}</summary>
        <p className="dim">SHA-256 <Code value={movement.sha256} /></p>
        <pre className={`code ${classes['canonical']}`} tabIndex={0}>{movement.canonical}</pre>
      </details>
    </Page>
  )
}

function Lines({ movement: { lines } }: { readonly movement: Movement }) {
  const { t } = useLingui()
  return (
    <div className={parts['card']}>
      <table className={classes['lines']}>
        <thead><tr><th>{t`Goods`}</th><th>{t`From`}</th><th>{t`To`}</th><th data-number>{t`Quantity`}</th></tr></thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.lineNo}>
              <td>{line.role !== null && <span className="dim">{line.role === 'input' ? t`used` : t`made`} </span>}<ProductLink productId={line.productId} product={line.product} /> · <LotLink lotId={line.lotId} lot={line.lot} />{line.fromMixture && <span className="dim"> {t`share of a mixture`}</span>}</td>
              <td><Spot spot={line.from} /></td>
              <td><Spot spot={line.to} /></td>
              <td data-number><Quantity value={line.quantity} uom={line.uom} />{line.enteredUom !== line.uom && <div className="dim">{t`entered as`} <Quantity value={line.enteredQuantity} uom={line.enteredUom} /></div>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Takes the movement back: it never happened, or it was undone now. What stands in the way is named by the refusal. */
function Reverse({ movement: { movementId, reversedBy, kind } }: { readonly movement: Movement }) {
  const { t } = useLingui()
  const may = useMay()
  const done = useDone()
  const [opened, { open, close }] = useDisclosure()
  const reverse = useCommand('POST /movements/:movementId/reverse')
  const form = useForm<{ meaning: 'never_happened' | 'undone'; reason: string }>({ initialValues: { meaning: 'never_happened', reason: '' } })
  if (reversedBy !== null || kind === 'reverse' || !may('movements.reverse')) return null
  const submit = form.onSubmit((body) => reverse.mutate({ params: { movementId }, body }, {
    onSuccess: () => {
      close()
      done(t`Reversed`)
    },
  }))
  return (
    <>
      <Button variant="default" leftSection={<IconArrowBackUp size={16} aria-hidden />} onClick={open}>{t`Reverse`}</Button>
      <Modal opened={opened} onClose={close} title={t`Reverse this movement`} closeButtonProps={{ 'aria-label': t`Close` }}>
        <form onSubmit={submit}>
          <Stack>
            <ProblemAlert problem={reverse.error} />
            <Radio.Group label={t`What is true?`} {...form.getInputProps('meaning')}>
              <Stack gap="xs" mt="xs">
                <Radio value="never_happened" label={t`It never happened`} description={t`A mistake in the book. Taken back at the time it was said to have happened.`} />
                <Radio value="undone" label={t`It was undone`} description={t`It did happen, and the goods came back. Taken back now.`} />
              </Stack>
            </Radio.Group>
            <TextInput label={t`Reason`} required maxLength={200} data-autofocus {...form.getInputProps('reason')} />
            <Group justify="flex-end"><Button variant="default" onClick={close}>{t`Cancel`}</Button><Button type="submit" loading={reverse.isPending}>{t`Reverse`}</Button></Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
