import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Page } from '../parts/page.tsx'

/** The frame of a page under the settings. `over`: the list a record is of. */
export function SettingsPage({ title, over, heading, actions, under, children }: { readonly title: string; readonly over?: ReactNode; readonly heading?: ReactNode; readonly actions?: ReactNode; readonly under?: ReactNode; readonly children: ReactNode }) {
  const { t } = useLingui()
  return <Page title={title} over={<><Link to="/settings">{t`Settings`}</Link>{over !== undefined && <> · {over}</>}</>} heading={heading} actions={actions} under={under}>{children}</Page>
}
