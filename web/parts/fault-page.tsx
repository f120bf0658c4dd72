import { useLingui } from '@lingui/react/macro'
import { Anchor, Container } from '@mantine/core'
import { IconMapQuestion } from '@tabler/icons-react'
import { Link, useRouter } from '@tanstack/react-router'
import { EmptyState } from './empty-state.tsx'
import { ProblemAlert } from './problem.tsx'

/** An address that leads nowhere. */
export function NotFoundPage() {
  const { t } = useLingui()
  return <EmptyState icon={<IconMapQuestion size={32} />} title={t`There is no such page`} action={<Anchor component={Link} to="/">{t`To the start`}</Anchor>}>{t`The address may be mistyped, or what it showed is in another organisation.`}</EmptyState>
}

/** A page that could not be shown. */
export function FaultPage({ error }: { readonly error: unknown }) {
  const router = useRouter()
  return <Container size="sm" py="xl"><ProblemAlert problem={error} onRetry={() => void router.invalidate()} /></Container>
}
