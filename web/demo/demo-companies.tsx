import { useLingui } from '@lingui/react/macro'
import { Text } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page, Section } from '../parts/page.tsx'
import { useMay } from '../session/me.ts'
import { DemoKinds } from './demo-kinds.tsx'
import { useDemos } from './demos.ts'
import { MadeDemos } from './made-demos.tsx'

/** Companies to look around in: those there are, and those there can be. */
export default function DemoCompanies() {
  const { t } = useLingui()
  const may = useMay()
  const demos = useDemos()
  return (
    <Page title={t`Demo companies`}>
      {may('organization.manage') ? (
        <>
          <Text c="dimmed" maw={680}>{t`Each is an organisation of its own, marked DEMO, with half a year of history and a guide for the first ten minutes. Nothing in it touches your company.`}</Text>
          <MadeDemos title={t`Yours`} demos={demos.data?.companies ?? []} />
          <Section title={t`Make one`}><DemoKinds another /></Section>
        </>
      ) : <EmptyState icon={<IconLock size={28} />} title={t`Demo companies are for owners`}>{t`Whoever manages the organisation makes, opens and deletes them.`}</EmptyState>}
    </Page>
  )
}
