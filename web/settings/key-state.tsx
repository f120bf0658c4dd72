import { useLingui } from '@lingui/react/macro'
import type { ItemOf } from '../api.ts'
import { Tone } from '../parts/tone.tsx'

/** That a key opens nothing any more. */
export function KeyState({ apiKey: { revokedAt, expiresAt } }: { readonly apiKey: Pick<ItemOf<'/api-keys'>, 'revokedAt' | 'expiresAt'> }) {
  const { t } = useLingui()
  if (revokedAt !== null) return <Tone tone="quiet">{t`revoked`}</Tone>
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? <Tone tone="quiet">{t`expired`}</Tone> : null
}
