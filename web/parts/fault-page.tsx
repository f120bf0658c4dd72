import { useLingui } from '@lingui/react/macro'
import { Anchor, Container, Title } from '@mantine/core'
import { IconMapQuestion } from '@tabler/icons-react'
import { Link, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { EmptyState } from './empty-state.tsx'
import { ProblemAlert } from './problem.tsx'

const RELOADED = 'lotwise.reloaded'

/** An address that leads nowhere. */
export function NotFoundPage() {
  const { t } = useLingui()
  return <main><EmptyState order={1} icon={<IconMapQuestion size={32} />} title={t`There is no such page`} action={<Anchor component={Link} to="/">{t`To the start`}</Anchor>}>{t`The address may be mistyped, or what it showed is in another organisation.`}</EmptyState></main>
}

/** A page that could not be shown. Where the app was brought up to date since it was opened, its parts are gone: it is loaded again, once. */
export function FaultPage({ error }: { readonly error: unknown }) {
  const { t } = useLingui()
  const router = useRouter()
  const isOutdated = error instanceof TypeError && /dynamically imported module/.test(error.message)
  useEffect(() => {
    const last = Number(sessionStorage.getItem(RELOADED) ?? 0)
    if (!isOutdated || Date.now() - last < 60_000) return
    sessionStorage.setItem(RELOADED, String(Date.now()))
    location.reload()
  }, [isOutdated])
  return <Container component="main" size="sm" py="xl"><Title order={1} className="visually-hidden">{t`The page has a fault.`}</Title><ProblemAlert problem={error} onRetry={() => void router.invalidate()} /></Container>
}
