import { useLingui } from '@lingui/react/macro'
import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate } from '@tanstack/react-router'
import { useDone } from '../parts/done.tsx'
import { FormDialog } from '../parts/form.tsx'
import { useCommand } from '../queries.ts'

/** A pallet, case or crate with a number of its own: by its SSCC, or by a code of ours. */
export default function NewPlate({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const navigate = useNavigate()
  const make = useCommand('POST /plates')
  const form = useForm({ initialValues: { code: '' } })
  const sscc = ssccOf(form.values.code)
  return (
    <FormDialog title={t`New plate`} submit={t`Make it`} form={form} problem={make.error} isPending={make.isPending} onClose={onClose} at={{ sscc_check_digit: 'code', code_taken: 'code' }}
      onSubmit={({ code }) => make.mutate({ body: sscc === null ? { code: code.trim() } : { sscc } }, {
        onSuccess: ({ plateId }) => {
          onClose()
          done(t`The plate ${code.trim()} is there`)
          void navigate({ to: '/plates/$plateId', params: { plateId } })
        },
      })}>
      <TextInput label={t`Code`} description={sscc === null ? t`Its SSCC, or a code of your own. Scan or type it.` : t`Taken as an SSCC.`} required maxLength={90} autoComplete="off" classNames={{ input: 'code' }} {...form.getInputProps('code')} />
    </FormDialog>
  )
}

/** 18 digits, perhaps with the (00) before them that says what they are, are an SSCC. */
function ssccOf(code: string): string | null {
  return /^(?:\]C1)?(?:\(?00\)?)?(\d{18})$/.exec(code.replaceAll(/\s/g, ''))?.[1] ?? null
}
