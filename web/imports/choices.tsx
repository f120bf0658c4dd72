import { useLingui } from '@lingui/react/macro'
import { Checkbox, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { ImportView } from '#src/imports/contract.ts'
import parts from '../parts/parts.module.css'
import classes from './imports.module.css'
import { TextSetting } from './understood.tsx'
import type { Sending } from './use-import.ts'
import type { Settings } from './words.ts'

/** What an import may bring with it and how unclear rows are taken: each choice takes effect at once, the rows are looked through again. */
export function Choices({ view, settings: { mutate } }: { readonly view: ImportView; readonly settings: Sending<Partial<Settings>> }) {
  const { t } = useLingui()
  const { settings } = view
  const { mapping } = settings
  return (
    <details className={`${parts['card']} ${classes['choices']}`}>
      <summary>{t`What it may make, and what becomes of gaps and duplicates`}</summary>
      <div className={classes['choiceGrid']}>
        <Stack gap="sm">
          <Checkbox label={t`Make products that are not there`} checked={settings.createProducts} onChange={({ currentTarget }) => mutate({ createProducts: currentTarget.checked })} />
          <Checkbox label={t`Make facilities and places that are not there`} checked={settings.createPlaces} onChange={({ currentTarget }) => mutate({ createPlaces: currentTarget.checked })} />
          <Checkbox label={t`Make parties that are not there`} checked={settings.createParties} onChange={({ currentTarget }) => mutate({ createParties: currentTarget.checked })} />
          <Checkbox label={t`Track a product by lot or serial from now on where a row names one`} checked={settings.raiseTracking} onChange={({ currentTarget }) => mutate({ raiseTracking: currentTarget.checked })} />
          <Checkbox label={t`Only register products, lots and places; leave the stock as it is`} checked={settings.identitiesOnly} onChange={({ currentTarget }) => mutate({ identitiesOnly: currentTarget.checked })} />
          <Checkbox label={t`Cut off blanks around cells`} checked={settings.spaces === 'trim'} onChange={({ currentTarget }) => mutate({ spaces: currentTarget.checked ? 'trim' : 'keep' })} />
        </Stack>
        <Stack gap="sm">
          <NativeSelect label={t`Several rows for one product, lot and place`} value={settings.duplicates} onChange={({ currentTarget }) => mutate({ duplicates: currentTarget.value as Settings['duplicates'] })}
            data={[{ value: 'careful', label: t`add up, but leave out exact copies` }, { value: 'sum', label: t`always add up` }, { value: 'refuse', label: t`are a mistake` }]} />
          <TextSetting label={t`Lot of rows without one`} description={t`for products tracked by lot; empty: they have none`} maxLength={90} value={settings.missingLot ?? ''} onCommit={(missingLot) => mutate({ missingLot })} />
          <TextSetting label={t`Place of rows without one`} description={t`empty: the facility itself`} maxLength={90} value={settings.defaultPlace ?? ''} onCommit={(defaultPlace) => mutate({ defaultPlace })} />
          <TextSetting label={t`Unit of measure of new products`} maxLength={20} value={settings.defaultUom} onCommit={(defaultUom) => mutate({ defaultUom: defaultUom ?? 'each' })} />
        </Stack>
        <Stack gap="sm">
          <CountedAt value={settings.occurredAt} onCommit={(occurredAt) => mutate({ occurredAt })} />
          <TextSetting label={t`Reason in the movements`} maxLength={200} value={settings.reason} onCommit={(reason) => mutate({ reason: reason ?? 'opening stock' })} />
          {mapping.unitCost !== undefined && mapping.costCurrency === undefined && <TextSetting label={t`Currency of the costs`} placeholder="EUR" maxLength={3} value={settings.costCurrency ?? ''} onCommit={(costCurrency) => mutate({ costCurrency: costCurrency?.toUpperCase() ?? null })} />}
        </Stack>
      </div>
    </details>
  )
}

/** When the stock was counted, in the time of this device; empty: when it is imported. */
function CountedAt({ value, onCommit }: { readonly value: string | null; readonly onCommit: (instant: string | null) => void }) {
  const { t } = useLingui()
  const [text, setText] = useState(localOf(value))
  useEffect(() => setText(localOf(value)), [value])
  const commit = (): void => {
    if (text !== localOf(value)) onCommit(text === '' ? null : new Date(text).toISOString())
  }
  return <TextInput type="datetime-local" label={t`Counted at`} description={t`empty: when it is imported`} max={localOf(new Date().toISOString())} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} onBlur={commit} onKeyDown={({ key }) => key === 'Enter' && commit()} />
}

/** `2026-11-23T14:05`, as the field has it. */
function localOf(instant: string | null): string {
  if (instant === null) return ''
  const at = new Date(instant)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
