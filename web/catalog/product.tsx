import { useLingui } from '@lingui/react/macro'
import { Page } from '../parts/page.tsx'

export default function Draft() {
  const { t } = useLingui()
  return <Page title={t`Not there yet`}>{null}</Page>
}
