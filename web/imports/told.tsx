import { useLingui } from '@lingui/react/macro'
import { Alert, Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { ProblemAlert } from '../parts/problem.tsx'
import { ChangedMeanwhile } from './use-import.ts'
import { fieldName, joined } from './words.ts'

/** The no to something that was to be done; also that somebody else changed it since, and what. */
export function Told({ sending: { error, reset } }: { readonly sending: { readonly error: unknown; readonly reset: () => void } }) {
  const { t } = useLingui()
  if (!(error instanceof ChangedMeanwhile)) return <ProblemAlert problem={error} />
  const settings: Readonly<Record<string, string>> = {
    dateFormat: t`how dates are read`, decimal: t`how numbers are read`, spaces: t`what becomes of blanks`, facility: t`the facility`, defaultPlace: t`the place of rows without one`, duplicates: t`what becomes of duplicate rows`, missingLot: t`the lot of rows without one`,
    createProducts: t`whether products are made`, createPlaces: t`whether places are made`, createParties: t`whether parties are made`, raiseTracking: t`whether tracking is raised`, identitiesOnly: t`whether stock is touched`, occurredAt: t`when it was counted`,
    defaultUom: t`the unit of measure of new products`, costCurrency: t`the currency`, reason: t`the reason`,
  }
  const what = [...error.columns.map((field) => t`the column for ${fieldName(field)}`), ...error.settings.map((name) => settings[name] ?? name)]
  return (
    <Alert role="alert" variant="outline" color="var(--warn)" icon={<IconAlertTriangle aria-hidden />} title={t`Somebody else was at this import meanwhile.`}>
      {what.length > 0 ? t`Changed was: ${joined(what)}.` : t`It was corrected, run or cancelled.`} {t`Nothing you see here is out of date any more. Look at it, and if you still want what you just did, do it again.`}
      <div><Button size="xs" variant="default" mt="xs" onClick={reset}>{t`I have seen it`}</Button></div>
    </Alert>
  )
}
