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
import { useKeys } from '../shell/keys.ts'
import { dateKindName, trackingName } from '../words.ts'

const trackings = ['lot', 'serial', 'lot_and_serial', 'none'] as const
const dateKinds = ['best_by', 'use_by', 'expiry', 'sell_by', 'none'] as const

/** The button and what it opens. */
export function NewProduct() {
  const { t } = useLingui()
  const may = useMay()
  const [opened, { open, close }] = useDisclosure()
  useKeys(may('catalog.write') ? { n: open } : {})
  if (!may('catalog.write')) return null
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>{t`New product`}</Button>
      {opened && <NewProductDialog onClose={close} />}
    </>
  )
}

/** Name, SKU, unit of measure, tracking: enough to begin with. `gtin`: of a label that was scanned. */
export function NewProductDialog({ gtin = null, onClose }: { readonly gtin?: string | null; readonly onClose: () => void }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const uoms = useQuery(get('/uoms'))
  const create = useCommand('POST /products')
  const form = useForm<{ name: string; sku: string; baseUom: string; tracking: (typeof trackings)[number]; dateKind: (typeof dateKinds)[number]; gtin: string }>({ initialValues: { name: '', sku: '', baseUom: 'each', tracking: 'lot', dateKind: 'best_by', gtin: gtin ?? '' } })
  const submit = form.onSubmit(({ gtin: code, ...body }) => create.mutate({ body: code === '' ? body : { ...body, gtin: code } }, {
    onSuccess: ({ productId }) => {
      onClose()
      void navigate({ to: '/products/$productId', params: { productId } })
    },
  }))
  return (
    <Modal opened onClose={onClose} title={t`New product`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <form onSubmit={submit}>
        <Stack>
          <ProblemAlert problem={create.error} />
          <TextInput label={t`Name`} required maxLength={300} data-autofocus {...form.getInputProps('name')} />
          <TextInput label={t`SKU`} description={t`Your own code for it.`} required maxLength={90} classNames={{ input: 'code' }} {...form.getInputProps('sku')} />
          {gtin !== null && <TextInput label="GTIN" description={t`As it was scanned.`} maxLength={14} classNames={{ input: 'code' }} {...form.getInputProps('gtin')} />}
          <Select label={t`Unit of measure`} description={t`Everything is counted in it.`} allowDeselect={false} searchable data={(uoms.data?.items ?? []).map(({ uom, name }) => ({ value: uom, label: uom === name ? uom : `${uom} · ${name}` }))} {...form.getInputProps('baseUom')} />
          <Select label={t`Tracked`} allowDeselect={false} data={trackings.map((value) => ({ value, label: trackingName(value) }))} {...form.getInputProps('tracking')} />
          {form.values.tracking !== 'none' && <Select label={t`Date on the label`} allowDeselect={false} data={dateKinds.map((value) => ({ value, label: dateKindName(value) }))} {...form.getInputProps('dateKind')} />}
          <Group justify="flex-end"><Button variant="default" onClick={onClose}>{t`Cancel`}</Button><Button type="submit" loading={create.isPending}>{t`Make it`}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}
