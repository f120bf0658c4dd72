import { useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ProblemAlert } from '../parts/problem.tsx'
import { get, useCommand } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { dateKindName, trackingName } from '../words.ts'

const trackings = ['lot', 'serial', 'lot_and_serial', 'none'] as const
const dateKinds = ['best_by', 'use_by', 'expiry', 'sell_by', 'none'] as const

/** Name, SKU, unit of measure, tracking: enough to begin with. */
export function NewProduct() {
  const { t } = useLingui()
  const may = useMay()
  const navigate = useNavigate()
  const [opened, { open, close }] = useDisclosure()
  const uoms = useQuery({ ...get('/uoms'), enabled: opened })
  const create = useCommand('POST /products')
  const form = useForm<{ name: string; sku: string; baseUom: string; tracking: (typeof trackings)[number]; dateKind: (typeof dateKinds)[number] }>({ initialValues: { name: '', sku: '', baseUom: 'each', tracking: 'lot', dateKind: 'best_by' } })
  if (!may('catalog.write')) return null
  const submit = form.onSubmit((body) => create.mutate({ body }, { onSuccess: ({ productId }) => void navigate({ to: '/products/$productId', params: { productId } }) }))
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>{t`New product`}</Button>
      <Modal opened={opened} onClose={close} title={t`New product`} closeButtonProps={{ 'aria-label': t`Close` }}>
        <form onSubmit={submit}>
          <Stack>
            <ProblemAlert problem={create.error} />
            <TextInput label={t`Name`} required maxLength={300} data-autofocus {...form.getInputProps('name')} />
            <TextInput label={t`SKU`} description={t`Your own code for it.`} required maxLength={90} classNames={{ input: 'code' }} {...form.getInputProps('sku')} />
            <Select label={t`Unit of measure`} description={t`Everything is counted in it.`} allowDeselect={false} searchable data={(uoms.data?.items ?? []).map(({ uom, name }) => ({ value: uom, label: uom === name ? uom : `${uom} · ${name}` }))} {...form.getInputProps('baseUom')} />
            <Select label={t`Tracked`} allowDeselect={false} data={trackings.map((value) => ({ value, label: trackingName(value) }))} {...form.getInputProps('tracking')} />
            {form.values.tracking !== 'none' && <Select label={t`Date on the label`} allowDeselect={false} data={dateKinds.map((value) => ({ value, label: dateKindName(value) }))} {...form.getInputProps('dateKind')} />}
            <Group justify="flex-end"><Button variant="default" onClick={close}>{t`Cancel`}</Button><Button type="submit" loading={create.isPending}>{t`Make it`}</Button></Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
