import { authenticate } from '../api.ts'
import { queryClient } from '../queries.ts'
import { forgetRecent } from '../shell/recent.ts'
import { chooseOrganization } from './organization.ts'

/** Signs out on this device, or on every one; nothing of what was read stays behind. The caller leads to the sign-in. */
export async function leave({ everywhere = false }: { readonly everywhere?: boolean } = {}): Promise<void> {
  await authenticate(everywhere ? 'revoke-sessions' : 'sign-out', {})
  forgetRecent()
  chooseOrganization(null)
  queryClient.clear()
}
