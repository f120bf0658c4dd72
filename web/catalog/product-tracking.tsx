import { useLingui } from '@lingui/react/macro'
import { Alert, Radio, Stack } from '@mantine/core'
import type { ReadOutput } from '../api.ts'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { givenReason, ReasonField } from '../parts/reason-field.tsx'
import { ChangedMeanwhile, useRecordForm } from '../parts/record-form.tsx'
import { get, useCommand } from '../queries.ts'
import { trackingName } from '../words.ts'

type Product = ReadOutput<'/products/:productId'>
type Tracking = Product['tracking']
const trackings: readonly Tracking[] = ['lot', 'serial', 'lot_and_serial', 'none']

/** Whether lots or serials are asked for from now on, and what that means for what is here. */
export default function ProductTracking({ product, onClose }: { readonly product: Product; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const { productId } = product
  const { form, version, base, onError, meanwhile } = useRecordForm({
    record: product, query: get('/products/:productId', { params: { productId } }), subjectId: productId,
    toValues: ({ tracking }: Product) => ({ tracking, reason: '' }), names: { tracking: { label: t`Tracked`, say: trackingName }, reason: { label: t`Why` } },
  })
  const change = useCommand('POST /products/:productId/tracking', { ifMatch: version })
  const { tracking } = form.values
  const does: Readonly<Record<Tracking, string>> = {
    lot: t`Every receipt and run asks for the lot.`, serial: t`Every single thing has a serial number of its own.`, lot_and_serial: t`Every single thing has a serial number, and belongs to a lot.`, none: t`Only quantities. Where it came from and went to is not known.`,
  }
  return (
    <FormDialog title={t`How ${base.name} is tracked`} submit={t`Save`} form={form} problem={change.error} isPending={change.isPending} onClose={onClose}
      onSubmit={({ reason }) => (tracking === base.tracking ? onClose() : change.mutate({ params: { productId }, body: { tracking, ...givenReason(reason) } }, {
        onError,
        onSuccess: () => {
          onClose()
          done(t`From now on: ${trackingName(tracking)}`)
        },
      }))}>
      <ChangedMeanwhile meanwhile={meanwhile} />
      <Radio.Group label={t`Tracked`} {...form.getInputProps('tracking')}>
        <Stack gap="sm" mt="xs">{trackings.map((value) => <Radio key={value} value={value} label={trackingName(value)} description={does[value]} />)}</Stack>
      </Radio.Group>
      {tracking !== base.tracking && <Alert variant="outline" color="var(--info)" role="status"><Consequences from={base.tracking} to={tracking} /></Alert>}
      <ReasonField {...form.getInputProps('reason')} />
    </FormDialog>
  )
}

function Consequences({ from, to }: { readonly from: Tracking; readonly to: Tracking }) {
  const { t } = useLingui()
  const asks = (what: 'lot' | 'serial'): boolean => to.includes(what) && !from.includes(what)
  const stops = (what: 'lot' | 'serial'): boolean => from.includes(what) && !to.includes(what)
  return (
    <>
      {t`It counts from now on, through whichever door: forms, scans, files, the API.`}{' '}
      {(asks('lot') || asks('serial')) && t`What is here without may leave as it came; what comes in from now on may not.`}{' '}
      {(stops('lot') || stops('serial')) && t`What is known of lots and units stays, and what is here leaves under the number it has.`}{' '}
      {t`Nothing is deleted.`}
    </>
  )
}
