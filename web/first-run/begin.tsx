import { useLingui } from '@lingui/react/macro'
import { Anchor, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { DemoKinds } from '../demo/demo-kinds.tsx'
import { ButtonLink } from '../parts/button-link.tsx'
import { Page, Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { useMay } from '../session/me.ts'
import classes from './first-run.module.css'

/** Three ways to begin; none shuts another. */
export default function Begin() {
  const { t } = useLingui()
  const may = useMay()
  return (
    <Page title={t`How do you want to begin?`}>
      <div className={classes['ways']}>
        {may('catalog.write') && (
          <section className={`${parts['card']} ${classes['way']}`} aria-label={t`With an empty house`}>
            <Title order={2}>{t`With an empty house`}</Title>
            <p>{t`Make your first product, then receive some of it. The rest follows as you work.`}</p>
            <ButtonLink to="/products" search={{ new: 'product' }} size="md">{t`Make the first product`}</ButtonLink>
          </section>
        )}
        {may('imports.write') && (
          <section className={`${parts['card']} ${classes['way']}`} aria-label={t`With a file`}>
            <Title order={2}>{t`With a file`}</Title>
            <p>{t`Bring products, stock, lot and serial numbers from a spreadsheet or another system. You see what will happen before it does.`}</p>
            <ButtonLink to="/imports/new" variant="default" size="md">{t`Import a file`}</ButtonLink>
          </section>
        )}
      </div>
      {may('organization.manage') && (
        <Section title={t`Or look around in a demo company`}>
          <Text c="dimmed" maw={680}>{t`An organisation of its own with half a year of history and a guide, ready in some seconds. Nothing in it touches your company, and it is deleted in one step.`}</Text>
          <DemoKinds />
        </Section>
      )}
      <Anchor component={Link} to="/">{t`To the start page`}</Anchor>
    </Page>
  )
}
