import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { RecordActions, useEdit } from '../parts/actions.tsx'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { Instant, RelativeTime } from '../parts/dates.tsx'
import { useDone } from '../parts/done.tsx'
import { Changes } from '../parts/history.tsx'
import { Facts } from '../parts/page.tsx'
import { Permitted } from '../parts/permitted.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { get, useCommand } from '../queries.ts'
import { useMay } from '../session/me.ts'
import { KeyState } from './key-state.tsx'
import { SettingsPage } from './settings-page.tsx'
import { roleName } from './words.ts'

/** One API key: what it may, until when, and that it is revoked. */
export default function KeySettings() {
  const { t } = useLingui()
  return <Permitted permission="keys.manage" title={t`API key`}><ApiKey /></Permitted>
}

function ApiKey() {
  const { t } = useLingui()
  const may = useMay()
  const { apiKeyId } = useParams({ from: '/shell/settings/keys/$apiKeyId' })
  const { edit, close } = useEdit('keys.manage')
  const { data: key, error } = useQuery(get('/api-keys/:apiKeyId', { params: { apiKeyId } }))
  const over = <Link to="/settings/keys">{t`API keys`}</Link>
  if (key === undefined) return <SettingsPage title={t`API key`} over={over}><ProblemAlert problem={error} /></SettingsPage>
  const { name, role, createdAt, createdByName, expiresAt, revokedAt, lastUsedAt } = key
  return (
    <SettingsPage title={name} over={over} heading={<>{name} <KeyState apiKey={key} /></>} actions={revokedAt === null && <RecordActions permission="keys.manage" actions={[{ name: 'revoke', label: t`Revoke`, icon: 'none' }]} />}>
      <Facts facts={[
        [t`Role`, may('organization.read') ? <Link key="r" to="/settings/roles">{roleName(role)}</Link> : roleName(role)], [t`Last used`, lastUsedAt === null ? t`never used` : <RelativeTime key="u" instant={lastUsedAt} />],
        revokedAt === null ? [t`Opens until`, expiresAt === null ? t`it is revoked` : <Instant key="x" instant={expiresAt} />] : [t`Revoked`, <RelativeTime key="v" instant={revokedAt} />],
        [t`Made`, <span key="m"><RelativeTime instant={createdAt} />{createdByName !== null && ` · ${createdByName}`}</span>],
      ]} />
      <p className="dim">{t`Its secret was shown once, when it was made, and is kept nowhere.`} {may('audit.read') && <Link to="/settings/audit" search={{ who: apiKeyId }}>{t`What it changed`}</Link>}</p>
      <Changes subjectId={apiKeyId} />
      {edit === 'revoke' && revokedAt === null && <Revoke apiKeyId={apiKeyId} name={name} onClose={close} />}
    </SettingsPage>
  )
}

function Revoke({ apiKeyId, name, onClose }: { readonly apiKeyId: string; readonly name: string; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const revoke = useCommand('DELETE /api-keys/:apiKeyId')
  return (
    <ConfirmDialog title={t`Revoke ${name}?`} submit={t`Revoke`} danger reason="none" problem={revoke.error} isPending={revoke.isPending} onClose={onClose}
      onConfirm={() => revoke.mutate({ params: { apiKeyId } }, {
        onSuccess: () => {
          onClose()
          done(t`${name} opens nothing any more`)
        },
      })}>
      {t`Whatever uses it is shut out at once and for good. A new key can take its place.`}
    </ConfirmDialog>
  )
}
