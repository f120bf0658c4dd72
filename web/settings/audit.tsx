import { useLingui } from '@lingui/react/macro'
import { Page } from '../parts/page.tsx'
export default function AuditSettings() {
  const { t } = useLingui()
  return <Page title={t`Audit`}>{null}</Page>
}
